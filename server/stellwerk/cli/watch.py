"""Deploy a folder again whenever a file in it changes: for `stellwerk dev`."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from stellwerk.cli.output import hint, opened, problem_lines
from stellwerk.errors import InvalidDefinition, ProcessError

INTERVAL_S = 1.0


@contextmanager
def deploying(folder: Path | None) -> Iterator[None]:
    """Deploy `folder` now and after each change, in a thread, until the block is left. None: do nothing."""
    if folder is None:
        yield
        return
    stop = threading.Event()
    thread = threading.Thread(target=_watch, args=(folder, stop), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)


def _watch(folder: Path, stop: threading.Event) -> None:
    seen: Mapping[str, int] = {}
    while not stop.is_set():
        current = stamps(folder)
        if current != seen:
            seen = current
            if current:
                deploy_folder(folder)
        stop.wait(INTERVAL_S)


def stamps(folder: Path) -> Mapping[str, int]:
    """When each diagram, decision model and form of the folder was changed, in nanoseconds."""
    from stellwerk.cli.processes import KINDS

    found: dict[str, int] = {}
    for path in folder.iterdir():
        if path.suffix in KINDS:
            try:
                found[path.name] = path.stat().st_mtime_ns
            except FileNotFoundError:
                continue  # an editor replaces files; the next look sees the new one
    return found


def deploy_folder(folder: Path) -> None:
    """Deploy all of it and say what happened; a file with errors is reported and the server goes on."""
    from stellwerk.cli.processes import read_files
    from stellwerk.usecases import definitions

    try:
        with opened() as (runtime, who):
            deployment = definitions.deploy(runtime, who, read_files([folder]))
    except InvalidDefinition as error:
        for line in problem_lines(error.problems):
            hint(line)
    except ProcessError as error:
        hint(error.message)
    else:
        deployed = [(d.key, d.version) for d in deployment.definitions]
        deployed += [(d.key, d.version) for d in deployment.decisions]
        hint("Deployed " + ", ".join(f"{key} version {version}" for key, version in deployed) + ".")
