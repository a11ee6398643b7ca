"""The step of an item: who else has a share in it, what they answered, and what they are asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from service.access.cases import Closed
from service.access.supervision import urges
from service.domain.forms.answers import keys_of
from service.domain.forms.shown import asked_keys, narrowed, only_shows, plain_values
from service.domain.items import ItemFacts, cooling, offers, owed
from service.domain.people.actor import Actor
from service.domain.people.offers import Offer
from service.domain.terms.deadlines import Calendar, light
from service.domain.vocabulary import NAMELESS, REMARK
from service.feel import parse
from service.queries.items.answers import wordings
from service.queries.items.lines import CommentLine, ContributionLine, HolderLine, MatterLine
from service.store.cases.rows import CaseRow
from service.store.items.rows import AnswerRow, ItemRow
from service.store.people.rows import PersonRow, UnitRow
from service.unit_of_work import Deployed


@dataclass(frozen=True, kw_only=True)
class Look:
    """One person looking at one item. ``others`` is what is closed to them in the case, apart from
    their own work.
    """

    session: Session
    actor: Actor
    case: CaseRow
    item: ItemRow
    deployed: Deployed
    now: datetime
    calendar: Calendar
    others: Closed

    @property
    def mine(self) -> bool:
        """Whether the item is this person's work."""
        return self.item.holder in self.actor.holders

    @property
    def closed(self) -> bool:
        """Whether this person may not read the item's content."""
        return self.item.element in self.others and not self.mine

    @property
    def nameless(self) -> bool:
        """Whether this person may not be told who has the item."""
        return self.item.element in self.others.nameless and not self.mine

    @property
    def shut(self) -> bool:
        """Whether this person may read only their own words at the step."""
        return self.closed or self.item.element in self.others.sealed


@dataclass(frozen=True, kw_only=True)
class Share:
    """An item of the step, with its unit, who has it, who closed it and what they answered."""

    item: ItemRow
    unit: str | None
    assignee: str | None
    person: str | None
    answer: AnswerRow | None


