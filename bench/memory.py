"""python -m bench.memory [--json FILE]: memory of `stellwerk serve` when nothing is asked of it.

Resident memory of the server and its sandbox processes together, after start, and after a few instances have run.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from .models import SCRIPTS
from .processes import database, server
from .throughput import deploy

MOST_MB = 250
SETTLE_S = 3.0


def resident_mb(pid: int) -> float:
    """Of the process and all that it started. Pages that they share count once for each (an upper bound)."""
    children = (Path(f"/proc/{pid}/task") / str(pid) / "children").read_text().split()
    status = Path(f"/proc/{pid}/status").read_text()
    own = int(status.partition("VmRSS:")[2].split()[0]) / 1024
    return own + sum(resident_mb(int(child)) for child in children)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    with database("sqlite") as settings, server("stellwerk", settings, "serve") as running:
        time.sleep(SETTLE_S)
        idle = resident_mb(running.pid)
        deploy(running, SCRIPTS, "scripts.bpmn")
        for _ in range(100):
            running.once(
                "POST", "/api/v1/instances", {"definitionKey": "scripts", "variables": {"price": 2, "amount": 3}}
            )
        time.sleep(SETTLE_S)
        used = resident_mb(running.pid)
    result = {"idleMb": round(idle, 1), "afterHundredInstancesMb": round(used, 1), "aimMb": MOST_MB}
    print(json.dumps(result))
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n")
    return 0 if idle < MOST_MB else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
