"""Which language an expression or script is in, where the file names it (8.4.6, 10.3.3)."""

from __future__ import annotations

from lxml import etree

from stellwerk.dmn.versions import is_feel as is_feel_language
from stellwerk.engine.expressions import is_feel
from stellwerk.engine.times.timers import is_time
from stellwerk.engine.vocabulary import BPMN

_TIMES = ("timeDate", "timeDuration", "timeCycle")
_EXPRESSIONS = (
    *("conditionExpression", "condition", "loopCondition", "completionCondition", "activationCondition"),
    *("loopCardinality", "from", "transformation", "messagePath", "dataPath", *_TIMES),
)
_PYTHON = ("python", "text/x-python", "application/x-python", "python3")


def names_feel(language: str | None) -> bool:
    """Whether this is the name of FEEL: its URI in DMN 1.1 to 1.5, or the word."""
    return bool(language) and is_feel_language((language or "").strip())


def mark_feel(root: etree._Element) -> None:
    """Put a `=` before each expression whose language is FEEL, which says the same wherever the text is read.

    The language of a file (`expressionLanguage`) is that of each expression that names none. Times of ISO 8601 and cron
    expressions are what they are in every language.
    """
    of_file = names_feel(root.get("expressionLanguage"))
    for element in root.iter(*(f"{{{BPMN}}}{tag}" for tag in _EXPRESSIONS)):
        language, text = element.get("language"), (element.text or "").strip()
        named = of_file if language is None else names_feel(language)
        if named and text and not text.startswith("=") and not _is_written_time(element, text):
            element.text = f"={text}"


def _is_written_time(element: etree._Element, text: str) -> bool:
    return etree.QName(element).localname in _TIMES and is_time(text)


def language_of_script(element: etree._Element) -> str:
    """`python`, `feel`, or what else `scriptFormat` says."""
    format = (element.get("scriptFormat") or "python").strip()
    return "feel" if names_feel(format) else "python" if format.lower() in _PYTHON else format


def feel_script(text: str) -> str:
    """The text of a FEEL script, with or without `=` before it, as an expression."""
    return text if is_feel(text) else f"={text}"
