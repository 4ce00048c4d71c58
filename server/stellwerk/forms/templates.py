"""Templates of texts that a form only shows: `Hello {{name}}`, with `{{#if ...}}` and `{{#loop ...}}`.

The browser fills them in; here they are read when the form is deployed, so that a mistake is found before somebody
sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PART = re.compile(r"\{\{(?P<inside>.*?)\}\}", re.DOTALL)
_OPENS = {"#if ": "if", "#loop ": "loop"}


class TemplateError(ValueError):
    """The blocks of a template do not fit together; the text says where."""


@dataclass(frozen=True)
class Part:
    """An expression of a template, with a `=` in front. `inner`: in a loop, where names are those of its items."""

    text: str
    inner: bool = False


def parts_of(text: str) -> Iterator[Part]:
    """The expressions of a template in the order of the text. Raises TemplateError."""
    if text.startswith("="):
        yield Part(text)
        return
    open_blocks: list[str] = []
    for found in _PART.finditer(text):
        inside = found["inside"]
        opens = next((kind for start, kind in _OPENS.items() if inside.startswith(start)), None)
        inner = "loop" in open_blocks
        if opens:
            open_blocks.append(opens)
            yield Part("=" + inside.partition(" ")[2], inner)
        elif inside in ("/if", "/loop"):
            if not open_blocks or open_blocks.pop() != inside[1:]:
                raise TemplateError(f"'{{{{{inside}}}}}' closes a block that is not open")
        elif inside.strip("= "):
            yield Part("=" + inside.removeprefix("="), inner)
    if open_blocks:
        raise TemplateError(f"'{{{{#{open_blocks[-1]} ...}}}}' is not closed. End it with '{{{{/{open_blocks[-1]}}}}}'")
