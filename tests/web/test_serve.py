"""How the server begins: its socket, its refusals, what it prints. Then one real process."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.servers import serving

from stellwerk.errors import SettingInvalid
from stellwerk.serve import PortTaken, address_of, announce, listening, refuse_open_door
from stellwerk.settings import Settings
from stellwerk.usecases import accounts
from stellwerk.usecases.access import SYSTEM, Principal
from stellwerk.usecases.accounts import NewUser

from .api.world import ORDER, World, make_world, multipart

GOOD = "three blue signals"


@pytest.fixture
def open_world(tmp_path: Path) -> Iterator[World]:
    """A server that listens on all addresses."""
    made = make_world(tmp_path, host="0.0.0.0")
    yield made
    made.runtime.close()


def test_a_used_port_is_told_in_one_line_with_the_way_out() -> None:
    with listening(Settings(port=0)) as first:
        taken = first.getsockname()[1]
        why = f"port {taken}: Address already in use.*STELLWERK_PORT"
        with pytest.raises(PortTaken, match=why) as error, listening(Settings(port=taken)):
            pass
    assert "\n" not in error.value.message


@pytest.mark.parametrize("host", ["no such host", "203.0.113.1", "\udcff", "x" * 300])
def test_an_address_that_is_not_ours_is_refused(host: str) -> None:
    with pytest.raises((SettingInvalid, PortTaken)), listening(Settings(host=host, port=0)):
        pass


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(SettingInvalid, match="STELLWERK_PORT is 70000"), listening(Settings(port=70_000)):
        pass


def test_the_door_stays_closed_until_an_administrator_has_a_password(open_world: World) -> None:
    with pytest.raises(SettingInvalid, match="no administrator has a password"):
        refuse_open_door(open_world.runtime)
    accounts.create_user(open_world.runtime, SYSTEM, NewUser("anna", password=GOOD))
    with pytest.raises(SettingInvalid):
        refuse_open_door(open_world.runtime)
    root = NewUser("root", roles=frozenset({"administrator"}), password=GOOD)
    accounts.create_user(open_world.runtime, SYSTEM, root)
    refuse_open_door(open_world.runtime)


def test_on_loopback_the_door_is_open(tmp_path: Path) -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.9.9.9"):
        world = make_world(tmp_path, host=host)
        refuse_open_door(world.runtime)
        world.runtime.close()


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "http://127.0.0.1:"), ("localhost", "http://localhost:"), ("0.0.0.0", "http://127.0.0.1:")],
)
def test_the_address_is_one_that_a_browser_here_can_open(host: str, address: str) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert address_of(Settings(host=host), bound).startswith(address)


def test_the_start_prints_the_link_until_there_is_a_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_world(tmp_path)
    announce(world.runtime, "http://127.0.0.1:1")
    printed = capsys.readouterr().out
    found = re.search(r"http://127\.0\.0\.1:1(/sign-in/link/\S+)", printed)
    assert found is not None
    assert world.app.test_client().get(found[1]).status_code == 302
    admin = Principal("admin", frozenset({"administrator"}))
    accounts.set_password(world.runtime, admin, "admin", GOOD)
    announce(world.runtime, "http://127.0.0.1:1")
    assert "link" not in capsys.readouterr().out
    world.runtime.close()


def test_a_real_server_signs_in_deploys_waits_and_stops(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        link = re.search(r"http://\S+/sign-in/link/\S+", server.log.read_text())
        assert link is not None
        with httpx.Client(base_url=server.url, timeout=30) as browser:
            assert browser.get(link[0]).status_code == 302
            csrf = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/").text)
            assert csrf is not None
            browser.headers["X-CSRF-Token"] = csrf[1]
            kind = "multipart/form-data; boundary=----between-the-files"
            body = multipart("files", ("order.bpmn", ORDER))
            deployed = browser.post("/api/v1/deployments", content=body, headers={"Content-Type": kind})
            assert deployed.status_code == 201, deployed.text
            started = browser.post("/api/v1/instances", json={"definitionKey": "order", "awaitSeconds": 20})
            assert started.status_code == 201
            assert (started.json()["settled"], started.json()["variables"]) == (True, {})
            in_chunks = browser.post("/api/v1/tasks/search", content=iter([b"{", b"}"]))
            assert in_chunks.status_code == 415
            json_type = {"Content-Type": "application/json"}
            in_chunks = browser.post("/api/v1/tasks/search", content=iter([b"{", b"}"]), headers=json_type)
            assert len(in_chunks.json()["items"]) == 1
            too_large = browser.post("/api/v1/deployments", content=b"x" * 50_000_000, headers={"Content-Type": kind})
            assert (too_large.status_code, too_large.json()["code"]) == (413, "too-large")
            assert "REST API" in browser.get("/api/v1/docs").text
            assert browser.get("/healthz", headers={"Host": "evil.example"}).status_code == 421
            assert "server" not in browser.get("/healthz").headers
        assert server.stop() == 0
