"""Transaction subprocesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stellwerk.engine.elements.compensation import compensate
from stellwerk.engine.elements.subprocess import SubProcess
from stellwerk.engine.token import CANCELLED, Token

if TYPE_CHECKING:
    from stellwerk.engine.elements.boundary import BoundaryEvent


class Transaction(SubProcess):
    """BPMN 10.3.5, 13.3.5: a subprocess that a cancel end event takes back.

    What is active inside is withdrawn with all that is in it, what has completed is compensated, then the token leaves
    by the cancel boundary event. Without one nothing leaves.
    """

    def cancelled(self, host: Token) -> None:
        """Everything inside is undone."""
        place = host
        while place is not place.workflow.task_tree:
            for name in getattr(place.task_spec, "catchers", ()):
                boundary: BoundaryEvent = place.workflow.spec.task_specs[name]
                if boundary.definition_of("cancel") is not None:
                    boundary.catch_thrown(place, {})
                    return
            place = place.parent
        around, scope = host.parent, host.workflow
        host.cancel(f"'{self.label}' is cancelled")
        if around is scope.task_tree:
            scope.check_complete()
        else:
            around.task_spec.child_finished(around, host)


def cancel_transaction(task: Token) -> None:
    """A cancel end event has been reached; the token is in the transaction, or in a subprocess inside of it."""
    host = task.workflow.parent_task
    while host is not None and not isinstance(host.task_spec, Transaction):
        host = host.workflow.parent_task
    assert host is not None, "a rule has made sure of it"
    instance = host.workflow.top_workflow
    scope = instance.subprocesses[host.id]
    task.ended("completed")  # before what is around it is withdrawn
    task._set_state(CANCELLED)
    task.workflow.discard(task)
    scope.interrupted = True
    scope.clear(f"cancel of '{host.task_spec.label}'")
    if not compensate(scope, None, cancels=1):
        host.task_spec.cancelled(host)
