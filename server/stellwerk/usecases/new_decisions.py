"""The part of a deployment that is DMN: which files and which decisions are new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from stellwerk.store import decisions as store
from stellwerk.store.db import Tx
from stellwerk.store.ids import new_id
from stellwerk.store.records import DecisionVersionRecord, ModelRecord
from stellwerk.store.sql import lock_names
from stellwerk.usecases.examine_decisions import DecisionFile, FoundDecision


@dataclass(frozen=True)
class _File:
    """`there`: the row of the same content, if it is the newest of its name. `fresh`: decisions that get a version."""

    file: DecisionFile
    there: ModelRecord | None
    fresh: tuple[tuple[FoundDecision, int], ...]


@dataclass(frozen=True)
class Plan:
    files: tuple[_File, ...]

    @property
    def anything(self) -> bool:
        return any(one.there is None or one.fresh for one in self.files)

    @property
    def contents(self) -> dict[str, bytes]:
        """By their hashes."""
        sources = [one.file.source for one in self.files if one.there is None]
        return {source.hash: source.content for source in sources}

    def store(self, tx: Tx, deployment_id: UUID, now: datetime, by: str) -> None:
        models = [one.there or _model(one.file, deployment_id, now) for one in self.files]
        store.insert_models(tx, [model for one, model in zip(self.files, models, strict=True) if one.there is None])
        records = [
            DecisionVersionRecord(
                new_id(), found.key, found.name, version, found.version_tag, found.kind, deployment_id, now, by, model
            )
            for one, model in zip(self.files, models, strict=True)
            for found, version in one.fresh
        ]
        store.insert_decisions(tx, records)


def lock(tx: Tx, files: Sequence[DecisionFile]) -> None:
    """Who deploys the same decisions or models meanwhile waits."""
    lock_names(tx, "decision", [found.key for file in files for found in file.decisions])
    lock_names(tx, "model", [file.namespace for file in files])


def plan(tx: Tx, files: Sequence[DecisionFile]) -> Plan:
    """What is the same as the latest, with the same imports, makes no new version."""
    return Plan(tuple(_File(file, _there(tx, file), tuple(_fresh(tx, file))) for file in files))


def _there(tx: Tx, file: DecisionFile) -> ModelRecord | None:
    found = store.find_model(tx, file.namespace, file.source.filename)
    return found if found is not None and _same(found, file) else None


def _fresh(tx: Tx, file: DecisionFile) -> list[tuple[FoundDecision, int]]:
    fresh = []
    for found in file.decisions:
        latest = store.find_latest(tx, found.key)
        if latest is None or not _same(latest.model, file):
            fresh.append((found, latest.version + 1 if latest else 1))
    return fresh


def _same(record: ModelRecord, file: DecisionFile) -> bool:
    """Files that are imported count by their content, whatever they are called."""
    imports = sorted(hash for _, hash in record.imports)
    return record.source_hash == file.source.hash and imports == sorted(each.hash for each in file.imports)


def _model(file: DecisionFile, deployment_id: UUID, now: datetime) -> ModelRecord:
    source = file.source
    return ModelRecord(
        new_id(), file.namespace, file.name, source.filename, deployment_id, now, source.hash, file.pinned
    )


def in_force(tx: Tx, files: Sequence[DecisionFile]) -> tuple[DecisionVersionRecord, ...]:
    """The newest versions of what is in these files."""
    keys = [found.key for file in files for found in file.decisions]
    return tuple(record for key in keys if (record := store.find_latest(tx, key)))


def deployment_of(tx: Tx, file: DecisionFile) -> UUID:
    """Of a file that is there already: the deployment that brought it. Raises NotFound."""
    return store.get_model(tx, file.namespace, file.source.filename).deployment_id
