"""Forms that nobody drew: fields of every kind whose conditions compare days, times, numbers, lists
and nothing at all, and what somebody enters into them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from random import Random
from typing import Any

from service.domain.forms.schema import Component
from service.domain.terms.deadlines import SHANGHAI

OPTIONS = [{"value": one, "label": one} for one in ("a", "b", "z")]
COLOURS = [{"value": "a", "label": "甲"}, {"value": "b", "label": "乙"}]
DAYS = ("2026-06-01", "2026-06-15", "2026-06-30", "2025-12-31", "2028-02-29")
TIMES = ("09:30", "18:00", "00:00")
MOMENTS = ("2026-06-01T09:30", "2026-06-15T18:00")
NUMBERS = (0, 1, 2, -3, 0.1, 0.2, 0.3, 0.7, 2.5, 100, 1234567.89, 123456789012345680)
TEXTS = ("", "a", "b", "甲", "10", "2026-06-01", " x ", "𠮷", "！")
QUIET = ("type", "id", "label", "values", "timeSerializingFormat", "computeOn", "dateLabel")


@dataclass(frozen=True, kw_only=True)
class Played:
    """A form, what it was opened with, and what is entered: paths and values, one after the
    other.
    """

    schema: dict[str, Any]
    given: dict[str, Any]
    lists: dict[str, Any]
    edits: list[dict[str, Any]] = field(default_factory=list)

    def told(self, page: Mapping[str, Any]) -> str:
        """All that matters, in few words."""
        parts = [f"given {self.given}", f"sent {page['data']}", f"wrong {page['errors']}"]
        for one in self.schema["components"]:
            settings = {key: value for key, value in one.items() if key not in QUIET}
            parts.append(f"{one['type']} {settings}")
        return "\n".join(parts)


class Inventor:
    """Invents forms, always the same ones for one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def form(self) -> Played:
        """A form, its values, and six things entered."""
        self.numbers = iter(range(1000))
        self.names: list[str] = []
        kinds = [*self.random.sample(KINDS, FIELDS), *COMPUTED]
        self.random.shuffle(kinds)
        fields = [self.component(kind) for kind in kinds]
        components: list[dict[str, Any]] = []
        for one in fields:
            components.append(self.conditioned(one))
            parts = one["components"] if one["type"] == "group" else [one]
            self.names += [part.get("key") or part["path"] for part in parts]
        schema = {"type": "default", "id": "invented", "components": components}
        given = self.given(components)
        edits = [self.edit(components) for _ in range(6)]
        return Played(
            schema=schema, given=given, lists={"colours": COLOURS}, edits=[e for e in edits if e]
        )

    # -- the form

    def component(self, kind: str) -> dict[str, Any]:
        number = next(self.numbers)
        made: dict[str, Any] = {"type": kind, "id": f"Field_{number}", "label": f"栏目{number}"}
        if kind == "dynamiclist":
            inner = self.row_fields(number)
            return {**made, "path": f"rows{number}", "components": inner, "isRepeating": True}
        if kind == "group":
            return {**made, "components": [self.component("textfield"), self.component("number")]}
        made["key"] = f"{kind[0]}{number}"
        made |= self.settings(kind)
        return made

    def settings(self, kind: str) -> dict[str, Any]:
        chance = self.random.random()
        match kind:
            case "datetime":
                subtype = self.random.choice(("date", "date", "time", "datetime"))
                return {"subtype": subtype, "timeSerializingFormat": "no_timezone"}
            case "radio" | "select" | "checklist" | "taglist":
                return {"valuesKey": "colours"} if chance < 0.3 else {"values": OPTIONS}
            case "number":
                return {"serializeToString": True} if chance < 0.3 else {}
            case "expression":
                return {"computeOn": "change"}
            case "textfield":
                return {"defaultValue": "a"} if chance < 0.2 else {}
        return {}

    def row_fields(self, number: int) -> list[dict[str, Any]]:
        first = {"type": "textfield", "key": "t", "id": f"Row_{number}_t", "label": "名称"}
        second = {"type": "number", "key": "n", "id": f"Row_{number}_n", "label": "数量"}
        third = {"type": "datetime", "subtype": "date", "key": "d", "id": f"Row_{number}_d"}
        second["conditional"] = {"hide": f"=this.t {self.random.choice(('=', '!='))} {THIS_TEXT}"}
        third["conditional"] = {"hide": f"={self.test(1, self.random.choice(OF_A_ROW))}"}
        if self.random.random() < 0.3:
            second["validate"] = {"required": True}
        return [first, second, {**third, "dateLabel": "日期"}]

    def conditioned(self, component: dict[str, Any]) -> dict[str, Any]:
        """With a condition, a lock, limits, as it may come."""
        kind, chance = component["type"], self.random.random
        if chance() < 0.7:
            component["conditional"] = {"hide": f"={self.condition()}"}
        if kind == "expression":
            component["expression"] = f"={self.value(self.random.randint(1, 2))}"
        elif kind not in ("dynamiclist", "group"):
            component |= self.lock(chance())
            component["validate"] = self.rules(kind, chance())
        return component

    def lock(self, chance: float) -> dict[str, Any]:
        if chance < 0.1:
            return {"readonly": True}
        if chance < 0.2:
            return {"readonly": f"={self.condition()}"}
        return {"disabled": True} if chance < 0.25 else {}

    def rules(self, kind: str, chance: float) -> dict[str, Any]:
        if kind == "number" and chance < 0.4:
            return {"min": f"={self.named()}", "max": "=limit"}
        if kind == "textarea" and chance < 0.4:
            return {"maxLength": f"=count({self.named()}) + 1"}
        return {"required": True} if chance > 0.7 else {}

    # -- expressions

    def condition(self) -> str:
        """A condition, now and then negated as a whole."""
        text = self.test(self.random.randint(1, 3))
        return f"not({text})" if self.random.random() < 0.15 else text

    def test(self, depth: int, subject: str = "") -> str:
        left = subject or self.value(depth - 1)
        match self.random.randrange(9 if depth > 1 else 6):
            case 0 | 1:
                sign = self.random.choice(("=", "!=", "<", ">", "<=", ">="))
                return f"({left} {sign} {self.value(depth - 1)})"
            case 2 | 3:
                return f"({subject or self.named()} {self.random.choice(('=', '!='))} null)"
            case 4:
                return f"({left} in [{self.constant()}, {self.constant()}])"
            case 5:
                return f"({left} between {self.constant()} and {self.constant()})"
            case 6 | 7:
                sign = self.random.choice(("and", "or"))
                return f"({self.test(depth - 1, subject)} {sign} {self.test(depth - 1)})"
        return f"not({self.test(depth - 1, subject)})"

    def value(self, depth: int) -> str:
        name = self.named()
        if depth <= 0:
            return name if self.random.random() < 0.6 else self.constant()
        match self.random.randrange(8):
            case 0 | 1:
                return name
            case 2:
                sign = self.random.choice("+-*/")
                return f"({self.value(depth - 1)} {sign} {self.value(depth - 1)})"
            case 3:
                test = self.test(depth - 1)
                return f"(if {test} then {self.value(depth - 1)} else {self.value(depth - 1)})"
            case 4:
                return f"{self.random.choice(OF_ONE)}({name})"
            case 5:
                return f"list contains({name}, {self.constant()})"
            case 6:
                return f"count({name}[{self.random.choice(FILTERS)}])"
        return self.constant()

    def named(self) -> str:
        """Mostly what stands just before on the form, so that one thing hangs on another."""
        if not self.names or self.random.random() < 0.25:
            return self.random.choice(BEHIND)
        return self.random.choice(self.names[-4:])

    def constant(self) -> str:
        match self.random.randrange(6):
            case 0 | 1:
                return f'"{self.random.choice((*DAYS, *TIMES, *MOMENTS))}"'
            case 2:
                return f'"{self.random.choice(TEXTS)}"'
            case 3 | 4:
                return self.random.choice(("0", "0.3", "1", "2.5", "100"))
        return self.random.choice(("null", "true", "false"))

    # -- values

    def given(self, components: list[dict[str, Any]]) -> dict[str, Any]:
        """What the step was opened with, typed as the case has it."""
        choose = self.random.choice
        found: dict[str, Any] = {
            "limit": Decimal(choose(("0.3", "100", "2.50"))),
            "since": choose((date(2026, 6, 15), datetime(2026, 6, 1, 9, 30, tzinfo=SHANGHAI))),
            "budget": choose((Decimal("1234567.89"), Decimal("0.7"), [Decimal("0.1"), 2])),
        }
        for component in (one for one in components if self.random.random() < 0.6):
            if key := component.get("path") or component.get("key"):
                found[key] = self.typed(component)
        return {key: value for key, value in found.items() if value is not None}

    def typed(self, component: Component) -> Any:
        choose = self.random.choice
        match component["type"]:
            case "number":
                return Decimal(str(choose(NUMBERS)))
            case "datetime":
                return OPENED[component["subtype"]](choose(DAYS))
            case "dynamiclist":
                return [
                    {"t": choose("ab甲"), "n": Decimal(1), "d": date.fromisoformat(choose(DAYS))}
                    for _ in range(self.random.randint(0, 3))
                ]
            case "expression":
                return None
        return self.entered(component)

    def edit(self, components: list[dict[str, Any]]) -> dict[str, Any] | None:
        """One value entered into one field, in a row or in a group as well."""
        component = self.random.choice(components)
        if component["type"] == "group":
            component = self.random.choice(component["components"])
        if component["type"] == "expression":
            return None
        if component["type"] == "dynamiclist":
            inner = self.random.choice(component["components"])
            path = f"{component['path']}.0.{inner['key']}"
            return {"path": path, "value": self.entered(inner)}
        return {"path": component["key"], "value": self.entered(component)}

    def entered(self, component: Component) -> Any:
        """What the page's own field would give."""
        choose, nothing = self.random.choice, self.random.random() < 0.15
        match component["type"]:
            case "number":
                number = choose(NUMBERS)
                return (
                    None if nothing else str(number) if "serializeToString" in component else number
                )
            case "datetime":
                texts = {"date": DAYS, "time": TIMES, "datetime": MOMENTS}[component["subtype"]]
                return None if nothing else choose(texts)
            case "checkbox":
                return choose((True, False))
            case "radio" | "select":
                return None if nothing else choose("ab")
            case "checklist" | "taglist":
                return choose(([], ["a"], ["b"], ["a", "b"]))
        return choose(TEXTS)


KINDS = (
    "textfield",
    "textfield",
    "textarea",
    "number",
    "number",
    "datetime",
    "datetime",
    "checkbox",
    "radio",
    "select",
    "checklist",
    "taglist",
    "dynamiclist",
    "group",
)
COMPUTED = ("expression",) * 3
OF_ONE = ("count", "sum", "max", "string length", "string", "upper case", "not", "number", "floor")
OF_A_ROW = ("this.n", "this.n", "this.n", "parent.limit", "i[1]", "_parent_.since")
BEHIND = ("limit", "since", "budget", "colours", "nothing")
FIELDS = 8
THIS_TEXT = '"a"'
FILTERS = ('item = "a"', "item > 0", 't = "a"', "n != null")
OPENED: Mapping[str, Any] = {
    "date": date.fromisoformat,
    "time": lambda text: "09:30",
    "datetime": lambda text: datetime.fromisoformat(f"{text}T09:30").replace(tzinfo=SHANGHAI),
}
