"""The command line. Commands import what they need when they run, so that `stellwerk --help` answers at once.

Results go to stdout, hints and progress to stderr. Exit codes: 0 done, 1 it failed, 2 wrong usage or setting.
"""

from __future__ import annotations

from typing import Any

import click

from stellwerk.cli.accounts import token, user
from stellwerk.cli.processes import check, deploy, evaluate, start, tasks
from stellwerk.cli.server import db, dev, serve, settings, worker
from stellwerk.errors import InvalidDefinition, ProcessError, SettingInvalid

WRONG_USAGE = 2


class Commands(click.Group):
    """Lists commands in the order in which a newcomer meets them, and shows our own errors without a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ProcessError as error:
            _show(error)
            ctx.exit(WRONG_USAGE if isinstance(error, SettingInvalid) else 1)


def _show(error: ProcessError) -> None:
    from stellwerk.cli.output import hint, problem_lines

    if isinstance(error, InvalidDefinition):
        for line in problem_lines(error.problems):
            hint(line)
        hint("Nothing was deployed. Correct the errors and repeat.")
    else:
        hint(error.message)


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Settings come from the environment (STELLWERK_...); `stellwerk settings` lists them.",
)
@click.version_option(package_name="stellwerk", message="stellwerk %(version)s")
def main() -> None:
    """Stellwerk draws, runs and watches business processes (BPMN 2.0).

    \b
    Begin with:  stellwerk serve
    """


for command in (serve, dev, worker, check, deploy, start, evaluate, tasks, settings, db, user, token):
    main.add_command(command)
