"""Texts in the reader's language. English is the source; `translations/` holds the others."""

from __future__ import annotations

from typing import Any

import flask_babel

lazy = flask_babel.lazy_gettext
"""For tables that are made once: the text is looked up when it is shown."""


def _(text: str, /, **values: Any) -> str:
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int) -> str:
    return str(flask_babel.ngettext(one, many, num))
