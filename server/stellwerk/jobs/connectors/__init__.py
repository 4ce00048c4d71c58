"""Handlers that come with Stellwerk. They are made with the settings, which say what they may reach."""

from __future__ import annotations

from stellwerk.handlers import Declaration
from stellwerk.jobs.connectors import http, log, mail
from stellwerk.settings import Settings


def builtin(settings: Settings) -> list[Declaration]:
    """The declarations of `http-request`, `send-mail` and `log`. Raises SettingInvalid for an unusable setting."""
    return [http.connector(settings), mail.connector(settings), log.connector()]