@dataclass(frozen=True)
class Shares:
    """Everybody who has a share in the step.

    These are its leads and the newest item of each co-operating unit. That item may be carried over
    from an earlier round, if the unit owes nothing again.
    """

    look: Look
    rows: Sequence[Share] = field(repr=False)

    @cached_property
    def leads(self) -> list[Share]:
        """The items of the leads."""
        return [share for share in self.rows if share.item.part == "lead"]

    @cached_property
    def others(self) -> list[Share]:
        """The items of the co-operating units."""
        newest = {
            share.item.unit_id: share for share in self.rows if share.item.part == "cooperate"
        }
        return list(newest.values())

    def holders(self, urged: Mapping[int, CommentLine]) -> tuple[HolderLine, ...]:
        """Who has which share, leads first.

        :param urged: the last urging of each item.
        """
        return tuple(
            self._holder(share, urged.get(share.item.id)) for share in [*self.leads, *self.others]
        )

    def _holder(self, share: Share, urged: CommentLine | None) -> HolderLine:
        item = share.item
        look = self.look
        return HolderLine(
            item_id=item.id,
            part=item.part,
            unit=share.unit,
            role=item.holder.role_code,
            state=item.state,
            due_at=item.due_at,
            light=light(item.due_at, look.now, look.calendar) if item.state == "open" else None,
            assignee=self._called(share.assignee),
            person=self._called(share.person),
            closed_at=item.closed_at,
            mine=item.holder in look.actor.holders,
            urge=self.urging(item, urged),
        )

    def _called(self, name: str | None) -> str | None:
        if name is not None and self.look.nameless:
            return NAMELESS
        return name

    def urging(self, item: ItemRow, urged: CommentLine | None) -> Offer:
        """Whether this person may urge an item of the step now."""
        look = self.look
        facts = ItemFacts(
            part=item.part,
            state=item.state,
            holder=item.holder,
            assignee_id=item.assignee_id,
            assignee_name=None,
            case_status=look.case.status,
            urges=self.urged_by(item),
            cooling=self.cooling(urged),
        )
        return offers(look.actor, facts)["urge"]

    def urged_by(self, item: ItemRow) -> bool:
        """Whether this person is somebody who urges here at all."""
        leads = [share.item.holder for share in self.leads]
        return urges(self.look.actor, self.look.case, item, leads)

    def cooling(self, urged: CommentLine | None) -> str:
        """Why an item cannot be urged again yet, after this last urging. "" if it can."""
        if urged is None:
            return ""
        return cooling(urged.person, urged.at, self.look.now, self.look.calendar)

    def contributions(self) -> tuple[ContributionLine, ...]:
        """The answers of the co-operating units, and those that are owed. At a shut step it is this
        person's own unit only.
        """
        look = self.look
        forms = wordings(
            look.session, look.deployed, look.case, {share.item.form for share in self.others}
        )
        return tuple(self._contribution(share, forms.get(share.item.form)) for share in self.others)

    def _contribution(self, share: Share, form: Mapping[str, Any] | None) -> ContributionLine:
        item = share.item
        look = self.look
        readable = not look.shut or item.holder in look.actor.holders
        answer = share.answer if readable else None
        return ContributionLine(
            unit=share.unit or "",
            state=item.state,
            due_at=item.due_at,
            light=light(item.due_at, look.now, look.calendar) if item.state == "open" else None,
            person=share.person,
            answered_at=answer.at if answer is not None else None,
            form=form,
            values=plain_values(answer.answers) if answer is not None else {},
        )

    def still_owed(self) -> tuple[str, ...]:
        """The units whose answer the lead still needs."""
        item = self.look.item
        if item.part != "lead" or item.state != "open":
            return ()
        rule = self.look.deployed.definition.elements[item.element].co_rule
        units_by_state = {
            state: [share.unit or "" for share in self.others if share.item.state == state]
            for state in ("done", "open")
        }
        return tuple(owed(rule, units_by_state["done"], units_by_state["open"]))

    def matter(self) -> MatterLine | None:
        """What a co-operating unit is asked about; None for the lead."""
        look = self.look
        if look.item.part != "cooperate":
            return None
        text, _, remark = look.deployed.definition.elements[
            look.item.element
        ].documentation.partition(REMARK)
        leads = [share for share in self.leads if share.item.round == look.item.round]
        form, values = self._given(leads[0].item) if leads else (None, {})
        return MatterLine(
            name=look.item.name,
            documentation=text.strip(),
            remark=remark.strip(),
            units=tuple(share.unit or share.assignee or "" for share in leads),
            person=next((share.assignee for share in leads if share.unit and share.assignee), None),
            form=form,
            values=values,
        )

    def _given(self, lead: ItemRow) -> tuple[Mapping[str, Any] | None, Mapping[str, Any]]:
        """The part of what the lead's form shows that this person may read."""
        look = self.look
        if lead.form is None or look.item.element in look.others:
            return None, {}
        form = wordings(look.session, look.deployed, look.case, [lead.form])[lead.form]
        fields = keys_of(form)
        hidden = self._hidden(lead)
        shown: dict[str, Any] = {}
        for key, value in lead.given.items():
            is_empty = value in (None, "", [])
            if not is_empty and key not in hidden and _is_read(fields.get(key)):
                shown[key] = value
        return narrowed(form, list(shown)), plain_values(shown)

    def _hidden(self, lead: ItemRow) -> set[str]:
        """The keys that were given to the lead from answers at steps that are closed to this
        person.
        """
        elements = self.look.deployed.definition.elements
        secret = {
            key
            for element in self.look.others.steps
            if element in elements
            for key in asked_keys(self.look.deployed.form(elements[element].form))
        }
        if not secret:
            return set()
        inputs = elements[lead.element].inputs
        return secret | {key for key, text in inputs.items() if _names(text) & secret}


def _is_read(component: Mapping[str, Any] | None) -> bool:
    """Whether a field of the lead's form is there to be read. It is, if it is fixed or a list of
    rows to judge.
    """
    return component is not None and (only_shows(component) or component["type"] == "dynamiclist")


def _names(text: str) -> frozenset[str]:
    if not text.startswith("="):
        return frozenset()
    return frozenset(parse(text.removeprefix("=").strip()).names)


ASSIGNEE, CLOSER = aliased(PersonRow), aliased(PersonRow)
SHARES = (
    select(ItemRow, UnitRow.name, ASSIGNEE.name, CLOSER.name, AnswerRow)
    .outerjoin(UnitRow, UnitRow.id == ItemRow.unit_id)
    .outerjoin(ASSIGNEE, ASSIGNEE.id == ItemRow.assignee_id)
    .outerjoin(CLOSER, CLOSER.id == ItemRow.closed_by)
    .outerjoin(AnswerRow, AnswerRow.item_id == ItemRow.id)
    .where(
        ItemRow.case_id == bindparam("case_id"),
        ItemRow.state != "cancelled",
        or_(
            ItemRow.task == bindparam("task"),
            and_(
                ItemRow.element == bindparam("element"),
                ItemRow.place == bindparam("place"),
                ItemRow.part == "cooperate",
                ItemRow.round <= bindparam("round"),
            ),
        ),
    )
    .order_by(ItemRow.id)
)
"""The statement is built once, because building it costs more than running it."""


def shares_of(look: Look) -> Shares:
    """Everybody who has a share in the step of an item."""
    step_of_item = {name: getattr(look.item, name) for name in SHARES_OF}
    return Shares(
        look,
        [
            Share(
                item=shared_item,
                unit=unit,
                assignee=assignee,
                person=person,
                answer=answer,
            )
            for shared_item, unit, assignee, person, answer in look.session.execute(
                SHARES, step_of_item
            )
        ],
    )


SHARES_OF = ("case_id", "task", "element", "place", "round")
