"""docs/tutorial.md works as it is printed: its shell blocks run in order against a real server."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servers import environment, free_port, serving

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/tutorial.md"
ADDRESS = "http://127.0.0.1:8080"
FIRST = "make run"


def blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


class Terminal:
    """One bash in which the reader types block after block; it ends at the first command that fails."""

    END = "--- end of block ---"

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.process = subprocess.Popen(
            ["bash", "-euo", "pipefail"],
            cwd=folder,
            env=environment(folder / "data", port),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # so that servers in its background end with it
        )

    def run(self, block: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(
            f"{block.replace(ADDRESS, f'http://127.0.0.1:{self.port}')}\necho\necho '{self.END}'\n"
        )
        self.process.stdin.flush()
        lines: list[str] = []
        for line in self.process.stdout:
            if line.rstrip("\n") == self.END:
                return "".join(lines)
            lines.append(line)
        raise AssertionError(f"This block failed:\n{block}\n--- with ---\n{''.join(lines)}")

    def close(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Stands for the folder of the checkout, with the reader's data apart from the developer's."""
    for name in (".venv", "bpmn"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


@pytest.fixture
def terminal(folder: Path) -> Iterator[Terminal]:
    opened = Terminal(folder, free_port())
    yield opened
    opened.close()


def test_the_tutorial_runs_as_it_is_printed(folder: Path, terminal: Terminal) -> None:
    first, *rest = blocks()
    assert first.strip() == FIRST
    own_server = next(i for i, block in enumerate(rest) if "stellwerk serve" in block)
    said: list[str] = []
    with serving(folder / "data", command=("make", "run"), cwd=ROOT, port=terminal.port) as server:
        said += [terminal.run(block) for block in rest[:own_server]]
        assert "http://127.0.0.1" in server.log.read_text(), "it prints a link"
    said += [terminal.run(block) for block in rest[own_server:]]
    text = "\n".join(said)
    assert re.search(r"^order +1 ", text, re.MULTILINE), "the deployment lists the process"
    assert '"total": 600' in text.replace('"600', "600").replace('":', '": ').replace("  ", " ")
    assert "completed" in text
    assert "Sachertorte, done in try 2" in text


def test_every_shell_block_is_run() -> None:
    fences = re.findall(r"^```(\w*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {fence for fence in fences if fence} == {"sh"}
    assert len(blocks()) == fences.count("sh") > 8
