"""The server process: Flask behind a2wsgi in uvicorn, the hub beside it, and the threads that run jobs."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn

from stellwerk.errors import ProcessError, SettingInvalid
from stellwerk.settings import Settings
from stellwerk.usecases import accounts
from stellwerk.usecases.runtime import Runtime
from stellwerk.web.api.instances import finish_awaited
from stellwerk.web.asgi import Front
from stellwerk.web.headers import is_loopback
from stellwerk.web.hub import Hub
from stellwerk.web.waiting import settled_in
from stellwerk.web.wiring import body_limit

GRACE_S = 10
"""How long requests in flight may go on after SIGTERM."""


class PortTaken(ProcessError):
    """Somebody else listens there, or this address is not one of this machine's."""

    code = "port-taken"


class _Server(uvicorn.Server):
    """Says where it is once it answers, and lets waiting clients go when it is told to stop."""

    def __init__(self, config: uvicorn.Config, hub: Hub, started: Callable[[], None]) -> None:
        super().__init__(config)
        self._hub, self._started = hub, started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._hub.close()
        super().handle_exit(sig, frame)


def serve(settings: Settings) -> None:
    """Run until SIGTERM or Ctrl+C. Raises PortTaken, SettingInvalid, or what the database says."""
    from stellwerk.app import create_app, runtime_of

    _configure_logging(settings)
    with listening(settings) as listener:
        app = create_app(settings)
        runtime = runtime_of(app)
        refuse_open_door(runtime)
        hub = Hub(settled_in(runtime))
        runtime.committed.append(hub.changed)
        front = Front(
            app.wsgi_app,
            hub,
            lambda id, settled: finish_awaited(runtime, id, settled),
            limit=body_limit(settings.upload_limit),
            threads=settings.web_threads,
        )
        with _working(runtime, threads=settings.workers > 0):
            _run(front, hub, listener, lambda: announce(runtime, address_of(settings, listener)))


def work(settings: Settings) -> None:
    """Run jobs without pages until SIGTERM or Ctrl+C."""
    from stellwerk.app import create_runtime

    _configure_logging(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    runtime = create_runtime(settings)
    with _working(runtime, threads=True):
        print(f"Working on jobs with {settings.workers} threads. Stop with Ctrl+C.", flush=True)
        stop.wait()


@contextlib.contextmanager
def _working(runtime: Runtime, *, threads: bool) -> Iterator[None]:
    """Job threads for the time of the block; what they hold is given back, then everything is closed."""
    from stellwerk.jobs import Executor

    with contextlib.ExitStack() as closing:
        closing.callback(runtime.close)
        if threads:
            executor = Executor(runtime)
            closing.callback(executor.stop)
            executor.start()
        yield


def _run(front: Front, hub: Hub, listener: socket.socket, started: Callable[[], None]) -> None:
    config = uvicorn.Config(
        front,
        log_config=None,
        access_log=False,  # it would write one-time links into the log
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=30,
    )
    # uvicorn raises the signal again when it is done; then there is still something to close.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    _Server(config, hub, started).run(sockets=[listener])


# -- the door
@contextlib.contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The socket that the settings name. Raises PortTaken or SettingInvalid in one clear line."""
    if settings.port > 65_535:
        raise SettingInvalid(f"STELLWERK_PORT is {settings.port}. It must be from 0 (any free one) to 65535.")
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError, OverflowError):
        raise SettingInvalid(f"STELLWERK_HOST is '{settings.host}'. It must be an address of this machine.") from None
    family, kind, protocol, _, address = found[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(1024)
        except OSError as error:
            raise PortTaken(
                f"Cannot listen on {settings.host} port {settings.port}: {error.strerror or error}. "
                "Stop what listens there, or set STELLWERK_PORT to another port."
            ) from None
        yield listener
    finally:
        listener.close()


def refuse_open_door(runtime: Runtime) -> None:
    """Raises SettingInvalid when others could reach a server on which no administrator has a password."""
    settings = runtime.settings
    if is_loopback(settings.host) or accounts.has_administrator_password(runtime):
        return
    raise SettingInvalid(
        f"STELLWERK_HOST is '{settings.host}', which other machines can reach, and no administrator has a password. "
        "Make one first: `stellwerk user create NAME --role administrator`, or leave STELLWERK_HOST away."
    )


def address_of(settings: Settings, listener: socket.socket) -> str:
    """What a browser on this machine opens."""
    port = listener.getsockname()[1]
    host = settings.host if is_loopback(settings.host) else "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def announce(runtime: Runtime, address: str) -> None:
    """Say where the server is, and how the administrator gets in while there is no password."""
    print(f"Stellwerk runs at {address}", flush=True)
    secret = accounts.one_time_link(runtime)
    if secret is not None:
        print(f"Sign in as administrator (once, within an hour): {address}/sign-in/link/{secret}", flush=True)


def _configure_logging(settings: Settings) -> None:
    level = logging.getLevelNamesMapping().get(settings.log_level.upper())
    if level is None:
        raise SettingInvalid(f"STELLWERK_LOG_LEVEL is '{settings.log_level}'. Use DEBUG, INFO, WARNING or ERROR.")
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("uvicorn", "alembic"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
