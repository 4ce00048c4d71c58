"""Every error that Stellwerk raises on purpose: one root, a code each, no HTTP.

`web/errors.py` turns the code into a status and an RFC 9457 problem; `cli.py` into an exit code.
The message has three parts: what happened, why, what the reader can do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal
from uuid import UUID

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True)
class Fix:
    """A change that certainly mends what was found: of the element with this id in the file.

    `property` is an attribute or the one child of that name (`camunda:type`, `ioSpecification`); it becomes `value`,
    or goes with all that is in it if `value` is None. An empty `property` means that the element itself goes.
    `label` says it to people: "Make it interrupting".
    """

    element_id: str
    property: str
    value: str | None
    label: str


@dataclass(frozen=True)
class Problem:
    """One finding about a file: where it is, which rule it breaks, what to do, and the change that does it."""

    file: str
    line: int | None
    element_id: str | None
    element_name: str | None
    rule: str
    message: str
    severity: Severity = "error"
    fix: Fix | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class FieldError:
    """One finding about a submitted field. `path` is `variables.amount` or a form field's key."""

    path: str
    rule: str
    message: str


class ProcessError(Exception):
    """Root of all errors that are somebody's business: the caller's, the model's, the operator's."""

    code = "process-error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidDefinition(ProcessError):
    """A file cannot be deployed; `problems` holds every finding, warnings included."""

    code = "invalid-definition"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [p for p in self.problems if p.severity == "error"]
        first = errors[0].message if errors else "The file cannot be deployed."
        more = f" And {len(errors) - 1} more." if len(errors) > 1 else ""
        super().__init__(first + more)


class InvalidInput(ProcessError):
    """Values from outside break a rule; `errors` names each field, the rule and the way out."""

    code = "invalid-input"

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__(self.errors[0].message if self.errors else "The input breaks a rule.")


class NotFound(ProcessError):
    """There is no such thing, or the caller may not know of it."""

    code = "not-found"

    def __init__(self, kind: str, id: str, hint: str = "It may have been deleted, or the address is wrong.") -> None:
        self.kind, self.id = kind, id
        super().__init__(f"There is no {kind} '{id}'. {hint}")


class NotSignedIn(ProcessError):
    """The caller did not say who they are."""

    code = "not-signed-in"


class NotPermitted(ProcessError):
    """The caller is known and may not do this."""

    code = "not-permitted"


class TaskNotOpen(ProcessError):
    """The task was completed, withdrawn or never open; `state` and `reason` say which."""

    code = "task-not-open"

    def __init__(self, message: str, *, state: str = "", reason: str = "") -> None:
        self.state, self.reason = state, reason
        super().__init__(message)


class Conflict(ProcessError):
    """Somebody else changed the same thing first. Nothing was changed; read again and repeat."""

    code = "conflict"


class ChangedMeanwhile(Conflict):
    """What the caller read has another version now. Nothing was changed."""

    code = "changed-meanwhile"


class NotStartable(ProcessError):
    """New starts of this process are stopped, or it has no start event for this kind of start."""

    code = "not-startable"


class MessageConflict(Conflict):
    """The message id was used before with another content."""

    code = "message-conflict"


class IdempotencyConflict(Conflict):
    """The Idempotency-Key was used before with another request."""

    code = "idempotency-conflict"


class WrongState(ProcessError):
    """The instance, incident or job is not in a state in which this can be done."""

    code = "wrong-state"


class InstanceSuspended(WrongState):
    """The instance is suspended, so this must wait until it is resumed. Nothing was changed."""

    code = "instance-suspended"


class MigrationRefused(ProcessError):
    """The instance cannot go on under the other version; `reasons` has a sentence for each thing that cannot."""

    code = "migration-refused"

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        more = f" And {len(reasons) - 1} more." if len(reasons) > 1 else ""
        super().__init__(f"The instance cannot be migrated. {reasons[0]}{more} Nothing was changed.")


class TooLarge(ProcessError):
    """A file, a value or a request is larger than its limit; the message names the limit and the setting."""

    code = "too-large"


class StorageUnavailable(ProcessError):
    """The database cannot store the change (disk full, unreachable). Nothing was changed."""

    code = "storage-unavailable"


class EngineFault(ProcessError):
    """A mistake in Stellwerk itself while an instance moved. Nothing was changed; it is recorded as an incident.

    `instance_id` is None when the instance could not even begin; `token`: where it happened, 0 for the whole of it.
    """

    code = "engine-fault"

    def __init__(self, message: str, *, instance_id: UUID | None = None, token: int = 0) -> None:
        self.instance_id, self.token = instance_id, token
        super().__init__(message)


class TokenNotWaiting(ProcessError):
    """The engine was asked to move a token that no longer waits there (interrupted, completed, cancelled)."""

    code = "token-not-waiting"

    def __init__(self, token: int) -> None:
        self.token = token
        super().__init__(f"Token {token} does not wait for this any more.")


class ScriptFailed(ProcessError):
    """A script or expression of a diagram failed; `line` is the line inside its text, when known.

    `output` is what it printed before.
    """

    code = "script-failed"

    def __init__(self, message: str, *, line: int | None = None, output: str = "") -> None:
        self.line, self.output = line, output
        super().__init__(message)


class SandboxUnavailable(ProcessError):
    """No sandbox process could take the script: all are busy, none starts, or the server is stopping.

    It is not the model's fault: nothing was changed, and the same command may be repeated.
    """

    code = "sandbox-unavailable"


class ExpressionInvalid(ProcessError):
    """An expression of a diagram cannot be read; `offset` is the character in its text, from 0."""

    code = "expression-invalid"

    def __init__(self, message: str, offset: int = 0) -> None:
        self.offset = offset
        super().__init__(message)


class CalledNotFound(ProcessError):
    """A call activity names a process, or a version of it, that is not deployed."""

    code = "called-not-found"


class DecisionNotFound(ProcessError):
    """A business rule task names a decision, or a version of it, that is not deployed."""

    code = "decision-not-found"


class DecisionNotEvaluated(ProcessError):
    """A decision has no value: its model is not complete, or its rules contradict each other. `warnings` say where."""

    code = "decision-not-evaluated"

    def __init__(self, message: str, warnings: Sequence[str]) -> None:
        self.warnings = tuple(warnings)
        super().__init__(message)


class DecisionTooCostly(ProcessError):
    """An evaluation has used up its budget of steps, or would make a value beyond its size."""

    code = "decision-too-costly"


class ErrorThrown(ProcessError):
    """A script, handler or person ends a step with a BPMN error (`bpmn_error`, `BpmnError`).

    `output` is what a script printed before.
    """

    code = "bpmn-error"

    def __init__(
        self, error_code: str, message: str = "", variables: Mapping[str, Any] | None = None, *, output: str = ""
    ) -> None:
        self.error_code, self.output = error_code, output
        self.variables = dict(variables or {})
        super().__init__(message or f"BPMN error '{error_code}'.")


class SettingInvalid(ProcessError):
    """An environment variable holds a value that cannot be used."""

    code = "setting-invalid"
