"""Short ways to write models with call activities and to run them."""

from tests.engine.harness import FakeHost, Run, compiled

from stellwerk.engine import Budget
from stellwerk.engine import events as e

S = '<startEvent id="s"/>'
U = '<userTask id="u"/>'


def call(id: str = "call", key: str = "inner", passed: str = "", inside: str = "", **attributes: str) -> str:
    """A call activity; `passed` are its camunda:in and camunda:out."""
    more = "".join(f' camunda:{name}="{value}"' for name, value in attributes.items())
    extension = f"<extensionElements>{passed}</extensionElements>" if passed else ""
    return f'<callActivity id="{id}" calledElement="{key}"{more}>{extension}{inside}</callActivity>'


ALL_IN, ALL_OUT = '<camunda:in variables="all"/>', '<camunda:out variables="all"/>'


def calling(body: str, *, extra: str = "", reload: bool = True, budget: Budget | None = None, **processes: str) -> Run:
    """A run that has not started; `processes` are the bodies of what can be called."""
    host = FakeHost(processes={key: compiled(text, extra, key) for key, text in processes.items()})
    r = Run(compiled(body, extra), host, reload=reload)
    if budget is not None:
        r.budget = budget
    return r


def everywhere(body: str, variables: dict | None = None, *, extra: str = "", **processes: str) -> Run:
    """The same in memory, with reloads, and with the budget cutting after each element. -> the last one"""
    runs = [
        calling(body, extra=extra, reload=reload, budget=Budget(steps, 1e9), **processes)
        for reload, steps in ((False, 9999), (True, 9999), (True, 1))
    ]
    traces = [r.start(variables or {}).host.trace for r in runs]
    assert traces[0] == traces[1] == traces[2]
    told = [[event for event in r.log if not isinstance(event, e.ContinueRequested)] for r in runs]
    assert told[0] == told[1] == told[2]
    return runs[2]
