"""Settings come from the environment, once, as one frozen value.

Each field states its variable (`STELLWERK_` + the name in capitals), type, default, unit and meaning;
`stellwerk settings` prints them and docs/settings.md lists them, held equal by a test.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, get_type_hints
from zoneinfo import ZoneInfo

from stellwerk.errors import SettingInvalid

UTC_ZONE = ZoneInfo("UTC")
PREFIX = "STELLWERK_"


def setting(default: Any, meaning: str, *, unit: str = "") -> Any:
    """A dataclass field that knows its meaning and unit."""
    return field(default=default, metadata={"meaning": meaning, "unit": unit})


@dataclass(frozen=True)
class Settings:
    host: str = setting("127.0.0.1", "Address to listen on. Elsewhere than loopback an administrator needs a password.")
    port: int = setting(8080, "Port to listen on.")
    hosts: str = setting(
        "", "Other host names under which it is reached, separated by commas; needed behind a proxy on this machine."
    )
    data: Path = setting(Path("data"), "Folder for the SQLite database and the secret key; made when missing.")
    database_url: str = setting("", "SQLAlchemy address of the database. Empty: SQLite in the data folder.")
    secret_key: str = setting("", "Signs session cookies. Empty: made once and kept in the data folder.")
    handlers: str = setting("", "Python files or modules with service task handlers, separated by commas.")
    dev: bool = setting(False, "Developer mode: handlers are reloaded when their files change.")
    workers: int = setting(4, "Threads that run jobs inside `stellwerk serve`. 0: none, use `stellwerk worker`.")
    web_threads: int = setting(20, "Threads that answer web requests.")
    lease: float = setting(30.0, "How long a claimed job belongs to its worker before others may take it.", unit="s")
    poll: float = setting(1.0, "How often a worker looks for due jobs when nobody wakes it.", unit="s")
    job_tries: int = setting(3, "Tries of a service task when neither handler nor diagram says otherwise.")
    job_retry_waits: str = setting("5,30", "Waits between tries, separated by commas; the last one repeats.", unit="s")
    job_max_seconds: float = setting(300.0, "Longest run of a handler, unless its topic says otherwise.", unit="s")
    history: str = setting(
        "full", "What the history of new events keeps: `full`, `activity` (no values of variables) or `none`."
    )
    history_masked: str = setting(
        "*password*,*passwort*,*secret*,*credential*,*apikey*,*api_key*",
        "Names of variables and entries whose values the history does not keep, separated by commas; `*` is any text.",
    )
    step_budget: int = setting(10_000, "Elements that one command may complete before it pauses and continues later.")
    step_seconds: float = setting(1.0, "Time that one command may take before it pauses and continues later.", unit="s")
    runaway_limit: int = setting(
        250_000, "Elements that an instance may complete without waiting for anything; then it stops with an incident."
    )
    sandbox_workers: int = setting(2, "Processes that run the scripts of diagrams.")
    script_seconds: float = setting(0.25, "Longest run of one script or sandboxed expression.", unit="s")
    script_memory: int = setting(32, "Most memory of one script.", unit="MB")
    upload_limit: int = setting(2, "Largest file that can be deployed.", unit="MB")
    variable_limit: int = setting(2, "Largest total of variables in one request.", unit="MB")
    await_limit: float = setting(30.0, "Longest `awaitSeconds` of a request.", unit="s")
    http_allow: str = setting(
        "",
        "Hosts that the HTTP connector may call, separated by commas: `api.example.com`, `*.example.com`, `10.0.0.5`.",
    )
    http_timeout: float = setting(10.0, "Longest call of the HTTP connector.", unit="s")
    http_limit: int = setting(1, "Largest answer that the HTTP connector reads.", unit="MB")
    smtp_url: str = setting("", "Mail server: `smtp://user:password@host:587`, `smtps://...`. Empty: e-mail is off.")
    mail_from: str = setting("", "Sender of e-mails.")
    session_hours: float = setting(12.0, "How long somebody stays signed in.", unit="h")
    time_zone: ZoneInfo = setting(
        UTC_ZONE, "Zone of times in diagrams that name none, such as `Europe/Berlin`: dates, days and cron expressions."
    )
    language: str = setting("en", "Language of the pages when the browser names none that exists.")
    log_level: str = setting("INFO", "DEBUG, INFO, WARNING or ERROR.")

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """Read the environment. Raises SettingInvalid that names the variable, the value and the rule."""
        env = os.environ if env is None else env
        hints = get_type_hints(cls)
        values: dict[str, Any] = {}
        for f in fields(cls):
            text = env.get(PREFIX + f.name.upper())
            if text is not None and text != "":
                values[f.name] = _convert(PREFIX + f.name.upper(), text, hints[f.name])
        return cls(**{**values, **overrides})

    @property
    def sqlalchemy_url(self) -> str:
        """The database address in force; `postgresql://` means the psycopg driver."""
        if not self.database_url:
            return f"sqlite:///{self.data.resolve() / 'stellwerk.sqlite'}"
        for scheme in ("postgresql://", "postgres://"):
            if self.database_url.startswith(scheme):
                return "postgresql+psycopg://" + self.database_url.removeprefix(scheme)
        return self.database_url


def _convert(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off"):
            return False
        raise SettingInvalid(f"{name} is '{text}'. It must be true or false.")
    if kind is ZoneInfo:
        return _zone(name, text)
    try:
        value = kind(text)
    except ValueError:
        wanted = {int: "a whole number", float: "a number"}.get(kind, kind.__name__)
        raise SettingInvalid(f"{name} is '{text}'. It must be {wanted}.") from None
    if kind in (int, float) and not 0 <= value < 1e9:
        raise SettingInvalid(f"{name} is '{text}'. It must not be negative, nor beyond a thousand million.")
    return value


def _zone(name: str, text: str) -> ZoneInfo:
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise SettingInvalid(f"{name} is '{text}'. It must name a time zone, such as Europe/Berlin.") from None
