"""Who may sign in, and with what: users and API tokens."""

from __future__ import annotations

import sys
from datetime import timedelta

import click

from stellwerk.cli.output import as_json_option, hint, opened, print_json

role_option = click.option(
    "--role",
    type=click.Choice(["administrator", "user"]),
    default="user",
    show_default=True,
    help="What they may do: everything, or start processes and work on tasks.",
)


@click.group()
def user() -> None:
    """Make user accounts."""


@user.command("create")
@click.argument("name")
@role_option
@click.option("--display-name", metavar="TEXT", default="", help="The name that others see.")
@click.option("--email", metavar="ADDRESS", default="", help="Where notes are sent to.")
@click.option("--group", "groups", metavar="GROUP", multiple=True, help="A group of theirs; may be repeated.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of stdin.")
@as_json_option
def create_user(
    name: str, role: str, display_name: str, email: str, groups: tuple[str, ...], password_stdin: bool, as_json: bool
) -> None:
    """Make the user NAME. On a terminal the password is asked for.

    \b
    Examples:
      stellwerk user create anna --group warehouse
      stellwerk user create root --role administrator --password-stdin < password.txt
    """
    from stellwerk.usecases import accounts

    password = _password(password_stdin)
    with opened() as (runtime, who):
        new = accounts.NewUser(
            name, display_name, email, roles=frozenset({role}), groups=frozenset(groups), password=password
        )
        record = accounts.create_user(runtime, who, new)
    if as_json:
        print_json(record)
        return
    click.echo(record.name)
    if password is None:
        hint(f"{name} has no password yet and cannot sign in. An administrator can set one on the page Settings.")


def _password(from_stdin: bool) -> str | None:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise click.UsageError("stdin holds no password. Write it there as one line.")
        return password
    if sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    return None


@click.group()
def token() -> None:
    """Make API tokens for programs."""


@token.command("create")
@click.option("--name", required=True, help="Which program uses it; shown in the history.")
@role_option
@click.option("--group", "groups", metavar="GROUP", multiple=True, help="A group it belongs to; may be repeated.")
@click.option("--days", type=click.IntRange(1, 36500), help="For how long it is valid; otherwise until it is revoked.")
@as_json_option
def create_token(name: str, role: str, groups: tuple[str, ...], days: int | None, as_json: bool) -> None:
    """Make an API token and print it. It cannot be shown again: the database keeps only its hash.

    \b
    Examples:
      stellwerk token create --name web-shop --role user
      curl -H "Authorization: Bearer $(stellwerk token create --name try --role administrator)" ...
    """
    from stellwerk.usecases import accounts

    with opened() as (runtime, who):
        life = timedelta(days=days) if days else None
        secret = accounts.create_token(runtime, who, name, role, groups=groups, life=life)
    if as_json:
        print_json({"name": name, "role": role, "token": secret})
        return
    click.echo(secret)
    hint("Keep it: it is not shown again. Send it as `Authorization: Bearer <token>`.")
