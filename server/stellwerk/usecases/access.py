"""Who may do what: one table, pure, deny by default.

A use case calls `require(who, "task.complete", task)`. An action that is not in the table is refused for everybody.
What the caller may not even know of is `NotFound`, so that ids cannot be probed; the rest is `NotPermitted`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from stellwerk.errors import NotFound, NotPermitted, NotSignedIn
from stellwerk.store.records import InstanceRecord, Scope, TaskRecord

Kind = Literal["user", "token", "system"]
Role = Literal["administrator", "user"]
ROLES: tuple[Role, ...] = ("administrator", "user")


@dataclass(frozen=True)
class Principal:
    """Who asks. Names of API tokens begin with `token:`, so that no token can pass for a person."""

    name: str
    roles: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    kind: Kind = "user"

    @property
    def is_administrator(self) -> bool:
        return "administrator" in self.roles


SYSTEM = Principal("system", frozenset({"administrator"}), kind="system")
"""Timers, jobs and deliveries: what the engine does by itself, and the command line on the server's machine."""

Action = Literal[
    "definition.read",
    "definition.start",
    "definition.check",
    "definition.deploy",
    "definition.activate",
    "definition.migrate",
    "definition.operate",
    "decision.read",
    "decision.evaluate",
    "decision-evaluation.read",
    "instance.list",
    "instance.read",
    "instance.cancel",
    "instance.delete",
    "instance.change-variables",
    "instance.migrate",
    "instance.operate",
    "task.list",
    "task.read",
    "task.claim",
    "task.unclaim",
    "task.complete",
    "message.read",
    "message.publish",
    "message.operate",
    "signal.broadcast",
    "incident.read",
    "incident.retry",
    "data-store.read",
    "data-store.write",
    "draft.read",
    "draft.write",
    "vocabulary.read",
    "handler.read",
    "metrics.read",
    "account.read",
    "account.write",
    "token.write",
    "sample.load",
]


@dataclass(frozen=True)
class InstanceSubject:
    """An instance as this table sees it. `takes_part`: the caller has, had or can claim a task in it."""

    id: UUID
    started_by: str
    takes_part: bool

    @classmethod
    def of(cls, record: InstanceRecord, *, takes_part: bool) -> InstanceSubject:
        return cls(record.id, record.started_by, takes_part)


Condition = Callable[[Principal, Any], bool]


def _always(who: Principal, subject: Any) -> bool:
    return True


def _never(who: Principal, subject: Any) -> bool:
    return False


def _concerned(who: Principal, instance: InstanceSubject) -> bool:
    return instance.started_by == who.name or instance.takes_part


def _candidate(who: Principal, task: TaskRecord) -> bool:
    return who.name in task.candidate_users or bool(who.groups.intersection(task.candidate_groups))


def _free_for_all(task: TaskRecord) -> bool:
    return task.assignee is None and not task.candidate_users and not task.candidate_groups


def _sees_task(who: Principal, task: TaskRecord) -> bool:
    mine = who.name in (task.assignee, task.closed_by)
    return mine or _candidate(who, task) or (task.state == "open" and _free_for_all(task))


def _claims(who: Principal, task: TaskRecord) -> bool:
    """A task that somebody else holds is a conflict, which the use case reports; here only the right counts."""
    return task.assignee == who.name or _candidate(who, task) or _free_for_all(task)


def _holds(who: Principal, task: TaskRecord) -> bool:
    return task.assignee == who.name


def _completes(who: Principal, task: TaskRecord) -> bool:
    """The assignee; of an unclaimed task whoever may claim it."""
    return _holds(who, task) if task.assignee is not None else _claims(who, task)


@dataclass(frozen=True)
class Rule:
    """`user`: when the role user may do it; administrators may do everything that is in the table.

    `seen_through`: the action that reveals the subject; who may not do that one gets NotFound.
    """

    user: Condition = _never
    seen_through: Action | None = None


RULES: Mapping[Action, Rule] = {
    "definition.read": Rule(_always),
    "definition.start": Rule(_always),
    "definition.check": Rule(),
    "definition.deploy": Rule(),
    "definition.activate": Rule(),
    "definition.migrate": Rule(),
    "definition.operate": Rule(),
    "decision.read": Rule(_always),
    "decision.evaluate": Rule(_always),
    "decision-evaluation.read": Rule(_always),  # a list shows users what they may see: see `scope`
    "instance.list": Rule(_always),
    "instance.read": Rule(_concerned, seen_through="instance.read"),
    "instance.cancel": Rule(seen_through="instance.read"),
    "instance.delete": Rule(seen_through="instance.read"),
    "instance.change-variables": Rule(seen_through="instance.read"),
    "instance.migrate": Rule(seen_through="instance.read"),
    "instance.operate": Rule(seen_through="instance.read"),
    "task.list": Rule(_always),
    "task.read": Rule(_sees_task, seen_through="task.read"),
    "task.claim": Rule(_claims, seen_through="task.read"),
    "task.unclaim": Rule(_holds, seen_through="task.read"),
    "task.complete": Rule(_completes, seen_through="task.read"),
    "message.read": Rule(),
    "message.publish": Rule(),
    "message.operate": Rule(),
    "signal.broadcast": Rule(),
    "incident.read": Rule(),
    "incident.retry": Rule(),
    "data-store.read": Rule(),
    "data-store.write": Rule(),
    "draft.read": Rule(),
    "draft.write": Rule(),
    "vocabulary.read": Rule(),
    "handler.read": Rule(),
    "metrics.read": Rule(),
    "account.read": Rule(),
    "account.write": Rule(),
    "token.write": Rule(),
    "sample.load": Rule(),
}


def may(who: Principal | None, action: Action, subject: Any = None) -> bool:
    """True when `who` may do `action` to `subject`: an InstanceSubject for `instance.*`, a TaskRecord for `task.*`.

    Without a subject a rule that needs one answers False for users: use that only for what lists or pages offer.
    """
    rule = RULES.get(action)
    if who is None or rule is None:
        return False
    if who.is_administrator:
        return True
    if "user" not in who.roles:
        return False
    return rule.user(who, subject) if subject is not None or rule.user is _always else False


def require(who: Principal | None, action: Action, subject: Any = None) -> Principal:
    """Return `who`, or raise NotSignedIn, NotFound (the caller may not know of the subject) or NotPermitted."""
    if who is None:
        raise NotSignedIn("You are not signed in. Sign in, or send an API token in the Authorization header.")
    if may(who, action, subject):
        return who
    rule = RULES.get(action)
    if subject is not None and rule and rule.seen_through and not may(who, rule.seen_through, subject):
        raise NotFound(action.partition(".")[0], str(subject.id))
    raise NotPermitted(_refusal(who, action, subject))


def scope(who: Principal) -> Scope | None:
    """Whose instances and tasks a list may show; None: all of them."""
    return None if who.is_administrator else Scope(who.name, who.groups)


def _refusal(who: Principal, action: Action, subject: Any) -> str:
    noun, _, verb = action.partition(".")
    if action == "task.complete" and subject is not None and subject.assignee:
        return f"The task is assigned to {subject.assignee}. Only they or an administrator can complete it."
    if action == "task.unclaim":
        return "The task is not yours. Only the person who holds it or an administrator can give it back."
    thing = {"read": "see", "write": "change", "list": "list"}.get(verb, verb.replace("-", " "))
    return f"{who.name} may not {thing} this {noun}: an administrator can. Ask one, or sign in as another user."
