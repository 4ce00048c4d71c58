"""Cookies, tokens and forged requests, on a small application with one page that changes something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask, Response, redirect, request
from flask.testing import FlaskClient

from stellwerk.settings import Settings
from stellwerk.store import migrations
from stellwerk.store.db import Database, init_db
from stellwerk.usecases import accounts
from stellwerk.usecases.access import SYSTEM
from stellwerk.usecases.accounts import NewUser
from stellwerk.usecases.runtime import Runtime
from stellwerk.web import auth, errors, headers

GOOD = "three blue signals"


@dataclass
class World:
    app: Flask
    settings: Settings
    database: Database

    @property
    def rt(self) -> Runtime:
        return cast(Any, self)

    def client(self) -> FlaskClient:
        return self.app.test_client()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    app = Flask(__name__)
    settings = Settings(data=tmp_path, hosts="signals.example.com")
    database = init_db(app, settings)
    migrations.upgrade(database)
    world = World(app, settings, database)
    errors.register(app)
    headers.register(app, settings)
    auth.register(app, world.rt, auth.Throttle(most=3, clock=lambda: 0.0))

    @app.get("/api/me")
    def me() -> dict[str, str]:
        return {"name": auth.required().name, "csrf": auth.csrf_token()}

    @app.post("/api/change")
    def change() -> dict[str, str]:
        return {"name": auth.required().name}

    @app.post("/sign-in")
    def enter() -> Any:
        response = redirect("/")
        auth.begin_session(response, auth.sign_in(request.form["name"], request.form["password"]))
        return response

    @app.post("/sign-out")
    def leave() -> Response:
        response = Response("bye")
        auth.end_session(response)
        return response

    @app.get("/page")
    def page() -> str:
        return "<p>hello</p>"

    @app.get("/editor")
    @headers.editor_styles
    def editor() -> str:
        return "<p>hello</p>"

    @app.get("/api/bug")
    def bug() -> None:
        raise KeyError("a secret detail")

    accounts.create_user(world.rt, SYSTEM, NewUser("anna", password=GOOD))
    yield world
    database.dispose()


def signed_in(world: World) -> tuple[FlaskClient, str]:
    client = world.client()
    assert client.post("/sign-in", data={"name": "anna", "password": GOOD}).status_code == 302
    return client, client.get("/api/me").json["csrf"]


# -- who
def test_a_stranger_is_asked_to_sign_in(world: World) -> None:
    answer = world.client().get("/api/me")
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "not-signed-in"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_says_who_asks(world: World) -> None:
    secret = accounts.create_token(world.rt, SYSTEM, "shop", "user")
    answer = world.client().get("/api/me", headers={"Authorization": f"bearer {secret}"})
    assert answer.json["name"] == "token:shop"


@pytest.mark.parametrize("header", ["Bearer wrong", "Bearer", "Basic YTpi", "", "Bearer \xff"])
def test_a_wrong_authorization_header_is_not_saved_by_a_cookie(world: World, header: str) -> None:
    client, _ = signed_in(world)
    assert client.get("/api/me", headers={"Authorization": header}).status_code == 401


def test_a_cookie_that_is_rubbish_is_nobody(world: World) -> None:
    for value in ("", "x", "é", '"', "x" * 4000):
        client = world.client()
        client.set_cookie(auth.COOKIE, value)
        assert client.get("/api/me").status_code == 401


# -- the cookie
def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(world: World) -> None:
    answer = world.client().post("/sign-in", data={"name": "anna", "password": GOOD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    secure = world.client().post("/sign-in", data={"name": "anna", "password": GOOD}, base_url="https://localhost")
    assert "Secure" in secure.headers["Set-Cookie"]


def test_signing_in_again_makes_a_new_session_and_ends_the_old_one(world: World) -> None:
    client, csrf = signed_in(world)
    old = client.get_cookie(auth.COOKIE)
    assert old is not None
    client.post("/sign-in", data={"name": "anna", "password": GOOD, "csrf_token": csrf})
    new = client.get_cookie(auth.COOKIE)
    assert new is not None
    assert new.value != old.value
    thief = world.client()
    thief.set_cookie(auth.COOKIE, old.value)
    assert thief.get("/api/me").status_code == 401
    assert client.get("/api/me").status_code == 200


def test_signing_out_ends_the_session_on_the_server_too(world: World) -> None:
    client, csrf = signed_in(world)
    cookie = client.get_cookie(auth.COOKIE)
    assert cookie is not None
    client.post("/sign-out", data={"csrf_token": csrf})
    assert client.get_cookie(auth.COOKIE) is None
    client.set_cookie(auth.COOKIE, cookie.value)
    assert client.get("/api/me").status_code == 401


# -- forged requests
def test_a_change_needs_the_token_of_the_session(world: World) -> None:
    client, csrf = signed_in(world)
    for headers_sent, data in (({}, {}), ({"X-CSRF-Token": "wrong"}, {}), ({}, {"csrf_token": "é"})):
        answer = client.post("/api/change", headers=headers_sent, data=data)
        assert (answer.status_code, answer.json["code"]) == (403, "csrf")
    assert client.post("/api/change", headers={"X-CSRF-Token": csrf}).status_code == 200
    assert client.post("/api/change", data={"csrf_token": csrf}).status_code == 200


def test_the_token_of_another_session_does_not_count(world: World) -> None:
    client, _ = signed_in(world)
    _, other = signed_in(world)
    assert client.post("/api/change", headers={"X-CSRF-Token": other}).status_code == 403


@pytest.mark.parametrize(
    "sent",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_is_refused_even_with_the_token_and_at_the_sign_in(world: World, sent: dict[str, str]) -> None:
    client, csrf = signed_in(world)
    assert client.post("/api/change", headers={"X-CSRF-Token": csrf, **sent}).status_code == 403
    stranger = world.client()
    assert stranger.post("/sign-in", data={"name": "anna", "password": GOOD}, headers=sent).status_code == 403


def test_our_own_origin_is_welcome(world: World) -> None:
    client, csrf = signed_in(world)
    sent = {"X-CSRF-Token": csrf, "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/change", headers=sent).status_code == 200


def test_programs_with_a_token_need_no_csrf_token(world: World) -> None:
    secret = accounts.create_token(world.rt, SYSTEM, "shop", "user")
    sent = {"Authorization": f"Bearer {secret}", "Origin": "https://anywhere.example"}
    assert world.client().post("/api/change", headers=sent).status_code == 200


# -- the one-time link
def test_the_link_of_the_start_signs_in_once(world: World) -> None:
    secret = accounts.one_time_link(world.rt)
    client = world.client()
    answer = client.get(f"/sign-in/link/{secret}")
    assert (answer.status_code, answer.location) == (302, "/")
    assert client.get("/api/me").json["name"] == "admin"
    again = world.client().get(f"/sign-in/link/{secret}")
    assert again.status_code == 401
    assert "Set-Cookie" not in again.headers


def test_an_address_that_guesses_is_stopped(world: World) -> None:
    secret = accounts.one_time_link(world.rt)
    client = world.client()
    for _ in range(3):
        assert client.get("/sign-in/link/guess").status_code == 401
    stopped = client.get(f"/sign-in/link/{secret}")
    assert stopped.status_code == 429
    assert int(stopped.headers["Retry-After"]) > 0
    elsewhere = world.app.test_client().get(f"/sign-in/link/{secret}", environ_base={"REMOTE_ADDR": "10.1.1.1"})
    assert elsewhere.status_code == 302


# -- headers and hosts
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "localhost.evil.example", "[::2]"]
)
def test_a_foreign_host_name_is_refused_on_loopback(world: World, host: str) -> None:
    answer = world.client().get("/api/me", headers={"Host": host})
    assert (answer.status_code, answer.json["code"]) == (421, "misdirected")


@pytest.mark.parametrize("host", ["localhost:8080", "127.0.0.1:1", "[::1]:8080", "127.8.8.8", "signals.example.com"])
def test_loopback_and_named_hosts_are_ours(world: World, host: str) -> None:
    assert world.client().get("/page", headers={"Host": host}).status_code == 200


def test_every_answer_carries_the_headers_that_protect_it(world: World) -> None:
    for path in ("/page", "/api/me", "/nowhere", "/api/bug"):
        found = world.client().get(path).headers
        assert found["X-Content-Type-Options"] == "nosniff"
        assert found["Referrer-Policy"] == "same-origin"
        assert found["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in found["Content-Security-Policy"]
        assert "unsafe-eval" not in found["Content-Security-Policy"]


def test_only_editor_pages_may_insert_styles(world: World) -> None:
    client = world.client()
    assert "style-src-elem 'self'" in client.get("/page").headers["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in client.get("/editor").headers["Content-Security-Policy"]
    assert "script-src 'self';" in client.get("/editor").headers["Content-Security-Policy"]


# -- errors
def test_a_bug_tells_nothing_but_its_number(world: World, caplog: pytest.LogCaptureFixture) -> None:
    answer = world.client().get("/api/bug")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json["errorId"] in caplog.text
    assert "a secret detail" in caplog.text


def test_unknown_addresses_and_methods_are_problems(world: World) -> None:
    missing = world.client().get("/api/nothing")
    assert (missing.status_code, missing.json["code"]) == (404, "not-found")
    wrong = world.client().delete("/api/me")
    assert (wrong.status_code, wrong.json["code"]) == (405, "method-not-allowed")
    assert "GET" in wrong.headers["Allow"]
