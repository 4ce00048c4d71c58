"""python -m bench.measured_server: `stellwerk serve` with three more endpoints, under /bench.

`record` counts what the product does and keeps what one instance writes; `floor` writes the same again.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import text

import stellwerk.app
from stellwerk.serve import serve
from stellwerk.settings import Settings
from stellwerk.store.db import Database
from stellwerk.store.ids import new_id

from .floor import Recorder, Replay


class Measured:
    """The endpoints of one application."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.recorder = Recorder(database.writer, database.reader)
        self.replay: Replay | None = None

    def start(self) -> dict[str, Any]:
        self.recorder.start()
        return {}

    def stop(self) -> dict[str, Any]:
        """Counts since `start`. The last recording becomes the floor."""
        recording = self.recorder.stop()
        with self.database.reading() as tx:
            ids = [*tx.execute(text("SELECT id FROM definition")), *tx.execute(text("SELECT id FROM deployment"))]
        kept = frozenset(id.hex if isinstance(id, UUID) else str(id).replace("-", "") for (id,) in ids)
        self.replay = Replay(recording.transactions, kept, new_id)
        counts = {"statements": recording.statements, "transactions": len(self.replay.transactions)}
        return {**counts, "rows": self.replay.rows}

    def write(self) -> dict[str, Any]:
        assert self.replay is not None
        self.replay.run(self.database.transaction)
        return {}


def extended(app: Flask, database: Database) -> Flask:
    measured = Measured(database)

    @app.post("/bench/start")
    def start() -> dict[str, Any]:
        return measured.start()

    @app.post("/bench/stop")
    def stop() -> dict[str, Any]:
        return measured.stop()

    @app.post("/bench/floor")
    def floor() -> dict[str, Any]:
        return measured.write()

    return app


def main() -> None:
    create_app = stellwerk.app.create_app

    def create(*args: Any, **kwargs: Any) -> Flask:
        app = create_app(*args, **kwargs)
        return extended(app, stellwerk.app.runtime_of(app).database)

    stellwerk.app.create_app = create  # `serve` offers no place for endpoints that only a benchmark needs
    serve(Settings.from_env())


if __name__ == "__main__":
    main()
