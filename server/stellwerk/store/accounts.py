"""Users, sessions, one-time links and API tokens. Secrets come and go as hashes only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from stellwerk.errors import Conflict, NotFound
from stellwerk.store.db import Tx
from stellwerk.store.records import SessionRecord, TokenRecord, UserRecord
from stellwerk.store.tables import ApiTokenRow, SessionRow, SignInLinkRow, UserGroupRow, UserRow

MOST_LISTED = 1000

# Built once: these two are asked with every request, and building a statement costs more than running it.
_SESSION = select(SessionRow.__table__).where(SessionRow.token_hash == bindparam("hash"))
_TOKEN = select(ApiTokenRow.__table__).where(ApiTokenRow.token_hash == bindparam("hash"))


@dataclass(frozen=True)
class Credentials:
    """What a password sign-in needs to decide."""

    user: UserRecord
    password_hash: str | None
    failed_sign_ins: int
    locked_until: datetime | None


# -- users
def _users() -> Select[Any]:
    return select(UserRow.__table__)


def _record(tx: Tx, row: Row[Any]) -> UserRecord:
    groups = tx.scalars(select(UserGroupRow.name).where(UserGroupRow.user_id == row.id))
    return UserRecord(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        email=row.email,
        roles=frozenset(row.roles),
        groups=frozenset(groups),
        active=row.active,
        has_password=row.password_hash is not None,
    )


def find_credentials(tx: Tx, name: str) -> Credentials | None:
    row = tx.execute(_users().where(UserRow.name == name)).one_or_none()
    if row is None:
        return None
    return Credentials(_record(tx, row), row.password_hash, row.failed_sign_ins, row.locked_until)


def get_credentials(tx: Tx, name: str) -> Credentials:
    """Raises NotFound."""
    found = find_credentials(tx, name)
    if found is None:
        raise NotFound("user", name)
    return found


def find_user(tx: Tx, name: str) -> UserRecord | None:
    found = find_credentials(tx, name)
    return found.user if found else None


def get_user(tx: Tx, name: str) -> UserRecord:
    """Raises NotFound."""
    return get_credentials(tx, name).user


def get_user_by_id(tx: Tx, id: UUID) -> UserRecord:
    """Raises NotFound."""
    row = tx.execute(_users().where(UserRow.id == id)).one_or_none()
    if row is None:
        raise NotFound("user", str(id))
    return _record(tx, row)


def list_users(tx: Tx) -> tuple[UserRecord, ...]:
    """The first thousand by name; a directory of more belongs into an identity provider."""
    rows = tx.execute(_users().order_by(UserRow.name).limit(MOST_LISTED)).all()
    return tuple(_record(tx, row) for row in rows)


def has_administrator_password(tx: Tx) -> bool:
    """True when some active administrator can sign in with a password."""
    roles = tx.scalars(select(UserRow.roles).where(UserRow.password_hash.is_not(None), UserRow.active))
    return any("administrator" in held for held in roles)


def insert_user(tx: Tx, user: UserRecord, password_hash: str | None, now: datetime) -> None:
    """Raises Conflict when the name is taken."""
    values = {
        "id": user.id,
        "name": user.name,
        "display_name": user.display_name,
        "email": user.email,
        "password_hash": password_hash,
        "roles": sorted(user.roles),
        "active": user.active,
        "created_at": now,
        "failed_sign_ins": 0,
    }
    try:
        tx.execute(insert(UserRow).values(values))
    except IntegrityError as error:
        raise Conflict(f"There is a user '{user.name}' already. Choose another name.") from error
    _write_groups(tx, user.id, user.groups)


def update_user(tx: Tx, user: UserRecord) -> None:
    """Write what can be changed of a user: not the name, not the password."""
    values = {
        "display_name": user.display_name,
        "email": user.email,
        "roles": sorted(user.roles),
        "active": user.active,
    }
    tx.execute(update(UserRow).where(UserRow.id == user.id).values({**values, "roles": sorted(user.roles)}))
    tx.execute(delete(UserGroupRow).where(UserGroupRow.user_id == user.id))
    _write_groups(tx, user.id, user.groups)


def _write_groups(tx: Tx, user_id: UUID, groups: Iterable[str]) -> None:
    rows = [{"user_id": user_id, "name": name} for name in sorted(groups)]
    if rows:
        tx.execute(insert(UserGroupRow), rows)


def set_password_hash(tx: Tx, user_id: UUID, password_hash: str) -> None:
    values = {"password_hash": password_hash, "failed_sign_ins": 0, "locked_until": None}
    tx.execute(update(UserRow).where(UserRow.id == user_id).values(values))


def note_sign_in(tx: Tx, user_id: UUID, now: datetime) -> None:
    values = {"last_sign_in_at": now, "failed_sign_ins": 0, "locked_until": None}
    tx.execute(update(UserRow).where(UserRow.id == user_id).values(values))


def note_try(tx: Tx, found: Credentials, failed: int, locked_until: datetime | None) -> bool:
    """Count a try to sign in; False when another one was counted since `found` was read."""
    unchanged = (UserRow.id == found.user.id, UserRow.failed_sign_ins == found.failed_sign_ins)
    values = {"failed_sign_ins": failed, "locked_until": locked_until}
    return tx.execute(update(UserRow).where(*unchanged).values(values)).rowcount == 1


# -- sessions
def insert_session(
    tx: Tx, token_hash: str, user_id: UUID, csrf_token: str, now: datetime, expires_at: datetime
) -> None:
    """Begin a session; those that are over are removed on this occasion."""
    tx.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
    values = {"token_hash": token_hash, "user_id": user_id, "csrf_token": csrf_token, "created_at": now}
    tx.execute(insert(SessionRow).values({**values, "expires_at": expires_at, "last_used_at": now}))


def find_session(tx: Tx, token_hash: str) -> SessionRecord | None:
    row = tx.execute(_SESSION, {"hash": token_hash}).one_or_none()
    if row is None:
        return None
    user = get_user_by_id(tx, row.user_id)
    return SessionRecord(user, row.csrf_token, row.created_at, row.expires_at, row.last_used_at)


def touch_session(tx: Tx, token_hash: str, now: datetime) -> None:
    tx.execute(update(SessionRow).where(SessionRow.token_hash == token_hash).values(last_used_at=now))


def delete_session(tx: Tx, token_hash: str) -> None:
    tx.execute(delete(SessionRow).where(SessionRow.token_hash == token_hash))


def delete_sessions_of(tx: Tx, user_id: UUID) -> None:
    tx.execute(delete(SessionRow).where(SessionRow.user_id == user_id))


# -- one-time links
def insert_link(tx: Tx, token_hash: str, user_id: UUID, now: datetime, expires_at: datetime) -> None:
    """A new link replaces those that its user was given before."""
    tx.execute(delete(SignInLinkRow).where(SignInLinkRow.user_id == user_id))
    values = {"token_hash": token_hash, "user_id": user_id, "created_at": now, "expires_at": expires_at}
    tx.execute(insert(SignInLinkRow).values(values))


def use_link(tx: Tx, token_hash: str, now: datetime) -> UserRecord | None:
    """Spend the link: whose it is, or None when it is unknown, used or too old. Of two at once one gets None."""
    mine = SignInLinkRow.token_hash == token_hash
    fresh = (SignInLinkRow.used_at.is_(None), SignInLinkRow.expires_at > now)
    spent = tx.execute(update(SignInLinkRow).where(mine, *fresh).values(used_at=now))
    if spent.rowcount != 1:
        return None
    return get_user_by_id(tx, tx.scalars(select(SignInLinkRow.user_id).where(mine)).one())


def delete_links(tx: Tx) -> None:
    tx.execute(delete(SignInLinkRow))


# -- API tokens
def insert_token(tx: Tx, token: TokenRecord, token_hash: str) -> None:
    """Raises Conflict when the name is taken; the name of a revoked token is free again."""
    tx.execute(delete(ApiTokenRow).where(ApiTokenRow.name == token.name, ApiTokenRow.revoked_at.is_not(None)))
    values = {
        "id": token.id,
        "name": token.name,
        "token_hash": token_hash,
        "roles": sorted(token.roles),
        "groups": sorted(token.groups),
        "created_at": token.created_at,
        "created_by": token.created_by,
        "expires_at": token.expires_at,
    }
    try:
        tx.execute(insert(ApiTokenRow).values(values))
    except IntegrityError as error:
        raise Conflict(f"There is a token '{token.name}' already. Revoke it first, or choose another name.") from error


def _token(row: Row[Any]) -> TokenRecord:
    return TokenRecord(
        id=row.id,
        name=row.name,
        roles=frozenset(row.roles),
        groups=frozenset(row.groups),
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


def find_token(tx: Tx, token_hash: str, now: datetime) -> TokenRecord | None:
    """The token if it is valid now."""
    row = tx.execute(_TOKEN, {"hash": token_hash}).one_or_none()
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return None
    return _token(row)


def list_tokens(tx: Tx) -> tuple[TokenRecord, ...]:
    valid = ApiTokenRow.revoked_at.is_(None)
    rows = tx.execute(select(ApiTokenRow.__table__).where(valid).order_by(ApiTokenRow.name).limit(MOST_LISTED))
    return tuple(_token(row) for row in rows)


def touch_token(tx: Tx, id: UUID, now: datetime) -> None:
    tx.execute(update(ApiTokenRow).where(ApiTokenRow.id == id).values(last_used_at=now))


def revoke_token(tx: Tx, id: UUID, now: datetime) -> None:
    """Raises NotFound when there is no such token, or it is revoked already."""
    valid = (ApiTokenRow.id == id, ApiTokenRow.revoked_at.is_(None))
    if tx.execute(update(ApiTokenRow).where(*valid).values(revoked_at=now)).rowcount != 1:
        raise NotFound("token", str(id))
