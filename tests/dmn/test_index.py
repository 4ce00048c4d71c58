"""The index of a table finds the rules that a look at each cell finds, with the same warnings."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.dmn.models import decision, inputs, model, table

from stellwerk import dmn, feel
from stellwerk.dmn.atoms import atoms_of
from stellwerk.dmn.bits import members
from stellwerk.dmn.index import Index
from stellwerk.feel.convert import lift
from stellwerk.feel.runtime import Frame, Run

CONSTANTS = [
    '"b"', '"a","c"', 'not("b")', '> "a"', '["a".."b")', "1", "1, 3", "-1", "--2", "not(1,2)", "< 2", ">= 1", "<= 1.0",
    "> 2, < 0", "[1..3]", "(1..3)", "]1..2]", "not([1..2])", "[1..2], [3..4]", "= 2", "!= 2", "true", "false",
    "not(true)", "< true", "null", "not(null)", "!= null", "= null", "null, 1", "< null", '1, "a"', 'not(1, "a")',
    "!= 1, null", '@"2030-01-01"', '< @"2030-01-02"', '[@"2030-01-01"..@"2030-12-31"]', 'not(@"2030-01-01")',
    '@"P1D"', '> @"PT24H"', '@"P1Y"', '< @"P13M"', '@"P1D", @"P1Y", 7',
]  # fmt: skip
OTHERS = [
    "limit", "> limit", "? + 1 > limit", "[1..limit]", "[3..1]", '[1.."a"]', "nobody", '@"no date"', '["a", "b"]', "-",
    '< @"2030-01-01T10:00:00"', '@"2030-01-01T10:00:00Z"', '> @"10:00:00"', '@"10:00:00+01:00"', "1 + 1", "[null..2]",
    "not(limit)", "limit, 1",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, 1, 2, 3, 4, -1, Decimal("1.5"), Decimal("1.0"), Decimal("1E+30"), "", "a", "b", "bb", "c",
    dt.date(2029, 12, 31), dt.date(2030, 1, 1), dt.date(2030, 1, 2), dt.datetime(2030, 1, 1), dt.time(10),
    dt.datetime(2030, 1, 1, tzinfo=dt.UTC), dt.datetime(2030, 1, 1, 10, tzinfo=dt.timezone(dt.timedelta(hours=9))),
    dt.time(10, tzinfo=dt.UTC), dt.timedelta(days=1), dt.timedelta(days=2), feel.MonthsDuration(12), [1], ["a"],
    [], {"a": 1}, feel.Range(1, 3, True, True),
]  # fmt: skip
CELL = st.sampled_from(CONSTANTS) | st.sampled_from(CONSTANTS + OTHERS)
ROWS = st.lists(st.tuples(CELL, CELL), min_size=1, max_size=12)


def expected(rows: list[tuple[str, str]], values: list[Any], only_first: bool) -> tuple[list[int], list[Any], bool]:
    """Rules, warnings and whether all was reached, cell by cell: constants first, each until one does not hold."""
    rules: list[int] = []
    told: list[Any] = []
    reached = True
    for number, row in enumerate(rows, 1):
        cells = sorted(enumerate(row), key=lambda cell: cell[1] in OTHERS)
        for column, text in cells:
            found = feel.unary_tests(text, ["limit", "?"]).run(values[column], {"limit": 2})
            told += [(each.message, each.start, each.end, f"r{number}c{column}") for each in found.warnings]
            reached = reached and all(each.kind is feel.Kind.EVALUATION for each in found.warnings)
            if found.value is not True:
                break
        else:
            rules.append(number)
            if only_first:
                break
    return rules, told[:100], reached


def evaluated(rows: list[tuple[str, str]], values: list[Any], policy: str) -> dmn.Evaluation:
    logic = table(["a", "b"], ["r"], [(list(row), ["1"]) for row in rows], f'hitPolicy="{policy}"')
    for number, _ in enumerate(rows, 1):
        head, rule, rest = logic.partition(f'<rule id="r{number}">')
        for column in range(2):
            rest = rest.replace("<inputEntry>", f'<inputEntry id="r{number}c{column}">', 1)
        logic = head + rule + rest
    body = inputs(a="Any", b="Any", limit="number") + decision("d", logic, needs="#a* #b* #limit*")
    return model(body).evaluate("d", {"a": values[0], "b": values[1], "limit": 2})


@settings(max_examples=150, deadline=None)
@given(ROWS, st.sampled_from(VALUES), st.sampled_from(VALUES), st.sampled_from(["COLLECT", "FIRST"]))
@example([("> 2", '"a"')] * 12, None, "a", "COLLECT")
@example([('< @"2030-01-02"', "-"), ('not(@"2030-01-01")', "-")], dt.datetime(2030, 1, 1, tzinfo=dt.UTC), 1, "COLLECT")
def test_the_index_finds_what_a_look_at_each_cell_finds(
    rows: list[tuple[str, str]], one: Any, other: Any, policy: str
) -> None:
    found = evaluated(rows, [one, other], policy)
    rules, told, reached = expected(rows, [one, other], policy == "FIRST")
    notices = [each for each in found.warnings if each.element_id.startswith("r")]
    assert found.matched[0].rules == tuple(rules)
    assert [(each.message, each.start, each.end, each.element_id) for each in notices] == told
    assert found.reached is reached


def test_each_cell_says_of_each_value_what_it_says_alone() -> None:
    cells = [feel.unary_tests(text) for text in CONSTANTS]
    together = Index([[(0, cell)] for cell in cells])
    frame = Frame({}, None, Run(feel.Budget()))
    for value in map(lift, VALUES):
        verdicts = [cell.verdict(frame, value) for cell in cells]
        wanted = sum(1 << at for at, verdict in enumerate(verdicts) if verdict is True)
        unknown = sum(1 << at for at, verdict in enumerate(verdicts) if verdict is None)
        assert together.look([value], frame) == (wanted, [(0, unknown)] if unknown else [])
        for cell, verdict in zip(cells, verdicts, strict=True):
            alone = Index([[(0, cell)]]).look([value], frame)
            assert alone == (int(verdict is True), [(0, 1)] if verdict is None else []), (cell, value)


def test_each_of_these_cells_is_looked_up_and_none_of_the_others() -> None:
    assert [text for text in CONSTANTS if atoms_of(feel.unary_tests(text)) is None] == []
    others = [text for text in OTHERS if text != "-"]
    assert [text for text in others if atoms_of(feel.unary_tests(text, ["limit"])) is not None] == []


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20), st.booleans()), min_size=300, max_size=900))
@settings(max_examples=10, deadline=None)
def test_a_long_column_gives_each_value_its_rules(spans: list[tuple[int, int, bool]]) -> None:
    texts = [f"{'[' if closed else '('}{low}..{low + width}]" for low, width, closed in spans]
    index = Index([[(0, feel.unary_tests(text))] for text in texts])
    frame = Frame({}, None, Run(feel.Budget()))
    for value in (Decimal(half) / 2 for half in range(-1, 170)):
        wanted = [
            at
            for at, (low, width, closed) in enumerate(spans)
            if (low <= value if closed else low < value) and value <= low + width
        ]
        found, undefined = index.look([value], frame)
        assert list(members(found)) == wanted
        assert undefined == []
    assert index.look(["a"], frame) == (0, [(0, index.everything)])
