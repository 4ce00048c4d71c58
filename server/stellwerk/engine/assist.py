"""What helps somebody who types an expression: what is wrong so far, and which variables there are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from stellwerk.engine.diagram.xmlfile import read_xml
from stellwerk.engine.expressions import Expression, parse_expression
from stellwerk.engine.expressions.templates import parse_template
from stellwerk.engine.lint.variables import written
from stellwerk.engine.times.timers import parse_timer
from stellwerk.errors import ExpressionInvalid

_PARSERS: Mapping[str, Callable[[str], Expression]] = {
    "expression": parse_expression,
    "template": parse_template,
    **dict.fromkeys(("iso-date", "iso-duration", "iso-cycle"), parse_timer),
}
_NAME = re.compile(r"[^\W\d]\w*")
_MADE_UP = re.compile(r"[A-Z]\w*_[0-9a-z]{7}")  # ids that modelers give


def mistake_in(text: str, type: str) -> tuple[str, int] | None:
    """The message and the character (from 0) of the first mistake; None for what can be read, and for no text at all.

    `type` is that of an attribute in the table: expression, template, iso-date, iso-duration or iso-cycle.
    """
    if not text.strip():
        return None
    try:
        _PARSERS[type](text)
    except ExpressionInvalid as error:
        return str(error), error.offset
    return None


def variables_in(xml: bytes) -> tuple[str, ...]:
    """The names that something in the file writes and an expression can use, in the order of the alphabet."""
    root, _ = read_xml(xml, "")
    names = set(written(root)) if root is not None else set()
    return tuple(sorted(name for name in names if _NAME.fullmatch(name) and not _MADE_UP.fullmatch(name)))
