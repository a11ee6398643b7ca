"""The manifests hang together, and everybody a newcomer may sign in as is there."""

import re
from collections import Counter

import pytest
import yaml

from .conftest import FOLDERS

ROLES = {
    "staff",
    "head",
    "applicant",
    "demander",
    "bidder",
    "expert",
    "envoy",
    "supervisor",
    "owner",
    "admin",
}
ACCOUNTS = {
    "cf": "kjj kjj.head lxh zhuguan danwei gangbu ducha "
    "owner admin hongshan songshan yuanbaoshan aluke"
    " balinzuo balinyou linxi keshiketeng wengniute kalaqin ningcheng aohan",
    "zy": "kjj kjj.head zzb gxj czj rsj jkq ldxz ldxzu ldb "
    "ganzhou linze gaotai shandan minle sunan qiye"
    " expert1 expert2 expert3 ducha owner admin bidder envoy",
}
COUNTIES = [
    "红山区",
    "松山区",
    "元宝山区",
    "阿鲁科尔沁旗",
    "巴林左旗",
    "巴林右旗",
    "林西县",
    "克什克腾旗",
    "翁牛特旗",
    "喀喇沁旗",
    "宁城县",
    "敖汉旗",
]


def test_codes_and_names_of_units_are_unique(folder):
    units = folder.manifest["units"]
    assert len({u["code"] for u in units}) == len({u["name"] for u in units}) == len(units)
    assert [u["code"] for u in units if not re.fullmatch(r"[a-z][a-z_]*", u["code"])] == []


def test_nothing_is_said_twice(folder):
    """Of two lines under one key YAML keeps the last and drops the other without a word."""
    todo = [yaml.compose((folder.path / "manifest.yaml").read_text("utf-8"))]
    while todo:
        node = todo.pop()
        if isinstance(node, yaml.MappingNode):
            keys = [key.value for key, _ in node.value]
            assert len(set(keys)) == len(keys), keys
            todo += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            todo += node.value


def test_managers_and_members_are_units(folder):
    codes = {u["code"] for u in folder.manifest["units"]}
    assert {u["managed_by"] for u in folder.manifest["units"] if "managed_by" in u} <= codes
    assert {member for g in folder.manifest["groups"] for member in g["members"]} <= codes


def test_units_the_document_names_stand_in_it(folder, squeezed):
    named = [u["name"] for u in folder.manifest["units"] if u["basis"] == "text"]
    assert [name for name in named if squeezed(name) not in folder.corrected] == []


def test_clauses_name_known_units(folder):
    for clause in folder.manifest["clauses"]:
        assert {*clause["leads"], *clause["co_units"], *clause.get("others", ())} <= folder.names, (
            clause["id"]
        )


def test_entries_of_lists_are_the_documents_own_or_units(folder, squeezed):
    units = {(u["code"], u["name"]) for u in folder.manifest["units"]} | {("其他", "其他")}
    for named in folder.manifest["lists"]:
        labels = [
            entry["label"]
            for entry in named["entries"]
            if (entry["value"], entry["label"]) not in units
        ]
        assert [label for label in labels if squeezed(label) not in folder.corrected] == []
        assert len({entry["value"] for entry in named["entries"]}) == len(named["entries"])


@pytest.mark.parametrize("code", sorted(ACCOUNTS))
def test_every_demonstration_account_exists(folder, code):
    if folder.code == code:
        logins = {person["login"] for person in folder.people}
        assert {f"{code}.{name}" for name in ACCOUNTS[code].split()} <= logins


def test_people_have_a_unit_a_role_and_a_chinese_name(folder):
    codes = {u["code"] for u in folder.manifest["units"]}
    logins = [person["login"] for person in folder.people]
    assert len(set(logins)) == len(logins)
    for person in folder.people:
        assert person["unit"] in codes, person
        assert person["roles"], person
        assert set(person["roles"]) <= ROLES, person
        assert re.fullmatch(r"[\u4e00-\u9fff]{2,6}", person["name"]), person


def test_a_unit_that_leads_or_co_operates_has_somebody_to_do_it(folder):
    staffed = {person["unit"] for person in folder.people if "staff" in person["roles"]}
    owed = {
        u["code"]
        for u in folder.manifest["units"]
        if u["kind"] in ("bureau", "county", "meeting", "department")
    }
    assert owed <= staffed


def test_each_banner_county_and_district_has_its_science_office(folder):
    if folder.code == "cf":
        names = [u["name"] for u in folder.manifest["units"] if u["kind"] == "county"]
        assert [name.removesuffix("科技局").removesuffix("工科局") for name in names] == COUNTIES


def test_what_is_deployed_exists_and_what_exists_is_deployed(folder, forms):
    deploy = folder.manifest["deploy"]
    assert sorted(deploy["diagrams"]) == sorted(folder.diagrams)
    assert set(deploy["forms"]) <= set(forms)


def test_an_id_names_one_element_of_all_diagrams():
    """What every jurisdiction must have (督办单, 通报, 延期) is the same process in each, under the
    same ids.
    """
    for each in FOLDERS:
        counted = Counter(element.id for element in each.elements)
        assert [ident for ident, count in counted.items() if count > 1] == []
    places = {(element.id, element.process) for each in FOLDERS for element in each.elements}
    assert len({ident for ident, _ in places}) == len(places)
