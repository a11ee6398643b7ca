"""What ships passes the same gate as what a process owner uploads, without even a warning."""

from service.commands.actions import ALL_ACTIONS
from service.domain.functions import NAMES
from service.gate import Surroundings, check
from service.papers.word.sandbox import names_in

CASE_NAMES = frozenset({"case_id", "case_title", "starter", "starter_unit", "started_on"})


def around(manifest):
    return Surroundings(
        units=frozenset(u["name"] for u in manifest["units"]),
        groups=frozenset(g["name"] for g in manifest["groups"]),
        relatives=frozenset(manifest["relative_units"]),
        roles=frozenset(manifest["roles"]),
        clauses=frozenset(c["id"] for c in manifest["clauses"]),
        lists=frozenset(named["name"] for named in manifest["lists"]),
        read_template=names_in,
        actions={name: action.arguments for name, action in ALL_ACTIONS.items()},
        functions=NAMES,
        forms={},
        processes=frozenset(),
        names=CASE_NAMES,
    )


def shipped(folder, root):
    deploy = folder.manifest["deploy"]
    forms = {
        f"{name}.form": (root / "forms" / f"{name}.form").read_bytes() for name in deploy["forms"]
    }
    files = [*deploy["diagrams"], *deploy.get("tables", ())]
    return {name: (folder.path / name).read_bytes() for name in files} | forms


def test_the_gate_finds_nothing(folder, root):
    assert [f.as_dict() for f in check(shipped(folder, root), around(folder.manifest))] == []
