"""Checking a workbook of running projects (补录) row by row, as answers to the import's form and
beyond it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.forms.answers import check_answers, keys_of
from service.domain.people.units import Directory, Unit
from service.domain.takeover import Remark, Report, Sheet, SheetEntry
from service.domain.vocabulary import BACKFILL as HEADINGS
from service.store.cases.rows import CaseRow
from service.store.people.rows import PersonRow, UnitRow
from service.store.processes.lookups import lists_in_force, rules_of
from service.store.processes.rows import NamedListRow

MAX_NUMBER = 999_999
BRACKETS = {"〔": "[〔﹝\\[［(（]", "〕": "[〕﹞\\]］）)]"}


@dataclass(frozen=True, kw_only=True)
class Account:
    """The account that a project belongs to."""

    person_id: int
    unit: str | None
    roles: frozenset[str]
    active: bool


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A row without errors."""

    login: str
    account: Account
    answers: Mapping[str, Any]


class Numbers:
    """The jurisdiction's number formats, to read numbers that were written by hand."""

    def __init__(self, session: Session, jurisdiction: str) -> None:
        formats = rules_of(session, jurisdiction).get("numbers", {})
        self.patterns = {name: _pattern(str(rule["pattern"])) for name, rule in formats.items()}

    def read(self, text: str) -> tuple[str, int, int] | None:
        """The format, year and number that a text stands for. None if it fits no format. Brackets
        may be of another kind.
        """
        for name, pattern in self.patterns.items():
            if match := pattern.fullmatch(re.sub(r"\s", "", text)):
                return name, int(match["year"]), int(match["n"])
        return None

    def same(self, text: str | None) -> Any:
        """A key that is equal for all ways of writing the same number."""
        return self.read(str(text)) or re.sub(r"\s", "", str(text))

    def known(self, session: Session, jurisdiction: str) -> set[Any]:
        """The numbers of all cases, as :meth:`same` gives them."""
        numbers = select(CaseRow.number).where(
            CaseRow.jurisdiction == jurisdiction, CaseRow.number.is_not(None)
        )
        return {self.same(number) for number in session.scalars(numbers)}


def _pattern(text: str) -> re.Pattern[str]:
    parts = re.split(r"(\{year\}|\{n[^}]*\})", text)
    read = [
        r"(?P<year>\d{4})"
        if part == "{year}"
        else r"(?P<n>\d{1,9})"
        if part.startswith("{n")
        else "".join(BRACKETS.get(sign, re.escape(sign)) for sign in part)
        for part in parts
    ]
    return re.compile("".join(read))


class SheetCheck:
    """One check of a sheet. ``words`` are what people write for the choices of a column, by its
    key.
    """

    def __init__(self, words: Mapping[str, Mapping[str, Any]]) -> None:
        self.words = words
        self.remarks: list[Remark] = []

    def of(self, sheet: Sheet) -> Report:
        """Check every row."""
        self.remarks = list(sheet.remarks)
        unread = {
            (remark.row, remark.column) for remark in sheet.remarks if remark.severity == "error"
        }
        for row in sheet.rows:
            self.row(row, unread)
        return Report(rows=len(sheet.rows), remarks=self.remarks)

    def row(self, row: SheetEntry, unread: set[tuple[int | None, str]]) -> None:
        """Check one row. Cells that could not be read have their remark already."""
        raise NotImplementedError

    def say(self, row: int, column: str, message: str, severity: str = "error") -> None:
        """Add a finding."""
        self.remarks.append(
            Remark(
                row=row,
                column=column,
                severity=severity,
                message=message,
            )
        )

    def explained(self, key: str, sentence: str) -> str:
        """The sentence, with the words that can be written if the column is a choice."""
        if self.words.get(key):
            return f"{sentence}（可填：{'、'.join(self.words[key])}）"
        return sentence


