"""What the interface answers with: every response by name, as callers rely on it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.api.schemas import LineOut, field_of

ANSWERS = Path(__file__).with_name("answers.yaml")


def short(schema: dict[str, Any]) -> Any:
    """A property of the OpenAPI document in a word or two; ``or null`` where it may be."""
    if "anyOf" in schema:
        return f"{short(schema['anyOf'][1])} or null"
    if "allOf" in schema:
        return short(schema["allOf"][0])
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "items" in schema:
        return [short(schema["items"])]
    if schema.get("additionalProperties"):
        return {"*": short(schema["additionalProperties"])}
    kind = schema.get("format") or schema.get("type", "any")
    return f"{kind} or null" if schema.get("nullable") else kind


def answers(document: dict[str, Any]) -> dict[str, Any]:
    """The responses of an OpenAPI document: component -> property -> type."""
    return {
        name: {key: short(value) for key, value in schema["properties"].items()}
        for name, schema in document["components"]["schemas"].items()
        if name.endswith("Out")
    }


def test_every_answer_is_what_callers_rely_on(http):
    """To change an answer is to change ``answers.yaml`` by hand."""
    assert answers(http("cf.kjj").get("/openapi.json")) == yaml.safe_load(ANSWERS.read_text())


@dataclass(frozen=True)
class PairLine:
    left: int
    right: complex = 0j


def test_what_cannot_be_dumped_is_refused_at_once():
    with pytest.raises(TypeError, match="complex"):
        field_of(PairLine.__annotations__["right"])


@pytest.mark.parametrize("more", [{"without": ("middle",)}, {"described": {"middle": "…"}}])
def test_a_schema_names_only_what_its_line_has(more):
    with pytest.raises(TypeError, match="PairLine has no middle"):
        type(LineOut)("PairOut", (LineOut,), {}, line=PairLine, **more)


def test_what_a_schema_leaves_out_is_not_dumped():
    schema: Any = type(LineOut)("PairOut", (LineOut,), {}, line=PairLine, without=("right",))
    assert schema().dump(PairLine(left=1)) == {"left": 1}
