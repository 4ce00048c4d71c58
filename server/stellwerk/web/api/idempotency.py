"""`Idempotency-Key`: the same request sent twice has one effect and one answer, for a day.

The rules are in `store/idempotency.py`; here is how they look over HTTP. Only good answers are kept: after an error
nothing was changed, and the same key may be used for another try.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask import Response, request

from stellwerk.errors import IdempotencyConflict
from stellwerk.store import idempotency as store
from stellwerk.store.idempotency import Claim, Kept
from stellwerk.usecases.access import Principal
from stellwerk.usecases.runtime import Runtime
from stellwerk.web.errors import WebError

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT_HEADERS = ("ETag", "Location", "Stellwerk-Await")


def once(rt: Runtime, who: Principal, run: Callable[[], Response]) -> Response:
    """`run()`, or what it answered when this key was used before. Raises IdempotencyConflict or WebError."""
    key = _key()
    if key is None:
        return run()
    body_hash = _fingerprint()
    with rt.database.transaction() as tx:
        found = store.take(tx, who.name, key, body_hash, rt.database.now(tx))
    if isinstance(found, Kept):
        return _replay(found, body_hash)
    return _work(rt, found, run)


def _work(rt: Runtime, claim: Claim, run: Callable[[], Response]) -> Response:
    stop = store.working(claim)
    try:
        response = run()
    except BaseException:
        stop()
        with rt.database.transaction() as tx:
            store.release(tx, claim)
        raise
    stop()
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    with rt.database.transaction() as tx:
        store.keep(tx, claim, response.status_code, response.content_type, headers, response.get_data())
    return response


def _replay(kept: Kept, body_hash: str) -> Response:
    if kept.body_hash != body_hash:
        raise IdempotencyConflict(
            "This Idempotency-Key was used before with another request. Use a new key for each new request."
        )
    if kept.status is None or (kept.status == store.DONE and kept.recent):
        raise WebError(
            "idempotency-running",
            "The first request with this Idempotency-Key still runs. Repeat in a moment.",
            {"Retry-After": "1"},
        )
    if kept.status == store.DONE:
        raise WebError(
            "answer-lost",
            "The request with this Idempotency-Key was carried out, but its answer was lost when the server stopped. "
            "Look the result up; do not send it again.",
        )
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return Response(kept.answer, kept.status, headers=headers, content_type=kept.content_type)


def _key() -> str | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not 1 <= len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        raise WebError("bad-request", f"The Idempotency-Key must have 1 to {LONGEST} printable ASCII characters.")
    return key


def _fingerprint() -> str:
    """What tells two requests apart. Files count by name and content, because boundaries are new in each try."""
    digest = hashlib.sha256(f"{request.method} {request.path} {request.mimetype}\n".encode())
    if request.mimetype == "multipart/form-data":
        for field, file in request.files.items(multi=True):
            content = hashlib.sha256(file.stream.read()).hexdigest()
            file.stream.seek(0)
            digest.update(f"{field}\n{file.filename}\n{content}\n".encode())
    else:
        digest.update(request.get_data(cache=True))
    return digest.hexdigest()
