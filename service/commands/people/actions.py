"""Actions of service tasks that look for people and open accounts."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from service.commands.people.accounts import NewAccount, open_for
from service.commands.registry.actions import collect
from service.domain.registry import same_name
from service.errors import BadRequest
from service.store.cases.rows import CaseRow
from service.store.outside import SubmissionRow
from service.store.people.lookups import units_of
from service.store.people.rows import PersonRow, UnitRow
from service.unit_of_work import NamedAction, UnitOfWork

NAME_LIMIT = 40


def people_of_role(
    work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]
) -> list[dict[str, str]]:
    """The people of a role, as options of a form.

    People who are named are left out, and people who work for a named employer or unit, however the
    names are written.
    """
    given = arguments.get("without") or ()
    without = {same_name(name) for name in (given if isinstance(given, list) else [given]) if name}
    active_people = (
        select(PersonRow, UnitRow.name)
        .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
        .where(PersonRow.jurisdiction == case.jurisdiction, PersonRow.active.is_(True))
        .order_by(PersonRow.id)
    )
    options = []
    for person, unit in work.session.execute(active_people):
        homes = [home for home in (person.employer, unit) if home]
        if str(arguments["role"]) in person.roles and without.isdisjoint(
            map(same_name, [person.name, *homes])
        ):
            options.append(
                {
                    "value": person.login,
                    "label": f"{person.name}（{homes[0]}）" if homes else person.name,
                }
            )
    return options


def open_account(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> str:
    """The account of somebody from outside: the one that they have, or a new one without a
    password. Returns the login.

    :raises BadRequest: the role is not for people from outside, or the login, unit or submission is
        unknown.
    """
    submission = _submission(work, case, arguments.get("submission"))
    login = str(arguments.get("login") or "") or _earlier(work, submission)
    account = NewAccount(
        role=str(arguments["role"]),
        name=_text(arguments, "name"),
        employer=_text(arguments, "employer"),
        phone=_text(arguments, "phone"),
        sponsor=_text(arguments, "sponsor"),
    )
    person = open_for(work, case.jurisdiction, account, login)
    if submission is not None:
        submission.person_id = person.id
    work.record(case, "account_open", login=person.login, role=account.role)
    return person.login


def name_officers(
    work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Collect the leaders in charge (分管领导) and responsible officers (责任人) that units name,
    and store them with the units.

    Source: ZY-5.3.
    """
    named = collect(work, case, arguments)
    units = {unit.code: unit for unit in units_of(work.session, case.jurisdiction)}
    for officers in named:
        unit = units[officers["unit_code"]]
        unit.head = _text(officers, "leader_name")[:NAME_LIMIT]
        unit.officer = _text(officers, "officer_name")[:NAME_LIMIT]
    return named


def _text(arguments: Mapping[str, Any], name: str) -> str:
    return str(arguments.get(name) or "").strip()


def _submission(work: UnitOfWork, case: CaseRow, given: Any) -> SubmissionRow | None:
    if given is None:
        return None
    submission = work.session.get(SubmissionRow, int(given), with_for_update=True)
    if submission is None or submission.jurisdiction != case.jurisdiction:
        raise BadRequest(
            f"没有编号为 {given} 的社会提交，无法据此开通账号，请检查流程图中的设置",
            submission=given,
        )
    return submission


def _earlier(work: UnitOfWork, submission: SubmissionRow | None) -> str:
    """The login of the account that was already opened for a submission. None if there is none."""
    if submission is None or submission.person_id is None:
        return ""
    return work.session.get_one(PersonRow, submission.person_id).login


ACTIONS: Mapping[str, NamedAction] = {
    "people": NamedAction(carry_out=people_of_role, arguments=frozenset({"role", "without"})),
    "open_account": NamedAction(
        carry_out=open_account,
        arguments=frozenset(
            {"role", "name", "employer", "phone", "sponsor", "login", "submission"}
        ),
    ),
    "name_officers": NamedAction(carry_out=name_officers, arguments=frozenset({"step", "key"})),
}
