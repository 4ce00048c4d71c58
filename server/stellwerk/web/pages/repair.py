"""An operator's commands on one instance: choose what, see what it will do, do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from stellwerk.engine import Effect
from stellwerk.engine.commands import (
    CancelToken,
    CompensateNow,
    ModifyInstance,
    PutToken,
    ResumeInstance,
    SkipStep,
    SuspendInstance,
    ThrowErrorAt,
    ThrowEscalation,
)
from stellwerk.errors import FieldError, InvalidInput, ProcessError, TokenNotWaiting, WrongState
from stellwerk.store.records import MOVING, ActivityRecord, InstanceRecord
from stellwerk.usecases.access import InstanceSubject, require
from stellwerk.usecases.operate import Operation, RestartRequest
from stellwerk.web.pages import filling
from stellwerk.web.pages.frame import port, who
from stellwerk.web.pages.port import FormView
from stellwerk.web.pages.rounds import around, rounds
from stellwerk.web.pages.told import told
from stellwerk.web.pages.words import lazy

pages = Blueprint("repair", __name__, url_prefix="/instances")
Action = Literal["suspend", "resume", "move", "start", "take", "skip", "throw", "compensate", "restart"]
AT_A_TOKEN = ("move", "take", "skip", "throw")
GIVES_VALUES = ("move", "start", "skip", "throw", "restart")  # which may come with variables
SCOPES = ("subProcess", "transaction", "adHocSubProcess", "callActivity")  # in which a token can be put
ON_FLOW = "flow:"  # begins a place that is a sequence flow; no id of a file has a colon


@dataclass(frozen=True)
class Words:
    """Title and button of an action; `done` is said after it."""

    title: Any
    button: Any
    done: Any


WORDS: Mapping[str, Words] = {
    "suspend": Words(lazy("Suspend the instance"), lazy("Suspend"), lazy("The instance is suspended.")),
    "resume": Words(lazy("Resume the instance"), lazy("Resume"), lazy("The instance goes on.")),
    "move": Words(lazy("Move from “%(here)s” to “%(there)s”"), lazy("Move"), lazy("It is moved.")),
    "start": Words(lazy("Start at “%(there)s”"), lazy("Start there"), lazy("It has started there.")),
    "take": Words(lazy("Take away what is at “%(here)s”"), lazy("Take it away"), lazy("It is taken away.")),
    "skip": Words(lazy("Skip “%(here)s”"), lazy("Skip"), lazy("The step is skipped.")),
    "throw": Words(lazy("End “%(here)s” with “%(code)s”"), lazy("Throw"), lazy("It is thrown.")),
    "compensate": Words(lazy("Undo what has completed"), lazy("Undo"), lazy("It is being undone.")),
    "restart": Words(lazy("Restart at “%(there)s”"), lazy("Restart"), lazy("This is the new instance.")),
}


@dataclass(frozen=True)
class Wanted:
    """What the address names."""

    action: Action
    token: int = 0
    place: Literal["before", "after"] = "before"
    to: str = ""  # an element, or "flow:" and a sequence flow
    thrown: str = ""  # "error:CODE" or "escalation:CODE"
    around: int = 0  # token of the running subprocess in which to start, where several run
    taking: Literal["last", "start"] = "last"  # which variables of the old instance a restart takes

    @property
    def kind(self) -> str:
        return self.thrown.partition(":")[0]

    @property
    def code(self) -> str:
        return self.thrown.partition(":")[2]

    @property
    def flow(self) -> str:
        """The sequence flow that is meant; empty: an element is."""
        return self.to.removeprefix(ON_FLOW) if self.to.startswith(ON_FLOW) else ""

    def put(self, values: Mapping[str, Any]) -> PutToken:
        if self.flow:
            return PutToken("flow", self.flow, values, around=self.around)
        return PutToken(self.place, self.to, values, around=self.around)


@pages.get("/<uuid:id>/operate")
def choose(id: UUID) -> str:
    """What can be done to the instance, at one element, or at one token of it."""
    instance = _permitted(id)
    person = who()
    element = request.args.get("element", "")
    active = _active(id)
    at = [a for a in active if a.element_id == element] if element else active
    here = next((a for a in at if a.token == _number("token")), at[0] if element and len(at) == 1 else None)
    scopes = port().scopes(person, id)
    moving = instance.state in MOVING
    inside = here.token if here is not None and here.element_type in SCOPES else 0
    return render_template(
        "instances/operate.html",
        instance=instance,
        moving=moving,
        here=here,
        active=at,
        rounds=rounds(active, scopes),
        has_own=here is not None and any(one.token == here.token for one in scopes),
        chosen=element,
        elements=port().elements(person, id),
        ways=port().ways(person, id),
        catchable=port().catchable(person, id, here.token) if here is not None else (),
        can_undo=moving and (here is None or inside > 0) and bool(port().undo_plan(person, id, inside)),
    )


@pages.get("/<uuid:id>/operate/preview")
def preview(id: UUID) -> Response:
    instance = _permitted(id)
    return _page(instance, _wanted(instance), filling.of(FormView(None, {})))


@pages.post("/<uuid:id>/operate/preview")
def act(id: UUID) -> Response:
    """Do it. What is in the way is said on the page, with what was typed."""
    instance = _permitted(id)
    wanted, filled = _wanted(instance), filling.read()
    reason = request.form.get("reason", "").strip()
    if filled.wrong:
        return _page(instance, wanted, filled, reason=reason, errors=filled.errors)
    try:
        after = port().operate(who(), id, _command(wanted, filled.values, reason))
    except InvalidInput as error:
        return _page(instance, wanted, filled, reason=reason, errors=error.errors)
    except (TokenNotWaiting, WrongState) as error:
        return _page(instance, wanted, filled, reason=reason, refusal=error)
    flash(str(WORDS[wanted.action].done), "good")
    return redirect(url_for("pages.instances.show", id=after.id))


def _page(
    instance: InstanceRecord,
    wanted: Wanted,
    filled: filling.Filled,
    *,
    reason: str = "",
    errors: tuple[FieldError, ...] = (),
    refusal: ProcessError | None = None,
) -> Response:
    """The confirmation: what would happen now, or why it cannot."""
    status = 422 if errors else 409 if refusal else 200
    effects: tuple[Effect, ...] = ()
    choices: list[ActivityRecord] = []
    if refusal is None:
        try:
            effects = port().foresee(who(), instance.id, _command(wanted, {}, "")).effects
        except (InvalidInput, TokenNotWaiting, WrongState) as error:
            refusal = error
            choices = _choices(instance.id, wanted) if _is_ambiguous(error) else []
    html = render_template(
        "instances/preview.html",
        instance=instance,
        wanted=wanted,
        title=str(WORDS[wanted.action].title) % _named(instance, wanted),
        button=WORDS[wanted.action].button,
        effects=[told(effect) for effect in effects],
        plan=port().undo_plan(who(), instance.id, wanted.token) if wanted.action == "compensate" else (),
        names=_elements(instance),
        choices=choices,
        rounds=rounds(_active(instance.id), port().scopes(who(), instance.id)) if choices else {},
        refusal=refusal,
        filled=filled,
        errors=errors,
        reason=reason,
        gives_values=wanted.action in GIVES_VALUES,
    )
    return make_response(html, status)


def _wanted(instance: InstanceRecord) -> Wanted:
    """Without a known action: what the state of the instance offers."""
    asked: Any = request.values.get("do", "")
    if asked not in WORDS:
        asked = "resume" if instance.state == "suspended" else "suspend"
    place: Any = "after" if request.values.get("place") == "after" else "before"
    taking: Any = "start" if request.values.get("taking") == "start" else "last"
    to, thrown = (request.values.get(name, "") for name in ("to", "thrown"))
    return Wanted(asked, _number("token"), place, to, thrown, _number("around"), taking)


def _number(name: str) -> int:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _command(wanted: Wanted, values: Mapping[str, Any], reason: str) -> Operation | RestartRequest:
    here, there = CancelToken(wanted.token), wanted.put(values)
    if wanted.action == "throw":
        return _throw(wanted, values, reason)
    made: Mapping[Action, Operation | RestartRequest] = {
        "suspend": SuspendInstance(reason),
        "resume": ResumeInstance(reason),
        "move": ModifyInstance((here, there), reason),
        "start": ModifyInstance((there,), reason),
        "take": ModifyInstance((here,), reason),
        "skip": SkipStep(wanted.token, values, reason),
        "compensate": CompensateNow(wanted.token, reason=reason),
        "restart": RestartRequest((wanted.put({}),), wanted.taking, values, reason),
    }
    return made[wanted.action]


def _throw(wanted: Wanted, values: Mapping[str, Any], reason: str) -> Operation:
    if wanted.kind == "escalation":
        return ThrowEscalation(wanted.token, wanted.code, values, reason)
    return ThrowErrorAt(wanted.token, wanted.code, reason, values, reason)


def _named(instance: InstanceRecord, wanted: Wanted) -> dict[str, str]:
    """The names in the title."""
    here = _at(instance, wanted.token)
    there = _way(instance, wanted.flow) if wanted.flow else _elements(instance).get(wanted.to, wanted.to)
    return {"here": here, "there": there, "code": wanted.code}


def _elements(instance: InstanceRecord) -> dict[str, str]:
    """What people call the elements of its diagram."""
    return {one.id: one.name or one.id for one in port().elements(who(), instance.id)}


def _way(instance: InstanceRecord, flow: str) -> str:
    found = next((one for one in port().ways(who(), instance.id) if one.id == flow), None)
    return f"{found.source.name or found.source.id} → {found.target.name or found.target.id}" if found else flow


def _active(id: UUID) -> list[ActivityRecord]:
    return [a for a in port().activities(who(), id) if a.state == "active"]


def _is_ambiguous(error: ProcessError) -> bool:
    """The place is in a subprocess that runs several times."""
    found = error.errors if isinstance(error, InvalidInput) else ()
    return any(one.path.endswith(".around") and one.rule == "ambiguous" for one in found)


def _choices(id: UUID, wanted: Wanted) -> list[ActivityRecord]:
    """The subprocesses that run more than once; first those around the token that is to be moved."""
    active = _active(id)
    times = Counter(a.element_id for a in active if a.element_type in SCOPES)
    own = around(wanted.token, {a.token: a.parent for a in active})
    found = [a for a in active if a.element_type in SCOPES and times[a.element_id] > 1]
    return sorted(found, key=lambda a: a.token not in own)


def _at(instance: InstanceRecord, token: int) -> str:
    found = next((a for a in port().activities(who(), instance.id) if token and a.token == token), None)
    return (found.element_name or found.element_id) if found else str(token)


def _permitted(id: UUID) -> InstanceRecord:
    instance = port().instance(who(), id)
    require(who(), "instance.operate", InstanceSubject.of(instance, takes_part=True))
    return instance
