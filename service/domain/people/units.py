"""Units, groups, relative units and persons' lanes: from the names a diagram uses to those who act.

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
    """A unit as the directory knows it. From ``valid_to`` on it is no more (已撤并)."""

    id: int
    code: str
    name: str
    kind: str
    managed_by: str | None = None
    valid_to: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PersonOf:
    """A lane of a person: the case variable that holds the login, and the role that may start
    there.

    With ``post`` it is whoever holds a post: ``head`` the heads of ``unit``, or of the unit whose
    code ``variable`` holds, another role everybody in the jurisdiction who has it.
    """

    variable: str
    role: str
    post: str = ""
    unit: str = ""

    def is_held_by(self, actor: Actor, values: Mapping[str, Any]) -> bool:
        """Whether this person acts in the lane, in a case with these values."""
        if not self.post:
            return bool(values.get(self.variable) == actor.login)
        return self.post in actor.roles and (
            self.post != HEAD or self.code(values) == actor.unit_code
        )

    def code(self, values: Mapping[str, Any]) -> str:
        """The code of the unit whose heads hold the post."""
        return self.unit or str(values.get(self.variable))


@dataclass(frozen=True, kw_only=True)
class Directory:
    """The units of a jurisdiction at one moment. ``relatives``: name -> {"from": variable, "then":
    "managed_by"?}; ``gone``: names of units that are no more.
    """

    units: Mapping[str, Unit]
    groups: Mapping[str, tuple[str, ...]]
    relatives: Mapping[str, Mapping[str, str]]
    persons: Mapping[str, PersonOf]
    gone: frozenset[str] = frozenset()
    jurisdiction: str = ""

    def at(self, now: datetime) -> "Directory":
        """The directory without the units that are no more at this moment."""
        over = {
            code: unit
            for code, unit in self.units.items()
            if unit.valid_to is not None and unit.valid_to <= now
        }
        units = {code: unit for code, unit in self.units.items() if code not in over}
        return (
            replace(self, units=units, gone=frozenset(unit.name for unit in over.values()))
            if over
            else self
        )

    def named(self, name: str) -> Unit | None:
        """The unit of this name."""
        return next((unit for unit in self.units.values() if unit.name == name), None)

    def unit(self, element: str, name: str, values: Mapping[str, Any]) -> Unit:
        """The one unit a name stands for in this case.

        :raises Unresolved: the name is unknown, or the case's data does not lead to a unit.
        """
        found = self.named(name)
        if found is None and name in self.relatives:
            found = self._relative(element, name, values)
        if found is None:
            raise Unresolved(element, name, "本地区的单位目录中没有这个单位")
        return found

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

    def around(self, unit: str | None) -> list[Unit]:
        """The units that the directory's relative names lead to from a starter's unit, as far as
        they lead to one.
        """
        home = self.units.get(unit or "")
        found = [
            home if rule.get("then") != "managed_by" else self.units.get(home.managed_by or "")
            for rule in self.relatives.values()
            if home is not None and rule["from"] == "starter_unit"
        ]
        return list(dict.fromkeys(one for one in found if one is not None))

    def stands_for(self, actor: Actor, name: str, values: Mapping[str, Any]) -> bool:
        """Whether this person acts under a lane's name in a case: as the person, the unit or a unit
        of the group.
        """
        if name in self.persons:
            return self.persons[name].is_held_by(actor, values)
        try:
            return actor.works_for_unit and any(
                unit.id == actor.unit_id for unit in self._expanded(name, name, values)
            )
        except Unresolved:  # a unit that the case does not know yet is nobody's
            return False

    def may_start(self, actor: Actor, name: str) -> bool:
        """Whether this person may start a process whose start stands in this lane."""
        if name in self.persons:
            return self.persons[name].role in actor.roles
        unit = self.named(name)
        return unit is not None and actor.works_for_unit and unit.id == actor.unit_id

    def may_take_over(self, actor: Actor, name: str) -> bool:
        """Whether this person may import running projects (补录) where the import's start stands in
        this lane.
        """
        return actor.may(Right.TAKE_OVER) or self.may_start(actor, name)

    def co_units(
        self, element: str, names: Sequence[str], values: Mapping[str, Any], leads: Iterable[int]
    ) -> list[Unit]:
        """Co-operating units after expanding groups, without the leads, duplicates and units that
        are no more.
        """
        taken, found = set(leads), []
        for name in names:
            for unit in self._expanded(element, name, values):
                if unit.id not in taken:
                    taken.add(unit.id)
                    found.append(unit)
        return found

    def _expanded(self, element: str, name: str, values: Mapping[str, Any]) -> list[Unit]:
        if name in self.groups:
            return [self.units[code] for code in self.groups[name] if code in self.units]
        return [] if name in self.gone else [self.unit(element, name, values)]
