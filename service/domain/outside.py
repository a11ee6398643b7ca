"""What comes from outside: files, query codes (查询码), and until when it is taken. Pure."""

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
"""What somebody may have submitted: a bid, an objection, or something else."""
CODE_HERE = "{code}"
"""Stands in a letter for the query code until it is sent."""
SIGNS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
MISREAD = str.maketrans("OIL", "011")
GROUPS = re.compile(r".{5}")


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that is sent along. ``content`` in bytes, at most 20 MB."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.content).hexdigest()

    def named(self) -> str:
        """Its name without any folder.

        :raises BadRequest: it has no name or no content, or is too large.
        """
        name = self.filename.replace("\\", "/").rsplit("/", 1)[-1].strip()[:200]
        if not name or not self.content:
            raise BadRequest("请选择一个有内容的文件作为附件", field="file")
        if len(self.content) > FILE_BYTES:
            raise BadRequest(f"附件“{name}”超过 20 MB 的上限，请压缩或拆分后再上传", field="file")
        return name


def refuse_crowd(files: Sequence[Upload]) -> None:
    """Refuse more files than one submission may have.

    :raises BadRequest: they are too many.
    """
    if len(files) > FILES:
        raise BadRequest(
            f"附件有 {len(files)} 个，一次最多提交 {FILES} 个，请合并后再提交", field="file"
        )


def query_code(seed: bytes | None = None) -> str:
    """A query code: 75 bits as ``K7QM2-XHD9R-TV3C5``, random, or always the same for a request that
    may come again.
    """
    bits = hashlib.sha256(seed).digest() if seed is not None else secrets.token_bytes(10)
    return "-".join(GROUPS.findall(base64.b32encode(bits[:10]).decode().translate(SIGNS)[:15]))


def code_of_letter(sealed: Callable[[str], bytes], letter_id: str) -> str:
    """The query code that a letter brings: a secret that is never stored, and yet the same at each
    attempt to send it.
    """
    return query_code(sealed(f"letter:{letter_id}"))


def read_code(text: str) -> str:
    """A query code as people type it: small letters, other gaps, signs taken for each other."""
    return "-".join(
        GROUPS.findall(re.sub(r"[\W_]", "", text, flags=re.ASCII).upper().translate(MISREAD)[:15])
    )


def receipt_of(digest: str, at: datetime) -> str:
    """What a submission is called between people; it opens nothing and does not tell how many there
    are.
    """
    return f"{at.astimezone(SHANGHAI):%Y%m%d}-{digest[:6].upper()}"
