"""Who is who: users, sign-in by password or one-time link, sessions, API tokens.

Secrets are random, shown once, and stored as SHA-256 only (they have 256 bits, so that needs no salt); passwords
are stored as Argon2id. `docs/security.md` says what each limit is for.
"""

from __future__ import annotations

import hashlib
import math
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from stellwerk.errors import FieldError, InvalidInput, NotFound, NotPermitted, ProcessError, WrongState
from stellwerk.store import accounts as store
from stellwerk.store.db import Tx
from stellwerk.store.ids import new_id
from stellwerk.store.records import TokenRecord, UserRecord
from stellwerk.usecases import passwords
from stellwerk.usecases.access import ROLES, SYSTEM, Principal, require
from stellwerk.usecases.runtime import Runtime

FIRST_ADMINISTRATOR = "admin"
TOKEN_PREFIX = "stw_"  # lets scanners find leaked tokens
LINK_LIFE = timedelta(hours=1)
IDLE_PART = 3  # a session that is not used for a third of its life is over
TOUCH_EVERY = timedelta(minutes=1)
FREE_TRIES = 5
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=5)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,99}")


class SignInFailed(ProcessError):
    """Name and password do not fit, or the link is spent. The message never says which part was wrong."""

    code = "sign-in-failed"


class TooManyTries(ProcessError):
    """Too many wrong passwords; `wait_s` says how long no further one is looked at."""

    code = "too-many-tries"

    def __init__(self, wait_s: int) -> None:
        self.headers = {"Retry-After": str(wait_s)}
        super().__init__(f"There were too many wrong passwords. Wait {wait_s} seconds, then try again.")


@dataclass(frozen=True)
class Issued:
    """A new session. `token` goes into the cookie and nowhere else."""

    token: str
    principal: Principal
    expires_at: datetime
    has_password: bool


@dataclass(frozen=True)
class Session:
    """A session as a request finds it."""

    principal: Principal
    csrf_token: str
    has_password: bool


@dataclass(frozen=True)
class NewUser:
    """What an administrator says of a new user. Without a password they sign in by a one-time link."""

    name: str
    display_name: str = ""
    email: str = ""
    roles: frozenset[str] = frozenset({"user"})
    groups: frozenset[str] = frozenset()
    password: str | None = None


@dataclass(frozen=True)
class UserChange:
    """What changes of a user; None: stays as it is."""

    display_name: str | None = None
    email: str | None = None
    roles: frozenset[str] | None = None
    groups: frozenset[str] | None = None
    active: bool | None = None


# -- sign in and out
def sign_in(rt: Runtime, name: str, password: str) -> Issued:
    """Begin a session. Raises SignInFailed, or TooManyTries: after five wrong passwords each costs a wait."""
    found = _count_try(rt, name) if NAME.fullmatch(name) else None
    fits = passwords.matches(found.password_hash if found else None, password)
    if not (found and fits and found.user.active):
        raise SignInFailed("The name or the password is wrong. Check both, and Caps Lock.")
    with rt.database.transaction() as tx:
        return _begin_session(rt, tx, found.user)


def _count_try(rt: Runtime, name: str) -> store.Credentials | None:
    """Count the try before it is looked at, so that many at once are not free; a success sets the count to 0."""
    with rt.database.transaction() as tx:
        found = store.find_credentials(tx, name)
        now = rt.database.now(tx)
        if found is None:
            return None
        locked_until = found.locked_until
        if locked_until is None or locked_until <= now:
            failed = found.failed_sign_ins + 1
            over = failed - FREE_TRIES
            wait = min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT) if over >= 0 else None
            if store.note_try(tx, found, failed, now + wait if wait else None):
                return found
            locked_until = now + timedelta(seconds=1)  # another try was counted at the same moment
    raise TooManyTries(math.ceil((locked_until - now).total_seconds()))


