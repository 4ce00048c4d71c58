"""What is published works by itself: a wheel, installed elsewhere, runs in an empty folder."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.servers import Server, serving

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class Installed:
    wheel: Path
    python: Path
    package: Path

    @property
    def names(self) -> list[str]:
        return zipfile.ZipFile(self.wheel).namelist()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, built without network and installed into a venv of its own.

    The libraries come from the development venv by a path entry; entries of that venv are not followed, so that the
    package itself can only come from the wheel.
    """
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder)
    (wheel,) = folder.glob("*.whl")
    venv = folder / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", venv)
    python = venv / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet", wheel)
    return Installed(wheel, python, site / "stellwerk")


@pytest.fixture(scope="module")
def server(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    empty = tmp_path_factory.mktemp("empty")
    command = (str(installed.python.parent / "stellwerk"), "serve")
    with serving(empty / "data", command=command, cwd=empty) as running:
        yield running


def test_a_wheel_holds_all_that_the_program_needs(installed: Installed) -> None:
    names = installed.names
    for wanted in (
        "stellwerk/web/built/manifest.json",
        "stellwerk/samples/order.bpmn",
        "stellwerk/samples/order.form",
        "stellwerk/samples/handlers.py",
        "stellwerk/store/migrations/env.py",
        "stellwerk/py.typed",
    ):
        assert wanted in names
    for folder in ("store/migrations/versions/", "web/templates/", "web/translations/", "web/built/css/"):
        assert any(name.startswith(f"stellwerk/{folder}") for name in names), f"{folder} is missing"


def test_a_wheel_holds_nothing_else(installed: Installed) -> None:
    assert not [name for name in installed.names if not name.startswith(("stellwerk/", "stellwerk-"))]
    assert not [name for name in installed.names if "__pycache__" in name or "node_modules" in name]


def test_the_installed_program_is_that_of_the_wheel(installed: Installed) -> None:
    found = run(installed.python, "-c", "import stellwerk; print(stellwerk.__file__)", cwd=installed.wheel.parent)
    assert Path(found.strip()).parent == installed.package


def test_it_serves_in_an_empty_folder(installed: Installed, server: Server) -> None:
    assert httpx.get(f"{server.url}/healthz").status_code == 200
    words = ("token", "create", "--name", "try", "--role", "administrator")
    token = run(installed.python.parent / "stellwerk", *words, cwd=server.log.parents[1]).strip()
    document = httpx.get(f"{server.url}/api/v1/openapi.json", headers={"Authorization": f"Bearer {token}"})
    assert document.json()["openapi"].startswith("3.1")


def test_it_sends_the_browser_files_that_its_pages_name(server: Server) -> None:
    page = httpx.get(f"{server.url}/", follow_redirects=True)
    assert page.status_code in (200, 401)
    names = [part.split('"')[0] for part in page.text.split('href="')[1:]]
    sheets = [name for name in names if name.endswith(".css")]
    assert sheets, page.text
    for sheet in sheets:
        assert httpx.get(f"{server.url}{sheet}").status_code == 200


def test_it_deploys_its_own_samples(installed: Installed, tmp_path: Path) -> None:
    samples = installed.package / "samples"
    out = run(installed.python.parent / "stellwerk", "deploy", samples, cwd=tmp_path)
    assert {"order", "approval", "customer", "supplier"} <= {line.split()[0] for line in out.splitlines()}
