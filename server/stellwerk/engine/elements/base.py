"""What all flow nodes have in common: tokens arrive, run, and leave along flows.

The life of a token at a node is SpiffWorkflow's: `_update` (arrives) -> `_ready` -> `_run_hook` -> `_on_complete_hook`
(leaves). The agenda calls Task.run; nothing here calls itself along the flows of a diagram.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from stellwerk.engine.events import DecisionMade
from stellwerk.engine.expressions import Expression
from stellwerk.engine.expressions.reads import shown, values_read
from stellwerk.engine.faults import Fault
from stellwerk.engine.script_engine import SCRIPT_ENGINE
from stellwerk.engine.token import ERROR, WAITING, Token

if TYPE_CHECKING:
    from stellwerk.engine.data import NodeData
    from stellwerk.engine.scope import Scope

MOST_DIGITS = 30  # of a whole number that an expression gives; FEEL has numbers of 6,000, which Python does not write


@dataclass(frozen=True)
class Flow:
    """A sequence flow as its source sees it."""

    id: str
    target: str
    condition: Expression | None


class Node(BpmnSpecMixin):
    """BPMN 13.2.1, 13.4: a node begins when a token arrives, and gives a token to each flow that it takes.

    `start_quantity` tokens must arrive before it begins; `completion_quantity` tokens leave on each flow taken.
    """

    name: str
    bpmn_id: str
    bpmn_name: str | None
    lane: str | None
    manual: bool
    documentation: str | None
    silent = False  # its tokens are none of the diagram: history does not show them
    is_event_subprocess = False
    joins = False  # whether it must know along which flow a token came
    waiting_state = WAITING  # of tokens that a loaded snapshot must register: see `rejoin`
    start_quantity = 1
    completion_quantity = 1
    instantiate = False  # the process begins here when its event happens
    io: NodeData | None = None  # the data that it takes and gives

    def __init__(self, wf_spec: Any, bpmn_id: str, *, element_type: str = "", **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.element_type = element_type
        self.flows: list[Flow] = []
        self.incoming: list[str] = []
        self.default: str | None = None

    @property
    def label(self) -> str:
        """The name that people see, else the id."""
        return self.bpmn_name or self.bpmn_id

    # -- arriving
    def _update(self, task: Token) -> None:
        task.started()
        self.arrive(task)

    def arrive(self, task: Token) -> None:
        """Begin, unless further tokens must arrive before. Raises Fault as `enter` does."""
        if self.start_quantity == 1 or self._enough(task):
            self.enter(task)

    def _enough(self, task: Token) -> bool:
        """Whether this token completes the quantity; the tokens that waited for it are consumed."""
        waiting = task.workflow.joins.setdefault(self.name, {}).setdefault("", {})
        if len(waiting) + 1 < self.start_quantity:
            waiting[task.id] = task
            task._set_state(WAITING)
            return False
        for other in list(waiting.values()):
            task.workflow.merge(other)
        waiting.clear()
        return True

    def enter(self, task: Token) -> None:
        """Begin. Raises Fault; `again` then begins anew."""
        task._ready()

    def again(self, task: Token, stage: str) -> None:
        """Repeat the stage `enter` after an incident; elements with stages of their own add them."""
        self.enter(task)

    def rejoin(self, task: Token) -> None:
        """A snapshot was loaded in which the token waits here."""
        task.workflow.joins.setdefault(self.name, {}).setdefault("", {})[task.id] = task

    def _on_ready(self, task: Token) -> None:
        if not self.manual:
            task.workflow.top_workflow.agenda.append(task)

    # -- running
    def _run_hook(self, task: Token) -> bool | None:
        """True: done, the token leaves. None: it waits for something."""
        return True

    # -- leaving
    def take(self, task: Token) -> Sequence[Flow]:
        """BPMN 13.2.1: all unconditional flows and all whose condition is true; the default flow if there is none."""
        taken = [f for f in self.flows if f.id != self.default and self.passes(task, f)]
        return taken or self.take_default(task)

    def take_default(self, task: Token) -> Sequence[Flow]:
        for flow in self.flows:
            if flow.id == self.default:
                self._decided(task, "", {}, True, (flow.id,))
                return [flow]
        if not self.flows:
            return []
        raise Fault(
            "no-flow",
            f"No flow leads on from '{self.label}': no condition is true and there is no default flow. "
            "Change the variables and retry, or add a default flow.",
        )

    def passes(self, task: Token, flow: Flow) -> bool:
        if flow.condition is None:
            return True
        result = self.holds(task, flow.condition)
        self._decided(task, flow.condition.text, self._read(task, flow.condition), result, (flow.id,) if result else ())
        return result

    def _on_complete_hook(self, task: Token) -> None:
        """Everything that may fail comes before anything that changes."""
        if self.io is not None and "undoes" not in task.internal_data:
            self.io.give(task)
        self.leave(task, self.take(task))

    def leave(self, task: Token, flows: Sequence[Flow]) -> None:
        scope = task.workflow
        if task._children:
            scope.top_workflow.withdraw(task.children, f"'{self.label}' completed")
        task.ended("completed")
        if scope.goes_on(task):
            for _ in range(self.completion_quantity):
                scope.follow(self.bpmn_id, flows)

    def is_at_work(self, task: Token) -> bool:
        """Whether something is being done at the token that nobody outside has to decide or to trigger."""
        return task._state == ERROR

    def child_finished(self, task: Token, child: Token) -> None:
        """A token inside of this one has left."""

    def inner_goes_on(self, host: Token, token: Token) -> bool:
        """Whether a token that leaves its node in the scope of this one takes its flows."""
        return True

    def inner_finished(self, host: Token, scope: Scope, token: Token) -> None:
        """A token has left its node in the scope of this one."""

    def bereft(self, task: Token) -> bool:
        """An operator has taken away what was inside. Whether the token stays and goes on; else it goes as well."""
        return False

    def withdrawn(self, task: Token, reason: str) -> None:
        """The token is taken away while it is here."""
        self.forget(task)
        task.ended("cancelled", reason)

    def forget(self, task: Token) -> None:
        """It waits here no longer."""
        waiting = task.workflow.joins.get(self.name)
        if waiting and "" in waiting:
            waiting[""].pop(task.id, None)

    # -- expressions
    def evaluate(self, task: Token, expression: Expression) -> Any:
        return SCRIPT_ENGINE.evaluate(task, expression)

    def holds(self, task: Token, expression: Expression) -> bool:
        return SCRIPT_ENGINE.holds(task, expression)

    def given(self, task: Token, expression: Expression, what: str) -> Any:
        """The value of what need not be there: null is nothing, unless it is null by a mistake. Raises Fault."""
        value = self.evaluate(task, expression)
        if value is None and (why := self.why_null(task, expression)):
            raise Fault("expression", f"The {what} of '{self.label}' is null.{why}")
        return value

    def text_of(self, task: Token, expression: Expression, what: str, kind: str) -> str:
        """The value of what must be there, as text. Raises Fault of `kind`."""
        value = self.evaluate(task, expression)
        text = "" if value is None else str(value).strip()
        if not text:
            why = self.why_null(task, expression) if value is None else ""
            raise Fault(kind, f"The {what} of '{self.label}' is empty.{why} Change its expression or the variables.")
        return text

    def why_null(self, task: Token, expression: Expression) -> str:
        """Behind a message: a space and what made null of the expression, if it says so."""
        return SCRIPT_ENGINE.why_null(task, expression)

    def whole_number(self, task: Token, expression: Expression | None, what: str, default: int) -> int:
        value = default if expression is None else self.evaluate(task, expression)
        try:
            if isinstance(value, bool) or (isinstance(value, Decimal) and value.adjusted() > MOST_DIGITS):
                raise ValueError
            number = int(value)
            if isinstance(value, int | str) or number == value:
                return number
        except (TypeError, ValueError, ArithmeticError):
            pass
        why = self.why_null(task, expression) if expression is not None and value is None else ""
        raise Fault("expression", f"The {what} of '{self.label}' is {shown(value)!r}. It must be a whole number.{why}")

    def decide(self, task: Token, expression: Expression) -> bool:
        """A condition that is not on a flow, told to the history."""
        result = self.holds(task, expression)
        self._decided(task, expression.text, self._read(task, expression), result, ())
        return result

    def _read(self, task: Token, expression: Expression) -> dict[str, Any]:
        return values_read(expression.paths, task.data)

    def _decided(self, task: Token, text: str, read: dict[str, Any], result: Any, flows: tuple[str, ...]) -> None:
        task.workflow.record(DecisionMade(task.id, self.bpmn_id, text, read, result, flows))


class Joining(Node):
    """A node that waits until tokens have come along several flows."""

    joins = True

    def waiting(self, scope: Scope) -> dict[str, dict[int, Token]]:
        """The waiting tokens by the flow along which they came; flows without tokens are not there."""
        return scope.joins.setdefault(self.name, {})

    def rejoin(self, task: Token) -> None:
        self.waiting(task.workflow).setdefault(task.internal_data["flow"], {})[task.id] = task

    def forget(self, task: Token) -> None:
        waiting = self.waiting(task.workflow)
        flow = task.internal_data.get("flow", "")
        tokens = waiting.get(flow, {})
        tokens.pop(task.id, None)
        if not tokens:
            waiting.pop(flow, None)
