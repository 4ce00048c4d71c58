"""Two people at one thing notice each other: its version is the `ETag`, and a write says in `If-Match` what it read."""

from __future__ import annotations

from typing import Protocol

from flask import request

from stellwerk.web.api.routing import Answer
from stellwerk.web.errors import WebError

IF_MATCH = {"If-Match": "The ETag that you read; `*` writes over whatever is there."}


class Versioned(Protocol):
    @property
    def version(self) -> int: ...


def tagged(record: Versioned) -> Answer:
    return Answer(record, headers={"ETag": f'"{record.version}"'})


def expected() -> int | None:
    """The version in If-Match; None for `*`. Raises WebError when it is missing or not one of ours."""
    sent = request.headers.get("If-Match")
    if sent is None:
        raise WebError("precondition-required", "Send the ETag that you read in If-Match, so that no change is lost.")
    text = sent.strip().removeprefix("W/").strip('"')
    if text == "*":
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise WebError("changed-meanwhile", f"If-Match is {sent[:80]}: no version of this. Read it again.")
    return int(text)
