"""Standard loops: what the condition and each round see of the counter."""

import pytest
from tests.engine.harness import chain, run, say, script, undo
from tests.engine.test_compensation import S, everywhere


def looped(condition: str, *, before: bool, maximum: int | None = None) -> str:
    """A script task that says the number of its round."""
    most = f' loopMaximum="{maximum}"' if maximum is not None else ""
    loop = (
        f'<standardLoopCharacteristics testBefore="{str(before).lower()}"{most}>'
        f'<loopCondition xsi:type="tFormalExpression">{condition}</loopCondition></standardLoopCharacteristics>'
    )
    return script("a", "log(loopCounter)").replace("<script>", f"{loop}<script>")


@pytest.mark.parametrize(
    ("condition", "before", "maximum", "rounds"),
    [
        ("loopCounter &lt; 2", True, None, 2),
        ("loopCounter &lt; 0", True, None, 0),
        ("loopCounter &lt; 2", False, None, 2),
        ("loopCounter &lt; 0", False, None, 1),
        ("loopCounter &lt; 9", True, 3, 3),
        ("True", False, 0, 0),
    ],
)
def test_the_condition_sees_how_many_rounds_there_were_also_before_the_first(condition, before, maximum, rounds):
    r = everywhere(S + looped(condition, before=before, maximum=maximum) + say("end") + chain("s", "a", "end"))
    assert r.host.trace == [*range(rounds), "end"]
    assert r.completed


def test_a_handler_sees_the_counter_of_the_round_that_it_undoes():
    throw = '<intermediateThrowEvent id="t"><compensateEventDefinition/></intermediateThrowEvent>'
    handler = undo("a", script("h", "log(-loopCounter)"))
    r = run(S + looped("loopCounter &lt; 3", before=True) + handler + throw + chain("s", "a", "t"))
    assert r.host.trace == [0, 1, 2, -2, -1, 0]
    assert r.completed
    r.assert_clean()
