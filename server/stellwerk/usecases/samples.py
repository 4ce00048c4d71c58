"""The sample processes that come with Stellwerk: in `bpmn/` of a checkout, in `stellwerk/samples` of a wheel."""

from __future__ import annotations

from pathlib import Path

from stellwerk.usecases import definitions
from stellwerk.usecases.access import Principal, require
from stellwerk.usecases.runtime import Runtime

KINDS = (".bpmn", ".dmn", ".form")


def folder() -> Path:
    """Where the samples lie in this installation."""
    package = Path(__file__).parents[1]
    packaged = package / "samples"
    return packaged if packaged.is_dir() else package.parents[1] / "bpmn"


def files() -> list[tuple[str, bytes]]:
    """Name and content of each sample diagram, decision model and form; empty where an installation has none."""
    return [(path.name, path.read_bytes()) for path in sorted(folder().glob("*")) if path.suffix in KINDS]


def load(rt: Runtime, who: Principal) -> definitions.Deployment:
    """Deploy all samples. Their handlers are registered already."""
    require(who, "sample.load")
    return definitions.deploy(rt, who, files())
