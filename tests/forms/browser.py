"""form-js in Node: a script of static/test that reads JSON and prints JSON."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

STATIC = Path(__file__).parents[2] / "static"
MOST_SECONDS = 300  # on the slowest machine; it takes a few


def run(script: str, cases: list[dict[str, Any]]) -> list[Any]:
    """What form-js says of each case. Without Node the test is skipped, but not where tests must run."""
    node = shutil.which("node")
    if node is None or not (STATIC / "node_modules/linkedom").exists():
        reason = "Node or the browser packages are missing (make setup)."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(
        [node, f"test/{script}"],
        cwd=STATIC,
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        check=True,
        timeout=MOST_SECONDS,
    )
    return list(json.loads(done.stdout))
