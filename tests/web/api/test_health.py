"""Health for load balancers, figures for Prometheus."""

from __future__ import annotations

from pathlib import Path

from .world import ORDER, Person, World, make_world


def test_a_server_that_lives_and_has_its_database_says_so(world: World) -> None:
    stranger = world.stranger()
    assert (stranger.get("//healthz").status_code, stranger.get("//healthz").text) == (200, "ok\n")
    assert stranger.get("//readyz").status_code == 200


def test_a_server_without_its_tables_is_not_ready(tmp_path: Path) -> None:
    world = make_world(tmp_path)
    try:
        world.runtime.database.dispose()
        (tmp_path / "stellwerk.sqlite").write_bytes(b"")
        for name in ("-wal", "-shm"):
            (tmp_path / f"stellwerk.sqlite{name}").unlink(missing_ok=True)
        answer = world.stranger().get("//readyz")
        assert (answer.status_code, answer.json["code"]) == (503, "not-ready")
        assert "Retry-After" in answer.headers
        assert world.stranger().get("//healthz").status_code == 200
    finally:
        world.runtime.close()


def test_figures_count_requests_by_route_and_what_is_in_the_database(world: World, admin: Person) -> None:
    admin.deploy(ORDER)
    id = admin.start("order")["id"]
    admin.get(f"/instances/{id}")
    text = world.stranger().get("//metrics").text
    assert 'stellwerk_requests_total{method="GET",route="/api/v1/instances/<id>",status="200"} 1.0' in text
    assert id not in text
    assert "stellwerk_instances_active 1.0" in text
    assert "stellwerk_tasks_open 1.0" in text
    assert "stellwerk_commits_total" in text


def test_figures_are_for_administrators_where_others_can_reach_the_server(tmp_path: Path) -> None:
    world = make_world(tmp_path, host="0.0.0.0")
    try:
        assert world.stranger().get("//metrics").status_code == 401
        assert world.program("shop", "user").get("//metrics").status_code == 403
        assert world.administrator().get("//metrics").status_code == 200
    finally:
        world.runtime.close()


def test_figures_are_not_for_clients_behind_a_proxy_on_this_machine(world: World) -> None:
    answer = world.app.test_client().get("/metrics", environ_base={"REMOTE_ADDR": "203.0.113.5"})
    assert answer.status_code == 401
