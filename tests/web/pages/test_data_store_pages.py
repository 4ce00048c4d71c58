"""The pages of data stores: a list, and a form that notices others."""

from __future__ import annotations

from typing import Any

import pytest

from stellwerk.errors import ChangedMeanwhile

from .application import application, unbuilt
from .fakes import ADMIN, CLERK, FakePort

EDIT = "/operate/data-stores/edit"
FORM = {"name": "Orders today", "version": "7", "type": "number", "value": "43"}


@pytest.fixture
def fake() -> FakePort:
    return FakePort()


def client(fake: FakePort, tmp_path: Any, who: Any = ADMIN) -> Any:
    return application(fake, who, unbuilt(tmp_path)).test_client()


def test_stores_are_listed_and_lead_to_their_form(fake: FakePort, tmp_path: Any) -> None:
    asking = client(fake, tmp_path)
    page = asking.get("/operate/data-stores/").text
    assert "/operate/data-stores/edit?name=Orders+today" in page
    form = asking.get(f"{EDIT}?name=Orders+today").text
    assert 'name="version" value="7"' in form
    assert ">42</textarea>" in form
    assert asking.get(f"{EDIT}?name=nothing").status_code == 404


def test_a_value_is_written_over_the_version_that_was_shown(fake: FakePort, tmp_path: Any) -> None:
    assert client(fake, tmp_path).post(EDIT, data=FORM).status_code == 302
    assert fake.done == [("write_store", "Orders today", 43, 7)]


def test_what_is_wrong_stays_on_the_page(fake: FakePort, tmp_path: Any) -> None:
    answer = client(fake, tmp_path).post(EDIT, data={**FORM, "value": "many"})
    assert answer.status_code == 422
    assert ">many</textarea>" in answer.text
    assert fake.done == []


def test_what_somebody_wrote_meanwhile_is_not_lost(fake: FakePort, tmp_path: Any) -> None:
    fake.refuse = ChangedMeanwhile("It was written.")
    answer = client(fake, tmp_path).post(EDIT, data=FORM)
    assert answer.status_code == 409
    assert ">43</textarea>" in answer.text


def test_only_administrators_see_them(fake: FakePort, tmp_path: Any) -> None:
    asking = client(fake, tmp_path, CLERK)
    assert asking.get("/operate/data-stores/").status_code == 403
    assert asking.post(EDIT, data=FORM).status_code == 403
    assert fake.done == []