def sign_in_by_link(rt: Runtime, secret: str) -> Issued:
    """Begin a session with a one-time link. Raises SignInFailed when it is unknown, used or too old."""
    with rt.database.transaction() as tx:
        user = store.use_link(tx, digest(secret), rt.database.now(tx))
        if user is None or not user.active:
            raise SignInFailed(
                "This link was used already, or is too old. Start the server again for a new one, or use a password."
            )
        return _begin_session(rt, tx, user)


def _begin_session(rt: Runtime, tx: Tx, user: UserRecord) -> Issued:
    now = rt.database.now(tx)
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    expires_at = now + timedelta(hours=rt.settings.session_hours)
    store.insert_session(tx, digest(token), user.id, csrf, now, expires_at)
    store.note_sign_in(tx, user.id, now)
    return Issued(token, principal_of(user), expires_at, user.has_password)


def sign_out(rt: Runtime, token: str) -> None:
    with rt.database.transaction() as tx:
        store.delete_session(tx, digest(token))


# -- who is it
def principal_of(user: UserRecord) -> Principal:
    return Principal(user.name, user.roles, user.groups)


def principal_of_session(rt: Runtime, token: str) -> Session | None:
    """Who holds the cookie; None when the session is over, idle for too long, or its user is not active."""
    with rt.database.reading() as tx:
        session = store.find_session(tx, digest(token))
        now = rt.database.now(tx)
    if session is None or not session.user.active:
        return None
    idle = (session.expires_at - session.created_at) / IDLE_PART
    if now >= session.expires_at or now - session.last_used_at >= idle:
        return None
    if now - session.last_used_at >= TOUCH_EVERY:
        with rt.database.transaction() as tx:
            store.touch_session(tx, digest(token), now)
    return Session(principal_of(session.user), session.csrf_token, session.user.has_password)


def principal_of_token(rt: Runtime, token: str) -> Principal | None:
    """Who holds the API token; None when it is unknown, revoked or over."""
    with rt.database.reading() as tx:
        now = rt.database.now(tx)
        found = store.find_token(tx, digest(token), now)
    if found is None:
        return None
    if found.last_used_at is None or now - found.last_used_at >= TOUCH_EVERY:
        with rt.database.transaction() as tx:
            store.touch_token(tx, found.id, now)
    return Principal(f"token:{found.name}", found.roles, found.groups, "token")


# -- the first administrator
def one_time_link(rt: Runtime) -> str | None:
    """A new secret that signs the first administrator in, or None: an administrator has a password.

    Makes the account when there is none. Each new link replaces the one before.
    """
    secret = secrets.token_urlsafe(32)
    with rt.database.transaction() as tx:
        if store.has_administrator_password(tx):
            return None
        now = rt.database.now(tx)
        user = store.find_user(tx, FIRST_ADMINISTRATOR)
        if user is None:
            new = NewUser(FIRST_ADMINISTRATOR, "Administrator", roles=frozenset(ROLES))
            user = _record(new)
            store.insert_user(tx, user, None, now)
        store.insert_link(tx, digest(secret), user.id, now, now + LINK_LIFE)
    return secret


def has_administrator_password(rt: Runtime) -> bool:
    """True when the server may listen elsewhere than on loopback."""
    with rt.database.reading() as tx:
        return store.has_administrator_password(tx)


# -- users
def create_user(rt: Runtime, who: Principal, new: NewUser) -> UserRecord:
    """Raises InvalidInput for the name, a role or the password, Conflict when the name is taken."""
    require(who, "account.write")
    _check_name(new.name)
    _check_roles(new.roles)
    if new.password is not None:
        passwords.check_new(new.password, new.name)
    hashed = passwords.hash_of(new.password) if new.password is not None else None
    user = replace(_record(new), has_password=hashed is not None)
    with rt.database.transaction() as tx:
        store.insert_user(tx, user, hashed, rt.database.now(tx))
    return user


