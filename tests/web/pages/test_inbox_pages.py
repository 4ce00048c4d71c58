"""A message that nobody took: who is nearest, giving it to somebody, dropping it."""

from __future__ import annotations

from typing import Any

import pytest

from stellwerk.errors import Conflict

from .application import application, unbuilt
from .fakes import ADMIN, CLERK, INSTANCES, MESSAGES, FakePort

PAGE = f"/operate/messages/{MESSAGES[0].id}"
TO = {"to": f"{INSTANCES[0].id}/9", "reason": " they called "}


@pytest.fixture
def fake() -> FakePort:
    return FakePort()


def client(fake: FakePort, tmp_path: Any, who: Any = ADMIN) -> Any:
    return application(fake, who, unbuilt(tmp_path)).test_client()


def test_the_page_says_who_is_nearest_and_in_what_they_differ(fake: FakePort, tmp_path: Any) -> None:
    page = client(fake, tmp_path).get(PAGE).text
    assert page.index("nothing: it fits") < page.index("business key = &#39;Order 4711&#39;")
    assert "129" in page


def test_a_message_is_given_to_the_chosen_one(fake: FakePort, tmp_path: Any) -> None:
    answer = client(fake, tmp_path).post(f"{PAGE}/correlate", data=TO)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/instances/{INSTANCES[0].id}")
    assert fake.done == [("correlate", MESSAGES[0].id, INSTANCES[0].id, 9, "they called")]


def test_a_message_is_dropped(fake: FakePort, tmp_path: Any) -> None:
    assert client(fake, tmp_path).post(f"{PAGE}/drop", data={"reason": "old"}).status_code == 302
    assert fake.done == [("drop", MESSAGES[0].id, "old")]


@pytest.mark.parametrize("to", ["", "x/1", f"{INSTANCES[0].id}/", f"{INSTANCES[0].id}"])
def test_a_choice_that_is_none_does_nothing(fake: FakePort, tmp_path: Any, to: str) -> None:
    answer = client(fake, tmp_path).post(f"{PAGE}/correlate", data={"to": to})
    assert answer.status_code == 409
    assert "No instance was chosen." in answer.text
    assert fake.done == []


@pytest.mark.parametrize("deed", ["correlate", "drop"])
def test_what_somebody_took_meanwhile_is_said(fake: FakePort, tmp_path: Any, deed: str) -> None:
    fake.refuse = Conflict("It is on its way already.")
    answer = client(fake, tmp_path).post(f"{PAGE}/{deed}", data=TO)
    assert answer.status_code == 409
    assert "It is on its way already." in answer.text


def test_who_may_not_operate_sees_and_does_nothing(fake: FakePort, tmp_path: Any) -> None:
    asking = client(fake, tmp_path, CLERK)
    assert asking.get(PAGE).status_code == 403
    assert [asking.post(f"{PAGE}/{deed}", data=TO).status_code for deed in ("correlate", "drop")] == [403, 403]
    assert fake.done == []
