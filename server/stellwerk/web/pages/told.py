"""What a command would do, in the reader's language: the sentences of `engine.effects` as texts that are translated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from stellwerk.engine import Effect
from stellwerk.web.pages.present import exact
from stellwerk.web.pages.words import lazy, ngettext

TEXTS: Mapping[str, Any] = {
    "token-withdrawn": lazy("What is at '%(name)s' is taken away."),
    "step-completed": lazy("'%(name)s' is completed."),
    "step-passed": lazy("'%(name)s' is passed."),
    "step-begun": lazy("A token comes to '%(name)s'."),
    "scope-begun": lazy("'%(name)s' begins."),
    "task-opened": lazy("The task '%(name)s' opens."),
    "task-withdrawn": lazy("The task '%(name)s' is withdrawn."),
    "task-completed": lazy("The task '%(name)s' is closed as completed."),
    "job-requested": lazy("The handler of topic '%(detail)s' will run for '%(name)s'."),
    "job-withdrawn": lazy(
        "The job of '%(name)s' is withdrawn. If its handler runs already, its result will not count."
    ),
    "timer-set": lazy("The timer '%(name)s' is set for %(detail)s."),
    "timer-cleared": lazy("The timer '%(name)s' is cleared."),
    "message-awaited": lazy("'%(name)s' waits for the message '%(detail)s'."),
    "message-not-awaited": lazy("'%(name)s' no longer waits for the message '%(detail)s'."),
    "signal-awaited": lazy("'%(name)s' waits for the signal '%(detail)s'."),
    "signal-not-awaited": lazy("'%(name)s' no longer waits for the signal '%(detail)s'."),
    "message-sent": lazy("'%(name)s' sends the message '%(detail)s'."),
    "signal-sent": lazy("'%(name)s' sends the signal '%(detail)s'."),
    "variables-written": lazy("Variables are written: %(detail)s."),
    "variables-removed": lazy("Variables are removed: %(detail)s."),
    "incident-raised": lazy("There will be an incident at '%(name)s': %(detail)s"),
    "incident-resolved": lazy("The incident at '%(name)s' is resolved."),
    "script-runs": lazy("What '%(name)s' runs in the sandbox will be run; what follows depends on it."),
    "goes-on": lazy("And so on: only the first steps are shown."),
    "instance-completed": lazy("The instance is completed."),
    "instance-cancelled": lazy("The instance is cancelled."),
    "instance-failed": lazy("The instance ends as failed: %(detail)s."),
    "instance-suspended": lazy(
        "Nothing moves any more until the instance is resumed: people cannot complete its tasks, timers "
        "and messages wait. Handlers that run already may end."
    ),
    "instance-resumed": lazy("The instance goes on, also with what has waited meanwhile."),
}


def told(effect: Effect) -> str:
    """One sentence; times as the reader writes them."""
    is_time = effect.kind == "timer-set"
    detail = exact(datetime.fromisoformat(effect.detail)) if is_time else effect.detail
    text = str(TEXTS[effect.kind]) % {"name": effect.name, "detail": detail}
    times = len(effect.tokens)
    return text if times < 2 else f"{text} ({ngettext('once', '%(num)d times', times)})"
