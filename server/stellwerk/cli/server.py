"""Run the server or a worker, and look after its settings and its database."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from stellwerk.cli.output import as_json_option, hint, opened, print_json, print_table
from stellwerk.settings import PREFIX, Settings

SECRETS = ("secret_key", "smtp_url", "database_url")  # shown only as "set"
host_option = click.option("--host", help="Address to listen on; otherwise STELLWERK_HOST or 127.0.0.1.")
port_option = click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on; otherwise STELLWERK_PORT or 8080. 0: a free one."
)


def _settings(**given: Any) -> Settings:
    return Settings.from_env(**{name: value for name, value in given.items() if value is not None})


@click.command()
@host_option
@port_option
def serve(host: str | None, port: int | None) -> None:
    """Run Stellwerk on this machine: pages, REST API and workers.

    \b
    Examples:
      stellwerk serve
      STELLWERK_DATA=/var/lib/stellwerk stellwerk serve --port 9000
    """
    from stellwerk.serve import serve as run

    run(_settings(host=host, port=port))


@click.command()
@host_option
@port_option
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
def dev(folder: Path | None, host: str | None, port: int | None) -> None:
    """Run it for development: files are watched.

    As serve; and handlers are loaded again when their files change. With FOLDER, its diagrams and forms are
    deployed now and whenever one changes.

    \b
    Example:
      STELLWERK_HANDLERS=handlers.py stellwerk dev processes/
    """
    from stellwerk.cli.watch import deploying
    from stellwerk.serve import serve as run

    settings = _settings(host=host, port=port, dev=True)
    with deploying(folder):
        run(settings)


@click.command()
def worker() -> None:
    """Run jobs only, without pages.

    For beside a server with STELLWERK_WORKERS=0, or on another machine.

    \b
    Example:
      STELLWERK_DATABASE_URL=postgresql://host/stellwerk STELLWERK_WORKERS=8 stellwerk worker
    """
    from stellwerk.serve import work

    work(_settings())


@click.command()
@as_json_option
@click.option("--markdown", is_flag=True, help="Print the table of docs/settings.md.")
def settings(as_json: bool, markdown: bool) -> None:
    """List all settings and their values.

    \b
    Examples:
      stellwerk settings
      STELLWERK_PORT=9000 stellwerk settings --json
    """
    if markdown:
        click.echo(settings_markdown())
        return
    rows = settings_rows(Settings.from_env())
    if as_json:
        print_json({"items": rows})
        return
    print_table(
        ("variable", "value", "default", "meaning"),
        [(r["variable"], r["value"], r["default"], r["meaning"]) for r in rows],
    )


def settings_rows(current: Settings) -> list[dict[str, str]]:
    """One row for each setting, as texts. Secrets are not shown."""
    return [
        {
            "variable": PREFIX + f.name.upper(),
            "value": "(set)" if f.name in SECRETS and getattr(current, f.name) else _text(getattr(current, f.name)),
            "default": _text(f.default),
            "unit": f.metadata["unit"],
            "meaning": f.metadata["meaning"],
        }
        for f in fields(Settings)
    ]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def settings_markdown() -> str:
    """The table of docs/settings.md."""
    lines = ["| variable | default | unit | meaning |", "|---|---|---|---|"]
    for row in settings_rows(Settings()):
        default = f"`{row['default']}`" if row["default"] else ""
        lines.append(f"| `{row['variable']}` | {default} | {row['unit']} | {row['meaning']} |")
    return "\n".join(lines)


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
@as_json_option
def upgrade(as_json: bool) -> None:
    """Bring the tables to the version of this program. `serve` does it by itself at each start.

    \b
    Example:
      stellwerk db upgrade
    """
    from stellwerk.store import migrations

    hint("Upgrading the database ...")
    with opened(upgrade=False) as (runtime, _):
        before = migrations.upgrade(runtime.database)
    after = migrations.head()
    if as_json:
        print_json({"before": before, "after": after})
    else:
        change = "as before" if before == after else f"before: {before or 'none'}"
        click.echo(f"The tables are at version {after} ({change}).")