def change_user(rt: Runtime, who: Principal, name: str, change: UserChange) -> UserRecord:
    """Raises NotFound, InvalidInput, or WrongState when nobody would be left who may administer."""
    require(who, "account.write")
    if change.roles is not None:
        _check_roles(change.roles)
    given: Mapping[str, Any] = {field: value for field, value in vars(change).items() if value is not None}
    with rt.database.transaction() as tx:
        user = replace(store.get_user(tx, _known(name)), **given)
        store.update_user(tx, user)
        if not any(_administers(other) for other in store.list_users(tx)):
            raise WrongState(f"{name} is the last administrator. Make somebody else one first.")
        if not user.active:
            store.delete_sessions_of(tx, user.id)
    return user


def set_password(rt: Runtime, who: Principal, name: str, new: str, current: str | None = None) -> None:
    """Set somebody's password. One's own needs the current one, if there is one; others' need an administrator.

    All sessions of that user end, and the one-time links with the first password of an administrator.
    """
    own = who.kind == "user" and who.name == name
    if not own:
        require(who, "account.write")
    with rt.database.reading() as tx:
        found = store.get_credentials(tx, _known(name))
    if own and found.password_hash is not None and not passwords.matches(found.password_hash, current or ""):
        raise NotPermitted("The current password is wrong. Nothing was changed.")
    passwords.check_new(new, name)
    hashed = passwords.hash_of(new)
    with rt.database.transaction() as tx:
        store.set_password_hash(tx, found.user.id, hashed)
        store.delete_sessions_of(tx, found.user.id)
        store.delete_links(tx)


def users(rt: Runtime, who: Principal) -> tuple[UserRecord, ...]:
    require(who, "account.read")
    with rt.database.reading() as tx:
        return store.list_users(tx)


def user(rt: Runtime, who: Principal, name: str) -> UserRecord:
    """Raises NotFound. Everybody may read their own account."""
    if not (who.kind == "user" and who.name == name):
        require(who, "account.read")
    with rt.database.reading() as tx:
        return store.get_user(tx, _known(name))


# -- API tokens
def create_token(
    rt: Runtime,
    who: Principal,
    name: str,
    role: str,
    *,
    groups: Iterable[str] = (),
    life: timedelta | None = None,
) -> str:
    """The new token's secret, which is shown this once. Raises InvalidInput or Conflict."""
    require(who, "token.write")
    _check_name(name)
    _check_roles({role})
    secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
    with rt.database.transaction() as tx:
        now = rt.database.now(tx)
        expires_at = now + life if life is not None else None
        token = TokenRecord(new_id(), name, frozenset({role}), frozenset(groups), now, who.name, expires_at, None)
        store.insert_token(tx, token, digest(secret))
    return secret


def tokens(rt: Runtime, who: Principal) -> tuple[TokenRecord, ...]:
    require(who, "token.write")
    with rt.database.reading() as tx:
        return store.list_tokens(tx)


def revoke_token(rt: Runtime, who: Principal, id: UUID) -> None:
    """Raises NotFound."""
    require(who, "token.write")
    with rt.database.transaction() as tx:
        store.revoke_token(tx, id, rt.database.now(tx))


# -- rules
def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _record(new: NewUser) -> UserRecord:
    return UserRecord(
        id=new_id(),
        name=new.name,
        display_name=new.display_name or new.name,
        email=new.email,
        roles=new.roles,
        groups=new.groups,
        active=True,
        has_password=False,
    )


def _known(name: str) -> str:
    """`name` if somebody could have it. Raises NotFound; the database would refuse some characters."""
    if not NAME.fullmatch(name):
        raise NotFound("user", name[:100])
    return name


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name) or name == SYSTEM.name:
        rule = "Take letters, digits and . _ @ + - (at most 100), beginning with a letter or digit"
        raise InvalidInput([FieldError("name", "name", f"'{name[:100]}' is no name for an account. {rule}.")])


def _check_roles(roles: Iterable[str]) -> None:
    unknown = sorted(set(roles).difference(ROLES))
    if unknown:
        text = f"There is no role '{unknown[0]}'. The roles are {' and '.join(ROLES)}."
        raise InvalidInput([FieldError("roles", "role", text)])


def _administers(user: UserRecord) -> bool:
    return user.active and "administrator" in user.roles
