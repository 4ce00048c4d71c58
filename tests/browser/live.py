"""The whole application in a thread, with an administrator signed in: pages, REST, engine and database are real."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from werkzeug.serving import make_server

from stellwerk.app import create_app, runtime_of
from stellwerk.settings import Settings
from stellwerk.usecases import accounts

HANDLER = {
    "topic": "charge-card",
    "description": "Charges the customer's card.",
    "parameters": [{"name": "order_id", "required": True, "schema": {"type": "string"}}],
}


@contextmanager
def application(data: Path) -> Iterator[tuple[str, str]]:
    """The address, and the path of a link that signs the administrator in."""
    sandbox = cast(Any, SimpleNamespace(close=lambda: None))
    handlers = cast(Any, SimpleNamespace(topics=lambda: frozenset({"charge-card"}), describe=lambda: [HANDLER]))
    app = create_app(Settings(data=data, secret_key="only for tests"), sandbox=sandbox, handlers=handlers)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", f"/sign-in/link/{accounts.one_time_link(runtime_of(app))}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        runtime_of(app).close()
