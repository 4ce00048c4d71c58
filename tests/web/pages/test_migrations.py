"""The pages on which instances go to another version: nothing is done before it was shown."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient

from stellwerk.usecases.access import Principal

from .fakes import CLERK, DEFINITIONS, FakePort

Clients = Callable[[Principal | None], FlaskClient]
NEW, OLD = DEFINITIONS[0], DEFINITIONS[1]
PAGE = "/processes/order/migrate/"


def test_the_page_of_a_version_leads_to_it(client: FlaskClient, client_of: Clients) -> None:
    assert 'href="/processes/order/migrate/?from=2"' in client.get("/processes/order?version=2").text
    assert "migrate" not in client_of(CLERK).get("/processes/order?version=2").text
    assert client_of(CLERK).get(PAGE).status_code == 403
    assert "/migrate" not in client.get("/processes/approval").text  # there is no other version


def test_the_page_shows_counterparts_and_what_would_happen(client: FlaskClient) -> None:
    page = client.get(PAGE).text
    assert 'name="map.pack_order"' in page
    assert "nothing fits by itself" in page
    assert "12 elements have the same id in both versions" in page
    assert "<strong>2 can be migrated</strong>, one cannot and stays where it is." in page
    assert "The new version has no counterpart of &#39;Pack order&#39;." in page


def test_a_chosen_counterpart_is_looked_at_before_it_is_used(client: FlaskClient, port: FakePort) -> None:
    sent = {"from": "2", "to": "3", "map.pack_order": "pack_parcel", "map.charge_card": "charge_card", "timers": "1"}
    page = client.post(PAGE, data=sent).text
    assert "you chose it" in page
    assert "Migrate one instance" in page
    assert page.count('<input type="hidden" name="map.') == 1  # what is generated need not be sent
    assert '<input type="hidden" name="map.pack_order" value="pack_parcel">' in page
    assert not port.done


def test_what_was_shown_is_done_and_reported(client: FlaskClient, port: FakePort) -> None:
    sent = {"from": "2", "to": "3", "map.pack_order": "pack_parcel", "map.charge_card": ""}
    page = client.post(f"{PAGE}run", data=sent).text
    [(_, wanted, cursor)] = port.done
    assert (wanted.source, wanted.target, cursor) == (OLD.id, NEW.id, None)
    assert wanted.mapping == {"pack_order": "pack_parcel", "charge_card": None}
    assert not wanted.update_timers
    assert "One instance was migrated." in page
    assert "One instance stays where it is." in page
    assert '<input type="hidden" name="cursor" value="more">' in page
    again = client.post(f"{PAGE}run", data=sent | {"cursor": "more", "timers": "1"}).text
    assert port.done[1][1].update_timers
    assert "Migrate the next ones" not in again


def test_a_counterpart_that_is_none_is_said_at_its_field(client: FlaskClient, port: FakePort) -> None:
    answer = client.post(PAGE, data={"from": "2", "to": "3", "map.pack_order": "charge_card"})
    assert answer.status_code == 422
    assert "A token cannot go from one to the other." in answer.text
    assert client.post(f"{PAGE}run", data={"from": "2", "to": "9"}).status_code == 404
    assert client.get(f"{PAGE}?from=9").status_code == 404
    assert client.get("/processes/nothing/migrate/").status_code == 404
    assert not port.done
