"""Errors become RFC 9457 problems here: one table code -> status and title, and nothing internal ever leaves.

Under /api and for health checks the answer is `application/problem+json`; pages render the same facts as HTML.
"""

from __future__ import annotations

import dataclasses
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from flask import Flask, Response, request
from pydantic.alias_generators import to_camel
from werkzeug.exceptions import HTTPException, NotFound

from stellwerk import errors as e

log = logging.getLogger("stellwerk.web")

PROBLEM_TYPE = "application/problem+json"
ERROR_PAGE = "stellwerk.error_page"


@dataclass(frozen=True)
class Meaning:
    """What a code means over HTTP; `help` is for the documentation page."""

    status: int
    title: str
    help: str


MEANINGS: Mapping[str, Meaning] = {
    "bad-request": Meaning(400, "The request cannot be read", "Correct the request as `detail` says."),
    "malformed-json": Meaning(400, "The body is not JSON", "Send one JSON object in UTF-8."),
    "not-signed-in": Meaning(401, "Not signed in", "Sign in, or send `Authorization: Bearer` with an API token."),
    "sign-in-failed": Meaning(401, "Sign-in failed", "Check the name and the password."),
    "not-permitted": Meaning(403, "Not permitted", "Ask an administrator."),
    "csrf": Meaning(403, "The request did not come from our pages", "Reload the page and repeat; programs use tokens."),
    "not-found": Meaning(404, "Not found", "The address is wrong, it was deleted, or you may not know of it."),
    "method-not-allowed": Meaning(405, "Method not allowed", "The header `Allow` names what is possible."),
    "conflict": Meaning(409, "Somebody else changed it first", "Read it again and repeat."),
    "message-conflict": Meaning(409, "Message id used before", "Use another `messageId` for another message."),
    "idempotency-conflict": Meaning(409, "Idempotency-Key used before", "Use a new key for each new request."),
    "idempotency-running": Meaning(409, "The first request still runs", "Repeat after `Retry-After` seconds."),
    "answer-lost": Meaning(409, "Done, but the answer was lost", "Look the result up instead of repeating."),
    "task-not-open": Meaning(409, "The task is not open", "`state` and `reason` say what became of it."),
    "not-startable": Meaning(409, "The process cannot be started", "Activate a version, or start it as modelled."),
    "wrong-state": Meaning(409, "Not possible in this state", "Read it again; `detail` says which state it needs."),
    "migration-refused": Meaning(409, "The instance cannot be migrated", "`reasons` says what has no place there."),
    "instance-suspended": Meaning(409, "The instance is suspended", "Wait until an operator has resumed it."),
    "token-not-waiting": Meaning(409, "It does not wait there any more", "Read the instance again."),
    "changed-meanwhile": Meaning(412, "Changed since you read it", "Read it again and merge, then send the new ETag."),
    "too-large": Meaning(413, "Too large", "`detail` names the limit and the setting that changes it."),
    "wrong-content-type": Meaning(415, "Wrong content type", "`detail` names what is expected."),
    "misdirected": Meaning(421, "Unknown host name", "Use the address that the server printed at its start."),
    "invalid-input": Meaning(422, "A value breaks a rule", "`errors` names each field, the rule and the way out."),
    "invalid-definition": Meaning(422, "The files cannot be deployed", "`problems` says where and why."),
    "decision-not-evaluated": Meaning(422, "The decision has no value", "`warnings` says what its model lacks."),
    "decision-too-costly": Meaning(422, "The decision costs too much", "Send less, or simplify the decision."),
    "expression-invalid": Meaning(422, "An expression cannot be read", "Correct it as `detail` says."),
    "script-failed": Meaning(422, "A script or expression failed", "Correct it in the diagram."),
    "bpmn-error": Meaning(422, "A BPMN error was thrown", "Handle it in the diagram."),
    "precondition-required": Meaning(428, "If-Match is missing", "Send the ETag that you read in `If-Match`."),
    "too-many-tries": Meaning(429, "Too many tries", "Wait `Retry-After` seconds."),
    "internal-error": Meaning(500, "The server made a mistake", "Report the id in `detail`; the log has the rest."),
    "engine-fault": Meaning(500, "The server made a mistake", "Nothing was changed. The log has the details."),
    "setting-invalid": Meaning(500, "A setting is wrong", "An administrator must correct it."),
    "process-error": Meaning(500, "The server made a mistake", "Report it."),
    "storage-unavailable": Meaning(503, "The database cannot store this", "Nothing was changed. Try again later."),
    "sandbox-unavailable": Meaning(503, "No process is free for a script", "Nothing was changed. Try again later."),
    "not-ready": Meaning(503, "Not ready", "Try again in a moment."),
}

_BY_STATUS = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
    415: "wrong-content-type",
}


