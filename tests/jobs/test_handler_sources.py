"""Handlers come from files, modules and packages; in developer mode changed code is loaded again."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.jobs.handler_support import record

from stellwerk.errors import SettingInvalid
from stellwerk.jobs import sources
from stellwerk.jobs.handlers import Registry, load
from stellwerk.jobs.sources import Source
from stellwerk.settings import Settings

HANDLER = """
import stellwerk

@stellwerk.service("{topic}")
def work() -> str:
    return "{answer}"
"""


@pytest.fixture(autouse=True)
def _clean_modules() -> Iterator[None]:
    """What a test imports is gone after it."""
    modules, path = set(sys.modules), list(sys.path)
    yield
    for name in set(sys.modules) - modules:
        del sys.modules[name]
    sys.path[:] = path


def write(path: Path, text: str, changed_at: int = 1_000_000_000) -> Path:
    """A file whose time of change is what the test says."""
    path.write_text(text)
    os.utime(path, (changed_at, changed_at))
    return path


def answer(registry: Registry, topic: str = "work") -> object:
    return registry.run(topic, record(topic), {})


def test_files_and_modules_are_named_in_one_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = write(tmp_path / "one.py", HANDLER.format(topic="one", answer="from a file"))
    (tmp_path / "shop").mkdir()
    write(tmp_path / "shop" / "__init__.py", "from shop.payments import work")
    write(tmp_path / "shop" / "payments.py", HANDLER.format(topic="two", answer="from a package"))
    monkeypatch.syspath_prepend(tmp_path)
    registry = load(Settings(handlers=f"{one}, shop,"))
    assert answer(registry, "one") == "from a file"
    assert answer(registry, "two") == "from a package"
    assert {"http-request", "send-mail", "log"} <= registry.topics()
    names = {item["topic"]: item["handler"] for item in registry.describe()}
    assert (names["one"], names["two"]) == ("one.py: work", "shop.payments.work")


def test_handlers_of_the_setting_go_before_those_that_come_with_stellwerk(tmp_path: Path) -> None:
    own = write(tmp_path / "own.py", HANDLER.format(topic="log", answer="mine"))
    assert answer(load(Settings(handlers=str(own))), "log") == "mine"


def test_a_file_may_import_its_neighbours_and_use_late_annotations(tmp_path: Path) -> None:
    write(tmp_path / "neighbour.py", "ANSWER = 'from next door'")
    text = "from __future__ import annotations\nfrom dataclasses import dataclass\nimport stellwerk, neighbour\n"
    text += "@dataclass\nclass A:\n    b: B\n@dataclass\nclass B:\n    c: int\n"
    text += "@stellwerk.service('work')\ndef work(a: A) -> str:\n    return neighbour.ANSWER + str(a.b.c)\n"
    registry = Registry([[Source(str(write(tmp_path / "h.py", text)), "Test")]])
    assert registry.run("work", record(), {"a": {"b": {"c": 5}}}) == "from next door5"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("import nix_there", "ModuleNotFoundError: No module named 'nix_there'"),
        ("x = 1\ny = x / 0", "ZeroDivisionError: division by zero ("),
        ("def f(:", "SyntaxError"),
        ("import stellwerk\n@stellwerk.service('a', tries=0)\ndef f(): ...", "tries=0 of 'a'"),
        (
            HANDLER.format(topic="a", answer="") + HANDLER.format(topic="a", answer="").replace("work", "more"),
            "Two handlers have the topic 'a'",
        ),
    ],
)
def test_code_that_cannot_be_loaded_is_named_with_the_reason(tmp_path: Path, text: str, message: str) -> None:
    file = write(tmp_path / "broken.py", text)
    with pytest.raises(SettingInvalid) as refused:
        load(Settings(handlers=str(file)))
    assert message in refused.value.message
    assert "broken.py" in refused.value.message


@pytest.mark.parametrize("name", ["missing.py", "no_such_module_here"])
def test_what_is_not_there_is_named(name: str) -> None:
    with pytest.raises(SettingInvalid, match=rf"STELLWERK_HANDLERS names '{name}'"):
        load(Settings(handlers=name))


def test_installed_packages_may_bring_handlers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "bakery-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bakery\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[stellwerk.handlers]\nbakery = bakery_handlers\n")
    write(tmp_path / "bakery_handlers.py", HANDLER.format(topic="bake", answer="a cake"))
    monkeypatch.syspath_prepend(tmp_path)
    assert answer(Registry([sources.from_entry_points()]), "bake") == "a cake"


def test_changed_code_is_loaded_again_in_developer_mode(tmp_path: Path) -> None:
    file = write(
        tmp_path / "h.py", "from part import ANSWER\n" + HANDLER.replace('"{answer}"', "ANSWER").format(topic="work")
    )
    part = write(tmp_path / "part.py", "ANSWER = 'old'")
    registry = Registry([[Source(str(file), "Test")]], dev=True)
    assert answer(registry) == "old"
    assert registry.reload_if_changed() is False
    write(part, "ANSWER = 'new, in a neighbour'", 1_000_000_100)
    assert registry.topics() == {"work"}
    assert answer(registry) == "new, in a neighbour"
    write(file, HANDLER.format(topic="other", answer="another topic"), 1_000_000_200)
    assert registry.topics() == {"other"}


def test_code_that_became_wrong_leaves_the_old_handlers(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = write(tmp_path / "h.py", HANDLER.format(topic="work", answer="old"))
    registry = Registry([[Source(str(file), "Test")]], dev=True)
    write(file, "def broken(:", 1_000_000_100)
    with caplog.at_level("ERROR"):
        assert registry.reload_if_changed() is False
        assert registry.reload_if_changed() is False
    assert len(caplog.messages) == 1
    assert registry.problem is not None
    assert "SyntaxError" in registry.problem
    assert answer(registry) == "old"
    file.unlink()
    registry.reload_if_changed()
    assert answer(registry) == "old"
    write(file, HANDLER.format(topic="work", answer="repaired"), 1_000_000_300)
    assert registry.reload_if_changed() is True
    assert registry.problem is None
    assert answer(registry) == "repaired"


def test_without_developer_mode_nothing_is_loaded_again(tmp_path: Path) -> None:
    file = write(tmp_path / "h.py", HANDLER.format(topic="work", answer="old"))
    registry = Registry([[Source(str(file), "Test")]])
    write(file, HANDLER.format(topic="other", answer="new"), 1_000_000_100)
    assert registry.topics() == {"work"}
