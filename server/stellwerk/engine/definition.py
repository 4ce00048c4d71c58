"""What a BPMN file becomes: immutable, shared by threads and instances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from stellwerk.engine.correlation import Correlation
from stellwerk.errors import Problem

if TYPE_CHECKING:
    from stellwerk.engine.expressions import Expression
    from stellwerk.engine.scope_spec import ScopeSpec
    from stellwerk.engine.times.timers import TimerKind

COMPILER_VERSION = 1  # part of the cache key of definitions; goes up when the same file compiles differently

StartKind = Literal["none", "message", "timer", "signal"]


@dataclass(frozen=True)
class StartEvent:
    """One way in which the process begins: a start event, a receive task or event that starts it, or one of several

    events of such an element. `name` is the message's or signal's name, `expression` the timer's text.
    """

    element_id: str
    kind: StartKind
    name: str | None = None
    expression: str | None = None
    form_key: str | None = None  # the start form: a deployed form's key, or a key of Definition.forms
    trigger: str = ""  # what StartInstance names: the element's id, `id [2]` for the second of its several events
    entry: str = ""  # where the token begins: the element, or the event-based gateway before it


Named = Literal["topic", "form", "date"]


@dataclass(frozen=True)
class Element:
    """A flow node of the diagram, also inside subprocesses."""

    id: str
    name: str | None
    type: str  # the BPMN tag: "userTask", "boundaryEvent", ...
    line: int | None


@dataclass(frozen=True)
class Definition:
    """One executable process. `process` and `scopes` belong to the engine."""

    key: str
    name: str | None
    version_tag: str | None
    starts: tuple[StartEvent, ...]
    elements: Mapping[str, Element]
    topics: frozenset[str]
    form_keys: frozenset[str]
    forms: Mapping[str, Mapping[str, Any]]  # form key -> form-js schema, generated from camunda:formData
    scopes: Mapping[str, ScopeSpec] = field(repr=False, compare=False)
    named_at: Mapping[tuple[Named, str], str] = field(default_factory=dict, repr=False, compare=False)
    """Topics, forms and dates that the diagram names as they are -> the first element that does."""
    start_timers: Mapping[str, tuple[TimerKind, Expression]] = field(default_factory=dict, repr=False, compare=False)
    documentation: str = ""
    correlation: Correlation = field(default=Correlation(), repr=False, compare=False)
    called: Mapping[str, str] = field(default_factory=dict)  # call activity -> the process that it names literally
    decisions_called: Mapping[str, str] = field(default_factory=dict)  # business rule task -> the decision, likewise

    @property
    def process(self) -> ScopeSpec:
        return self.scopes[self.key]


@dataclass(frozen=True)
class Compilation:
    """All processes of one file and all findings about it. No definitions if there is an error among the problems."""

    definitions: tuple[Definition, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.severity == "error")