class Examination(SheetCheck):
    """One check of a sheet; ``entries`` are the rows in order."""

    def __init__(
        self,
        session: Session,
        form: Mapping[str, Any],
        directory: Directory,
        jurisdiction: str,
        today: date,
    ) -> None:
        self.form = form
        self.fields = keys_of(form)
        self.directory = directory
        self.today = today
        self.numbers = Numbers(session, jurisdiction)
        super().__init__(_choices(self.fields, lists_in_force(session, jurisdiction).values()))
        self.accounts = _accounts(session, jurisdiction)
        self.roles = {
            person.role for person in directory.persons.values() if person.variable == "starter"
        }
        self.known: dict[Any, int | None] = dict.fromkeys(self.numbers.known(session, jurisdiction))
        self.entries: list[Entry] = []

    def row(self, row: SheetEntry, unread: set[tuple[int | None, str]]) -> None:
        """Check a row as answers to the form, and beyond it."""
        login = row.values.get("login")
        account = self._account(row.row, login)
        answers = {key: row.values.get(key) for key in self.fields} | self._units(account)
        for key, words in self.words.items():
            answers[key] = words.get(str(answers[key]), answers[key])
        clean, errors = check_answers(self.form, answers, given={}, lists={})
        for key, sentences in errors.items():
            column = HEADINGS.get(key, "")
            if column and (row.row, column) not in unread:
                self.say(row.row, column, self.explained(key, "；".join(sentences)))
        self._number(row.row, clean.get("filing_number"))
        self._term(row.row, clean.get("project_start"), clean.get("project_end"))
        if account is not None and not errors:
            self.entries.append(Entry(login=str(login), account=account, answers=clean))

    def _units(self, account: Account | None) -> dict[str, Any]:
        """The names of the applicant's unit and of the department that manages it."""
        unit, managing = self._unit_and_department(account)
        names = {
            "workplace": unit.name if unit else "－",
            "managing_department": managing.name if managing else "－",
        }
        return {key: name for key, name in names.items() if key in self.fields}

    def _account(self, row: int, login: Any) -> Account | None:
        account = self.accounts.get(str(login or ""))
        if wrong := self._unfit(login, account):
            self.say(row, HEADINGS["login"], wrong)
            return None
        return account

    def _unfit(self, login: Any, account: Account | None) -> str:
        """Why a project cannot belong to this account. "" if it can."""
        if not login:
            return "请填写揭榜人在本系统的登录名；没有账号的请先由系统管理员开通"
        if account is None or not account.active:
            return f"没有登录名为“{login}”的可用账号，请核对，或先由系统管理员开通"
        if self.roles and not account.roles & self.roles:
            return (
                f"账号“{login}”不是揭榜人，请填写揭榜人本人的账号，或由系统管理员为其加上揭榜人角色"
            )
        _, managing = self._unit_and_department(account)
        if managing is None:
            return f"账号“{login}”所在单位没有登记归口管理部门，请先由系统管理员补充"
        return ""

    def _unit_and_department(self, account: Account | None) -> tuple[Unit | None, Unit | None]:
        """The unit of an account and the department that manages it. Each is None if it is not
        known.
        """
        units = self.directory.units
        unit = units.get(account.unit or "") if account is not None else None
        managing = None
        if unit is not None:
            managing = units.get(unit.managed_by or "")
        return unit, managing

    def _number(self, row: int, number: str | None) -> None:
        if not number:
            return
        read = self.numbers.read(number)
        if read is None:
            self.say(
                row,
                HEADINGS["filing_number"],
                f"“{number}”不是本系统的编号格式，将原样保留",
                "warning",
            )
        elif not 0 < read[2] <= MAX_NUMBER:
            self.say(
                row,
                HEADINGS["filing_number"],
                f"“{number}”的顺序号超出范围（1 到 {MAX_NUMBER}），请核对",
            )
        same = self.numbers.same(number)
        if same in self.known:
            where = f"与第 {self.known[same]} 行重复" if self.known[same] else "在本系统中已有"
            self.say(
                row, HEADINGS["filing_number"], f"备案编号“{number}”{where}，请核对，或删除该行"
            )
        else:
            self.known[same] = row

    def _term(self, row: int, start: date | None, end: date | None) -> None:
        if start is None or end is None:
            return
        if start > end:
            self.say(row, HEADINGS["project_end"], f"执行期止 {end} 早于执行期起 {start}，请核对")
        elif end < self.today:
            self.say(
                row, HEADINGS["project_end"], f"执行期已于 {end} 届满，补录后将转入结题", "warning"
            )


def _choices(fields: Mapping[str, Any], lists: Iterable[NamedListRow]) -> dict[str, dict[str, str]]:
    """For fields with fixed options: the value for each word that people use. Words of named lists
    that belong to an option are included.
    """
    values_by_word = {}
    for key, field in fields.items():
        if options := field.get("values"):
            words = {option["label"]: option["value"] for option in options}
            beside = {
                entry["value"]: words[entry["field"]]
                for named_list in lists
                for entry in named_list.entries
                if isinstance(entry, dict) and entry.get("field") in words
            }
            values_by_word[key] = {**words, **beside}
    return values_by_word


def _accounts(session: Session, jurisdiction: str) -> dict[str, Account]:
    people_with_unit = (
        select(PersonRow.login, PersonRow.id, UnitRow.code, PersonRow.roles, PersonRow.active)
        .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
        .where(PersonRow.jurisdiction == jurisdiction)
    )
    return {
        login: Account(
            person_id=person,
            unit=unit,
            roles=frozenset(roles),
            active=active,
        )
        for login, person, unit, roles, active in session.execute(people_with_unit)
    }
