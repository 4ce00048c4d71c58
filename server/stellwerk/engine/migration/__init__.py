"""A running instance goes on under another version of its definition.

`plan` maps the elements of one version to those of another, `migrate` moves an instance, and what becomes of each
thing that waits is told by the same code (`dry_run` of engine/execute.py does it on a copy). Nothing changes when one
thing cannot be migrated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stellwerk.engine.migration.decide import Decision
from stellwerk.engine.migration.fates import Fate
from stellwerk.engine.migration.move import move
from stellwerk.engine.migration.plan import MigrationPlan, Pairing, plan
from stellwerk.errors import WrongState

if TYPE_CHECKING:
    from stellwerk.engine.commands import MigrateInstance
    from stellwerk.engine.instance import Instance

__all__ = ["Fate", "MigrationPlan", "Pairing", "migrate", "plan"]


def migrate(instance: Instance, command: MigrateInstance) -> tuple[Fate, ...]:
    """Move the instance, unless something is refused: then it must be thrown away when something was opened already.

    Raises InvalidInput for a mapping that is none, WrongState for a called process that has ended.
    """
    process = instance.process_of(command.call)
    if process is None:
        raise WrongState("The called process is over; nothing can change it.")
    found = plan(process.definition, command.definition, command.mapping)
    decision = Decision(process, command.definition, found).decide()
    if not decision.refusals:
        move(decision, command)
    return tuple(sorted(decision.fates, key=lambda fate: fate.becomes != "refused"))
