"""Office files are zip archives from outside: what is dangerous in one, before anything of it is
unpacked whole.
"""

import zlib
from io import BytesIO
from typing import Literal
from zipfile import BadZipFile, LargeZipFile, ZipFile

UNREADABLE = (
    BadZipFile,
    LargeZipFile,
    zlib.error,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    SyntaxError,
    OSError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)
"""What the libraries raise for a damaged file."""
Hazard = Literal["", "large", "doctype"]


def hazard(content: bytes, *, parts: int, unpacked: int) -> Hazard:
    """Why not to open an archive: too many parts or bytes (a part never yields more than it
    declares), or document type declarations. "" when nothing is wrong.

    :raises BadZipFile: or another of ``UNREADABLE``.
    """
    with ZipFile(BytesIO(content)) as archive:
        found = archive.infolist()
        if len(found) > parts or sum(part.file_size for part in found) > unpacked:
            return "large"
        xml = (part for part in found if part.filename.endswith((".xml", ".rels")))
        return "doctype" if any(b"<!DOCTYPE" in archive.read(part) for part in xml) else ""
