"""python -m bench.throughput [--json FILE]: instances per second through REST, beside the floor.

The floor is the same server process, database and durability, and the same rows and bytes in the same number of
transactions, written by an endpoint that does nothing else. Rounds of both are interleaved; medians are reported.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from .models import SCRIPTS, SERVICES, USER_TASK
from .processes import Server, database, server

HANDLERS = Path(__file__).parent / "handlers.py"
CLIENTS = 4
WARM_UP = 30
COUNTED = 20
Turn = Callable[[Server, HTTPConnection], None]


@dataclass(frozen=True)
class Case:
    """`turn` takes one instance from its start to its end."""

    name: str
    model: bytes
    turn: Turn


def expect(server: Server, connection: HTTPConnection, method: str, path: str, body: Any) -> dict[str, Any]:
    status, answer = server.call(connection, method, path, body)
    if status >= 300:
        raise RuntimeError(f"{method} {path}: {status} {answer}")
    return answer


def scripts(server: Server, connection: HTTPConnection) -> None:
    body = {"definitionKey": "scripts", "variables": {"price": 20, "amount": 3}}
    _completed(expect(server, connection, "POST", "/api/v1/instances", body))


def services(server: Server, connection: HTTPConnection) -> None:
    body = {"definitionKey": "services", "variables": {"order": "A-17"}, "awaitSeconds": 20}
    _completed(expect(server, connection, "POST", "/api/v1/instances", body))


def user_task(server: Server, connection: HTTPConnection) -> None:
    started = expect(server, connection, "POST", "/api/v1/instances", {"definitionKey": "usertask"})
    found = expect(server, connection, "POST", "/api/v1/tasks/search", {"filter": {"instanceId": started["id"]}})
    (task,) = found["items"]
    answer = {"variables": {"approved": True}}
    expect(server, connection, "POST", f"/api/v1/tasks/{task['id']}/complete", answer)


def _completed(instance: dict[str, Any]) -> None:
    if instance["state"] != "completed":
        raise RuntimeError(f"the instance is {instance['state']}: {instance}")


def floor(server: Server, connection: HTTPConnection) -> None:
    expect(server, connection, "POST", "/bench/floor", None)


CASES = (
    Case("create and run: three scripts and a gateway", SCRIPTS, scripts),
    Case("three service tasks through durable jobs", SERVICES, services),
    Case("user task round trip", USER_TASK, user_task),
)


def deploy(server: Server, xml: bytes, name: str) -> None:
    boundary = "stellwerk-bench"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    body = head.encode() + xml + f"\r\n--{boundary}--\r\n".encode()
    kind = f"multipart/form-data; boundary={boundary}"
    headers = {"Authorization": f"Bearer {server.token}", "Content-Type": kind}
    connection = server.connect()
    connection.request("POST", "/api/v1/deployments", body, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"not deployed: {answer.status} {text!r}")


def load(server: Server, turn: Turn, seconds: float) -> list[float]:
    """The time of each turn that all clients together did, in seconds."""
    until = time.perf_counter() + seconds
    times: list[float] = []
    failures: list[Exception] = []

    def client() -> None:
        connection = server.connect()
        try:
            while time.perf_counter() < until and not failures:
                begin = time.perf_counter()
                turn(server, connection)
                times.append(time.perf_counter() - begin)
        except Exception as error:  # noqa: BLE001 - shown by the main thread
            failures.append(error)
        finally:
            connection.close()

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    if failures:
        raise failures[0]
    return times


def some(server: Server, turn: Turn, count: int) -> None:
    connection = server.connect()
    for _ in range(count):
        turn(server, connection)
    connection.close()


def count(server: Server, turn: Turn, turns: int) -> dict[str, Any]:
    """What so many instances do to the database, one after another."""
    server.once("POST", "/bench/start")
    some(server, turn, turns)
    time.sleep(0.2)  # the last worker may still be committing
    return server.once("POST", "/bench/stop")


def measure(case: Case, kind: str, rounds: int, seconds: float) -> dict[str, Any]:
    with (
        database(kind) as settings,
        server("bench.measured_server", {**settings, "STELLWERK_HANDLERS": str(HANDLERS)}) as running,
    ):
        deploy(running, case.model, "bench.bpmn")
        some(running, case.turn, WARM_UP)
        counted = count(running, case.turn, COUNTED)
        floor_of_one = count(running, case.turn, 1)
        some(running, floor, WARM_UP)
        rates: list[float] = []
        floors: list[float] = []
        times: list[float] = []
        for _ in range(rounds):
            done = load(running, case.turn, seconds)
            times += done
            rates.append(len(done) / seconds)
            floors.append(len(load(running, floor, seconds)) / seconds)
    times.sort()
    rate, floor_rate = statistics.median(rates), statistics.median(floors)
    return {
        "name": case.name,
        "database": kind,
        "perSecond": round(rate, 1),
        "p50Ms": round(statistics.median(times) * 1000, 2),
        "p99Ms": round(times[int(len(times) * 0.99)] * 1000, 2),
        "floorPerSecond": round(floor_rate, 1),
        "ratioToFloor": round(rate / floor_rate, 3),
        "statementsPerInstance": round(counted["statements"] / COUNTED, 1),
        "transactionsPerInstance": round(counted["transactions"] / COUNTED, 1),
        "rowsPerInstance": floor_of_one["rows"],
    }


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.throughput", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round, of each of the two")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--only", default="", metavar="TEXT", help="only cases whose name holds TEXT")
    options = parser.parse_args(arguments)
    rows = []
    for kind in options.database or ("sqlite", "postgresql"):
        for case in CASES:
            if options.only in case.name:
                rows.append(measure(case, kind, options.rounds, options.seconds))
                print(json.dumps(rows[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps({"rows": rows}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
