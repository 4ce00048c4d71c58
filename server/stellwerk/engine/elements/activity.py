"""Activities: what may have boundary events, mappings, and end with a BPMN error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stellwerk.engine import mappings
from stellwerk.engine.elements.base import Flow, Node
from stellwerk.engine.elements.compensation import is_reopened, is_undoing, remember
from stellwerk.engine.faults import storable
from stellwerk.engine.thrown import throw_error
from stellwerk.engine.token import FUTURE, READY, WAITING, Token
from stellwerk.engine.variables import Variables
from stellwerk.errors import ErrorThrown

if TYPE_CHECKING:
    from stellwerk.engine.elements.boundary import BoundaryEvent


class Activity(Node):
    """BPMN 13.3: an activity becomes active when its tokens have arrived; its boundary events listen as long as it is.

    Input parameters become variables of the activity alone. With output parameters, what a job or a script gives
    stays inside as well, and only the output parameters are written around the activity.
    """

    inputs: mappings.Parameters = {}
    outputs: mappings.Parameters = {}
    for_compensation = False  # it is a handler: no flow leads to it

    @property
    def reopened(self) -> str | None:
        """What undoes the activity without a handler; see `remember`."""
        return None

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.handler: str | None = None  # the activity that undoes this one
        self.listeners: list[str] = []  # boundary events that subscribe: message, timer
        self.catchers: list[str] = []  # boundary events that what happens inside is thrown to: error

    def enter(self, task: Token) -> None:
        if is_reopened(task):
            self.begin(task)
            return
        self.activate(task)
        self.take_inputs(task)

    def activate(self, task: Token) -> None:
        """Its own variables are there, its boundary events listen. Raises Fault."""
        if self.inputs:
            task.set_locals(mappings.compute(task, self.inputs))
        for name in self.listeners:
            boundary: BoundaryEvent = task.workflow.spec.task_specs[name]
            boundary.wait(task._add_child(boundary, FUTURE))

    def take_inputs(self, task: Token) -> None:
        """BPMN 13.3.2: the activity begins when an input set is available; until then it waits for its data."""
        own = self.io.ready(task) if self.io is not None else {}
        if own is None:
            self._await_data(task)
            return
        if "awaits" in task.internal_data:
            task.forget("awaits")
        if own:
            task.set_locals(own)
        self.begin(task)

    def _await_data(self, task: Token) -> None:
        if self.io is not None and "awaits" not in task.internal_data:
            task.remember(awaits=True)
            missing = self.io.missing(task)
            self._decided(task, f"data of '{self.label}'", dict.fromkeys(missing), False, ())
        task._set_state(WAITING)
        task.workflow.top_workflow.event_manager.awaiting[task.id] = task

    def look(self, task: Token) -> None:
        """Something was written while the token waits for its inputs. Raises Fault; then it waits no longer."""
        del task.workflow.top_workflow.event_manager.awaiting[task.id]
        self.take_inputs(task)

    def rejoin(self, task: Token) -> None:
        if "awaits" in task.internal_data:
            task.workflow.top_workflow.event_manager.awaiting[task.id] = task
        else:
            super().rejoin(task)

    def begin(self, task: Token) -> None:
        """The activity is active."""
        task._ready()

    def again(self, task: Token, stage: str) -> None:
        if stage == "begin":
            self.begin(task)
        else:
            super().again(task, stage)

    # -- running
    def _run_hook(self, task: Token) -> bool | None:
        try:
            if "thrown" in task.internal_data:
                self._throw_kept(task)
            return self.perform(task)
        except ErrorThrown as error:
            throw_error(task, error.error_code, error.message, storable(error.variables, "script"))
            return None

    def perform(self, task: Token) -> bool | None:
        return True

    def keep_error(self, task: Token, error: ErrorThrown) -> None:
        """Its handler has ended it with a BPMN error, which is thrown when the activity runs next."""
        task.remember(thrown=[error.error_code, error.message])
        task.hide("thrown", error.variables)
        task._set_state(READY)

    def _throw_kept(self, task: Token) -> None:
        code, message = task.internal_data["thrown"]
        variables = task.hidden["thrown"] if task.hidden is not None else {}
        task.forget("thrown")
        task.hidden = None
        raise ErrorThrown(code, message, variables)

    def give(self, task: Token, changed: Mapping[str, Any], kind: str) -> None:
        """Write what a job or a script gave. Raises Fault of `kind` for what is no variable."""
        checked = storable(changed, kind)
        if self.outputs:
            task.set_locals(checked)
        else:
            task.data.assign(checked)

    # -- leaving
    def _on_complete_hook(self, task: Token) -> None:
        if self.outputs and not is_reopened(task):
            around = Variables(task.workflow.process, task.enclosing)
            around.assign(mappings.compute(task, self.outputs))
        super()._on_complete_hook(task)

    def take(self, task: Token) -> Sequence[Flow]:
        return () if is_undoing(task) else super().take(task)

    def leave(self, task: Token, flows: Sequence[Flow]) -> None:
        remember(task, self.handler, self.reopened)
        super().leave(task, flows)
