"""The pages over HTTP, with the fakes of tests/web/pages behind them and the real browser files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from werkzeug.serving import make_server

from stellwerk.usecases.access import Principal
from stellwerk.web.assets import Assets
from web.pages.application import application
from web.pages.fakes import FakePort


@contextmanager
def serving(port: FakePort, who: Principal | None) -> Iterator[str]:
    """The address of a running server."""
    server = make_server("127.0.0.1", 0, application(port, who, Assets()), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
