"""Call activities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stellwerk.engine.elements.compensation import is_reopened
from stellwerk.engine.elements.multi_instance import COUNTS
from stellwerk.engine.elements.subprocess import SubProcess
from stellwerk.engine.events import InstanceCalled, InstanceReopened
from stellwerk.engine.expressions import Expression
from stellwerk.engine.faults import Fault, storable
from stellwerk.engine.host import Binding, BindingKind
from stellwerk.engine.script_engine import SCRIPT_ENGINE
from stellwerk.engine.token import STARTED, Token
from stellwerk.engine.variables import Layer
from stellwerk.errors import CalledNotFound

if TYPE_CHECKING:
    from stellwerk.engine.definition import Definition
    from stellwerk.engine.scope import CalledProcess
    from stellwerk.engine.scope_spec import ScopeSpec

MAX_CALLS = 1_000  # calls inside each other


@dataclass(frozen=True)
class Passed:
    """One camunda:in or camunda:out: the variable `source`, or what `expression` gives, becomes `target`.

    Without a target all variables are passed under their names. `local`: an `in` reads only what the call activity
    has for itself, an `out` writes only there.
    """

    target: str = ""
    source: str = ""
    expression: Expression | None = None
    local: bool = False

    def values(self, task: Token, seen: Mapping[str, Any]) -> dict[str, Any]:
        """What it passes from `seen`; expressions see what the token sees. A variable that is not there is None."""
        if not self.target:
            return dict(seen)
        if self.expression is not None:
            return {self.target: SCRIPT_ENGINE.evaluate(task, self.expression)}
        return {self.target: seen.get(self.source)}


class CallActivity(SubProcess):
    """BPMN 10.3.6, 13.3.4: when it is active it calls a process, and completes when that has completed.

    The called process sees its own variables only: those that are passed to it. It begins at its none start events, or
    where no flow leads to if it has no start event. What it throws and does not catch goes on at the call activity.
    """

    called: Expression
    binding: BindingKind = "latest"
    binding_value: Expression | None = None
    business_key: Expression | None = None
    passed_in: Sequence[Passed] = ()
    passed_out: Sequence[Passed] = ()

    def perform(self, task: Token) -> None:
        if is_reopened(task):
            self._reopen(task)
        else:
            self._call(task)

    # -- calling
    def _call(self, task: Token) -> None:
        """Everything that may fail comes before anything that changes."""
        process, host = task.workflow.process, task.workflow.top_workflow.host
        if process.level >= MAX_CALLS:
            raise Fault(
                "call",
                f"'{self.label}' cannot call: {MAX_CALLS:,} calls are inside each other already. It seems that a "
                "process calls itself without end. Correct its variables or its diagram, and retry or cancel.",
            )
        reference = self._resolve(task)
        definition = host.definition(reference)
        if not definition.process.entries:
            raise Fault(
                "call",
                f"'{self.label}' cannot call the process '{definition.key}': it has no none start event. Deploy a "
                "version that has one, and retry.",
            )
        given = self._given(task, definition.process)
        key = self._business_key(task)
        task.remember(called=[reference, key])
        called = self._open(task, definition)
        task.workflow.record(InstanceCalled(task.id, self.bpmn_id, called.call, reference, key))
        called.start(given)

    def _resolve(self, task: Token) -> str:
        key = self.text_of(task, self.called, "called element", "call")
        value = None if self.binding_value is None else self.text_of(task, self.binding_value, self.binding, "call")
        process, host = task.workflow.process, task.workflow.top_workflow.host
        try:
            return host.resolve(key, Binding(self.binding, value), process.reference)
        except CalledNotFound as error:
            raise Fault("call", f"'{self.label}' cannot call: {error.message}") from error

    def _given(self, task: Token, called: ScopeSpec) -> dict[str, Any]:
        """BPMN 10.3.6: its data inputs are those of the called process, in the same order."""
        given: dict[str, Any] = {}
        for passed in self.passed_in:
            given.update(passed.values(task, (task.locals or {}) if passed.local else task.data))
        if self.io is not None:
            own, pairs = self.io.values(task), zip(called.inputs, self.io.inputs, strict=False)
            given.update({name: own[place.name] for name, place in pairs if place.name in own})
        return storable(given, "expression")

    def _business_key(self, task: Token) -> str | None:
        """Its expression may also read the key of the calling process: execution.processBusinessKey."""
        if self.business_key is None:
            return None
        own = task.workflow.process.business_key
        names = {"execution": {"processBusinessKey": own, "businessKey": own}}
        value = SCRIPT_ENGINE.evaluate(task, self.business_key, names)
        if value is None and (why := SCRIPT_ENGINE.why_null(task, self.business_key, names)):
            raise Fault("expression", f"The business key that '{self.label}' passes is null.{why}")
        return None if value in (None, "") else str(value)

    def _open(self, task: Token, definition: Definition) -> CalledProcess:
        called = task.workflow.top_workflow.open_call(task, definition)
        task._set_state(STARTED)
        return called

    # -- undoing
    def _reopen(self, task: Token) -> None:
        """The process is there again with the variables that it had at its end."""
        reference, _ = task.internal_data["called"]
        called = self._open(task, task.workflow.top_workflow.host.definition(reference))
        called.variables, task.hidden = task.hidden or Layer(), None
        called.record(InstanceReopened())
        called.plant()
        self.undo_inside(called)

    # -- returning
    def _on_complete_hook(self, task: Token) -> None:
        called = task.id in task.workflow.top_workflow.calls  # else it was skipped before
        if called and not is_reopened(task):
            self._take_back(task)
        super()._on_complete_hook(task)

    def _take_back(self, task: Token) -> None:
        called = task.workflow.top_workflow.calls[task.id]
        if self.io is not None and self.io.outputs:
            pairs = zip(self.io.outputs, called.spec.outputs, strict=False)
            task.set_locals({place.name: called.variables.get(name) for place, name in pairs})
        inside, around, own = called.task_tree, dict[str, Any](), dict[str, Any]()
        for passed in self.passed_out:
            found = passed.values(inside, called.variables)
            if not passed.target:
                found = {name: value for name, value in found.items() if name not in COUNTS}
            (own if passed.local else around).update(found)
        around, own = storable(around, "expression"), storable(own, "expression")
        if own:
            task.set_locals(own)
        if around:
            self.give(task, around, "expression")
