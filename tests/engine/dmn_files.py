"""Decisions for tests: short ways to write DMN."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:{}"{}>'


def dmn_file(*elements: str, namespace: str = "rules", language: str = "") -> str:
    said = f' expressionLanguage="{language}"' if language else ""
    return HEAD.format(namespace, said) + "".join(elements) + "</definitions>"


def table(
    id: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[tuple[str, ...]],
    policy: str = "UNIQUE",
    aggregation: str = "",
) -> str:
    """A decision with a table; each rule has its input entries, then its output entries."""
    added = f' aggregation="{aggregation}"' if aggregation else ""
    columns = "".join(
        f"<input><inputExpression><text>{escape(text)}</text></inputExpression></input>" for text in inputs
    )
    columns += "".join(f'<output name="{name}"/>' for name in outputs)
    rows = "".join(_rule(number, rule, len(inputs)) for number, rule in enumerate(rules, 1))
    body = f'<decisionTable id="t_{id}" hitPolicy="{policy}"{added}>{columns}{rows}</decisionTable>'
    return f'<decision id="{id}" name="The {id}">{body}</decision>'


def _rule(number: int, entries: tuple[str, ...], inputs: int) -> str:
    cells = "".join(f"<inputEntry><text>{escape(text)}</text></inputEntry>" for text in entries[:inputs])
    cells += "".join(f"<outputEntry><text>{escape(text)}</text></outputEntry>" for text in entries[inputs:])
    return f'<rule id="r{number}">{cells}</rule>'


def literal(id: str, text: str, name: str = "") -> str:
    named = f'<variable name="{name}"/>' if name else ""
    value = f"<literalExpression><text>{escape(text)}</text></literalExpression>"
    return f'<decision id="{id}" name="The {id}">{named}{value}</decision>'
