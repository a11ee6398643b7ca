"""What people outside send and receive: files, query codes (查询码) and receipts."""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from service.domain.terms.deadlines import SHANGHAI
from service.errors import BadRequest

FILE_BYTES, TOTAL_BYTES, FILES = 20_000_000, 100_000_000, 10
PER_HOUR, PER_EMAIL = 20, 3
OTHER = "other"
ASKED_FOR = ("bid", "objection", OTHER)
"""The kinds of submissions: a bid, an objection, or something else."""
CODE_HERE = "{code}"
"""Stands in a letter for the query code until the letter is sent."""
SIGNS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
MISREAD = str.maketrans("OIL", "011")
GROUPS = re.compile(r".{5}")


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that is sent with a submission. It may have at most 20 MB."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    def named(self) -> str:
        """The name of the file without folders, at most 200 characters.

        :raises BadRequest: the file has no name or no content, or is too large.
        """
        name = self.filename.replace("\\", "/").rsplit("/", 1)[-1].strip()[:200]
        if not name or not self.content:
            raise BadRequest("请选择一个有内容的文件作为附件", field="file")
        if len(self.content) > FILE_BYTES:
            raise BadRequest(f"附件“{name}”超过 20 MB 的上限，请压缩或拆分后再上传", field="file")
        return name


def refuse_crowd(files: Sequence[Upload]) -> None:
    """Refuse more files than one submission may have.

    :raises BadRequest: there are too many files.
    """
    if len(files) > FILES:
        raise BadRequest(
            f"附件有 {len(files)} 个，一次最多提交 {FILES} 个，请合并后再提交", field="file"
        )


def query_code(seed: bytes | None = None) -> str:
    """A query code of 75 bits, like ``K7QM2-XHD9R-TV3C5``.

    :param seed: the same seed always gives the same code; None gives a random code.
    """
    code_bytes = hashlib.sha256(seed).digest() if seed is not None else secrets.token_bytes(10)
    signs = base64.b32encode(code_bytes[:10]).decode().translate(SIGNS)
    return "-".join(GROUPS.findall(signs[:15]))


def code_of_letter(sealed: Callable[[str], bytes], letter_id: str) -> str:
    """The query code in a letter.

    It is never stored, and yet it is the same in each attempt to send the letter.

    :param sealed: gives the digest of a text with the key of the program.
    """
    return query_code(sealed(f"letter:{letter_id}"))


def read_code(text: str) -> str:
    """The query code that a person typed.

    Case and gaps do not matter, and letters that look like digits are read as digits.
    """
    signs = re.sub(r"[\W_]", "", text, flags=re.ASCII).upper().translate(MISREAD)
    return "-".join(GROUPS.findall(signs[:15]))


def receipt_of(digest: str, at: datetime) -> str:
    """The receipt number of a submission, by which people speak of it.

    It gives no access, and it does not tell how many submissions there are.
    """
    return f"{at.astimezone(SHANGHAI):%Y%m%d}-{digest[:6].upper()}"
