"""Files that mean harm, or are no diagrams at all: findings, never exceptions, and quickly."""

import io
import random
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.engine import Definition
from service.engine.document import read_document
from service.gate import check
from tests.diagrams.draw import AROUND, END, START, diagram, flows, form, simple, task, text
from tests.diagrams.pairs_elements import GOOD
from tests.diagrams.test_rules import PAIRS

DECLARED = GOOD.replace(b"<definitions", b"<!DOCTYPE definitions [%s]><definitions", 1)
LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (i, b"&l%d;" % (i - 1) * 10 if i else b"ha") for i in range(12)
)


def archive() -> bytes:
    """A zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.bpmn", GOOD)
    return file.getvalue()


HOSTILE = {
    "billion laughs": (DECLARED % LAUGHS).replace(b"\xe5\xae\xa1\xe6\xa0\xb8", b"&l11;"),
    "laughs in an attribute": (DECLARED % LAUGHS).replace(
        b'name="\xe5\xae\xa1\xe6\xa0\xb8"', b'name="&l11;"'
    ),
    "external entity": (DECLARED % b'<!ENTITY x SYSTEM "file:///etc/passwd">').replace(
        b"<userTask", b"&x;<userTask"
    ),
    "parameter entity": DECLARED
    % b'<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;'.replace(b"%", b"%%")
    % (),
    "external DTD": GOOD.replace(
        b"<definitions", b'<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd"><definitions', 1
    ),
    "a DTD without entities": DECLARED % b"<!ELEMENT definitions ANY>",
    "20 MB": GOOD.replace(b"</process>", b"<task/>" * 3_000_000 + b"</process>"),
    "20 MB of blanks": b" " * 20_000_000,
    "depth 100000": b"<a>" * 100_000 + b"</a>" * 100_000,
    "no end": b"<definitions><process>",
    "not XML": "这不是流程图".encode(),
    "empty": b"",
    "only blanks": b"\n \n",
    "wrong encoding": '<?xml version="1.0" encoding="UTF-8"?><a>审核</a>'.encode("gb18030"),
    "unknown encoding": b'<?xml version="1.0" encoding="klingon"?><a/>',
    "null bytes": b"\x00" * 1000,
    "zip": archive(),
    "picture": b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
@pytest.mark.parametrize("kind", ["bpmn", "dmn", "form"])
def test_is_refused_with_one_sentence(name, kind):
    began = time.perf_counter()
    found = check({f"a.{kind}": HOSTILE[name]}, AROUND)
    assert [(f.rule, f.severity) for f in found] == [("file-readable", "error")]
    assert "root:" not in found[0].message
    assert time.perf_counter() - began < 10


def test_deep_forms_are_refused():
    deep = b'{"components": [{"type": "group", ' * 100_000
    assert [f.rule for f in check({"a.form": deep}, AROUND)] == ["file-readable"]
    nested = text()
    for _ in range(70):
        nested = {"type": "group", "id": "g", "label": "g", "components": [nested]}
    assert [f.rule for f in check({"paper.form": form(nested)}, AROUND)] == ["file-readable"]


@pytest.mark.parametrize(
    "content",
    [
        b"[]",
        b"null",
        b"{}",
        b'{"components": 1}',
        b'{"components": [1]}',
        b'{"components": [{"type": 1}]}',
        b'{"components": [{}]}',
        b"1e999",
        b"NaN",
        b"9" * 10_000,
    ],
)
def test_what_is_no_form_is_refused(content):
    assert [f.rule for f in check({"paper.form": content}, AROUND)] == ["file-readable"]


def test_one_bad_file_does_not_hide_the_others():
    found = check(
        {"a.bpmn": b"", "b.bpmn": PAIRS["executable"].invalid["a.bpmn"], "c.form": b"{"}, AROUND
    )
    assert {(f.file, f.rule) for f in found} == {
        ("a.bpmn", "file-readable"),
        ("b.bpmn", "executable"),
        ("c.form", "file-readable"),
    }


def test_a_chain_of_2000_tasks_is_checked_in_seconds():
    names = [f"t{i}" for i in range(2000)]
    body = "\n".join(
        (START, *(task(name) for name in names), END, flows(">".join(["start", *names, "end"])))
    )
    began = time.perf_counter()
    assert check({"a.bpmn": diagram(body)}, AROUND) == []
    assert time.perf_counter() - began < 10


def test_subprocesses_nested_to_the_limit_of_the_reader_are_checked():
    body = simple(task(), "review")
    for i in range(200):
        body = (
            simple(f'<subProcess id="s{i}">{body}</subProcess>', f"s{i}")
            .replace('"start', f'"start{i}_')
            .replace('"end', f'"end{i}_')
            .replace("_end", f"_end{i}_")
        )
    assert isinstance(check({"a.bpmn": diagram(body)}, AROUND), list)


def test_threads_do_not_read_each_others_schema_errors():
    names = ["schema-valid", "executable", "element-supported", "gateway-condition"] * 25
    alone = {name: check(PAIRS[name].invalid, AROUND) for name in set(names)}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda name: check(PAIRS[name].invalid, AROUND), names))
    assert together == [alone[name] for name in names]


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_torn_out_or_swapped_the_gate_only_reports(seed):
    """Random damage to good files: a list of findings comes back, never an exception."""
    chance = random.Random(seed)
    for name in chance.sample(sorted(PAIRS), 12):
        files = {file: torn(data, chance) for file, data in PAIRS[name].valid.items()}
        for finding in check(files, AROUND):
            assert finding.file in files
            assert finding.line >= 0
            assert finding.as_dict()["rule"] == finding.rule


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_what_the_gate_lets_through_the_engine_can_build(name):
    """Also damaged diagrams: where the gate has no objection, the builder must have none."""
    chance, data = random.Random(name), PAIRS[name].valid.get("a.bpmn", GOOD)
    files = {file: content for file, content in PAIRS[name].valid.items() if file != "a.bpmn"}
    for content in [data, *(torn(data, chance) for _ in range(10))]:
        if all(f.severity == "warning" for f in check({**files, "a.bpmn": content}, AROUND)):
            document = read_document(content, "a.bpmn")
            for process in document.processes:
                Definition.build(document, process)


def torn(data: bytes, chance: random.Random) -> bytes:
    """A file with a few lines or quoted values lost, doubled or exchanged."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    for _ in range(chance.randint(1, 4)):
        i, j = chance.randrange(len(lines)), chance.randrange(len(lines))
        act = chance.randrange(5)
        if act == 0:
            lines[i] = ""
        elif act == 1:
            lines[i] += lines[j]
        elif act == 2:
            lines[i], lines[j] = lines[j], lines[i]
        elif '"' in lines[i]:
            parts = lines[i].split('"')
            k = chance.randrange(1, len(parts), 2)
            parts[k] = chance.choice(
                ["", "审", "=", "= a.b", "x" * 500, parts[1], "true", "-1", "R/", "= 1 +"]
            )
            lines[i] = '"'.join(parts)
    return "\n".join(lines).encode("utf-8", "surrogateescape")
