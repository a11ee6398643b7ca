"""The directory of a jurisdiction: from the names in a diagram to the units and people who act.

A name stands for a unit, a group of units, a unit relative to the case, or the lane of a person.

Decided: a diagram names units exactly as its document does; the jurisdiction's directory resolves
the names when a step starts. Instead of ids in the diagram, which nobody could compare with the
document.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.domain.people.actor import Actor
from service.domain.people.rights import HEAD, Right
from service.errors import Unresolved


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit in the directory. From ``valid_to`` on it does not exist any more (已撤并)."""

    id: int
    code: str
    name: str
    kind: str
    managed_by: str | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PersonOf:
    """The lane of a person.

    ``variable`` is the variable of the case that has the person's login. ``role`` is the role that
    may start a process in the lane.

    With a ``post`` the lane belongs to the holders of that post. The post ``head`` means the heads
    of ``unit`` or, if that is empty, of the unit whose code stands in ``variable``. Any other post
    is a role, and everybody in the jurisdiction who has it holds the post.
    """

    variable: str
    role: str
    post: str = ""
    unit: str = ""

    def is_held_by(self, actor: Actor, values: Mapping[str, Any]) -> bool:
        """Whether the actor acts in the lane, in a case with these values."""
        if not self.post:
            return bool(values.get(self.variable) == actor.login)
        if self.post not in actor.roles:
            return False
        return self.post != HEAD or self.code(values) == actor.unit_code

    def code(self, values: Mapping[str, Any]) -> str:
        """The code of the unit whose heads hold the post."""
        return self.unit or str(values.get(self.variable))


@dataclass(frozen=True, kw_only=True)
class Directory:
    """The directory of a jurisdiction at one moment.

    - ``units`` by code, ``groups`` (codes of units) by name, ``persons`` (lanes) by name
    - ``relatives`` by name: rules that lead from a case to a unit. ``from`` is the variable with
      the code of a unit; with ``then`` = ``managed_by`` the unit that manages it is meant.
    - ``gone``: the names of units that do not exist any more
    """

    units: Mapping[str, Unit]
    groups: Mapping[str, tuple[str, ...]]
    relatives: Mapping[str, Mapping[str, str]]
    persons: Mapping[str, PersonOf]
    gone: frozenset[str] = frozenset()
    jurisdiction: str = ""

    def at(self, now: datetime) -> "Directory":
        """The directory without the units that do not exist any more at this moment."""
        ended = {
            code: unit.name
            for code, unit in self.units.items()
            if unit.valid_to is not None and unit.valid_to <= now
        }
        if not ended:
            return self
        units = {code: unit for code, unit in self.units.items() if code not in ended}
        return replace(self, units=units, gone=frozenset(ended.values()))

    def unit_named(self, name: str) -> Unit | None:
        """The unit with this name; None if there is none."""
        return next((unit for unit in self.units.values() if unit.name == name), None)

    def unit(self, element: str, name: str, values: Mapping[str, Any]) -> Unit:
        """The single unit for which a name stands in a case.

        :param element: the name of the step, for the refusal.
        :raises Unresolved: the name is unknown, or the case's data does not lead to a unit.
        """
        unit = self.unit_named(name)
        if unit is None and name in self.relatives:
            unit = self._relative(element, name, values)
        if unit is None:
            raise Unresolved(element, name, "本地区的单位目录中没有这个单位")
        return unit

    def _relative(self, element: str, name: str, values: Mapping[str, Any]) -> Unit:
        rule = self.relatives[name]
        code = values.get(rule["from"])
        unit = self.units.get(str(code))
        if unit is None:
            raise Unresolved(
                element, name, f"案件数据“{rule['from']}”（{code}）不是单位目录中的单位"
            )
        if rule.get("then") != "managed_by":
            return unit
        manager = self.units.get(unit.managed_by or "")
        if manager is None:
            raise Unresolved(element, name, f"单位“{unit.name}”没有登记归口管理部门")
        return manager

    def units_related_to(self, unit_code: str | None) -> list[Unit]:
        """The units that the relative names stand for if the starter is of this unit.

        Names that stand for no unit then are left out.
        """
        starter_unit = self.units.get(unit_code or "")
        if starter_unit is None:
            return []
        manager = self.units.get(starter_unit.managed_by or "")
        related = [
            manager if rule.get("then") == "managed_by" else starter_unit
            for rule in self.relatives.values()
            if rule["from"] == "starter_unit"
        ]
        return list(dict.fromkeys(unit for unit in related if unit is not None))

    def stands_for(self, actor: Actor, name: str, values: Mapping[str, Any]) -> bool:
        """Whether the actor acts under a name in a case.

        They may be the person of a lane, or work for the unit or for a unit of the group.
        """
        if name in self.persons:
            return self.persons[name].is_held_by(actor, values)
        if not actor.works_for_unit:
            return False
        try:
            units = self._expanded(name, name, values)
        except Unresolved:  # The case does not say yet which unit it is, so nobody stands for it.
            return False
        return any(unit.id == actor.unit_id for unit in units)

    def may_start(self, actor: Actor, name: str) -> bool:
        """Whether the actor may start a process whose start event stands in this lane."""
        if name in self.persons:
            return self.persons[name].role in actor.roles
        unit = self.unit_named(name)
        return unit is not None and actor.works_for_unit and unit.id == actor.unit_id

    def may_take_over(self, actor: Actor, name: str) -> bool:
        """Whether the actor may import running projects (补录).

        :param name: the lane in which the start event for imports stands.
        """
        return actor.may(Right.TAKE_OVER) or self.may_start(actor, name)

    def co_units(
        self, element: str, names: Sequence[str], values: Mapping[str, Any], leads: Iterable[int]
    ) -> list[Unit]:
        """The co-operating units that these names stand for, each once, with groups expanded.

        Units that do not exist any more are left out.

        :param leads: the ids of units that are left out because they lead.
        :raises Unresolved: a name stands for no unit.
        """
        seen = set(leads)
        co_units = []
        for name in names:
            for unit in self._expanded(element, name, values):
                if unit.id not in seen:
                    seen.add(unit.id)
                    co_units.append(unit)
        return co_units

    def _expanded(self, element: str, name: str, values: Mapping[str, Any]) -> list[Unit]:
        if name in self.groups:
            return [self.units[code] for code in self.groups[name] if code in self.units]
        if name in self.gone:
            return []
        return [self.unit(element, name, values)]
