"""Who a worker process is, so that its successor knows what it left behind.

A process holds a lock on one of the files `worker-<n>.lock` in the data folder as long as it lives; the operating
system takes the lock away when it dies, however it dies. Who gets a lock that was held by a dead process may free the
jobs of that process at once, without waiting for its leases.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from uuid import uuid4

from stellwerk.errors import SettingInvalid

MOST = 64  # worker processes on one data folder


class Owner:
    """One worker process. `name` is the same after a restart on the same data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._node = _node(folder)
        self._file, number = self._lock_first()
        self.name = self._named(number)

    def dead(self) -> Iterator[str]:
        """Names of processes of this machine that have died, this one's predecessor first."""
        yield self.name
        for number in range(MOST):
            if self._named(number) != self.name and self._path(number).exists():
                file = _lock(self._path(number))
                if file is not None:
                    yield self._named(number)
                    file.close()

    def release(self) -> None:
        self._file.close()

    def _lock_first(self) -> tuple[IO[str], int]:
        for number in range(MOST):
            file = _lock(self._path(number))
            if file is not None:
                return file, number
        raise SettingInvalid(
            f"{MOST} worker processes use {self._folder} already. Give this one its own STELLWERK_DATA."
        )

    def _path(self, number: int) -> Path:
        return self._folder / f"worker-{number}.lock"

    def _named(self, number: int) -> str:
        return f"{self._node}:{number}"


def _lock(path: Path) -> IO[str] | None:
    """The open and locked file, None when a living process holds it."""
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def _node(folder: Path) -> str:
    """An id of this data folder, made once: machines may have the same name."""
    path = folder / "node-id"
    try:
        with path.open("x") as file:
            file.write(uuid4().hex)
    except FileExistsError:
        pass
    return path.read_text().strip() or "node"
