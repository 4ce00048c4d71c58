"""Look at DMN files before they are deployed: what is in them, what they import, and every finding."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from stellwerk import dmn
from stellwerk.dmn import tree
from stellwerk.dmn.checks import check_tables
from stellwerk.errors import Problem
from stellwerk.store import decisions as store
from stellwerk.store import definitions
from stellwerk.store.projection import cut
from stellwerk.usecases import models
from stellwerk.usecases.models import Source
from stellwerk.usecases.runtime import Runtime

LONGEST = 255
MOST_IMPORTED = 4_000_000  # bytes; each file is compiled together with all that it imports
_ID = re.compile(r"[^\W\d][\w.\-]*")  # an NCName, nearly


@dataclass(frozen=True)
class FoundDecision:
    """A decision or service that can be evaluated by its key."""

    key: str
    name: str
    kind: str  # decision, service
    version_tag: str | None


@dataclass(frozen=True)
class DecisionFile:
    """A DMN file, as it would be stored. `imports`: all that it needs, directly or not."""

    source: Source
    namespace: str
    name: str
    imports: tuple[Source, ...]
    decisions: tuple[FoundDecision, ...]

    @property
    def pinned(self) -> tuple[tuple[str, str], ...]:
        return tuple((each.filename, each.hash) for each in self.imports)


Load = Callable[[Source, Sequence[Source]], dmn.Library]


def examine_decisions(rt: Runtime, files: Iterable[tuple[str, bytes]]) -> tuple[list[DecisionFile], list[Problem]]:
    """Compile and check these files. Imports are other files of the deployment, else what was deployed last."""

    def deployed(namespace: str) -> Source | None:
        with rt.database.reading() as tx:
            found = store.find_model(tx, cut(namespace))
            if found is None:
                return None
            return Source(found.filename, found.source_hash, definitions.get_source(tx, found.source_hash))

    def load(own: Source, imports: Sequence[Source]) -> dmn.Library:
        return models.compiled(rt, own, imports)

    return examine(files, deployed, load)


def examine(
    files: Iterable[tuple[str, bytes]], elsewhere: models.Lookup, load: Load = models.load
) -> tuple[list[DecisionFile], list[Problem]]:
    """The same with what is deployed as a function."""
    problems: list[Problem] = []
    found: list[DecisionFile] = []
    sources = [Source.of(name, content) for name, content in files]
    read = [(source, dmn.read(source.content, source.filename)) for source in sources]
    together = [(source, file) for source, (file, _) in read if file is not None]
    room = MOST_IMPORTED
    for source, (file, wrong) in read:
        if file is None:
            problems += wrong
            continue
        lookup = _Lookup(source, together, elsewhere)
        imports = models.imported(file, lookup)
        room -= sum(len(each.content) for each in imports)
        if room < 0:
            return found, [*dict.fromkeys(problems), _too_many_imports(file)]
        one, about = _file(source, file, imports, load)
        problems += [*about, *_ambiguous(file, lookup.ambiguous)]
        found.append(one)
    return found, [*dict.fromkeys(problems), *_same_keys(found)]


class _Lookup:
    """A file of the same deployment comes first. `ambiguous`: namespaces that several of them have."""

    def __init__(self, own: Source, together: Sequence[tuple[Source, tree.Definitions]], elsewhere: models.Lookup):
        self._own, self._together, self._elsewhere = own, together, elsewhere
        self.ambiguous: dict[str, list[str]] = {}

    def __call__(self, namespace: str) -> Source | None:
        found = [source for source, file in self._together if file.namespace == namespace and source is not self._own]
        if len(found) > 1:
            self.ambiguous[namespace] = sorted(source.filename for source in found)
        return found[0] if found else self._elsewhere(namespace)


def _file(
    source: Source, file: tree.Definitions, imports: tuple[Source, ...], load: Load
) -> tuple[DecisionFile, list[Problem]]:
    library = load(source, imports)
    problems = [one for one in library.problems if one.file == source.filename or one.severity == "error"]
    model = models.own_model(library, source.filename)
    nodes = list(models.callable_nodes(model)) if model else []
    problems += check_tables(model) if model else ()
    problems += _places(file)
    found = tuple(_found(node) for node in nodes)
    return DecisionFile(source, file.namespace, cut(file.name) or source.filename, imports, found), problems


def _too_many_imports(file: tree.Definitions) -> Problem:
    message = (
        f"What the files of this deployment import has more than {MOST_IMPORTED // 1_000_000} MB, counted for each "
        "file that imports it. Deploy fewer files at once, or import less."
    )
    return Problem(file.file, 1, None, file.name, "dmn-import", message)


def _found(node: tree.Decision | tree.Service) -> FoundDecision:
    kind = "service" if isinstance(node, tree.Service) else "decision"
    return FoundDecision(node.place.id, cut(node.name) or node.place.id, kind, cut(node.version_tag) or None)


def _places(file: tree.Definitions) -> Iterator[Problem]:
    """What a row or an address cannot hold, and what nothing could call."""
    if len(file.namespace) > LONGEST or "\0" in file.namespace:
        message = f"The namespace of the model has more than {LONGEST} characters. Give it a shorter one."
        yield Problem(file.file, 1, None, file.name, "dmn-namespace", message)
    for node in file.nodes:
        if not isinstance(node, tree.Decision | tree.Service):
            continue
        id = node.place.id
        if not id:
            message = f"'{node.name}' has no id: no process can call it, and nobody can evaluate it. Give it one."
            yield Problem(file.file, node.place.line, None, node.name, "decision-id", message, "warning")
        elif len(id) > LONGEST or not _ID.fullmatch(id):
            message = (
                f"The id of '{node.name}' is its key. It must begin with a letter or an underscore, and have at most "
                f"{LONGEST} letters, digits, points, hyphens and underscores."
            )
            yield Problem(file.file, node.place.line, cut(id), node.name, "decision-id", message)


def _ambiguous(file: tree.Definitions, several: dict[str, list[str]]) -> Iterator[Problem]:
    for each in file.imports:
        if each.namespace in several:
            names = ", ".join(several[each.namespace])
            message = (
                f"Several files have the imported namespace '{each.namespace}': {names}. Give each one of its own."
            )
            yield Problem(file.file, each.place.line, each.place.id or None, each.name, "dmn-namespace", message)


def _same_keys(files: Sequence[DecisionFile]) -> Iterator[Problem]:
    counted = Counter(each.key for file in files for each in file.decisions)
    for key, count in counted.items():
        if count > 1:
            names = sorted({file.source.filename for file in files if key in {each.key for each in file.decisions}})
            message = f"The decision id '{key}' occurs {count} times. Give each decision its own id."
            yield Problem(", ".join(names), None, key, None, "decision-key", message)
