"""Which language the pages speak: what the reader chose, else what the browser asks for, else the setting."""

from __future__ import annotations

from pathlib import Path

from flask import Flask, request
from flask_babel import Babel

LANGUAGES = {"en": "English", "de": "Deutsch"}
FOLDER = Path(__file__).parent.parent / "translations"


def register(app: Flask, fallback: str) -> None:
    def chosen() -> str:
        cookie = request.cookies.get("language")
        if cookie in LANGUAGES:
            return cookie
        return request.accept_languages.best_match(list(LANGUAGES)) or (fallback if fallback in LANGUAGES else "en")

    Babel(
        app,
        default_locale="en",
        default_timezone="UTC",
        default_translation_directories=str(FOLDER),
        locale_selector=chosen,
    )
    app.jinja_env.globals["languages"] = LANGUAGES
