"""Deployed processes, compiled: by their file, or by the reference that the engine keeps of what it calls."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from stellwerk.engine import Compilation, Decision, Definition
from stellwerk.errors import EngineFault
from stellwerk.store import decisions, definitions
from stellwerk.store.records import DefinitionRecord
from stellwerk.usecases.models import decision_of
from stellwerk.usecases.runtime import Runtime


@dataclass(frozen=True)
class Library:
    """The engine's Library. A reference is the id of the definition's row, as text."""

    rt: Runtime

    def definition(self, reference: str) -> Definition:
        record = self.record(reference)
        return definition_of(self.rt, record.source_hash, record.key)

    def record(self, reference: str) -> DefinitionRecord:
        """What never changes of a deployed version: which starts it takes may be told as it was."""
        id = UUID(reference)
        record = self.rt.deployed.get(id)
        if record is None:
            with self.rt.database.reading() as tx:
                record = definitions.get_definition(tx, id)
            self.rt.deployed.put(id, record)
        return record

    def decision(self, reference: str) -> Decision:
        """The decision of this row's id; a deployed one never changes."""
        id = UUID(reference)
        record = self.rt.decided.get(id)
        if record is None:
            with self.rt.database.reading() as tx:
                record = decisions.get_decision(tx, id)
            self.rt.decided.put(id, record)
        return decision_of(self.rt, record)


def definition_of(rt: Runtime, source_hash: str, key: str) -> Definition:
    """The compiled process `key` of a deployed file."""
    compilation = rt.definitions.get(source_hash)
    if compilation is None:
        with rt.database.reading() as tx:
            source = definitions.get_source(tx, source_hash)
        compilation = compile_source(rt, source_hash, source)
    for definition in compilation.definitions:
        if definition.key == key:
            return definition
    raise EngineFault(
        f"The deployed file of process '{key}' can no longer be compiled: "
        f"{'; '.join(p.message for p in compilation.errors) or 'the process is not in it'}. Deploy it again."
    )


def compile_source(rt: Runtime, source_hash: str, source: bytes, filename: str = "process.bpmn") -> Compilation:
    """The compiled file, from the cache or into it. Its problems name the file as it was called first."""
    compilation = rt.definitions.get(source_hash)
    if compilation is None:
        compilation = rt.engine.compile_bpmn(source, filename=filename)
        rt.definitions.put(source_hash, compilation, len(source))
    return compilation
