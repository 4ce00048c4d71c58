"""What helps somebody who types an expression."""

from __future__ import annotations

import pytest
from tests.engine.harness import bpmn

from stellwerk.engine import mistake_in, variables_in


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("", "expression"),
        ("amount > 1", "expression"),
        ("${amount > 1}", "expression"),
        ("for ${name}", "template"),
        ("PT1H", "iso-duration"),
        ("30 9 * * MON-FRI [Europe/Berlin]", "iso-cycle"),
        ("${due}", "iso-date"),
    ],
)
def test_what_can_be_read_has_no_mistake(text, type):
    assert mistake_in(text, type) is None


@pytest.mark.parametrize(
    ("text", "type", "offset"),
    [("f(x", "expression", 1), ("${a +}", "expression", 5), ("x ${a +} y", "template", 7), ("${a", "template", 0)],
)
def test_a_mistake_has_its_place(text, type, offset):
    message, found = mistake_in(text, type)
    assert found == offset
    assert message.endswith(".")


def test_variables_are_the_names_that_something_writes():
    body = (
        '<dataObject id="order"/><dataObjectReference id="DataObjectReference_1tifkg6" dataObjectRef="order"/>'
        '<scriptTask id="s"><script>total = amount * 2</script></scriptTask>'
        '<property id="p1" name="no name"/>'
    )
    assert variables_in(bpmn(body)) == ("order", "p1", "total")
    assert variables_in(b"<broken") == ()
