"""DMN files, compiled with what they import: before they are deployed, and as they were deployed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from stellwerk import dmn
from stellwerk.dmn import tree
from stellwerk.engine import Decision
from stellwerk.engine.expressions.dmn_python import DIALECTS
from stellwerk.errors import EngineFault
from stellwerk.store import definitions
from stellwerk.store.records import DecisionVersionRecord, ModelRecord
from stellwerk.usecases.runtime import Runtime

MOST_IMPORTS = 100


@dataclass(frozen=True)
class Source:
    """A DMN file."""

    filename: str
    hash: str
    content: bytes

    @classmethod
    def of(cls, filename: str, content: bytes) -> Source:
        return cls(filename, hashlib.sha256(content).hexdigest(), content)


Lookup = Callable[[str], Source | None]
"""Namespace -> the file that is meant by it, if there is one."""


def imported(file: tree.Definitions, lookup: Lookup) -> tuple[Source, ...]:
    """All files that this one imports, directly or not, each once. The compiler tells which are missing."""
    found: list[Source] = []
    seen, waiting = {file.namespace}, [each.namespace for each in file.imports]
    while waiting and len(found) < MOST_IMPORTS:
        namespace = waiting.pop(0)
        source = None if namespace in seen else lookup(namespace)
        seen.add(namespace)
        if source is not None:
            found.append(source)
            inside, _ = dmn.read(source.content, source.filename)
            waiting += [each.namespace for each in inside.imports] if inside else []
    return tuple(found)


def compiled(rt: Runtime, own: Source, imports: Sequence[Source]) -> dmn.Library:
    """The file with its imports, from the cache or into it."""
    key = tuple((each.filename, each.hash) for each in (own, *imports))
    library = rt.models.get(key)
    if library is None:
        library = load(own, imports)
        rt.models.put(key, library, sum(len(each.content) for each in (own, *imports)))
    return library


def load(own: Source, imports: Sequence[Source]) -> dmn.Library:
    return dmn.load(_named_apart((own, *imports)), DIALECTS)


def _named_apart(sources: Sequence[Source]) -> Iterator[tuple[str, bytes]]:
    """Problems and warnings tell the file: files of several deployments may have the same name."""
    names: set[str] = set()
    for each in sources:
        name = each.filename if each.filename not in names else f"{each.filename} ({each.hash[:8]})"
        names.add(name)
        yield name, each.content


def own_model(library: dmn.Library, own: str) -> dmn.Model | None:
    """The model of the file of this name; None if it cannot be read."""
    return next((model for model in library.models.values() if model.definitions.file == own), None)


def deployed(rt: Runtime, record: ModelRecord) -> dmn.Model:
    """The compiled file as it was deployed."""
    return _own(_library(rt, record), record)


def files(rt: Runtime, record: ModelRecord) -> tuple[tree.Definitions, ...]:
    """The file as it was deployed, and behind it all that it imports."""
    library = _library(rt, record)
    own = _own(library, record).definitions
    others = [model.definitions for model in library.models.values()]
    return (own, *(one for one in others if one is not own))


def _own(library: dmn.Library, record: ModelRecord) -> dmn.Model:
    model = own_model(library, record.filename)
    if model is None:
        raise EngineFault(f"The deployed file {record.filename} can no longer be read. Deploy it again.")
    return model


def _library(rt: Runtime, record: ModelRecord) -> dmn.Library:
    pinned = ((record.filename, record.source_hash), *record.imports)
    library = rt.models.get(pinned)
    if library is None:
        with rt.database.reading() as tx:
            own, *imports = (Source(name, hash, definitions.get_source(tx, hash)) for name, hash in pinned)
        library = compiled(rt, own, imports)
    return library


def callable_nodes(model: dmn.Model) -> Iterator[tree.Decision | tree.Service]:
    """What can be evaluated by its id."""
    for node in model.definitions.nodes:
        if isinstance(node, tree.Decision | tree.Service) and node.place.id:
            yield node


def decision_of(rt: Runtime, record: DecisionVersionRecord) -> Decision:
    """A deployed decision, as the engine evaluates it."""
    return Decision(record.key, record.name, record.version, deployed(rt, record.model))
