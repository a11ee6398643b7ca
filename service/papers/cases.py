"""The whole file of a case (案卷) as one archive: papers, attachments, the record, and a list of
contents.

Decided: one part is made after the other and written at once, so that the memory it takes is one
part's and not the case's. The list of contents comes last, with a digest of each part, so that what
is handed on can be checked.
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
RECORD = Layout(
    title="办理记录",
    what="",
    marks=(),
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
    """A file name that every system can keep, its ending included."""
    plain = UNSAFE.sub("_", name).strip() or "_"
    stem, dot, ending = plain.rpartition(".")
    if dot and stem and len(ending) <= 8:
        return f"{stem[:LONGEST]}.{ending}"
    return plain[:LONGEST]


def record(file: CaseFile) -> Iterator[Part]:
    """The record of the case: to read, and with the chain of its digests."""
    lines = [_line(serial, line) for serial, line in enumerate(file.journal, start=1)]
    yield "办理记录.xlsx", write_table(RECORD, RECORD.title, lines)
    whole = {"title": file.title, "number": file.number, "check": CHECK, "lines": file.chain}
    yield "办理记录（校验链）.json", json.dumps(whole, ensure_ascii=False, indent=1).encode()


def _line(serial: int, line: JournalLine) -> dict[str, str | int]:
    return {
        "serial": serial,
        "at": _moment(line.at),
        "person": line.person or "系统",
        "text": line.text,
    }


def archive(out: IO[bytes], file: CaseFile, parts: Iterable[Part], now: datetime) -> None:
    """Write the parts into an archive, each under a name of its own, then what is in it and what is
    not.
    """
    here = now.astimezone(SHANGHAI)
    taken: set[str] = set()
    listed = []
    with ZipFile(out, "w", ZIP_DEFLATED) as zipped:
        for proposed, content in parts:
            path = _unique(proposed, taken)
            zipped.writestr(ZipInfo(path, here.timetuple()[:6]), content, ZIP_DEFLATED)
            listed.append(f"{hashlib.sha256(content).hexdigest()}  {len(content):>10}  {path}")
        text = "\r\n".join([*_head(file, here), *listed, "", *_left_out(file)])
        zipped.writestr(
            ZipInfo("目录.txt", here.timetuple()[:6]), text.encode("utf-8-sig"), ZIP_DEFLATED
        )


def _unique(path: str, taken: set[str]) -> str:
    """The path, numbered when another part has it, whatever the case of its letters."""
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
    """What the archive does not hold, and why."""
    if missing := [line for line in file.papers if not line.available]:
        yield "未收入的文书："
        yield from (f"  {line.title}：{line.why}" for line in missing)
    if file.withheld:
        yield f"未收入的附件（仅限指定单位查看，或尚在封存）：{file.withheld} 个"
    if file.children:
        yield "子案件（各有案卷，未收入）："
        yield from (
            f"  {id_}  {title}（{CASE_STATES[status]}）" for id_, title, status in file.children
        )


def _moment(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
