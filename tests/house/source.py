"""Source files as the laws read them."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file: ``path`` relative to the checkout, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def docstrings(self) -> frozenset[int]:
        """The identities of the nodes that are docstrings, attributes' docstrings included."""
        found = set()
        for node in ast.walk(self.tree):
            for statement in (
                getattr(node, "body", None) or ()
                if not isinstance(node, ast.Lambda | ast.IfExp)
                else ()
            ):
                if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                    found.add(id(statement.value))
        return frozenset(found)

    def under(self, *places: str) -> bool:
        """Whether the file is one of ``places``, or stands in one of them where it ends with a
        slash.
        """
        return any(
            self.path.startswith(place) if place.endswith("/") else self.path == place
            for place in places
        )

    def at(self, node: ast.AST, sentence: str) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {sentence}"

    def names(self) -> Iterator[tuple[ast.AST, str]]:
        """Every name that the file gives to something: classes, functions, arguments, variables,
        attributes.
        """
        for node in ast.walk(self.tree):
            for field in ("name", "arg", "attr", "id", "asname"):
                if isinstance(name := getattr(node, field, None), str) and not isinstance(
                    node, ast.alias
                ):
                    yield node, name

    def classes(self) -> Iterator[ast.ClassDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (
            node
            for node in ast.walk(self.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        )

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def imports(self) -> Iterator[tuple[ast.AST, str]]:
        """Every module the file imports, as ``package.module`` or ``package.module.name``; relative
        ones resolved.
        """
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = self._absolute(node)
                yield from ((node, f"{base}.{alias.name}") for alias in node.names)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = Path(self.path).parts[:-1]
        outer = package[: len(package) - node.level + 1]
        return ".".join((*outer, *([node.module] if node.module else [])))


Law = Callable[[Source], Iterable[str]]


def called(call: ast.Call) -> str:
    """The last part of what is called: ``commit`` of ``session.commit()``."""
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def bases(node: ast.ClassDef) -> list[str]:
    return [
        base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")
        for base in node.bases
    ]


def read(folder: str) -> list[Source]:
    """The Python files of ``folder``, without what other programs made or brought."""
    files = (
        file for file in sorted((ROOT / folder).rglob("*.py")) if "node_modules" not in file.parts
    )
    return [Source(file.relative_to(ROOT).as_posix(), file.read_text()) for file in files]


PROGRAM = read("service")
TESTS = read("tests")


def broken(law: Law, sources: Iterable[Source] = PROGRAM) -> list[str]:
    """Every finding of ``law``, over the whole program unless other sources are given."""
    return [finding for source in sources for finding in law(source)]


def caught(law: Law, text: str, path: str = "service/domain/example.py") -> bool:
    """Whether ``law`` finds something in a file that stands at ``path`` and reads ``text``."""
    return bool(list(law(Source(path, text))))
