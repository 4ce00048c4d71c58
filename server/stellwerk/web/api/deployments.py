"""Deploying files: `POST /deployments`, `POST /deployments/check`, `POST /deployments/compare`."""

from __future__ import annotations

from uuid import UUID

from flask import request

from stellwerk.errors import FieldError, InvalidInput, TooLarge
from stellwerk.usecases import definitions
from stellwerk.web.api.bodies import MEGABYTE, storable
from stellwerk.web.api.models import FileProblemOut, Output
from stellwerk.web.api.routing import Call, Noun
from stellwerk.web.errors import WebError

api = Noun("deployments", "deployment", "Bring diagrams, decisions and forms into the server: all of them, or none.")
PART = "files"


class DeployedOut(Output):
    id: UUID
    key: str
    name: str
    version: int


class DeploymentOut(Output):
    """`definitions` and `decisions` are the versions now in force; `report` has warnings."""

    id: UUID
    definitions: list[DeployedOut]
    decisions: list[DeployedOut]
    report: list[FileProblemOut]


class CheckOut(Output):
    """What deploying these files would answer. `deployable`: there is no error among the problems.

    `variables`: names that something in the diagrams writes, for who types an expression.
    """

    deployable: bool
    problems: list[FileProblemOut]
    variables: list[str]


class DifferenceOut(Output):
    """An element of the diagram; `tag` is its kind in BPMN, such as `userTask`."""

    id: str
    name: str
    tag: str


class ChangeOut(Output):
    """A process beside its newest version (`version`, null for a new process), by the ids of the elements.

    `same`: there would be no new version. `active` instances run in that version, `older` in earlier ones.
    """

    key: str
    version: int | None
    same: bool
    active: int
    older: int
    added: list[DifferenceOut]
    removed: list[DifferenceOut]
    changed: list[DifferenceOut]


class ComparisonOut(Output):
    changes: list[ChangeOut]


@api.post("/deployments", access="definition.deploy", uploads=True, answer=DeploymentOut, status=201, changes=True)
def deploy(call: Call) -> DeploymentOut:
    """Deploy diagrams, decisions and forms.

    Files (.bpmn, .dmn, .form) come in parts named `files`. A file with an error refuses all of them, with every
    problem, and nothing is stored. The same content makes no new version.
    """
    return DeploymentOut.model_validate(definitions.deploy(call.rt, call.who, _files(call)))


@api.post("/deployments/check", access="definition.check", uploads=True, answer=CheckOut)
def check(call: Call) -> CheckOut:
    """Check files as for a deployment, and store nothing."""
    report = definitions.check(call.rt, call.who, _files(call))
    errors = [problem for problem in report.problems if problem.severity == "error"]
    problems = [FileProblemOut.model_validate(p) for p in report.problems]
    return CheckOut(deployable=not errors, problems=problems, variables=list(report.variables))


@api.post("/deployments/compare", access="definition.check", uploads=True, answer=ComparisonOut)
def compare(call: Call) -> ComparisonOut:
    """Compare the processes of files with their newest versions, and store nothing."""
    found = definitions.changes(call.rt, call.who, _files(call))
    return ComparisonOut(changes=[ChangeOut.model_validate(change) for change in found])


def _files(call: Call) -> list[tuple[str, bytes]]:
    """Name and content of each part. Raises WebError, InvalidInput or TooLarge."""
    if request.mimetype != "multipart/form-data":
        raise WebError("wrong-content-type", "Send the files as multipart/form-data, in parts named 'files'.")
    others = sorted({name for name in (*request.files, *request.form) if name not in (PART, "csrf_token")})
    if others:
        text = f"There is a part named '{others[0]}'. Name every part 'files'."
        raise InvalidInput([FieldError(others[0], "unknown", text)])
    uploads = request.files.getlist(PART)
    if not uploads:
        raise InvalidInput([FieldError(PART, "required", "There is no part named 'files'. Send at least one file.")])
    limit = call.rt.settings.upload_limit
    files = []
    for upload in uploads:
        data = upload.stream.read(limit * MEGABYTE + 1)
        if len(data) > limit * MEGABYTE:
            name = (upload.filename or "A file")[:200]
            raise TooLarge(f"{name} is larger than {limit} MB. Make it smaller, or raise STELLWERK_UPLOAD_LIMIT.")
        files.append((_name(upload.filename), data))
    return files


def _name(sent: str | None) -> str:
    """The last part of the path that the client gave."""
    name = (sent or "").replace("\\", "/").rpartition("/")[2].strip()
    if not name or len(name) > 255 or not storable(name) or not name.isprintable():
        text = "A file has no usable name. Give it 1 to 255 printable characters, for example 'order.bpmn'."
        raise InvalidInput([FieldError(PART, "name", text)])
    return name
