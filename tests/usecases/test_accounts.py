"""Accounts on both databases, with a clock that the test moves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.installation import Installation

from stellwerk.errors import Conflict, InvalidInput, NotFound, NotPermitted, WrongState
from stellwerk.usecases import accounts, passwords
from stellwerk.usecases.access import SYSTEM, Principal
from stellwerk.usecases.accounts import NewUser, SignInFailed, TooManyTries, UserChange

GOOD = "three blue signals"
OTHER = "four green signals"


@pytest.fixture
def world(home: Installation) -> Installation:
    """On each database."""
    return home


def as_anna(world: Installation, password: str | None = GOOD) -> Principal:
    accounts.create_user(world.rt, SYSTEM, NewUser("anna", groups=frozenset({"warehouse"}), password=password))
    return Principal("anna", frozenset({"user"}), frozenset({"warehouse"}))


# -- the first administrator
def test_the_link_signs_the_first_administrator_in_once(world: Installation) -> None:
    secret = accounts.one_time_link(world.rt)
    assert secret is not None
    issued = accounts.sign_in_by_link(world.rt, secret)
    assert issued.principal.is_administrator
    assert not issued.has_password
    with pytest.raises(SignInFailed, match="used already"):
        accounts.sign_in_by_link(world.rt, secret)


def test_a_link_is_too_old_after_an_hour(world: Installation) -> None:
    secret = accounts.one_time_link(world.rt)
    assert secret is not None
    world.clock.forward(hours=1)
    with pytest.raises(SignInFailed):
        accounts.sign_in_by_link(world.rt, secret)


def test_a_new_link_replaces_the_one_before(world: Installation) -> None:
    first, second = accounts.one_time_link(world.rt), accounts.one_time_link(world.rt)
    assert first is not None
    assert second is not None
    with pytest.raises(SignInFailed):
        accounts.sign_in_by_link(world.rt, first)
    assert accounts.sign_in_by_link(world.rt, second).principal.name == "admin"


def test_there_is_no_link_once_an_administrator_has_a_password(world: Installation) -> None:
    secret = accounts.one_time_link(world.rt)
    assert secret is not None
    admin = Principal("admin", frozenset({"administrator"}))
    assert not accounts.has_administrator_password(world.rt)
    accounts.set_password(world.rt, admin, "admin", GOOD)
    assert accounts.has_administrator_password(world.rt)
    assert accounts.one_time_link(world.rt) is None
    with pytest.raises(SignInFailed):
        accounts.sign_in_by_link(world.rt, secret)


def test_a_user_with_a_password_does_not_end_the_links(world: Installation) -> None:
    as_anna(world)
    assert accounts.one_time_link(world.rt) is not None


# -- passwords
def test_the_right_password_begins_a_session(world: Installation) -> None:
    as_anna(world)
    issued = accounts.sign_in(world.rt, "anna", GOOD)
    session = accounts.principal_of_session(world.rt, issued.token)
    assert session is not None
    assert session.principal == Principal("anna", frozenset({"user"}), frozenset({"warehouse"}))
    assert session.has_password


@pytest.mark.parametrize(
    ("name", "password"), [("anna", "wrong"), ("nobody", GOOD), ("", ""), ("anna\0", ""), ("anna", "\udcff")]
)
def test_what_is_wrong_about_a_sign_in_is_not_told(world: Installation, name: str, password: str) -> None:
    as_anna(world)
    with pytest.raises(SignInFailed, match="The name or the password is wrong"):
        accounts.sign_in(world.rt, name, password)


def test_somebody_without_a_password_cannot_sign_in_with_one(world: Installation) -> None:
    as_anna(world, password=None)
    with pytest.raises(SignInFailed):
        accounts.sign_in(world.rt, "anna", "")


def test_after_five_wrong_passwords_even_the_right_one_has_to_wait(world: Installation) -> None:
    as_anna(world)
    for _ in range(5):
        with pytest.raises(SignInFailed):
            accounts.sign_in(world.rt, "anna", "wrong")
    with pytest.raises(TooManyTries) as error:
        accounts.sign_in(world.rt, "anna", GOOD)
    assert error.value.headers == {"Retry-After": "5"}
    world.clock.forward(seconds=5)
    assert accounts.sign_in(world.rt, "anna", GOOD).principal.name == "anna"


def test_each_further_wrong_password_doubles_the_wait_up_to_five_minutes(world: Installation) -> None:
    as_anna(world)
    waits = []
    for number in range(1, 15):
        with pytest.raises(SignInFailed):
            accounts.sign_in(world.rt, "anna", "wrong")
        if number >= 5:
            with pytest.raises(TooManyTries) as error:
                accounts.sign_in(world.rt, "anna", GOOD)
            waits.append(int(error.value.headers["Retry-After"]))
            world.clock.forward(minutes=5)
    assert waits[:4] == [5, 10, 20, 40]
    assert max(waits) == 300


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short", "at least 12"),
        ("x" * 300, "longer than 256"),
        ("aaaaaaaabbbb", "repeats"),
        ("Password1234", "common"),
        ("my name is anna", "name"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        passwords.check_new(password, "anna")


def test_a_new_password_ends_all_sessions_and_needs_the_current_one(world: Installation) -> None:
    anna = as_anna(world)
    session = accounts.sign_in(world.rt, "anna", GOOD).token
    with pytest.raises(NotPermitted, match="current password is wrong"):
        accounts.set_password(world.rt, anna, "anna", OTHER, current="wrong")
    accounts.set_password(world.rt, anna, "anna", OTHER, current=GOOD)
    assert accounts.principal_of_session(world.rt, session) is None
    assert accounts.sign_in(world.rt, "anna", OTHER)


def test_somebody_elses_password_is_set_by_administrators_only(world: Installation) -> None:
    as_anna(world)
    with pytest.raises(NotPermitted):
        accounts.set_password(world.rt, Principal("bert", frozenset({"user"})), "anna", OTHER)
    with pytest.raises(NotPermitted):  # a token is not its namesake
        accounts.set_password(world.rt, Principal("anna", frozenset({"user"}), kind="token"), "anna", OTHER)
    accounts.set_password(world.rt, SYSTEM, "anna", OTHER)
    assert accounts.sign_in(world.rt, "anna", OTHER)
    with pytest.raises(NotFound):
        accounts.set_password(world.rt, SYSTEM, "nobody", OTHER)


# -- sessions
def test_a_session_ends_with_its_time(world: Installation) -> None:
    as_anna(world)
    token = accounts.sign_in(world.rt, "anna", GOOD).token
    for _ in range(3):
        world.clock.forward(hours=3, minutes=30)
        assert accounts.principal_of_session(world.rt, token) is not None
    world.clock.forward(hours=1, minutes=30)
    assert accounts.principal_of_session(world.rt, token) is None


def test_a_session_that_is_not_used_ends_earlier(world: Installation) -> None:
    as_anna(world)
    token = accounts.sign_in(world.rt, "anna", GOOD).token
    world.clock.forward(hours=4)
    assert accounts.principal_of_session(world.rt, token) is None


def test_signing_out_ends_the_session(world: Installation) -> None:
    as_anna(world)
    token = accounts.sign_in(world.rt, "anna", GOOD).token
    accounts.sign_out(world.rt, token)
    assert accounts.principal_of_session(world.rt, token) is None


def test_neither_tokens_nor_passwords_are_in_the_database(world: Installation) -> None:
    as_anna(world)
    session = accounts.sign_in(world.rt, "anna", GOOD).token
    secret = accounts.create_token(world.rt, SYSTEM, "shop", "user")
    world.rt.database.dispose()  # writes the log back into the file
    content = b"".join(path.read_bytes() for path in world.rt.settings.data.iterdir())
    for text in (GOOD, session, secret):
        assert text.encode() not in content


# -- users
def test_a_name_is_taken_once(world: Installation) -> None:
    as_anna(world)
    with pytest.raises(Conflict, match="already"):
        accounts.create_user(world.rt, SYSTEM, NewUser("anna"))


@pytest.mark.parametrize("name", ["", "a b", "token:x", "system", "x" * 101, "-a", "a\n", "<b>"])
def test_names_that_are_none_are_refused(world: Installation, name: str) -> None:
    with pytest.raises(InvalidInput, match="no name for an account"):
        accounts.create_user(world.rt, SYSTEM, NewUser(name))


def test_roles_that_do_not_exist_are_refused(world: Installation) -> None:
    with pytest.raises(InvalidInput, match="There is no role 'king'"):
        accounts.create_user(world.rt, SYSTEM, NewUser("anna", roles=frozenset({"king"})))


def test_a_user_can_be_changed_and_closed(world: Installation) -> None:
    accounts.one_time_link(world.rt)  # makes the administrator
    as_anna(world)
    session = accounts.sign_in(world.rt, "anna", GOOD).token
    changed = accounts.change_user(world.rt, SYSTEM, "anna", UserChange(groups=frozenset({"office"}), active=False))
    assert changed.groups == {"office"}
    assert accounts.user(world.rt, SYSTEM, "anna") == changed
    assert accounts.principal_of_session(world.rt, session) is None
    with pytest.raises(SignInFailed):
        accounts.sign_in(world.rt, "anna", GOOD)


def test_the_last_administrator_stays_one(world: Installation) -> None:
    accounts.one_time_link(world.rt)
    for change in (UserChange(roles=frozenset({"user"})), UserChange(active=False)):
        with pytest.raises(WrongState, match="last administrator"):
            accounts.change_user(world.rt, SYSTEM, "admin", change)
    assert accounts.user(world.rt, SYSTEM, "admin").active


def test_users_manage_no_accounts_and_read_their_own_only(world: Installation) -> None:
    anna = as_anna(world)
    assert accounts.user(world.rt, anna, "anna").name == "anna"
    for forbidden in (
        lambda: accounts.create_user(world.rt, anna, NewUser("bert")),
        lambda: accounts.change_user(world.rt, anna, "anna", UserChange(roles=frozenset({"administrator"}))),
        lambda: accounts.users(world.rt, anna),
        lambda: accounts.user(world.rt, anna, "bert"),
        lambda: accounts.create_token(world.rt, anna, "shop", "administrator"),
        lambda: accounts.tokens(world.rt, anna),
    ):
        with pytest.raises(NotPermitted):
            forbidden()


# -- API tokens
def test_a_token_is_a_principal_of_its_own(world: Installation) -> None:
    secret = accounts.create_token(world.rt, SYSTEM, "shop", "user", groups={"warehouse"})
    found = accounts.principal_of_token(world.rt, secret)
    assert found == Principal("token:shop", frozenset({"user"}), frozenset({"warehouse"}), "token")
    assert accounts.principal_of_token(world.rt, secret + "x") is None
    [listed] = accounts.tokens(world.rt, SYSTEM)
    assert (listed.name, listed.created_by, listed.last_used_at) == ("shop", "system", world.clock.now)


def test_a_token_ends_with_its_life(world: Installation) -> None:
    secret = accounts.create_token(world.rt, SYSTEM, "shop", "user", life=timedelta(days=1))
    assert accounts.principal_of_token(world.rt, secret)
    world.clock.forward(days=1)
    assert accounts.principal_of_token(world.rt, secret) is None


def test_a_revoked_token_is_nobody_and_its_name_is_free_again(world: Installation) -> None:
    secret = accounts.create_token(world.rt, SYSTEM, "shop", "user")
    with pytest.raises(Conflict):
        accounts.create_token(world.rt, SYSTEM, "shop", "user")
    [listed] = accounts.tokens(world.rt, SYSTEM)
    accounts.revoke_token(world.rt, SYSTEM, listed.id)
    assert accounts.principal_of_token(world.rt, secret) is None
    with pytest.raises(NotFound):
        accounts.revoke_token(world.rt, SYSTEM, listed.id)
    assert accounts.create_token(world.rt, SYSTEM, "shop", "administrator")