class WebError(e.ProcessError):
    """An error that only exists over HTTP. `headers` go into the answer."""

    def __init__(self, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        self.code = code
        self.headers = dict(headers or {})
        super().__init__(message)


@dataclass(frozen=True)
class ProblemView:
    """What an error shows to the outside, for JSON and for pages."""

    status: int
    code: str
    title: str
    detail: str
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        members = {"type": f"/api/v1/docs#problem-{self.code}", "title": self.title, "status": self.status}
        return {**members, "detail": self.detail, "code": self.code, **self.extra}

    def as_response(self) -> Response:
        body = orjson.dumps(self.as_dict(), default=str)
        return Response(body, self.status, headers=dict(self.headers), content_type=PROBLEM_TYPE)


def view_of(error: e.ProcessError) -> ProblemView:
    """The problem of an error that was raised on purpose."""
    meaning = MEANINGS.get(error.code, MEANINGS["internal-error"])
    headers = dict(getattr(error, "headers", {}))
    if meaning.status == 401:
        headers.setdefault("WWW-Authenticate", 'Bearer realm="stellwerk"')
    if meaning.status == 503:
        headers.setdefault("Retry-After", "5")
    return ProblemView(meaning.status, error.code, meaning.title, error.message, _extra(error), headers)


def _extra(error: e.ProcessError) -> dict[str, Any]:
    if isinstance(error, e.InvalidDefinition):
        return {"problems": [camel(problem.as_dict()) for problem in error.problems]}
    if isinstance(error, e.InvalidInput):
        return {"errors": [dataclasses.asdict(item) for item in error.errors]}
    if isinstance(error, e.MigrationRefused):
        return {"reasons": list(error.reasons)}
    if isinstance(error, e.DecisionNotEvaluated):
        return {"warnings": list(error.warnings)}
    if isinstance(error, e.TaskNotOpen):
        return {"state": error.state, "reason": error.reason}
    return {}


def camel(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values under camelCase names, also those of what is inside."""
    return {to_camel(name): camel(value) if isinstance(value, dict) else value for name, value in values.items()}


def view_of_http(error: HTTPException) -> ProblemView:
    """The problem of what Flask itself refuses: unknown address, method, body too large."""
    status = error.code or 500
    code = _BY_STATUS.get(status, "bad-request" if status < 500 else "internal-error")
    detail = {
        404: f"There is nothing at {_asked_for()}. Check the address; the routes are listed at /api/v1/docs.",
        405: f"{request.method} is not possible at {request.path}.",
        413: "The request is larger than the server reads. Send less, or raise STELLWERK_UPLOAD_LIMIT.",
    }.get(status, error.description or "The request cannot be read.")
    allow = {"Allow": ", ".join(sorted(error.valid_methods or ()))} if status == 405 else {}  # type: ignore[attr-defined]
    return ProblemView(status, code, MEANINGS[code].title, detail, {}, allow)


def _asked_for() -> str:
    """The path as it came; Flask's own has lost empty segments at its beginning."""
    path: str = request.environ.get("PATH_INFO", "")
    return path.encode("latin-1", "replace").decode("utf-8", "replace")


def view_of_bug(error: Exception) -> ProblemView:
    """A bug in our code: the log gets the traceback under an id, the caller gets the id."""
    number = uuid.uuid4()
    log.error("error %s in %s %s", number, request.method, request.path, exc_info=error)
    detail = f"Something went wrong inside the server. Nothing is known to have changed. The log has it as {number}."
    return ProblemView(500, "internal-error", MEANINGS["internal-error"].title, detail, {"errorId": str(number)})


def wants_problem() -> bool:
    """True where programs ask: the API, and health checks."""
    return request.path.startswith(("/api/", "/healthz", "/readyz", "/metrics"))


def register(app: Flask) -> None:
    @app.before_request
    def refuse_empty_segments() -> None:
        # Else `//api/x` is answered as `/api/x`, and `/api//x` is redirected there: a POST would lose its body.
        if "//" in request.environ.get("PATH_INFO", ""):
            raise NotFound

    def answer(view: ProblemView) -> Response:
        page: Callable[[ProblemView], Response] | None = app.extensions.get(ERROR_PAGE)
        if wants_problem():
            return view.as_response()
        if page is not None:
            return page(view)
        return Response(f"{view.title}\n\n{view.detail}\n", view.status, dict(view.headers), content_type="text/plain")

    @app.errorhandler(e.ProcessError)
    def on_process_error(error: e.ProcessError) -> Response:
        return answer(view_of(error))

    @app.errorhandler(HTTPException)
    def on_http_error(error: HTTPException) -> Response | HTTPException:
        if error.code is not None and error.code < 400:  # redirects for a missing slash
            return error
        return answer(view_of_http(error))

    @app.errorhandler(Exception)
    def on_bug(error: Exception) -> Response:
        return answer(view_of_bug(error))
