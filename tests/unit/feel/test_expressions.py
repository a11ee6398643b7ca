"""What expressions mean: one line of the table is one promise of the language."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from service.feel import FeelError, FeelSyntaxError, Range, YearsMonths, parse

D = Decimal
DATA = {
    "项目": {
        "名称": "智慧农业",
        "金额": 250_000,
        "成员": [{"姓名": "李", "岁": 30}, {"姓名": "王", "岁": 52}],
    },
    "amount": D("12.50"),
    "n": 3,
    "tags": ["a", "b"],
    "nothing": None,
    "flag": True,
    "day": date(2026, 3, 1),
    "moment": datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    "ratio": 0.1,
}

ANSWERS = {
    # literals
    "1": D(1),
    "-1.50": D("-1.50"),
    ".5": D("0.5"),
    "1e3": D(1000),
    "true": True,
    "null": None,
    "[]": [],
    "{}": {},
    '"文\\n\\"本\\" \\u4e2d"': '文\n"本" 中',
    '{"名 称": 1, 金额: 2}': {"名 称": D(1), "金额": D(2)},
    "[1, [2]]": [D(1), [D(2)]],
    "[1..5)": Range(D(1), D(5), True, False),
    "]1..5[": Range(D(1), D(5), False, False),
    '@"2026-02-28"': date(2026, 2, 28),
    '@"P1Y2M"': YearsMonths(14),
    '@"PT90M"': timedelta(minutes=90),
    "1 // comment\n + /* inside */ 1": D(2),
    # names and paths
    "项目.金额": D(250_000),
    "项目.成员.姓名": ["李", "王"],
    "项目.没有": None,
    "missing": None,
    "missing.deeper": None,
    "amount": D("12.50"),
    "ratio": D("0.1"),
    "day.year": D(2026),
    "moment.hour": D(9),
    "[1..5].end": D(5),
    # arithmetic
    "0.1 + 0.2 = 0.3": True,
    "1 / 3 * 3": D("0.9999999999999999999999999999999999"),
    "2 ** 3 ** 2": D(64),
    "-n": D(-3),
    "7 - 2 - 1": D(4),
    "1 / 0": None,
    '1 + "a"': None,
    '"a" + "b"': "ab",
    "1 + null": None,
    "9999999999999999999999999999999999 + 0": D("9999999999999999999999999999999999"),
    # dates and durations
    'day + @"P1M"': date(2026, 4, 1),
    '@"2026-01-31" + @"P1M"': date(2026, 2, 28),
    '@"P1D" + day': date(2026, 3, 2),
    'day - @"2026-02-01"': timedelta(days=28),
    'moment + @"PT30M"': datetime(2026, 3, 1, 10, tzinfo=UTC),
    '@"P1Y" * 2': YearsMonths(24),
    '@"P2D" / @"P1D"': D(2),
    '-@"P1D"': timedelta(days=-1),
    "day + 1": None,
    'day < @"2026-03-02"': True,
    '@"P1Y" > @"P11M"': True,
    '@"10:00:00" - @"09:30:00"': timedelta(minutes=30),
    'time("09:30:00") + @"PT1H"': time(10, 30),
    'moment = @"2026-03-01T17:30:00+08:00"': True,
    'moment < @"2026-03-01T10:00:00"': True,
    # comparison and logic with three values
    "1 = 1.0": True,
    '1 = "1"': None,
    "nothing = null": True,
    "1 != null": True,
    "null > 1": None,
    "[1, 2] = [1, 2]": True,
    "{a: 1} = {a: 2}": False,
    "true and null": None,
    "false and null": False,
    "true or null": True,
    "false or null": None,
    "not(null)": None,
    "not(true)": False,
    "null and 1": None,
    "n between 1 and 3 and flag": True,
    "n between null and 3": None,
    '"b" > "a"': True,
    # in
    "n in [1..5]": True,
    "n in (3..5]": False,
    "n in (1, 2, 3)": True,
    "n in > 2": True,
    "n in (< 2, > 2)": True,
    "n in [1, 3]": True,
    '"x" in ("a", "b")': False,
    'day in [@"2026-01-01"..@"2026-12-31"]': True,
    "n in (> 5)": False,
    "n in (>= 3)": True,
    "missing in [1..2]": None,
    "n in ([1..2], [3..4])": True,
    # filters
    "[1, 2, 3][2]": D(2),
    "[1, 2, 3][-1]": D(3),
    "[1, 2, 3][9]": None,
    "[1, 2, 3][item > 1]": [D(2), D(3)],
    "项目.成员[岁 > 40].姓名": ["王"],
    "项目.成员[岁 > 40][1].姓名": "王",
    "nothing[1]": None,
    "n[1]": D(3),
    "tags[n]": None,
    # control
    'if n > 2 then "多" else "少"': "多",
    "if null then 1 else 2": D(2),
    "1 + if flag then 1 else 2 + 3": D(2),
    "if 1 = 2 then 1 else if 2 = 2 then 2 else 3": D(2),
    "for x in [1, 2], y in [10, 20] return x * y": [D(10), D(20), D(20), D(40)],
    "for i in 3..1 return i": [D(3), D(2), D(1)],
    "for i in 1..3 return if i = 1 then 1 else partial[-1] * i": [D(1), D(2), D(6)],
    "for x in null return x": None,
    'some x in tags satisfies x = "b"': True,
    'every x in tags satisfies x = "b"': False,
    "every x in [] satisfies false": True,
    "some x in [] satisfies true": False,
    'some m in 项目.成员 satisfies m.岁 > 50 and m.姓名 = "王"': True,
    "{a: 1, b: a + 1}.b": D(2),
    "{first name: 1, x: first name + 1}.x": D(2),
    "(function(x, y) x + y)(1, 2)": D(3),
    "{f: function(x) x * n, r: f(2)}.r": D(6),
}


@pytest.mark.parametrize("text", ANSWERS)
def test_value_of(text):
    found = parse(text).evaluate(DATA)
    assert found == ANSWERS[text]
    assert type(found) is type(ANSWERS[text])


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("1 +", 1, 4),
        ("1 + + 2", 1, 5),
        ("a\n  b c d", 2, 3),
        ('"没有结束', 1, 1),
        ("(1", 1, 3),
        ("1 ;", 1, 3),
        ("if a then b", 1, 12),
        ("a = = b", 1, 5),
        ("[1, 2", 1, 6),
        ("甲 乙", 1, 3),
        ("x in", 1, 5),
        ("for x in y", 1, 11),
    ],
)
def test_a_text_that_is_no_expression_is_refused_with_its_place(text, line, column):
    with pytest.raises(FeelSyntaxError) as refused:
        parse(text)
    assert (refused.value.line, refused.value.column) == (line, column)
    assert refused.value.sentence


@pytest.mark.parametrize(
    ("text", "names", "calls", "loose"),
    [
        ("项目.金额 > 100 and count(members) >= 2", {"项目", "members"}, {"count"}, set()),
        ("for m in members return m.name + suffix", {"members", "suffix"}, set(), set()),
        ("some x in a satisfies x > y", {"a", "y"}, set(), set()),
        ("members[age > limit and item.ok]", {"members"}, set(), {"age", "limit"}),
        ("{a: b, c: a}.c", {"b"}, set(), set()),
        ("(function(x) x + z)(1)", {"z"}, set(), set()),
        ("workdays after(now(), n)", {"n"}, {"workdays after", "now"}, set()),
        ("x in (> a, b)", {"x", "a", "b"}, set(), set()),
        ("substring(string: s, start position: 2)", {"s"}, {"substring"}, set()),
    ],
)
def test_an_expression_knows_what_it_needs(text, names, calls, loose):
    found = parse(text)
    assert (found.names, found.calls, found.loose) == (names, calls, loose)


def test_registered_functions_are_called_by_their_names_with_blanks():
    functions = {
        "workdays after": lambda day, days: day + timedelta(days=int(days)),
        "now": lambda: DATA["moment"],
    }
    assert parse("workdays after(day, 2)").evaluate(DATA, functions) == date(2026, 3, 3)
    assert parse("now().year").evaluate({}, functions) == 2026
    assert parse("double(2)").evaluate({}, {"double": lambda x: int(x) * 2}) == D(4)


def test_a_function_nobody_registered_is_an_error_with_its_place():
    with pytest.raises(FeelError) as failed:
        parse("1 +\n now()").evaluate({})
    assert (failed.value.line, failed.value.column) == (2, 2)


def test_a_registered_function_with_the_wrong_number_of_arguments_is_an_error():
    with pytest.raises(FeelError):
        parse("now(1)").evaluate({}, {"now": lambda: None})


def test_names_with_blanks_and_signs_are_read_when_they_are_declared():
    names = frozenset({"Approved/Declined", "date and time of bid", "first name"})
    data = {"Approved/Declined": "A", "date and time of bid": 1, "first name": "x"}
    assert (
        parse('Approved/Declined = "A" and date and time of bid = 1', names).evaluate(data) is True
    )
    assert parse("first  name", names).evaluate(data) == "x"


def test_the_callers_data_is_never_changed():
    data = {"rows": [{"a": 1}], "n": 1}
    parse("append(rows, n)").evaluate(data)
    parse("for r in rows return r").evaluate(data)[0]["a"] = 9
    assert data == {"rows": [{"a": 1}], "n": 1}
