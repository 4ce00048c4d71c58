"""Processes around one user task, for tests of what FEEL says in them."""

from __future__ import annotations

from tests.engine.harness import Run, chain, run

from stellwerk.engine.execute import read_scopes

START = '<startEvent id="s"/>'
END = '<endEvent id="e"/>'
FEEL = "https://www.omg.org/spec/DMN/20191111/FEEL/"


def waits(inside: str, variables: dict[str, object] | None = None, **attributes: str) -> Run:
    """A process with one user task `t`, with these attributes and children."""
    more = "".join(f' camunda:{name}="{value}"' for name, value in attributes.items())
    return run(f'{START}<userTask id="t"{more}>{inside}</userTask>{END}{chain("s", "t", "e")}', variables)


def mapping(*parameters: str, tag: str = "inputParameter") -> str:
    inside = "".join(
        f'<camunda:{tag} name="{name}">{text}</camunda:{tag}>'
        for name, text in zip(*[iter(parameters)] * 2, strict=True)
    )
    return f"<extensionElements><camunda:inputOutput>{inside}</camunda:inputOutput></extensionElements>"


def message_of(r: Run) -> str:
    (incident,) = r.incidents.values()
    return incident.message


def own(r: Run) -> dict[str, object]:
    """What the one activity that is open has for itself."""
    (scope,) = read_scopes(r.definition, r.snapshot, r.host)
    return dict(scope.variables)
