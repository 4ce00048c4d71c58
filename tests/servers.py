"""Start real servers for tests: on loopback, on a free port, ended with the block."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

START_S = 60  # a generous limit; a start takes about two seconds


@dataclass
class Server:
    """A running `stellwerk serve`."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """As a power failure does it: no farewell."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """As Ctrl+C does it; the exit code."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)  # as a terminal does: to all processes of the command
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()
            raise


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(data: Path, port: int, **settings: str) -> dict[str, str]:
    """This process's environment without settings and without the outer make, plus the given settings."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("STELLWERK_", "MAKE", "MFLAGS", "PYTEST_"))}
    return {**kept, "STELLWERK_DATA": str(data), "STELLWERK_PORT": str(port), **settings}


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Raises with the server's own words when it ends or does not answer in time."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"The server ended with {process.returncode}:\n{log.read_text()}")
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"The server did not answer in {START_S} s:\n{log.read_text()}")


@contextmanager
def serving(
    data: Path,
    *,
    command: Sequence[str] = (sys.executable, "-m", "stellwerk", "serve"),
    cwd: Path | None = None,
    port: int | None = None,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """A server whose data lie in `data`. Its output goes to `data`/server.log, added to what is there."""
    port = port or free_port()
    data.mkdir(parents=True, exist_ok=True)
    log = data / "server.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            cwd=cwd or data,
            env=environment(data, port, **(settings or {})),
            stdout=out,
            stderr=out,
            start_new_session=True,  # a process group of its own
        )
    server = Server(f"http://127.0.0.1:{port}", process, log)
    try:
        wait_until_ready(server.url, process, log)
        yield server
    finally:
        server.stop()
