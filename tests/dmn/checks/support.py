"""Tables in one line, and what the checks find in them."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from tests.dmn.models import decision, file, inputs, library

from stellwerk import dmn, feel
from stellwerk.dmn.checks import check_tables
from stellwerk.errors import Problem

Row = tuple[list[str], list[str]]


def table(
    columns: dict[str, str],
    rows: list[Row],
    policy: str = "UNIQUE",
    *,
    outputs: dict[str, str] | None = None,
    values: dict[str, str] | None = None,
    allowed: dict[str, str] | None = None,
    aggregation: str = "",
) -> str:
    """`columns` are input expressions with their types; `outputs` are names with their types.

    `values` are input values by expression; `allowed` are output values by name, `=` before a default.
    """
    clauses = ""
    for at, (expression, kind) in enumerate(columns.items()):
        reference = f'typeRef="{kind}"' if kind else ""
        text = (values or {}).get(expression, "")
        own = f"<inputValues><text>{escape(text)}</text></inputValues>" if text else ""
        clauses += f'<input id="i{at}"><inputExpression {reference}><text>{escape(expression)}</text></inputExpression>'
        clauses += f"{own}</input>"
    for name, kind in (outputs or {"out": ""}).items():
        text, _, default = (allowed or {}).get(name, "").partition("=")
        clauses += f'<output id="o-{name}" name="{name}" {f"typeRef={chr(34)}{kind}{chr(34)}" if kind else ""}>'
        clauses += f"<outputValues><text>{escape(text)}</text></outputValues>" if text else ""
        clauses += f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
        clauses += "</output>"
    rules = "".join(
        f'<rule id="r{number}">'
        + "".join(
            f'<inputEntry id="r{number}c{at}"><text>{escape(text)}</text></inputEntry>' for at, text in cells(row)
        )
        + "".join(
            f'<outputEntry id="r{number}o{at}"><text>{escape(text)}</text></outputEntry>' for at, text in out(row)
        )
        + "</rule>"
        for number, row in enumerate(rows, 1)
    )
    more = f'aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable id="table" hitPolicy="{policy}" {more}>{clauses}{rules}</decisionTable>'


def cells(row: Row) -> list[tuple[int, str]]:
    return list(enumerate(row[0]))


def out(row: Row) -> list[tuple[int, str]]:
    return list(enumerate(row[1]))


def loaded(logic: str, *, before: str = "", type: str = "", **types: str) -> dmn.Library:
    """A library of one decision `d` with the table, and with inputs of these types."""
    needs = " ".join(f"#{name}*" for name in types)
    return library(file(before + inputs(**types) + decision("d", logic, needs=needs, type=type)))


def findings(logic: str, **options: str) -> list[Problem]:
    found = loaded(logic, **options)
    assert found.problems == ()
    return list(check_tables(found))


def told(logic: str, **options: str) -> list[str]:
    """`rule element`, as `dmn-overlap r2`."""
    return [f"{each.rule} {each.element_id}" for each in findings(logic, **options)]


def point(text: str) -> dict[str, Any]:
    """The inputs of an example in a message: `a = 1, b = "x"`."""
    if text == "any input":
        return {}
    found = feel.parse("{" + text.replace(" = ", ": ") + "}").run({}).value
    assert isinstance(found, dict)
    return found
