"""The rules of families beside the everyday ones. `BROKEN` is counted by the test of all rules."""

import pytest
from tests.engine.harness import SIGNAL, chain, problems

S = '<startEvent id="s"/>'


def event(tag: str, definition: str) -> str:
    return f'{S}<{tag} id="x">{definition}</{tag}>{chain("s", "x")}'


def listens(id: str) -> str:
    start = f'<startEvent id="{id}1">{SIGNAL}</startEvent><task id="{id}2"/>{chain(f"{id}1", f"{id}2")}'
    return f'<subProcess id="{id}" triggeredByEvent="true">{start}</subProcess>'


# (rule, body, element that is named, what is declared beside the process)
BROKEN = [
    ("signal-missing", event("endEvent", "<signalEventDefinition/>"), "x", ""),
    ("signal-name", event("endEvent", '<signalEventDefinition signalRef="n"/>'), "n", '<signal id="n"/>'),
    ("signal-interrupts-twice", S + '<task id="a"/>' + chain("s", "a") + listens("x") + listens("y"), "y1", ""),
]


@pytest.mark.parametrize(("rule", "body", "element", "extra"), BROKEN)
def test_a_broken_rule_is_found_at_its_element(rule, body, element, extra):
    assert (rule, element) in problems(body, extra)
