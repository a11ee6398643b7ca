"""The jurisdictions' folders, read once."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.engine.document import Document, Element, read_document

ROOT = Path(__file__).parents[3]
ROUTED = frozenset(
    {"userTask", "serviceTask", "scriptTask", "businessRuleTask", "callActivity", "subProcess"}
)
WAITS = frozenset({"intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})


def _squeezed(text: str) -> str:
    """Without blanks, line breaks and the scan's bold marks: a sentence broken over two pages is
    one sentence.
    """
    return re.sub(r"[\s*]", "", text)


@dataclass(frozen=True)
class Folder:
    """One jurisdiction's folder under ``bpmn/``."""

    code: str

    @property
    def path(self) -> Path:
        return ROOT / "bpmn" / self.code

    @cached_property
    def manifest(self) -> dict[str, Any]:
        return yaml.safe_load((self.path / "manifest.yaml").read_text("utf-8"))

    @cached_property
    def people(self) -> list[dict[str, Any]]:
        return yaml.safe_load((self.path / "people.yaml").read_text("utf-8"))

    @cached_property
    def source(self) -> str:
        return (self.path / self.manifest["document"]["file"]).read_text("utf-8")

    @cached_property
    def corrected(self) -> str:
        text = self.source
        for correction in self.manifest["document"]["corrections"]:
            text = text.replace(correction["found"], correction["read_as"])
        return _squeezed(text)

    @cached_property
    def clauses(self) -> dict[str, dict[str, Any]]:
        return {clause["id"]: clause for clause in self.manifest["clauses"]}

    @cached_property
    def diagrams(self) -> dict[str, Document]:
        return {
            p.name: read_document(p.read_bytes(), p.name) for p in sorted(self.path.glob("*.bpmn"))
        }

    @cached_property
    def elements(self) -> list[Element]:
        return [
            element for document in self.diagrams.values() for element in document.elements.values()
        ]

    @cached_property
    def routed(self) -> list[Element]:
        """Everything that does, sends or waits for something on somebody's authority."""
        return [e for e in self.elements if e.kind in ROUTED | WAITS]

    @property
    def names(self) -> set[str]:
        """The names a diagram of this folder may use for those who act."""
        m = self.manifest
        return (
            {u["name"] for u in m["units"]}
            | {g["name"] for g in m["groups"]}
            | {*m["relative_units"], *m["roles"]}
        )


FOLDERS = [Folder("cf"), Folder("zy")]
FORMS = {p.stem: json.loads(p.read_text("utf-8")) for p in sorted((ROOT / "forms").glob("*.form"))}


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.code)
def folder(request: pytest.FixtureRequest) -> Folder:
    return request.param


@pytest.fixture(params=sorted(FORMS))
def form(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    return request.param, FORMS[request.param]


@pytest.fixture
def forms() -> dict[str, dict[str, Any]]:
    return FORMS


@pytest.fixture
def squeezed() -> Callable[[str], str]:
    return _squeezed


@pytest.fixture
def root() -> Path:
    return ROOT
