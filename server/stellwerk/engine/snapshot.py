"""The live state of an instance as named parts of bytes, and back.

Parts: `0` is the process with its variables, `<token>` the scope of the running subprocess with that token,
`<scope>.<page>` the tokens of a scope that has many, `u.<page>` what can be undone, `r.<token>.<page>` results of a
multi-instance activity, `v.<hash>` one large value. Parts name BPMN ids only; each says its version. What has not
changed since the last dump is not encoded again: rows and values keep their stored form. Token numbers stand as
differences, so that a part does not grow as they do.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from stellwerk.engine import values
from stellwerk.engine.definition import Definition
from stellwerk.engine.host import Library
from stellwerk.engine.instance import Instance
from stellwerk.engine.token import STARTED, Token
from stellwerk.engine.undo import Record
from stellwerk.engine.variables import Layer

if TYPE_CHECKING:
    from stellwerk.engine.scope import Scope

VERSION = 1
LARGE = 2_000  # bytes from which a value gets its own part
UNDO_PART = "u."  # begins the names of parts that hold what can be undone
RESULTS_PART = "r."  # begins the names of parts that hold results of multi-instance activities
PAGE_BITS = 6  # tokens of one page share their number without the lowest bits
MANY, FEW = 128, 64  # a scope with more tokens than MANY has pages until it has FEW
Document = dict[str, Any]
# version -> the step that turns a document of that version into one of the next
UPGRADES: Mapping[int, Callable[[Document], Document]] = {}


# -- bytes
def squeeze(data: bytes) -> bytes:
    """The first byte says what follows: 0 plain, 1 compressed."""
    if len(data) > 256:
        packed = zlib.compress(data, 1)
        if len(packed) < len(data):
            return b"\x01" + packed
    return b"\x00" + data


def unsqueeze(data: bytes) -> bytes:
    return zlib.decompress(data[1:]) if data[:1] == b"\x01" else data[1:]


def read_document(data: bytes) -> Document:
    """A part as it would be written today."""
    document: Document = orjson.loads(unsqueeze(data))
    while document["v"] != VERSION:
        document = UPGRADES[document["v"]](document)
    return document


# -- dump
def dump(instance: Instance, parts: dict[str, bytes]) -> tuple[dict[str, bytes], frozenset[str]]:
    """What has changed since `parts` was dumped or loaded; `parts` is brought up to date. -> (put, dropped)"""
    agenda = [token.id for token in instance.agenda if token.id in instance.tokens]
    gap = instance.last_id - next(reversed(instance.tokens))  # the newest token comes last
    if agenda != instance.saved_agenda or instance.dirty or gap != instance.saved_gap:
        instance.saved_agenda, instance.saved_gap = agenda, gap
        instance.touch(0)
    dumper = _Dumper(instance, parts)
    for scope in (instance, *instance.subprocesses.values()):
        if scope.changed:
            dumper.scope(scope)
    dumper.records()
    dumper.results()
    dumper.drop()
    for name in dumper.dropped:
        del parts[name]
    parts.update(dumper.put)
    return dumper.put, frozenset(dumper.dropped)


class _Dumper:
    def __init__(self, instance: Instance, parts: Mapping[str, bytes]) -> None:
        self.instance, self.parts = instance, parts
        self.put: dict[str, bytes] = {}
        self.dropped: set[str] = set()

    def scope(self, scope: Scope) -> None:
        own = str(scope.scope_id)
        rows = b""
        if len(scope.tasks) > (FEW if scope.pages else MANY):
            self._pages(scope)
        else:
            rows = self.rows(scope, scope.tasks.values(), scope.scope_id)
            self.dropped.update(f"{own}.{page}" for page in scope.pages)
            scope.pages = set()
        head = orjson.dumps(_head(self.instance, scope))[:-1]
        if scope is scope.process:
            head += b',"vars":' + self.layer(scope.process.variables)
        self.put[own] = squeeze(head + b',"rows":[' + rows + b"]}")
        scope.changed = set()

    def _pages(self, scope: Scope) -> None:
        touched = scope.changed if scope.pages else scope.tasks
        for page in sorted({id >> PAGE_BITS for id in touched}):
            first = page << PAGE_BITS
            tokens = [scope.tasks[id] for id in range(first, first + (1 << PAGE_BITS)) if id in scope.tasks]
            rows = self.rows(scope, tokens, first)
            name = f"{scope.scope_id}.{page}"
            if rows:
                scope.pages.add(page)
                self.put[name] = squeeze(b'{"v":%d,"rows":[' % VERSION + rows + b"]}")
            elif page in scope.pages:
                scope.pages.discard(page)
                self.dropped.add(name)

    def rows(self, scope: Scope, tokens: Iterable[Token], last: int) -> bytes:
        """The rows of these tokens; `last` is the number before the first one."""
        found = []
        for token in tokens:
            if token is not scope.task_tree:
                found.append(b"[%d," % (token.id - last) + self.row(token))
                last = token.id
        return b",".join(found)

    def row(self, token: Token) -> bytes:
        """[steps from the row before, steps to the parent (0: the root), node, state, element's state, locals, hidden].

        Without the first one, which depends on the other rows, and without empty ones at the end.
        """
        if token.row is None:
            parent = 0 if token.parent is token.workflow.task_tree else token.id - token.parent.id
            tail = [orjson.dumps(token.internal_data) if token.internal_data else b"0"]
            tail += [self.layer(layer) if layer else b"0" for layer in (token.locals, token.hidden)]
            while tail and tail[-1] == b"0":
                tail.pop()
            text = orjson.dumps([parent, token.task_spec.name, token._state])[1:-1]
            token.row = b",".join([text, *tail]) + b"]"
        return token.row

    def records(self) -> None:
        """What can be undone, in pages: a loop adds to the last one only."""
        records = self.instance.records
        for page in sorted(records.changed):
            first = page << PAGE_BITS
            found = [records.all[id] for id in range(first, first + (1 << PAGE_BITS)) if id in records.all]
            name = f"{UNDO_PART}{page}"
            if found:
                self.put[name] = squeeze(b'{"v":%d,"rows":[' % VERSION + b",".join(map(self.record, found)) + b"]}")
            else:
                self.dropped.add(name)
        records.changed = set()

    def results(self) -> None:
        """What instances of multi-instance activities gave: one of them rewrites the page of its index only."""
        results = self.instance.results
        for token_id, page in sorted(results.changed):
            name = f"{RESULTS_PART}{token_id}.{page}"
            layer = results.pages.get(token_id, {}).get(page)
            if layer is None:
                self.dropped.add(name)
            else:
                self.put[name] = squeeze(b'{"v":%d,"results":' % VERSION + self.layer(layer) + b"}")
        results.changed = set()

    def record(self, record: Record) -> bytes:
        """[id, owner, activity, node, began, inner, variables], of a call also [..., called, its variables]."""
        if record.row is None:
            plain = [record.id, record.owner, record.activity, record.node, record.began, record.inner]
            row = [orjson.dumps(plain)[1:-1], self.layer(record.variables)]
            if record.called:
                row += [orjson.dumps(record.called), self.layer(record.process)]
            record.row = b"[" + b",".join(row) + b"]"
        return record.row

    def layer(self, layer: Layer) -> bytes:
        for name, value in layer.items():
            if name not in layer.stored:
                layer.stored[name] = self._stored(layer, name, values.encode(value))
        return b"{" + b",".join([orjson.dumps(name) + b":" + layer.stored[name] for name in layer]) + b"}"

    def _stored(self, layer: Layer, name: str, data: bytes) -> bytes:
        if len(data) < LARGE:
            return data
        part = "v." + hashlib.sha256(data).hexdigest()[:32]
        layer.large[name] = part
        self.instance.large_parts.add(part)
        if part not in self.parts:
            self.put[part] = squeeze(data)
        return orjson.dumps({values.TAG: "ref", "v": part})

    def drop(self) -> None:
        """Parts of scopes that are closed and of values that nobody has any more."""
        for scope_id, pages in self.instance.closed_scopes.items():
            self.dropped.update((str(scope_id), *(f"{scope_id}.{page}" for page in pages)))
        self.instance.closed_scopes.clear()
        if self.instance.large_parts:
            used = {part for layer in _layers(self.instance) for part in layer.large.values()}
            unused = self.instance.large_parts - used
            self.dropped |= unused
            self.instance.large_parts = used
            for name in unused:
                self.put.pop(name, None)
        self.dropped &= self.parts.keys()


def _head(instance: Instance, scope: Scope) -> Document:
    head: Document = {"v": VERSION, "spec": scope.spec.name, "root": scope.task_tree.id - scope.scope_id}
    if scope.completed:
        head["completed"] = True
    if scope.interrupted:
        head["interrupted"] = True
    if scope is scope.process and scope.process.keys:
        head["keys"] = scope.process.keys
    return head | _instance_head(instance) if scope is instance else head


def _instance_head(instance: Instance) -> Document:
    """What is there once; what is empty is left out."""
    conversations = instance.conversations
    manager = instance.event_manager
    watched = manager.conditions or manager.awaiting or conversations.subscribed or conversations.stale
    found = {
        "agenda": instance.saved_agenda,
        "dirty": instance.dirty and bool(watched),
        "stale": sorted(conversations.stale),
        "starting": instance.starting,
        "suspended": instance.suspended,
        "end": list(instance.end or ()),
    }
    head: Document = {"last": instance.saved_gap, **{name: value for name, value in found.items() if value}}
    if instance.business_key is not None:
        head["key"] = instance.business_key
    return head


def _layers(instance: Instance) -> Iterator[Layer]:
    yield instance.variables
    for process in instance.calls.values():
        yield process.variables
    for token in instance.tokens.values():
        for layer in (token.locals, token.hidden):
            if layer:
                yield layer
    for record in instance.records.all.values():
        yield record.variables
        yield record.process
    for pages in instance.results.pages.values():
        yield from pages.values()


# -- load
def load(definition: Definition, parts: Mapping[str, bytes], library: Library) -> Instance:
    """The instance as it was when `parts` was dumped. No event is recorded, no timer armed anew."""
    instance = Instance(definition)
    documents = {name: read_document(data) for name, data in parts.items() if not name.startswith("v.")}
    loader = _Loader(instance, parts, documents, library)
    inside = {int(name) for name in documents if "." not in name}
    todo = [0]  # a scope comes after the scope around it, in which its token is
    for scope_id in todo:
        loader.scope(scope_id)
        scope = instance.subprocesses[scope_id] if scope_id else instance
        todo += sorted(inside & scope.tasks.keys())
    for page in sorted(int(name[len(UNDO_PART) :]) for name in documents if name.startswith(UNDO_PART)):
        loader.records(documents[f"{UNDO_PART}{page}"])
    for name in documents:
        if name.startswith(RESULTS_PART):
            loader.results(name, documents[name])
    head = documents["0"]
    instance.saved_gap = head["last"]
    instance.tokens = dict(sorted(instance.tokens.items()))
    instance.last_id = next(reversed(instance.tokens)) + instance.saved_gap
    instance.saved_agenda = head.get("agenda", [])
    instance.agenda.extend(instance.tokens[id] for id in instance.saved_agenda)
    instance.dirty = head.get("dirty", False)
    instance.conversations.stale = set(head.get("stale", ()))
    instance.starting = head.get("starting", "")
    instance.business_key = head.get("key")
    instance.suspended = head.get("suspended", False)
    instance.end = tuple(head["end"]) if "end" in head else None
    instance.register_waiting()
    return instance


def _numbered(rows: list[list[Any]], last: int) -> list[tuple[int, list[Any]]]:
    """The rows of one part with their tokens' numbers; `last` is the number before the first one."""
    numbered = []
    for row in rows:
        last += row[0]
        numbered.append((last, row[1:]))
    return numbered


class _Loader:
    def __init__(
        self,
        instance: Instance,
        parts: Mapping[str, bytes],
        documents: Mapping[str, Document],
        library: Library,
    ) -> None:
        self.instance, self.parts, self.documents, self.library = instance, parts, documents, library
        self.pages: dict[str, list[int]] = {}  # scope -> its pages
        for name in documents:
            scope, dot, page = name.partition(".")
            if dot and scope.isdigit():
                self.pages.setdefault(scope, []).append(int(page))

    def scope(self, scope_id: int) -> None:
        document = self.documents[str(scope_id)]
        scope = self._opened(scope_id, document["spec"])
        if scope is scope.process:
            scope.process.variables = self._layer(document["vars"])
            scope.process.keys = document.get("keys", {})
        scope.completed = document.get("completed", False)
        scope.interrupted = document.get("interrupted", False)
        scope.task_tree = Token(scope, scope.spec.start, state=STARTED, id=scope_id + document["root"])
        numbered = _numbered(document["rows"], scope_id)
        for page in self.pages.get(str(scope_id), ()):
            scope.pages.add(page)
            numbered += _numbered(self.documents[f"{scope_id}.{page}"]["rows"], page << PAGE_BITS)
        for id, row in sorted(numbered, key=lambda pair: pair[0]):
            self._token(scope, id, row)
        scope.changed = set()

    def _opened(self, scope_id: int, spec: str) -> Scope:
        if not scope_id:
            return self.instance
        host = self.instance.tokens[scope_id]
        if "called" in host.internal_data:
            return self.instance.open_call(host, self.library.definition(host.internal_data["called"][0]))
        return self.instance.open_subprocess(host, spec)

    def _token(self, scope: Scope, id: int, row: list[Any]) -> None:
        up, node, state, inner, locals, hidden = row + [0] * (6 - len(row))
        parent = scope.tasks[id - up] if up else scope.task_tree
        token = Token(scope, scope.spec.task_specs[node], parent, state, id)
        token.internal_data = inner or {}
        if "listens" in token.internal_data:
            scope.listening.add(id)
        token.locals = self._layer(locals) if locals else None
        token.hidden = self._layer(hidden) if hidden else None

    def records(self, document: Document) -> None:
        for id, owner, activity, node, began, inner, variables, *called in document["rows"]:
            record = Record(id, owner, activity, node, began, inner, self._layer(variables))
            if called:
                record.called, record.process = called[0], self._layer(called[1])
            self.instance.records.add(record)
        self.instance.records.changed.clear()

    def results(self, name: str, document: Document) -> None:
        token_id, page = name.removeprefix(RESULTS_PART).split(".")
        self.instance.results.pages.setdefault(int(token_id), {})[int(page)] = self._layer(document["results"])

    def _layer(self, packed: Mapping[str, Any]) -> Layer:
        layer = Layer()
        for name, value in packed.items():
            if isinstance(value, dict) and value.get(values.TAG) == "ref":
                part = value["v"]
                layer.large[name] = part
                layer.stored[name] = orjson.dumps(value)
                self.instance.large_parts.add(part)
                layer[name] = values.decode(unsqueeze(self.parts[part]))
            else:
                layer[name] = values.unpack(value)
        return layer
