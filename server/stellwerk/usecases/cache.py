"""What one process keeps in memory. Losing any of it costs time and nothing else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from threading import Lock, RLock
from typing import Generic, TypeVar
from uuid import UUID

from stellwerk import dmn
from stellwerk.engine import COMPILER_VERSION, Compilation, Snapshot
from stellwerk.store.instances import Head

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """A dictionary for threads that forgets what was not used for longest. `most` is the total weight it keeps."""

    def __init__(self, most: int) -> None:
        self._most, self._total = most, 0
        self._items: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K) -> V | None:
        with self._lock:
            found = self._items.get(key)
            if found is None:
                return None
            self._items.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V, weight: int = 1) -> None:
        with self._lock:
            self._remove(key)
            self._items[key] = (value, weight)
            self._total += weight
            while self._total > self._most and len(self._items) > 1:
                self._remove(next(iter(self._items)))

    def take(self, key: K) -> V | None:
        """Get and forget."""
        with self._lock:
            return self._remove(key)

    def clear(self) -> None:
        with self._lock:
            self._items.clear()
            self._total = 0

    def __len__(self) -> int:
        return len(self._items)

    def _remove(self, key: K) -> V | None:
        found = self._items.pop(key, None)
        if found is None:
            return None
        self._total -= found[1]
        return found[0]


class Definitions:
    """Compiled files by content and compiler version. Weighed by their size, since a file may hold 100,000 elements."""

    def __init__(self, most_bytes: int = 64_000_000) -> None:
        self._cache: Bounded[tuple[str, int], Compilation] = Bounded(most_bytes)

    def get(self, source_hash: str) -> Compilation | None:
        return self._cache.get((source_hash, COMPILER_VERSION))

    def put(self, source_hash: str, compilation: Compilation, size: int) -> None:
        self._cache.put((source_hash, COMPILER_VERSION), compilation, size + 1000)


ModelKey = tuple[tuple[str, str], ...]
"""Names and hashes of a DMN file and of all that it imports: their contents never change."""


class Models:
    """Compiled DMN files, weighed by the size of what they were made of."""

    def __init__(self, most_bytes: int = 16_000_000) -> None:
        self._cache: Bounded[ModelKey, dmn.Library] = Bounded(most_bytes)

    def get(self, key: ModelKey) -> dmn.Library | None:
        return self._cache.get(key)

    def put(self, key: ModelKey, library: dmn.Library, size: int) -> None:
        self._cache.put(key, library, size + 1000)


class LiveInstances:
    """Live roots with their heads, as this process left them. Taking removes one: a step uses it up."""

    def __init__(self, most_bytes: int = 50_000_000) -> None:
        self._cache: Bounded[UUID, tuple[Head, Snapshot]] = Bounded(most_bytes)

    def recall(self, id: UUID) -> tuple[Head, Snapshot] | None:
        """Perhaps not the last word: another process may have moved it since."""
        return self._cache.take(id)

    def take(self, id: UUID, version: int) -> Snapshot | None:
        found = self._cache.take(id)
        return found[1] if found is not None and found[0].lock_version == version else None

    def put(self, head: Head, snapshot: Snapshot) -> None:
        # A live instance takes several times the bytes of its compressed parts.
        self._cache.put(head.id, (head, snapshot), 10 * snapshot.size + 5_000)

    def drop(self, id: UUID) -> None:
        self._cache.take(id)

    def clear(self) -> None:
        self._cache.clear()


STORES = -1  # no tree has this number


class Locks:
    """A mutex for each tree (`ids.tree_of`) that this process moves, so that it does not race with itself.

    `STORES` is one for data stores, taken after that of a tree: a step that has lost one holds it while it is repeated,
    and who reads one meanwhile waits. So a long step is not beaten again and again by short ones.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._held: dict[int, tuple[RLock, int]] = {}

    @contextmanager
    def hold(self, id: int) -> Iterator[None]:
        with self._lock:
            mutex, users = self._held.get(id, (RLock(), 0))
            self._held[id] = (mutex, users + 1)
        try:
            with mutex:
                yield
        finally:
            with self._lock:
                mutex, users = self._held[id]
                if users == 1:
                    del self._held[id]
                else:
                    self._held[id] = (mutex, users - 1)
