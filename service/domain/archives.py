"""Office files are zip archives from outside: what is dangerous in one, before anything of it is
unpacked whole.
"""

import zlib
from io import BytesIO
from typing import Literal
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from defusedxml import DTDForbidden
from defusedxml.ElementTree import ParseError, iterparse

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
XML_NAMES = (".xml", ".rels")
UNKNOWN_ENCODING = 18
"""The code of the XML reader for an encoding that it does not know."""
Hazard = Literal["", "large", "doctype"]


def hazard(content: bytes, *, parts: int, unpacked: int, largest: int) -> Hazard:
    """Why not to open an archive: too many parts or bytes (a part never yields more than it
    declares), or document type declarations. "" when nothing is wrong.

    Every part is looked at, whatever it is called: which part is read as XML is said inside the
    archive. A declaration is found as the reader would find it, in whatever encoding it stands.

    :param parts: how many parts there may be. :param unpacked: bytes of all of them together.
    :param largest: bytes of a single one.
    :raises BadZipFile: or another of ``UNREADABLE``.
    """
    with ZipFile(BytesIO(content)) as archive:
        inside = archive.infolist()
        sizes = [entry.file_size for entry in inside]
        if len(sizes) > parts or sum(sizes) > unpacked or max(sizes, default=0) > largest:
            return "large"
        return "doctype" if any(_declares_type(archive, entry) for entry in inside) else ""


def _declares_type(archive: ZipFile, entry: ZipInfo) -> bool:
    """Whether a part is XML with a document type declaration. Nothing is read after the first tag.

    :raises ValueError: a part with an XML name in an encoding that no office file has.
    """
    with archive.open(entry) as part:
        try:
            next(iterparse(part, events=("start",), forbid_dtd=True), None)
        except DTDForbidden:
            return True
        except ParseError as exc:  # a picture, or damaged: whoever reads the part says so
            if exc.code == UNKNOWN_ENCODING and entry.filename.endswith(XML_NAMES):
                raise ValueError(f"{entry.filename}: {exc}") from exc
    return False
