"""The check of office files, which are zip archives from outside, before they are unpacked."""

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
"""The errors that the libraries raise for a damaged file."""
XML_NAMES = (".xml", ".rels")
UNKNOWN_ENCODING = 18
"""The error code of the XML reader for an encoding that it does not know."""
Hazard = Literal["", "large", "doctype"]


def hazard(content: bytes, *, parts: int, unpacked: int, largest: int) -> Hazard:
    """The reason why an archive must not be opened; "" if there is none.

    It may have too many parts or too many bytes; a part never yields more bytes than it declares.
    Or it may have document type declarations. Every part is checked whatever its name is, because
    the archive itself says which part is read as XML. A declaration is found in any encoding, as
    the reader would find it.

    :param parts: the largest number of parts.
    :param unpacked: the largest number of bytes of all parts together.
    :param largest: the largest number of bytes of a single part.
    :raises BadZipFile: the file is damaged; or another error of ``UNREADABLE``.
    """
    with ZipFile(BytesIO(content)) as archive:
        entries = archive.infolist()
        sizes = [entry.file_size for entry in entries]
        if len(sizes) > parts or sum(sizes) > unpacked or max(sizes, default=0) > largest:
            return "large"
        if not any(_declares_type(archive, entry) for entry in entries):
            return ""
        return "doctype"


def _declares_type(archive: ZipFile, entry: ZipInfo) -> bool:
    """Whether a part is XML with a document type declaration. It is read up to the first tag.

    :raises ValueError: the part has an XML name, but an encoding that no office file has.
    """
    with archive.open(entry) as part:
        try:
            next(iterparse(part, events=("start",), forbid_dtd=True), None)
        except DTDForbidden:
            return True
        except ParseError as exc:  # a picture, or a damaged part, which is reported by its reader
            if exc.code == UNKNOWN_ENCODING and entry.filename.endswith(XML_NAMES):
                raise ValueError(f"{entry.filename}: {exc}") from exc
    return False
