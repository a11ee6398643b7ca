"""Filling in a form as a person does: by its labels."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import yaml
from playwright.sync_api import Locator, Page

from tests.town import ROOT

LISTS = yaml.safe_load((ROOT / "bpmn/zy/manifest.yaml").read_text("utf-8"))["lists"]
NAMED = {entry["value"]: entry["label"] for one in LISTS for entry in one["entries"]}


def fill_form(page: Page, form: str, answers: Mapping[str, Any]) -> None:
    """Enter these answers into the form island of the page; what the form does not ask is left
    out.
    """
    island = page.locator("[data-form]").first
    for component in components(json.loads((ROOT / f"forms/{form}.form").read_text("utf-8"))):
        value = answers.get(component.get("key", ""))
        if value not in (None, False) and not component.get("readonly"):
            enter(page, island, component, value)


def components(part: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for component in part.get("components", ()):
        yield component
        yield from components(component)


def enter(page: Page, island: Locator, component: Mapping[str, Any], value: Any) -> None:
    label = component.get("label") or component.get("dateLabel")
    chosen = {option["value"]: option["label"] for option in component.get("values", ())}
    match component["type"]:
        case "select":
            island.locator(".fjs-form-field-select", has_text=label).first.locator(
                ".fjs-input-group"
            ).click()
            pick(page, chosen.get(value) or NAMED.get(value))
        case "taglist":
            for one in value:
                island.locator(".fjs-form-field-taglist", has_text=label).first.locator(
                    "input"
                ).click()
                pick(page, chosen.get(one) or NAMED.get(one))
        case "radio":
            field = island.locator(".fjs-form-field-radio", has_text=label).first
            field.get_by_label(chosen[value], exact=True).check()
        case "checkbox":
            island.get_by_label(label).first.check()
        case "datetime":
            instant(island, component, str(value))
        case _:
            island.get_by_label(label).first.fill(str(value))


def pick(page: Page, label: str | None) -> None:
    """The option of this label; without one, of which only the page knows the words, the first."""
    options = page.locator(".fjs-dropdownlist-item")
    (options.filter(has_text=label) if label else options).first.click()


def instant(island: Locator, component: Mapping[str, Any], value: str) -> None:
    day = date.fromisoformat(value[:10])
    field = island.get_by_label(component.get("dateLabel") or component["label"]).first
    field.fill(f"{day.year}/{day.month}/{day.day}")
    field.press("Enter")
    if "T" in value:
        clock = island.get_by_label(component.get("timeLabel") or "时间").last
        clock.fill(value[11:16])
        clock.press("Enter")
