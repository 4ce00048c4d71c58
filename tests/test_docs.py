"""The documentation says what the program does: settings, commands, links, samples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from stellwerk import feel
from stellwerk.cli import main
from stellwerk.cli.server import settings_markdown

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("bpmn/*.md"), ROOT / "static/README.md"])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def commands(group: click.Group = main, path: str = "stellwerk") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def test_the_table_of_settings_is_that_of_the_program() -> None:
    assert settings_markdown() in (ROOT / "docs/settings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_is_documented(name: str) -> None:
    assert f"`{name}" in (ROOT / "docs/command-line.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "command"), list(commands()), ids=[name for name, _ in commands()])
def test_every_command_explains_itself_with_an_example(name: str, command: click.Command) -> None:
    text = command.help or ""
    assert "Example" in text
    assert f"{name} " in text or text.rstrip().endswith(name)
    assert not command.get_short_help_str(60).endswith("..."), "the first sentence is cut in the list of commands"
    unexplained = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
    assert not unexplained


def test_no_command_is_documented_that_does_not_exist() -> None:
    rows = re.findall(r"^\| `(stellwerk [a-z ]+)", (ROOT / "docs/command-line.md").read_text("utf-8"), re.MULTILINE)
    assert {row.strip() for row in rows} == {name for name, _ in commands()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{page.name} links to {target}"
        assert not anchor or anchor in anchors(file), f"{page.name} links to {target}: there is no such heading"


def test_the_index_names_every_page() -> None:
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / target.partition("#")[0]).resolve() for target in LINK.findall(index)}
    missing = [p.relative_to(ROOT).as_posix() for p in ROOT.glob("docs/**/*.md") if p.resolve() not in linked]
    assert not [page for page in missing if page != "docs/README.md"]


def test_every_sample_and_form_has_its_line() -> None:
    text = (ROOT / "bpmn/README.md").read_text(encoding="utf-8")
    files = [path.name for path in ROOT.glob("bpmn/*") if path.suffix in (".bpmn", ".form", ".py")]
    assert len(files) >= 11
    assert not [name for name in files if f"({name})" not in text]


def test_every_make_target_explains_itself_or_is_a_step() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", text, re.MULTILINE))
    assert {"setup", "run", "test", "test-all", "lint", "lock", "clean"} <= targets


def test_pins_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.txt", "requirements-node.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "sha256:" in text
        assert "://" not in text, f"{name} holds an address"
    lock = (ROOT / "static/package-lock.json").read_text(encoding="utf-8")
    assert '"integrity": "sha512-' in lock
    assert '"resolved"' not in lock, "set omit-lockfile-registry-resolved=true in static/.npmrc"


def feel_examples() -> Iterator[tuple[str, str]]:
    """The rows of the table of expressions: what is written, and what it gives."""
    text = (ROOT / "docs/decisions.md").read_text(encoding="utf-8")
    table = text.partition("| expression | gives |")[2].partition("\n\n")[0]
    yield from re.findall(r"^\| `(.+)` \| `(.+)` \|$", table, re.MULTILINE)


@pytest.mark.parametrize(("written", "gives"), list(feel_examples()))
def test_the_expressions_of_the_guide_give_what_it_says(written: str, gives: str) -> None:
    text = (ROOT / "docs/decisions.md").read_text(encoding="utf-8")
    values = feel.parse(re.findall(r"```feel\n(.+?)```", text, re.DOTALL)[0]).evaluate({})
    found = feel.parse(written).evaluate(values)
    assert found == feel.parse(gives).evaluate({})
    assert found is not None


def test_the_guide_has_a_dozen_expressions() -> None:
    assert len(list(feel_examples())) > 12
