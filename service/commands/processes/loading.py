"""Loading a jurisdiction's folder: manifest, demonstration people, diagrams and forms."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml
from sqlalchemy import select

from service.commands.papers import templates
from service.commands.people.signing_in import AddPerson
from service.commands.processes.deployments import SYSTEM_NAMES, UNSERVED, Deploy
from service.commands.processes.jurisdictions import LoadJurisdiction
from service.domain.functions import NAMES
from service.domain.people.passwords import hashed
from service.errors import BadData
from service.gate import Surroundings
from service.store.processes.rows import JurisdictionRow
from service.unit_of_work import NamedAction, Runtime, UnitOfWork

DEMONSTRATION_PASSWORD = "jiebang"  # public by design; loaded only where JIEBANG_DEMO says so
REQUIRED = {
    "units": ("code", "name", "kind"),
    "groups": ("name", "members"),
    "clauses": ("id", "title"),
    "lists": ("name", "title", "entries"),
    "papers": ("name", "title", "template"),
    "campaigns": ("code", "title", "process", "owner", "opens", "submit", "audit", "assess"),
}


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The folder of a jurisdiction: ``bpmn/<code>`` with ``manifest.yaml``. Its forms stand in
    ``forms``.
    """

    path: Path
    forms: Path

    def manifest(self) -> Mapping[str, Any]:
        """The checked manifest.

        :raises BadData: it is wrong; it has all problems.
        """
        read = _yaml(self.path / "manifest.yaml")
        if problems := list(_problems(read)):
            raise BadData("manifest.yaml", problems)
        return {**read, "document": self._document(read.get("document") or {})}

    def _document(self, entry: Mapping[str, Any]) -> Mapping[str, Any]:
        """The manifest's entry about the policy document, with the document's text, so that
        quotations can be checked.
        """
        if not entry.get("file"):
            return entry
        try:
            return {**entry, "text": (self.path / entry["file"]).read_text("utf-8")}
        except (OSError, UnicodeDecodeError) as exc:
            raise BadData(
                "manifest.yaml", [f"document 中的文件 {entry['file']} 不存在，或不是 UTF-8 文本"]
            ) from exc

    def surroundings(
        self,
        actions: Mapping[str, NamedAction],
        read_template: Callable[[bytes], frozenset[str]],
    ) -> Surroundings:
        """Everything that the folder's diagrams may refer to, by its manifest alone. No database is
        needed.
        """
        manifest = self.manifest()

        def names(section: str, key: str = "name") -> frozenset[str]:
            return frozenset(str(entry[key]) for entry in manifest.get(section) or ())

        forms = {
            file.stem: orjson.loads(file.read_bytes()) for file in sorted(self.forms.glob("*.form"))
        }
        return Surroundings(
            units=names("units"),
            groups=names("groups"),
            relatives=frozenset(manifest.get("relative_units") or ()),
            roles=frozenset(manifest.get("roles") or ()),
            clauses=names("clauses", "id"),
            lists=names("lists"),
            read_template=read_template,
            actions={name: action.arguments for name, action in actions.items()},
            functions=NAMES,
            forms=forms,
            names=SYSTEM_NAMES,
            unserved=UNSERVED,
            papers=templates(manifest),
        )

    def people(self) -> list[Mapping[str, Any]]:
        """The demonstration people."""
        file = self.path / "people.yaml"
        if not file.exists():
            return []
        return list(_yaml(file) or ())

    def files(self) -> dict[str, bytes]:
        """The files that the manifest deploys, by name.

        :raises BadData: a file is missing.
        """
        to_deploy = self.manifest().get("deploy") or {}
        diagrams = {
            name: self.path / name
            for part in ("diagrams", "tables")
            for name in to_deploy.get(part) or ()
        }
        forms = {
            f"{name}.form": self.forms / f"{name}.form" for name in to_deploy.get("forms") or ()
        }
        papers = {name: self.forms / "papers" / name for name in templates(self.manifest())}
        files = {**diagrams, **forms, **papers}
        missing = [name for name, file in files.items() if not file.exists()]
        if missing:
            raise BadData(
                "manifest.yaml",
                [f"deploy 或 papers 中列出的文件 {name} 不存在" for name in missing],
            )
        return {name: file.read_bytes() for name, file in files.items()}


