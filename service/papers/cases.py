"""The file of a case (案卷) as one archive: papers, attachments, journal and list of contents.

Decided: one part is made after the other and written at once. Because the archive then takes the
memory of one part and not of the whole case. The list of contents comes last. It has a digest of
each part, so that what is handed on can be checked.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from service.domain.terms.deadlines import SHANGHAI
from service.domain.vocabulary import CASE_STATES
from service.papers.sheets.table import Layout, write_table
from service.queries.cases.lines import JournalLine
from service.queries.papers.case_file import CaseFile

UNSAFE = re.compile(r"[\\/:*?\"<>|\x00-\x1f\x7f]|^\.+|[. ]+$")
LONGEST = 80
LONGEST_ENDING = 8
RECORD = Layout(
    title="办理记录",
    widths=(8, 20, 14, 80),
    columns={"serial": "序号", "at": "时间", "person": "办理人", "text": "内容"},
)
CHECK = (
    "每行 digest = SHA-256（上一行 digest 的字节 + 本行 case_id、"
    "jurisdiction、seq、person_id、verb、element、item_id、"
    "facts、at 按键名排序的 JSON）；facts 为 null 的行仅限指定单位查看。"
)
Part = tuple[str, bytes]


def safe_name(name: str) -> str:
    """A file name that every system can keep. The ending of the name stays."""
    plain = UNSAFE.sub("_", name).strip() or "_"
    stem, dot, ending = plain.rpartition(".")
    if dot and stem and len(ending) <= LONGEST_ENDING:
        return f"{stem[:LONGEST]}.{ending}"
    return plain[:LONGEST]


def record(file: CaseFile) -> Iterator[Part]:
    """The journal of the case as two parts: a table to read, and the chain of its digests."""
    numbered = enumerate(file.journal, start=1)
    lines = [_line(serial, line) for serial, line in numbered]
    yield "办理记录.xlsx", write_table(RECORD, RECORD.title, lines)
    chain = {"title": file.title, "number": file.number, "check": CHECK, "lines": file.chain}
    yield "办理记录（校验链）.json", json.dumps(chain, ensure_ascii=False, indent=1).encode()


def _line(serial: int, line: JournalLine) -> dict[str, str | int]:
    return {
        "serial": serial,
        "at": _moment(line.at),
        "person": line.person or "系统",
        "text": line.text,
    }


def archive(out: IO[bytes], file: CaseFile, parts: Iterable[Part], now: datetime) -> None:
    """Write the parts into an archive, and at the end the list of contents.

    The list also says what the archive does not have. Parts with the same path get numbers.

    :param now: the time that all files of the archive have.
    """
    local_now = now.astimezone(SHANGHAI)
    taken: set[str] = set()
    contents = []

    def write(zipped: ZipFile, path: str, content: bytes) -> None:
        zipped.writestr(ZipInfo(path, local_now.timetuple()[:6]), content, ZIP_DEFLATED)

    with ZipFile(out, "w", ZIP_DEFLATED) as zipped:
        for name, content in parts:
            path = _unique(name, taken)
            write(zipped, path, content)
            digest = hashlib.sha256(content).hexdigest()
            contents.append(f"{digest}  {len(content):>10}  {path}")
        lines = [*_head(file, local_now), *contents, "", *_left_out(file)]
        write(zipped, "目录.txt", "\r\n".join(lines).encode("utf-8-sig"))


def _unique(path: str, taken: set[str]) -> str:
    """The path, with a number if another part has it. Upper and lower case count as the same."""
    stem, dot, ending = path.rpartition(".")
    number = 1
    unique = path
    while unique.lower() in taken:
        number += 1
        unique = f"{stem}（{number}）.{ending}" if dot else f"{path}（{number}）"
    taken.add(unique.lower())
    return unique


def _head(file: CaseFile, now: datetime) -> list[str]:
    return [
        "案卷目录",
        f"案件：{file.title}",
        f"编号：{file.number or '无'}",
        f"流程：{file.process}",
        f"状态：{CASE_STATES[file.status]}",
        f"整理时间：{_moment(now)}",
        "",
        "SHA-256、字节数、文件",
    ]


def _left_out(file: CaseFile) -> Iterator[str]:
    """Lines about what the archive does not have, and the reasons."""
    missing = [paper for paper in file.papers if not paper.available]
    if missing:
        yield "未收入的文书："
        for paper in missing:
            yield f"  {paper.title}：{paper.why}"
    if file.withheld:
        yield f"未收入的附件（仅限指定单位查看，或尚在封存）：{file.withheld} 个"
    if file.children:
        yield "子案件（各有案卷，未收入）："
        for case_id, title, status in file.children:
            yield f"  {case_id}  {title}（{CASE_STATES[status]}）"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
