"""Look at files before they are deployed: every finding of the compiler, of the form rules, and of this server."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from stellwerk.engine import Definition
from stellwerk.engine.definition import Named
from stellwerk.engine.times.timers import TimerInvalid, as_date, next_start
from stellwerk.errors import Problem, TooLarge
from stellwerk.forms import validate_schema
from stellwerk.store import definitions as store
from stellwerk.store.decisions import known_keys as known_decisions
from stellwerk.store.decisions import list_keys as list_decision_keys
from stellwerk.store.ids import new_id
from stellwerk.store.projection import cut
from stellwerk.usecases import library
from stellwerk.usecases.examine_decisions import DecisionFile, examine_decisions
from stellwerk.usecases.runtime import Runtime

Files = Sequence[tuple[str, bytes]]
MOST_FILES = 100
MOST_NAMES = 500  # known names among which a similar one is looked for
LONGEST_KEY = 255
BPMN, FORM, DMN = (".bpmn", ".bpmn20.xml"), (".form",), (".dmn",)


@dataclass(frozen=True)
class Process:
    """One executable process of a file, as it would be stored."""

    filename: str
    hash: str
    source: bytes
    definition: Definition

    @property
    def name(self) -> str:
        return cut(self.definition.name) or self.definition.key

    @property
    def version_tag(self) -> str | None:
        return cut(self.definition.version_tag) or None

    @property
    def documentation(self) -> str:
        return cut(self.definition.documentation, 20_000)

    @property
    def start_form_key(self) -> str | None:
        """The form of the none start event: people start with that one."""
        keys = [start.form_key for start in self.definition.starts if start.kind == "none" and start.form_key]
        return cut(keys[0]) if keys else None


@dataclass(frozen=True)
class Form:
    filename: str
    hash: str
    source: bytes
    key: str  # the schema's id, else the file's name

    def row(self, deployment_id: UUID, at: datetime) -> dict[str, Any]:
        return {
            "id": new_id(),
            "key": self.key,
            "filename": self.filename,
            "deployment_id": deployment_id,
            "deployed_at": at,
            "source_hash": self.hash,
        }


@dataclass(frozen=True)
class Examined:
    processes: tuple[Process, ...]
    forms: tuple[Form, ...]
    decisions: tuple[DecisionFile, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.severity == "error"]


def examine(rt: Runtime, files: Files) -> Examined:
    """Compile and check all files. Raises TooLarge; everything else is among the problems."""
    _limit(rt, files)
    problems = list(_names(files))
    processes: list[Process] = []
    forms: list[Form] = []
    for name, content in files:
        if name.endswith(BPMN):
            found, about = _bpmn(rt, name, content)
            processes += found
        elif name.endswith(FORM):
            form, about = _form(name, content)
            forms += [form] if form else []
        elif name.endswith(DMN):
            continue  # together: they may import each other
        else:
            about = [_unknown_kind(name)]
        problems += about
    decisions, about = examine_decisions(rt, [file for file in files if file[0].endswith(DMN)])
    problems += about
    problems += _same_keys(processes)
    problems += _of_this_server(rt, processes, forms, {one.key for file in decisions for one in file.decisions})
    return Examined(tuple(processes), tuple(forms), tuple(decisions), tuple(problems))


def _limit(rt: Runtime, files: Files) -> None:
    most = rt.settings.upload_limit * 1024 * 1024
    if len(files) > MOST_FILES:
        raise TooLarge(f"There are {len(files)} files. At most {MOST_FILES} can be deployed together.")
    for name, content in files:
        if len(content) > most:
            size = f"{len(content) / 1024 / 1024:.1f} MB, the limit is {rt.settings.upload_limit} MB"
            raise TooLarge(f"{cut(name, 100)} has {size}. Make it smaller, or raise STELLWERK_UPLOAD_LIMIT.")


def _problem(file: str, rule: str, message: str, severity: Any = "error") -> Problem:
    return Problem(file, None, None, None, rule, message, severity)


def _names(files: Files) -> Iterator[Problem]:
    if not files:
        yield _problem("", "files", "There is no file. Send at least one .bpmn, .dmn or .form file.")
    for name, count in Counter(name for name, _ in files).items():
        if count > 1:
            yield _problem(name, "file-name", f"{count} files are named {name}. Give each a name of its own.")
        if not name or len(name) > LONGEST_KEY or "\0" in name:
            yield _problem(cut(name, 100), "file-name", f"A file's name must have 1 to {LONGEST_KEY} characters.")


def _unknown_kind(name: str) -> Problem:
    message = f"{name} is no diagram (.bpmn), decision model (.dmn) or form (.form). Rename or leave it out."
    return _problem(name, "file-kind", message)


def _bpmn(rt: Runtime, name: str, content: bytes) -> tuple[list[Process], list[Problem]]:
    hash = hashlib.sha256(content).hexdigest()
    compilation = library.compile_source(rt, hash, content, name)
    problems = [replace(problem, file=name) for problem in compilation.problems]
    return [Process(name, hash, content, definition) for definition in compilation.definitions], problems


def _form(name: str, content: bytes) -> tuple[Form | None, list[Problem]]:
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError) as error:
        message = f"The form is not JSON: {error}. Save it again in the form editor."
        return None, [_problem(name, "form-json", message)]
    problems = list(validate_schema(schema, file=name))
    id = schema.get("id") if isinstance(schema, Mapping) else None
    key = id if isinstance(id, str) and id else name.removesuffix(".form")
    if len(key) > LONGEST_KEY or "\0" in key:
        problems.append(_problem(name, "form-id", f"The form's id must have at most {LONGEST_KEY} characters."))
    return Form(name, hashlib.sha256(content).hexdigest(), content, key), problems


def _same_keys(processes: Sequence[Process]) -> Iterator[Problem]:
    for key, count in Counter(process.definition.key for process in processes).items():
        if count > 1:
            files = ", ".join(sorted({p.filename for p in processes if p.definition.key == key}))
            yield _problem(files, "process-id", f"The process id '{key}' occurs {count} times. Give each its own id.")


def _of_this_server(
    rt: Runtime, processes: Sequence[Process], forms: Sequence[Form], decisions: Collection[str]
) -> list[Problem]:
    """What depends on the server: times of timers; topics, forms, called processes and decisions that are not here."""
    brought = {form.key for form in forms} | {form.filename for form in forms}
    brought |= {form.filename.removesuffix(".form") for form in forms}
    topics = rt.handlers.topics()
    with rt.database.reading() as tx:
        now = rt.database.now(tx)
        asked = {key for p in processes for key in p.definition.form_keys - p.definition.forms.keys()}
        known = brought | store.known_forms(tx, asked - brought)
        others = store.list_form_keys(tx, MOST_NAMES) if asked - known else []
        called = {key for p in processes for key in p.definition.called.values()}
        there = {p.definition.key for p in processes} | store.known_keys(tx, called)
        wanted = {key for p in processes for key in p.definition.decisions_called.values()} - set(decisions)
        unknown = wanted - known_decisions(tx, wanted)
        keys = list_decision_keys(tx, MOST_NAMES) if unknown else []
    problems: list[Problem] = []
    for process in processes:
        problems += _timer_starts(process, now, rt.settings.time_zone)
        problems += _calls(process, there)
        problems += _decisions(process, unknown, (*decisions, *keys))
        problems += _past_dates(process, now, rt.settings.time_zone)
        for topic in sorted(process.definition.topics - topics):
            message = (
                f"No handler is registered for the topic '{topic}' here: its jobs wait until a worker has one. "
                f"{_meant(topic, topics)}Name your handlers in STELLWERK_HANDLERS."
            )
            problems.append(_at(process, "topic", topic, "topic-unknown", message))
        for key in sorted(process.definition.form_keys - process.definition.forms.keys() - known):
            message = (
                f"The form '{key}' is not deployed: people get an editor for variables. "
                f"{_meant(key, (*brought, *others))}Deploy it with the diagram."
            )
            problems.append(_at(process, "form", key, "form-unknown", message))
    return problems


def _calls(process: Process, there: Collection[str]) -> Iterator[Problem]:
    """Not an error: processes may be deployed one after the other, in any order."""
    for id, key in sorted(process.definition.called.items()):
        if key not in there:
            element = process.definition.elements[id]
            message = (
                f"'{element.name or id}' calls the process '{key}', which is not deployed: until it is, each call is "
                "an incident. Deploy it too, or correct the called element."
            )
            yield Problem(process.filename, element.line, id, element.name, "called-unknown", message, "warning")


def _decisions(process: Process, unknown: Collection[str], known: Iterable[str]) -> Iterator[Problem]:
    """Not an error, as for called processes."""
    for id, key in sorted(process.definition.decisions_called.items()):
        if key in unknown:
            element = process.definition.elements[id]
            message = (
                f"'{element.name or id}' evaluates the decision '{key}', which is not deployed: until it is, each time "
                f"is an incident. {_meant(key, known)}Deploy it too, or correct the decision's id."
            )
            yield Problem(process.filename, element.line, id, element.name, "decision-unknown", message, "warning")


def _meant(name: str, known: Iterable[str]) -> str:
    """A known name that is nearly the same, as a question."""
    near = get_close_matches(name, sorted(known)[:MOST_NAMES], 1, 0.8)
    return f"Do you mean '{near[0]}'? " if near else ""


def _at(process: Process, what: Named, name: str, rule: str, message: str) -> Problem:
    """A warning about something that an element of the process names."""
    element = process.definition.elements.get(process.definition.named_at.get((what, name), ""))
    if element is None:
        return _problem(process.filename, rule, message, "warning")
    return Problem(process.filename, element.line, element.id, element.name, rule, message, "warning")


def _past_dates(process: Process, now: datetime, zone: ZoneInfo) -> Iterator[Problem]:
    for what, text in process.definition.named_at:
        try:
            past = what == "date" and as_date(text, zone) < now
        except TimerInvalid:  # told by the compiler
            continue
        if past:
            message = f"The time '{text}' of this timer is over. Write a later one."
            yield _at(process, "date", text, "timer-past", message)


def _timer_starts(process: Process, now: datetime, zone: ZoneInfo) -> Iterator[Problem]:
    for start in process.definition.starts:
        if start.kind == "timer":
            try:
                next_start(process.definition, start.trigger, None, now, zone)
            except TimerInvalid as error:
                element = process.definition.elements[start.element_id]
                yield Problem(process.filename, element.line, element.id, element.name, "timer-start", str(error))
