"""Every paper from sample cases: as files to look at (``make papers``), and as contents to test."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import yaml

from service.papers.word.filling import fill
from service.queries.items.lines import AnswerLine
from service.queries.papers.papers import PaperSource, words_of
from tests.papers.samples import DATA, PARAGRAPH

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "forms" / "papers"
MANIFESTS = {
    code: yaml.safe_load((ROOT / "bpmn" / code / "manifest.yaml").read_text())
    for code in ("cf", "zy")
}
FORMS = {
    file.stem: orjson.loads(file.read_bytes()) for file in sorted((ROOT / "forms").glob("*.form"))
}
LISTS = {
    entry["name"]: entry["entries"]
    for manifest in MANIFESTS.values()
    for entry in manifest["lists"]
}
UNITS = {
    unit["code"]: unit["name"] for manifest in MANIFESTS.values() for unit in manifest["units"]
}
WORDS = words_of(FORMS.values(), LISTS)
PAPERS = sorted(file.name for file in TEMPLATES.glob("*.docx"))
LONG = re.compile(r"[\u4e00-\u9fff，、]{8}")  # what people write, not a code or a number
VARIANTS = ("usual", "long", "empty")


def values(template: str, variant: str) -> dict[str, Any]:
    """Sample data for a template: as usual, with long texts and many rows, or without anything."""
    usual = DATA[template.removesuffix(".docx")]
    return {} if variant == "empty" else dict(usual) if variant == "usual" else longer(usual)


def longer(given: Mapping[str, Any]) -> dict[str, Any]:
    """The same with long texts and many rows."""
    return {key: _longer(value) for key, value in given.items()}


def _longer(value: Any) -> Any:
    if isinstance(value, str) and LONG.search(value):
        return "\n".join([value, *[PARAGRAPH] * 4])
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [
            {
                key: f"{one}，{PARAGRAPH[:70]}"
                if isinstance(one, str) and LONG.search(one)
                else one
                for key, one in row.items()
            }
            for row in value * (36 // len(value))
        ]
    return value


def filled(template: str, given: Mapping[str, Any]) -> bytes:
    """A paper from a template of ``forms/papers``."""
    return fill(
        PaperSource(
            title=template,
            file=template,
            template=(TEMPLATES / template).read_bytes(),
            values=given,
            options=WORDS,
            units=UNITS,
            answers=answers() if template == "case_answers.docx" and given else None,
        )
    )


def answers() -> tuple[AnswerLine, ...]:
    """What was answered in a case of 赤峰: one answer with rows, one that is restricted."""
    common: dict[str, Any] = {
        "part": "lead",
        "person": "高志远",
        "unit": "红山区农业技术推广中心",
        "undone": False,
        "reason": "",
        "at": datetime(2026, 3, 2, 1, tzinfo=UTC),
    }
    apply = {**DATA["cf_annex1"], "approach": PARAGRAPH}
    return (
        AnswerLine(
            id=1,
            element="apply",
            name="填写项目申报表（附件1）",
            round=1,
            form=FORMS["cf_annex1"],
            values=apply,
            **common,
        ),
        AnswerLine(
            id=2,
            element="annual_assessment",
            name="年度评估",
            round=2,
            form=None,
            values={},
            restricted=True,
            **common,
        ),
    )
