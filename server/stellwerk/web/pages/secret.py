"""The key that signs what pages remember until the next request ("The task is done")."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from stellwerk.settings import Settings

FILE = "secret.key"


def secret_key(settings: Settings) -> str:
    """The setting, else one that is made once and kept in the data folder."""
    return settings.secret_key or _kept(settings.data / FILE)


def _kept(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written aside and linked, so that of two servers that start at once both read the same whole key.
        fresh = path.with_name(f".{FILE}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
        with suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
    return path.read_text().strip()
