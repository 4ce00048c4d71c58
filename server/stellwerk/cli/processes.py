"""Check, deploy and start processes, and see what people have to do."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stellwerk.cli.output import as_json_option, hint, opened, print_json, print_table, problem_lines, short

if TYPE_CHECKING:
    from stellwerk.errors import Fix, Problem
    from stellwerk.store.records import TaskRecord
    from stellwerk.usecases.runtime import Runtime

DMN = ".dmn"
KINDS = (".bpmn", DMN, ".form")
MOST_FIXES = 100  # of one file in one go
files_argument = click.argument(
    "paths", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)


def read_files(paths: Sequence[Path]) -> list[tuple[str, bytes]]:
    """Name and content of each file; of a folder all its diagrams, decision models and forms. A name may occur once."""
    return [(path.name, _content(path)) for path in _files(paths)]


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(p for p in path.iterdir() if p.suffix in KINDS) if path.is_dir() else [path]
    if not found:
        raise click.UsageError(f"There are no {' or '.join(KINDS)} files in {', '.join(map(str, paths))}.")
    names = [path.name for path in found]
    for name in names:
        if names.count(name) > 1:
            raise click.UsageError(f"Two files are named {name}. Names must differ, since a report refers to them.")
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}.") from error


@click.command()
@files_argument
@click.option("--fix", is_flag=True, help="First mend what can be mended for certain, and write the files.")
@as_json_option
def check(paths: Sequence[Path], fix: bool, as_json: bool) -> None:
    """Check diagrams, decisions and forms; needs no database.

    A deployment makes the same checks.

    \b
    Examples:
      stellwerk check bpmn/order.bpmn
      stellwerk check --json bpmn/
      stellwerk check --fix order.bpmn

    Exits with 1 when an error was found. Warnings do not count.
    """
    if fix:
        for path in _files(paths):
            _mend(path)
    problems = check_files(read_files(paths))
    if as_json:
        print_json({"problems": problems})
    else:
        for line in problem_lines(problems):
            click.echo(line)
    errors = sum(problem.severity == "error" for problem in problems)
    hint(f"Errors: {errors}. Other findings: {len(problems) - errors}.")
    if errors:
        raise click.exceptions.Exit(1)


def _mend(path: Path) -> None:
    """Apply the fixes of one file, one after the other: each may make another one needless."""
    from stellwerk.engine.lint.fixes import apply_fix

    content = _content(path)
    done: list[Fix] = []
    while len(done) < MOST_FIXES:
        problem = next((p for p in check_file(path.name, content) if p.fix and p.fix not in done), None)
        if problem is None or problem.fix is None:
            break
        content = apply_fix(content, problem.fix)
        done.append(problem.fix)
        hint(f"{path.name}: {problem.fix.label} [{problem.rule}, element '{problem.fix.element_id}']")
    if done:
        try:
            path.write_bytes(content)
        except OSError as error:
            raise click.UsageError(f"{path} cannot be written: {error.strerror}.") from error


def check_files(files: Sequence[tuple[str, bytes]]) -> Sequence[Problem]:
    """All findings about these files. Decision models are checked together, since they may import each other."""
    from stellwerk.usecases.examine_decisions import examine

    problems = [problem for name, content in files for problem in check_file(name, content)]
    _, about = examine([file for file in files if file[0].endswith(DMN)], lambda namespace: None)
    return [*problems, *about]


def check_file(name: str, content: bytes) -> Sequence[Problem]:
    """All findings about one diagram or form."""
    from stellwerk.engine import compile_bpmn
    from stellwerk.errors import Problem
    from stellwerk.forms import validate_schema

    if name.endswith(DMN):
        return ()
    if not name.endswith(".form"):
        return compile_bpmn(content, filename=name).problems
    try:
        schema = json.loads(content)
    except ValueError as error:
        message = f"The form is not JSON: {error}. Save it again in the form editor."
        return [Problem(name, None, None, None, "form-json", message)]
    return validate_schema(schema, file=name)


@click.command()
@files_argument
@as_json_option
def deploy(paths: Sequence[Path], as_json: bool) -> None:
    """Deploy diagrams, decision models and forms together.

    All of them are deployed, or none when one has an error.

    \b
    Examples:
      stellwerk deploy bpmn/order.bpmn bpmn/order.form bpmn/pack.form
      stellwerk deploy bpmn/

    A file whose content was deployed before makes no new version.
    """
    from stellwerk.usecases import definitions

    files = read_files(paths)
    hint(f"Deploying {len(files)} files ...")
    with opened() as (runtime, who):
        deployment = definitions.deploy(runtime, who, files)
    if as_json:
        print_json(deployment)
        return
    for line in problem_lines(deployment.report):
        hint(line)
    deployed = [("process", d.key, d.version, d.name, d.id) for d in deployment.definitions]
    deployed += [(d.kind, d.key, d.version, d.name, d.id) for d in deployment.decisions]
    print_table(
        ("key", "version", "kind", "name", "id"),
        [(key, version, kind, name, id) for kind, key, version, name, id in deployed],
    )


@click.command()
@click.argument("key")
@click.option("--variables", default="{}", metavar="JSON|@FILE", help="Variables as a JSON object, or a file with one.")
@click.option("--business-key", metavar="KEY", help="Your own name for the case, such as an order number.")
@click.option("--version", type=click.IntRange(1), help="A version other than the one that takes new starts.")
@click.option(
    "--await",
    "await_s",
    default=0.0,
    metavar="SECONDS",
    type=click.FloatRange(0, 3600),
    help="Wait until it has ended or only waits for people, messages or timers.",
)
@as_json_option
def start(
    key: str, variables: str, business_key: str | None, version: int | None, await_s: float, as_json: bool
) -> None:
    """Start an instance of the process KEY.

    \b
    Examples:
      stellwerk start order --variables '{"item": "Tea", "quantity": 2, "price": 4.5, "card": "valid"}'
      stellwerk start order --variables @order.json --business-key 2026-117 --await 10

    A running server does the work that follows.
    """
    from stellwerk.store.instances import get_instance
    from stellwerk.usecases import instances

    request = instances.StartRequest(
        definition_key=key, version=version, business_key=business_key, variables=read_variables(variables)
    )
    with opened() as (runtime, who):
        record = instances.start(runtime, who, request)
        until = time.monotonic() + await_s
        if await_s and not record.settled:
            hint(f"Waiting up to {await_s:g} s for {record.id} ...")
        while not record.settled and time.monotonic() < until:
            time.sleep(0.1)
            with runtime.database.reading() as tx:
                record = get_instance(tx, record.id)
    if as_json:
        print_json(record)
        return
    click.echo(record.id)
    trouble = f", {record.incident_count} incidents" if record.incident_count else ""
    hint(f"{record.definition_name} version {record.version}: {record.state}{trouble}.")


def read_variables(text: str) -> Mapping[str, Any]:
    """The JSON object in `text`, or in the file that `@name` names."""
    source = "--variables"
    if text.startswith("@"):
        source, text = text[1:], _content(Path(text[1:])).decode(errors="replace")
    try:
        values = json.loads(text)
    except ValueError as error:
        raise click.UsageError(f"{source} is not JSON: {error}.") from error
    if not isinstance(values, dict):
        raise click.UsageError(f'{source} must be a JSON object, such as {{"amount": 12}}.')
    return values


@click.command()
@click.argument("key")
@click.option("--variables", default="{}", metavar="JSON|@FILE", help="Inputs as a JSON object, or a file with one.")
@click.option(
    "--feel",
    "expressions",
    multiple=True,
    metavar="NAME=EXPRESSION",
    help="An input in FEEL, for values that JSON does not have, such as dates; may be repeated.",
)
@click.option("--version", type=click.IntRange(1), help="A version other than the newest.")
@click.option("--tag", metavar="TAG", help="The newest version with this version tag.")
@as_json_option
def evaluate(
    key: str, variables: str, expressions: Sequence[str], version: int | None, tag: str | None, as_json: bool
) -> None:
    """Evaluate the deployed decision KEY.

    \b
    Examples:
      stellwerk evaluate discount --variables '{"total": 120}'
      stellwerk evaluate age --feel 'born=date("2001-05-06")' --json

    Prints the result as JSON; the rules that matched and why something is null go to stderr.
    """
    from stellwerk.engine.values import to_json
    from stellwerk.usecases import decisions

    request = decisions.EvaluateRequest(key, read_variables(variables), _by_name(expressions), version, tag)
    with opened() as (runtime, who):
        found = decisions.evaluate(runtime, who, request)
    found = replace(found, result=to_json(found.result))
    if as_json:
        print_json(found)
        return
    print_json(found.result)
    for one in found.matched:
        rules = ", ".join(map(str, one["rules"])) or "none"
        hint(f"{one['decisionName']}: rules that matched: {rules}.")
    for text in found.warnings:
        hint(text)


def _by_name(expressions: Sequence[str]) -> Mapping[str, str]:
    pairs = [text.partition("=") for text in expressions]
    for name, equals, _ in pairs:
        if not name.strip() or not equals:
            raise click.UsageError(f"--feel takes a name and an expression, NAME=EXPRESSION, not '{name}'.")
    return {name.strip(): text for name, _, text in pairs}


@click.command()
@click.option("--process", metavar="KEY", help="Only tasks of this process.")
@click.option("--assignee", metavar="USER", help="Only tasks of this person.")
@as_json_option
def tasks(process: str | None, assignee: str | None, as_json: bool) -> None:
    """List the open tasks of all people, oldest first.

    \b
    Examples:
      stellwerk tasks --process order
      stellwerk tasks --json
    """
    with opened() as (runtime, _):
        found = list(open_tasks(runtime, process, assignee))
    if as_json:
        print_json({"items": found})
        return
    print_table(
        ("id", "task", "process", "business key", "assignee", "created"),
        [
            (short(t.id), t.name, t.definition_name, t.business_key, t.assignee, f"{t.created_at:%Y-%m-%d %H:%M}")
            for t in found
        ],
    )
    if not found:
        hint("Nobody has anything to do.")


def open_tasks(runtime: Runtime, process: str | None, assignee: str | None) -> Iterator[TaskRecord]:
    """All open tasks that fit, oldest first, read page by page."""
    from stellwerk.store.paging import MAX_LIMIT, PageRequest
    from stellwerk.store.tasks import TaskFilter, list_tasks

    wanted = TaskFilter(state="open", definition_key=process, assignee=assignee)
    cursor: str | None = ""
    while cursor is not None:
        with runtime.database.reading() as tx:
            page = list_tasks(tx, wanted, PageRequest(MAX_LIMIT, cursor or None, "createdAt"))
        yield from page.items
        cursor = page.next_cursor
