"""What a Word template may say, and how much: anything else is refused, nothing runs without
end.
"""

from io import BytesIO
from time import perf_counter
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from service.errors import BadData
from service.gate.deployment import Unfit
from service.papers.word.filling import fill
from service.papers.word.sandbox import MAX_MARKS, names_in
from service.queries.papers.papers import PaperSource
from tests.diagrams.pairs_papers import word
from tests.papers import TEMPLATES

HOSTILE = [
    "{{ ''.__class__ }}",
    "{{ x.__class__.__mro__ }}",
    "{{ x.y.__init__ }}",
    "{{ _x }}",
    "{{ self }}",
    "{{ x() }}",
    "{{ x.format(1) }}",
    "{{ cycler('a') }}",
    "{{ range(9) }}",
    "{% for i in range(9) %}{% endfor %}",
    "{{ x * 9 }}",
    "{{ 9 ** 9 }}",
    "{{ x + x }}",
    "{{ x % 9 }}",
    "{% set x = 1 %}",
    "{% set x %}a{% endset %}",
    "{% macro f() %}{% endmacro %}",
    "{% include 'x' %}",
    "{% import 'x' as y %}",
    "{% extends 'x' %}",
    "{% block a %}{% endblock %}",
    "{% with %}{% endwith %}",
    "{% filter upper %}{% endfilter %}",
    "{{ x|safe }}",
    "{% autoescape false %}{{ x }}{% endautoescape %}",
    "{{ x|attr('y') }}",
    "{{ x|map('y') }}",
    "{{ x|replace('a', 'b') }}",
    "{{ x|center(99999999) }}",
    "{{ x|rows(1) }}",
    "{{ x|format(1) }}",
    "{% for a in x recursive %}{% endfor %}",
    "{{ x < 3 }}",
    "{{ x[1:9] }}",
    "{{ {'a': 1} }}",
    "{{ x",
    "{{ }}",
    "{% for a in x %}",
    "{% endfor %}",
    "{% nothing %}",
]


def filled(*texts: str, **values) -> str:
    source = PaperSource(
        title="文书",
        file="a.docx",
        template=word(*texts),
        values=values,
        options={},
        units={},
        answers=None,
    )
    with ZipFile(BytesIO(fill(source))) as file:
        return file.read("word/document.xml").decode()


def changed(name: str, content: bytes) -> bytes:
    """A Word file with one more part, or another content of one."""
    out = BytesIO()
    with ZipFile(BytesIO(word("文书"))) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_template_may_not_say_is_refused(text):
    with pytest.raises(Unfit, match="模板中的标记有误"):
        names_in(word(text))


@pytest.mark.parametrize("text", HOSTILE[:24])
def test_what_the_gate_refuses_is_not_filled_either(text):
    with pytest.raises(BadData):
        filled(text, x={"y": "z"})


def test_a_template_may_print_branch_and_loop():
    assert names_in(
        word(
            "{{ a.b[0].c|money }}{{ d|label }}{% if e == 'f' and not "
            "g or h in ['i'] %}{{ j ~ '元' }}{% else %}{% endif %}",
            "{% for k in l|selectattr('m', 'equalto', 'n') %}{{ "
            "loop.index }}{{ k.o|default('无') }}{% endfor %}",
        )
    ) == set("adeghjl")


def test_names_lead_to_entries_of_the_data_and_never_to_attributes():
    text = (
        "{{ a.items }}|{{ a.keys }}|{{ b.append }}|{{ b[7] "
        "}}|{{ c.upper }}|{{ a['clear'] }}|{{ loop.cycle }}"
    )
    said = filled(text, a={"x": 1}, b=[1], c="text")
    assert said.count("________") == 7
    assert "method" not in said
    assert ">7</w:t>" in filled("{{ a.items }}", a={"items": 7})


def test_data_is_data_and_never_a_template_or_markup():
    said = filled("{{ a }}", a="{{ b }}<w:p/>&amp;\x00\x07\ud800{% if %}")
    assert "{{ b }}&lt;w:p/&gt;&amp;amp;{% if %}" in said


@pytest.mark.parametrize("nested", [2, 3, 6])
def test_loops_within_loops_end(nested):
    text = (
        "".join(f"{{% for a{i} in rows %}}" for i in range(nested))
        + "{{ a0 }}"
        + "{% endfor %}" * nested
    )
    started = perf_counter()
    with pytest.raises(BadData, match="循环的内容过多"):
        filled(text, rows=list(range(500)))
    assert perf_counter() - started < 5


def test_a_large_body_is_printed_less_often():
    with pytest.raises(BadData, match="循环的内容过多"):
        filled("{% for a in rows %}" + "长" * 300_000 + "{% endfor %}", rows=list(range(500)))


def test_an_honest_list_of_many_rows_is_within_the_budget():
    said = filled(
        "{% for a in rows %}{{ a.b }}{{ a.c }}{{ a.d }}{{ a.e }}{% endfor %}",
        rows=[{"b": "行"}] * 5000,
    )
    assert said.count("行") == 5000


def test_a_loop_runs_over_lists_only():
    for value in ("text", None, {"x": 1}, 7):
        assert "行" not in filled("{% for a in value %}行{% endfor %}", value=value)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "不是 Word 文档"),
        (b"PK\x03\x04junk", "不是 Word 文档"),
        (word("a")[:-300], "不是 Word 文档"),
        (changed("word/document.xml", b"<w:document"), "不是 Word 文档"),
        (changed("word/document.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "文档类型声明"),
        (changed("word/vbaProject.bin", b"macro"), "宏"),
        (changed("word/media/a.bin", b"0" * 21_000_000), "过大"),
        (changed("word/big.xml", b"<a>" + b" " * 3_100_000 + b"</a>"), "过多"),
        (
            changed(
                "word/_rels/settings.xml.rels",
                b'<Relationships><Relationship Type="x/attachedTemplate" '
                b'Target="http://example.org/a.dotm" TargetMode="External"/></Relationships>',
            ),
            "外部",
        ),
        (word("{{ a }}" * (MAX_MARKS + 1)), "标记超过"),
    ],
)
def test_a_file_that_is_no_safe_word_file_is_refused(content, why):
    with pytest.raises(Unfit, match=why):
        names_in(content)


@pytest.mark.parametrize(
    ("mark", "instead"),
    [
        ("{%tr endfor %}", "{% endfor %}"),
        ("{%tr else %}", "{% else %}"),
        ("{%tr for", "{% for"),
    ],
)
def test_a_mark_that_tears_a_table_apart_is_refused(mark, instead):
    with ZipFile(TEMPLATES / "cf_filing_notice.docx") as file:
        text = file.read("word/document.xml").decode()
    assert mark in text
    with pytest.raises(Unfit, match="拆散"):
        names_in(changed("word/document.xml", text.replace(mark, instead).encode()))


def test_a_mark_may_stand_across_paragraphs_when_both_ways_are_whole():
    texts = ("{% if a %}甲", "乙{% endif %}丙")
    assert names_in(word(*texts)) == {"a"}
    assert "丙" in filled(*texts)
    assert "甲" in filled(*texts, a=1)
