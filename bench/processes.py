"""Real server processes on loopback, with a database of their own that goes with them."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

POSTGRESQL = os.environ.get("STELLWERK_BENCH_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
START_S = 60.0


@dataclass(frozen=True)
class Server:
    """One running server, and a token that may do everything."""

    port: int
    pid: int
    token: str

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def call(
        self, connection: http.client.HTTPConnection, method: str, path: str, body: Any = None
    ) -> tuple[int, dict[str, Any]]:
        """One request with JSON on a connection that is kept."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        data = answer.read()
        return answer.status, json.loads(data) if data else {}

    def once(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """One request on a connection of its own. Raises when it is not answered with success."""
        connection = self.connect()
        try:
            status, answer = self.call(connection, method, path, body)
        finally:
            connection.close()
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {answer}")
        return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """The settings of an empty database: a folder, or a PostgreSQL database that is dropped at the end."""
    with tempfile.TemporaryDirectory(prefix="stellwerk-bench-") as folder:
        if kind == "sqlite":
            yield {"STELLWERK_DATA": folder}
            return
        import psycopg

        name = f"stellwerk_bench_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        try:
            yield {"STELLWERK_DATA": folder, "STELLWERK_DATABASE_URL": POSTGRESQL.rpartition("/")[0] + "/" + name}
        finally:
            with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def server(module: str, settings: Mapping[str, str], *arguments: str) -> Iterator[Server]:
    """`python -m module arguments` until the block is left; ready when `/readyz` says so."""
    port = free_port()
    env = {**os.environ, **settings, "STELLWERK_PORT": str(port), "STELLWERK_LOG_LEVEL": "WARNING"}
    _stellwerk(env, "db", "upgrade")
    token = _stellwerk(env, "token", "create", "--name", "bench", "--role", "administrator")
    log = Path(settings["STELLWERK_DATA"]) / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", module, *arguments], env=env, stdout=output, stderr=output)
    try:
        _wait_ready(port, process, log)
        yield Server(port, process.pid, token)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _stellwerk(env: Mapping[str, str], *arguments: str) -> str:
    """What a command of the product prints. Raises RuntimeError with its hints when it fails."""
    done = subprocess.run([sys.executable, "-m", "stellwerk", *arguments], env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"stellwerk {arguments[0]}: {done.stderr}")
    return done.stdout.strip()


def _wait_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(f"the server did not become ready: {log.read_text()[-2000:]}")
