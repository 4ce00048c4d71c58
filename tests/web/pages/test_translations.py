"""No text is left unmarked, and every language is complete and compiled."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import stellwerk
from stellwerk.web.pages import island_texts
from stellwerk.web.pages.language import FOLDER, LANGUAGES

PACKAGE = Path(stellwerk.__file__).parent
TEMPLATES = PACKAGE / "web" / "templates"
STATIC = Path(__file__).parents[3] / "static"
KEYWORDS = {"_": None, "ngettext": (1, 2), "lazy": None}
OTHERS = [language for language in LANGUAGES if language != "en"]
NAMES = {"Stellwerk"}  # the same in every language


@cache
def texts() -> frozenset[tuple[str, ...]]:
    """Every marked text: (text,) or (singular, plural)."""
    methods = [("web/pages/**.py", "python"), ("web/templates/**.html", "jinja2")]
    options = {"web/templates/**.html": {"extensions": "jinja2.ext.i18n"}}
    found = extract_from_dir(str(PACKAGE), methods, options, KEYWORDS)
    return frozenset(m if isinstance(m, tuple) else (m,) for _file, _line, m, _comments, _context in found)


def catalog(language: str, suffix: str) -> Catalog:
    data = (FOLDER / language / "LC_MESSAGES" / f"messages.{suffix}").read_bytes()
    return read_po(io.BytesIO(data), locale=language) if suffix == "po" else read_mo(io.BytesIO(data))


def translated(found: Catalog) -> dict[tuple[str, ...], tuple[str, ...]]:
    def parts(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
        return (value,) if isinstance(value, str) else tuple(value)

    return {parts(m.id): parts(m.string) for m in found if m.id}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_none_is_left_over(language: str) -> None:
    found = translated(catalog(language, "po"))
    assert {id for id, strings in found.items() if not all(strings)} == set()
    assert set(found) == set(texts())


@pytest.mark.parametrize("language", OTHERS)
def test_translations_have_the_same_places_for_values(language: str) -> None:
    def places(text: str) -> list[str]:
        return sorted(re.findall(r"%\(\w+\)[sd]|\{\w+\}|#", text))

    for id, strings in translated(catalog(language, "po")).items():
        for text in strings[1:] or strings:
            assert places(text) == places(id[-1]), id


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_file_is_that_of_its_source(language: str) -> None:
    assert translated(catalog(language, "mo")) == translated(catalog(language, "po"))


def _visible(source: str) -> list[str]:
    """What a template would show without going through gettext. Blocks of attributes are not text."""
    source = re.sub(r"\{% block \w+_(class|attributes) %\}.*?\{% endblock %\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{% set shared %\}.*?\{% endset %\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "\x00", source, flags=re.DOTALL)
    attributes = re.findall(r'\b(?:title|placeholder|aria-label|alt|data-drop|data-one|data-many)="([^"]*)"', source)
    between = re.sub(r"<[^>]*>", "\n", re.sub(r"<!--.*?-->", "", source, flags=re.DOTALL))
    found = [*attributes, *between.split("\n")]
    return [text.strip() for text in found if re.search(r"[^\W\d_]{2}", text.replace("\x00", ""))]


@pytest.mark.parametrize("template", sorted(TEMPLATES.rglob("*.html")), ids=lambda p: str(p.relative_to(TEMPLATES)))
def test_no_text_of_a_template_is_unmarked(template: Path) -> None:
    source = template.read_text().replace("<kbd>g</kbd> <kbd>t</kbd>", "")
    visible = [text.replace("\x00", "").strip(" ·|") for text in _visible(source)]
    assert [text for text in visible if text not in NAMES] == []


def test_an_unmarked_text_would_be_found() -> None:
    assert _visible('<p title="Hello">{{ _("Marked") }}</p><p>Not marked</p>') == ["Hello", "Not marked"]


@pytest.mark.parametrize(("kind", "folder"), [("viewer", "viewer"), ("form", "forms")])
def test_the_islands_get_all_of_their_words(kind: str, folder: str) -> None:
    source = (STATIC / folder / "texts.js").read_text()
    block = source[source.index("TEXTS = {") :].partition("\n};")[0]
    english = dict(re.findall(r"^  (\w+): '(.*)',$", block, flags=re.MULTILINE))
    with_gettext_off = _untranslated(kind)
    assert with_gettext_off == english


def _untranslated(kind: str) -> dict[str, str]:
    from flask import Flask
    from flask_babel import Babel

    app = Flask("texts")
    Babel(app)
    with app.test_request_context():
        return island_texts.island_texts(kind)
