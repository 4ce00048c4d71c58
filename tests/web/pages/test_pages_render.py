"""Every page of the URL map renders, for an administrator and for a user, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from stellwerk.usecases.access import Principal

from .addresses import addresses
from .fakes import ADMIN, CLERK, FakePort

Clients = Callable[[Principal | None], FlaskClient]


@pytest.mark.parametrize("address", addresses())
@pytest.mark.parametrize("language", ["en", "de"])
def test_an_administrator_sees_every_page(client_of: Clients, address: str, language: str) -> None:
    client = client_of(ADMIN)
    client.set_cookie("language", language)
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    assert f'<html lang="{language}"' in answer.text
    assert answer.text.count("<h1") == 1
    assert 'id="main"' in answer.text


@pytest.mark.parametrize("address", addresses())
def test_a_user_sees_a_page_or_is_told_that_it_is_not_theirs(client_of: Clients, address: str) -> None:
    answer = client_of(CLERK).get(address)
    assert answer.status_code in (200, 302, 403), answer.text
    if answer.status_code == 403:
        assert "You may not do this" in answer.text


@pytest.mark.parametrize("address", addresses())
def test_a_stranger_is_sent_to_sign_in_and_back(client_of: Clients, address: str) -> None:
    answer = client_of(None).get(address)
    if answer.status_code == 200:
        assert "Sign in" in answer.text
    else:
        assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize("address", addresses())
def test_pages_have_no_inline_script_or_style(client: FlaskClient, address: str) -> None:
    page = client.get(address).text
    assert "style=" not in page
    assert "<style" not in page
    assert " onclick" not in page
    assert "<script>" not in page


def test_an_empty_installation_says_what_to_do_next(client: FlaskClient, port: FakePort) -> None:
    port.definitions = ()
    page = client.get("/").text
    assert "Nothing is deployed yet" in page
    assert "Load the samples" in page
    client.post("/samples")
    assert ("load_samples",) in port.done


def test_a_page_that_did_not_change_costs_an_empty_answer(client: FlaskClient) -> None:
    first = client.get("/instances/")
    again = client.get("/instances/", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
