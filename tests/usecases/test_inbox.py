"""Messages that nobody took: who is nearest, giving one to somebody by hand, dropping it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from tests.installation import ADMIN, Installation
from tests.usecases.test_messages import LATE, WAIT, ended, publish

from stellwerk.engine.commands import ResumeInstance, SuspendInstance
from stellwerk.errors import Conflict, InstanceSuspended, NotFound, NotPermitted, WrongState
from stellwerk.usecases import inbox, operate
from stellwerk.usecases.access import Principal

ANNA = Principal("anna", frozenset({"user"}))


def test_the_nearest_candidates_come_first_and_say_how_they_differ(home: Installation) -> None:
    home.deploy(WAIT)
    home.start("wait", "A-1", order=1)
    near = home.start("wait", "A-2", order=2)
    message = publish(home, business_key="A-2", correlation_keys={"order": 3})
    assert message.state == "waiting"
    found = inbox.candidates(home.rt, ADMIN, message.id)
    assert found[0].instance.id == near
    assert [one.differences for one in found] == [("order = 2",), ("business key = 'A-1'", "order = 1")]


def test_an_operator_gives_a_message_to_an_instance_whatever_its_keys_are(home: Installation) -> None:
    home.deploy(WAIT)
    other, id = home.start("wait", "A-1"), home.start("wait", "A-2")
    message = publish(home, business_key="A-3", variables={"amount": 5})
    after = inbox.correlate(home.rt, ADMIN, message.id, id, reason="they called")
    assert (after.state, after.instance_id) == ("delivered", id)
    assert ended(home, id)
    assert home.variables(id) == {"amount": 5}
    assert home.read(other).state == "active"
    with pytest.raises(Conflict, match="is delivered already"):
        inbox.correlate(home.rt, ADMIN, message.id, other)
    assert home.read(other).state == "active"


def test_who_does_not_wait_gets_nothing(home: Installation) -> None:
    home.deploy(LATE)
    id = home.start("late", "A-1")
    message = publish(home, business_key="A-3")
    with pytest.raises(WrongState, match="does not wait for"):
        inbox.correlate(home.rt, ADMIN, message.id, id)
    with pytest.raises(NotFound):
        inbox.correlate(home.rt, ADMIN, message.id, uuid4())
    assert home.messages()[0].state == "waiting"


def test_a_suspended_instance_gets_it_after_resuming(home: Installation) -> None:
    home.deploy(WAIT)
    id = home.start("wait", "A-1")
    message = publish(home, business_key="A-3")
    operate.do(home.rt, ADMIN, id, SuspendInstance())
    with pytest.raises(InstanceSuspended):
        inbox.correlate(home.rt, ADMIN, message.id, id)
    assert home.messages()[0].state == "waiting"
    operate.do(home.rt, ADMIN, id, ResumeInstance())
    inbox.correlate(home.rt, ADMIN, message.id, id)
    assert ended(home, id)


def test_a_message_that_was_dropped_is_for_nobody(home: Installation) -> None:
    home.deploy(WAIT)
    message = publish(home)
    dropped = inbox.drop(home.rt, ADMIN, message.id, "sent twice")
    assert (dropped.state, dropped.reason) == ("expired", "Dropped by admin: sent twice")
    assert home.messages()[0].reason == dropped.reason
    id = home.start("wait")
    assert not ended(home, id)
    for deed in (inbox.drop, lambda rt, who, message_id: inbox.correlate(rt, who, message_id, id)):
        with pytest.raises(Conflict):
            deed(home.rt, ADMIN, message.id)


def test_only_administrators_do_it(home: Installation) -> None:
    home.deploy(WAIT)
    id, message = home.start("wait", "A-1"), publish(home, business_key="A-3")
    for forbidden in (
        lambda: inbox.candidates(home.rt, ANNA, message.id),
        lambda: inbox.correlate(home.rt, ANNA, message.id, id),
        lambda: inbox.drop(home.rt, ANNA, message.id),
    ):
        with pytest.raises(NotPermitted):
            forbidden()
    assert home.messages()[0].state == "waiting"