@dataclass(frozen=True, kw_only=True)
class LoadFolder:
    """Load everything in a folder in one transaction. An interrupted load leaves nothing behind."""

    manifest: Mapping[str, Any]
    people: Sequence[AddPerson]
    files: Mapping[str, bytes]

    def carry_out(self, work: UnitOfWork) -> str:
        code = LoadJurisdiction(manifest=self.manifest).carry_out(work)
        for person in self.people:
            person.carry_out(work)
        if self.files:
            Deploy(jurisdiction=code, files=self.files, name=f"{code} 随附流程").carry_out(work)
        return code


def load(runtime: Runtime, folder: Folder, *, people: bool) -> str:
    """Load a folder. Returns a sentence about what was loaded.

    :param people: also load the demonstration accounts.
    :raises BadData: the manifest or a file is wrong. :raises BadDeployment: a diagram is wrong.
        Nothing was loaded then.
    """
    manifest = folder.manifest()
    files = folder.files()
    accounts = _accounts(str(manifest["jurisdiction"]["code"]), folder.people()) if people else []
    code = runtime.perform(LoadFolder(manifest=manifest, people=accounts, files=files))
    units = len(manifest.get("units") or ())
    clauses = len(manifest.get("clauses") or ())
    return (
        f"{code}：已载入 {units} 个单位、{clauses} 条条款、"
        f"{len(accounts)} 个演示账号、{len(files)} 个流程文件"
    )


def _accounts(code: str, entries: Sequence[Mapping[str, Any]]) -> list[AddPerson]:
    """The demonstration accounts. Their public password is hashed once, because hashing is slow by
    design.
    """
    hash_ = hashed(DEMONSTRATION_PASSWORD) if entries else ""
    return [
        AddPerson(
            jurisdiction=code,
            login=entry["login"],
            name=entry["name"],
            unit=entry.get("unit"),
            roles=tuple(entry["roles"]),
            hash_=hash_,
        )
        for entry in entries
    ]


def is_loaded(runtime: Runtime, code: str) -> bool:
    """Whether the jurisdiction has been loaded before."""
    with runtime.query() as session:
        return (
            session.scalar(select(JurisdictionRow.code).where(JurisdictionRow.code == code))
            is not None
        )


def _yaml(file: Path) -> Any:
    try:
        return yaml.safe_load(file.read_text("utf-8"))
    except FileNotFoundError as exc:
        raise BadData(str(file), ["文件不存在"]) from exc
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        raise BadData(str(file), [f"不是有效的 YAML（UTF-8）文件：{exc}"]) from exc


def _problems(manifest: Any) -> Iterator[str]:
    if not isinstance(manifest, dict) or not isinstance(manifest.get("jurisdiction"), dict):
        yield "缺少 jurisdiction（code、name）"
        return
    yield from _incomplete(manifest)
    codes = [
        str(entry.get("code")) for entry in manifest.get("units") or () if isinstance(entry, dict)
    ]
    yield from (
        f"单位代码 {code} 重复"
        for code in sorted({code for code in codes if codes.count(code) > 1})
    )
    yield from _dangling(manifest, set(codes))


def _incomplete(manifest: Mapping[str, Any]) -> Iterator[str]:
    for section, keys in REQUIRED.items():
        for position, entry in enumerate(manifest.get(section) or (), 1):
            missing = [key for key in keys if not (isinstance(entry, dict) and entry.get(key))]
            if missing:
                yield f"{section} 第 {position} 项缺少 {'、'.join(missing)}"


def _dangling(manifest: Mapping[str, Any], codes: set[Any]) -> Iterator[str]:
    for entry in manifest.get("units") or ():
        if entry.get("managed_by") and entry["managed_by"] not in codes:
            yield f"单位 {entry['name']} 的归口管理部门 {entry['managed_by']} 不在单位列表中"
    for group in manifest.get("groups") or ():
        yield from (
            f"单位组 {group['name']} 的成员 {code} 不在单位列表中"
            for code in group.get("members") or ()
            if code not in codes
        )
