"""What all commands share: results to stdout, hints to stderr, and the runtime of the server's own machine."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from stellwerk.errors import Problem

if TYPE_CHECKING:
    from stellwerk.usecases.access import Principal
    from stellwerk.usecases.runtime import Runtime

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


def hint(text: str) -> None:
    """A line for the person, on stderr, so that stdout holds nothing but the result."""
    click.echo(text, err=True)


def print_json(value: Any) -> None:
    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def plain(value: Any) -> Any:
    """Records as JSON objects with the names that REST uses."""
    if is_dataclass(value) and not isinstance(value, type):
        return {_camel(f.name): plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def print_table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Columns as wide as their widest cell; the last one may be as long as it likes."""
    table = [tuple(heads), *(tuple("" if cell is None else str(cell) for cell in row) for row in rows)]
    widths = [max(len(row[i]) for row in table) for i in range(len(heads))]
    for row in table:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """`order.bpmn:12: error: message [rule, element 'pack']`, one for each problem."""
    for p in problems:
        place = f"{p.file}:{p.line}" if p.line else p.file
        element = f", element '{p.element_name or p.element_id}'" if p.element_id else ""
        yield f"{place}: {p.severity}: {p.message} [{p.rule}{element}]"


def short(id: UUID | None) -> str:
    return str(id) if id else ""


@contextmanager
def opened(*, upgrade: bool = True) -> Iterator[tuple[Runtime, Principal]]:
    """The use cases on the database that the settings name, as an administrator: who can run this can read it anyway.

    No workers run here; those of a running server notice new work by their next look into the job table.
    `upgrade`: bring the tables up to date first, as the server does.
    """
    from stellwerk.app import create_runtime
    from stellwerk.settings import Settings
    from stellwerk.usecases.access import Principal

    runtime = create_runtime(Settings.from_env(), upgrade=upgrade)
    try:
        yield runtime, Principal("command line", frozenset({"administrator"}), kind="system")
    finally:
        runtime.close()
