"""The inbox: messages that are waiting, on their way, delivered or expired; and who waits for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from stellwerk.engine import values
from stellwerk.engine.canonical import canonical_keys
from stellwerk.engine.routing import Letter, Waiter
from stellwerk.errors import NotFound
from stellwerk.store.db import Tx
from stellwerk.store.keys import value_in
from stellwerk.store.paging import AnyRow, AnySelect, Order, PageRequest, paged
from stellwerk.store.records import MOVING, MessageRecord, Page
from stellwerk.store.sql import insert_rows
from stellwerk.store.tables import ActivityRow, InstanceRow, MessageRow, SubscriptionRow, VariableRow

MOST_WAITERS = 1_000  # looked at for one message; two that fit are enough to refuse it
NEAREST = 20  # of those that do not fit, looked at to say why
BATCH = 200


@dataclass(frozen=True)
class MessageFilter:
    name: str | None = None
    state: str | None = None  # waiting, delivering, delivered, expired
    business_key: str | None = None
    instance_id: UUID | None = None
    message_id: str | None = None


@dataclass(frozen=True)
class StoredMessage:
    """A message with what it carries. `answer` is what the first publisher was told."""

    record: MessageRecord
    variables: Mapping[str, Any]
    body_hash: str
    answer: Mapping[str, Any]
    source_instance_id: UUID | None = None

    @property
    def letter(self) -> Letter:
        """Of a thrown message the business key is the sender's: a hint, not a condition."""
        r, thrown = self.record, self.source_instance_id is not None
        hard, soft = (None, r.business_key) if thrown else (r.business_key, None)
        return Letter(r.name, hard, canonical_keys(r.correlation_keys), soft, self.variables, thrown)


_M = MessageRow
_COLUMNS = list(MessageRow.__table__.c)
_RECORD: AnySelect = select(*_COLUMNS)
_ORDER = Order({"createdAt": _M.created_at}, "-createdAt", _M.id)


def get_message(tx: Tx, id: UUID) -> StoredMessage:
    row = tx.execute(_RECORD.where(_M.id == id)).mappings().first()
    if row is None:
        raise NotFound("message", str(id))
    return _stored(row)


def find_by_message_id(tx: Tx, message_id: str) -> StoredMessage | None:
    row = tx.execute(_RECORD.where(_M.message_id == message_id)).mappings().first()
    return None if row is None else _stored(row)


def list_messages(tx: Tx, filter: MessageFilter, request: PageRequest) -> Page[MessageRecord]:
    """Newest first by default."""
    equal = (
        (_M.name, filter.name),
        (_M.state, filter.state),
        (_M.business_key, filter.business_key),
        (_M.instance_id, filter.instance_id),
        (_M.message_id, filter.message_id),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in equal if value is not None]
    return paged(tx, _RECORD.where(*found), request, _ORDER, _records)


def count_waiting(tx: Tx, most: int = 1_000) -> int:
    """How many wait for somebody, counted up to `most`."""
    found = select(_M.id).where(_M.state == "waiting").limit(most).subquery()
    return tx.execute(select(func.count()).select_from(found)).scalar_one()


def insert_messages(tx: Tx, rows: Iterable[Mapping[str, Any]]) -> None:
    """Rows with `variables` and `correlation_keys` given as values; what is absent is empty."""
    empty = dict.fromkeys((column.name for column in _COLUMNS), None) | {"reason": "", "answer": {}, "body_hash": ""}
    prepared = []
    for row in rows:
        encoded = {name: values.encode(dict(row[name])) for name in ("variables", "correlation_keys")}
        prepared.append({**empty, **row, **encoded})
    insert_rows(tx, _M, prepared)


def set_message(
    tx: Tx, id: UUID, *, state: str, reason: str = "", instance_id: UUID | None = None, token: int | None = None
) -> None:
    changed = {"state": state, "reason": reason, "instance_id": instance_id, "token": token}
    tx.execute(update(_M).where(_M.id == id).values(**changed))


def set_answer(tx: Tx, id: UUID, answer: Mapping[str, Any]) -> None:
    tx.execute(update(_M).where(_M.id == id).values(answer=dict(answer)))


def waiting(tx: Tx, name: str, now: datetime) -> Iterator[StoredMessage]:
    """Messages of this name that nobody took yet, the oldest first."""
    alive = _M.expires_at.is_(None) | (_M.expires_at > now)
    found = _RECORD.where(_M.state == "waiting", _M.name == name, alive).order_by(_M.created_at, _M.id)
    after = 0
    while True:
        rows = tx.execute(found.offset(after).limit(BATCH)).mappings().all()
        yield from (_stored(row) for row in rows)
        after += BATCH
        if len(rows) < BATCH:
            return


def expire(tx: Tx, now: datetime) -> int:
    """Messages whose time is over stop to wait; return how many."""
    over = _M.state == "waiting", _M.expires_at <= now
    reason = "Nobody took it before its time to live was over."
    return tx.execute(update(_M).where(*over).values(state="expired", reason=reason)).rowcount


# -- who waits
def _free(message: StoredMessage) -> AnySelect:
    """Tokens that wait for the message's name, without those to which another message is on its way."""
    s, i = SubscriptionRow, InstanceRow
    promised = exists().where(
        _M.instance_id == s.instance_id, _M.token == s.token, _M.state == "delivering", _M.id != message.record.id
    )
    return (
        select(s.instance_id, s.token, i.business_key, s.keys, i.root_id)
        .join(i, i.id == s.instance_id)
        .where(s.kind == "message", s.name == message.record.name, i.state.in_(MOVING), ~promised)
        .order_by(i.root_id, s.token)
    )


def find_waiters(tx: Tx, message: StoredMessage) -> list[Waiter]:
    """Tokens that wait for this name and may fit; when none does, a few that wait for the name at all."""
    s, i, letter = SubscriptionRow, InstanceRow, message.letter
    named = _free(message)
    likely = named.where(or_(*_carried(tx, letter)))
    if letter.business_key is not None:
        likely = likely.where(i.business_key == letter.business_key)
    for name, value in letter.keys.items() if not letter.thrown else ():
        v = aliased(VariableRow)
        holds = exists().where(v.instance_id == s.instance_id, v.name == name, v.value == value)
        likely = likely.where(or_(holds, s.keys != {}))
    rows = list(tx.execute(likely.limit(MOST_WAITERS))) or list(tx.execute(named.limit(NEAREST)))
    return with_variables(tx, _waiters(rows), letter.keys)


def _carried(tx: Tx, letter: Letter) -> list[ColumnElement[bool]]:
    """Without one indexed key, or with the value that the message carries for a key of that shape."""
    s = SubscriptionRow
    shapes = tx.execute(select(s.key_shape).where(s.kind == "message", s.name == letter.name).distinct()).scalars()
    values = {shape: value_in(letter, shape) for shape in shapes if shape}
    keyed = [and_(s.key_shape == shape, s.key_value == value) for shape, value in values.items() if value is not None]
    return [s.key_shape == "", *keyed]


def partners(tx: Tx, instance_id: UUID) -> list[UUID]:
    """Whom the instance, or another of its tree, talks with: who sent it messages, and who took its own."""
    tree = _tree_of([instance_id])
    came = select(_M.source_instance_id).where(_M.instance_id.in_(tree), _M.source_instance_id.is_not(None))
    went = select(_M.instance_id).where(_M.source_instance_id.in_(tree), _M.instance_id.is_not(None))
    return [id for id in tx.execute(came.union(went)).scalars() if id is not None]


def waiters_in(tx: Tx, instance_ids: Sequence[UUID], message: StoredMessage) -> list[Waiter]:
    """All tokens in the trees of these instances that wait for the message's name."""
    rows = tx.execute(_free(message).where(SubscriptionRow.instance_id.in_(_tree_of(instance_ids))))
    return with_variables(tx, _waiters(rows), message.letter.keys)


def _tree_of(ids: Sequence[UUID]) -> AnySelect:
    """All instances that have the root of one of these."""
    i, one = InstanceRow, aliased(InstanceRow)
    return select(i.id).where(i.root_id.in_(select(one.root_id).where(one.id.in_(ids))))


def _waiters(rows: Iterable[AnyRow]) -> list[Waiter]:
    return [Waiter(id, token, key, keys, root_id=root) for id, token, key, keys, root in rows]


def with_variables(tx: Tx, waiters: list[Waiter], names: Iterable[str]) -> list[Waiter]:
    """The same waiters with those of the named variables that their tokens see."""
    wanted, ids = list(names), list({w.instance_id for w in waiters})
    if not wanted or not ids:
        return waiters
    v = VariableRow
    held: dict[UUID, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for start in range(0, len(ids), BATCH):
        some = v.instance_id.in_(ids[start : start + BATCH])
        for id, scope, name, value in tx.execute(
            select(v.instance_id, v.scope, v.name, v.value).where(some, v.name.in_(wanted))
        ):
            held[id][scope][name] = value
    return [_seeing(tx, waiter, held[waiter.instance_id]) for waiter in waiters]


def _seeing(tx: Tx, waiter: Waiter, scopes: Mapping[int, Mapping[str, str]]) -> Waiter:
    seen: dict[str, str] = dict(scopes.get(0, {}))
    if any(scopes.keys() - {0}):
        for scope in reversed(_enclosing(tx, waiter)):
            seen.update(scopes.get(scope, {}))
    return replace(waiter, variables=seen)


def _enclosing(tx: Tx, waiter: Waiter) -> list[int]:
    """The token and the scopes around it, innermost first."""
    a = ActivityRow
    live = select(a.token, a.parent).where(a.instance_id == waiter.instance_id, a.state == "active")
    parents = dict(tx.execute(live).all())
    chain, token = [], waiter.token
    while token and token not in chain:
        chain.append(token)
        token = parents.get(token, 0)
    return chain


def _stored(row: Mapping[Any, Any]) -> StoredMessage:
    return StoredMessage(
        _record(row), values.decode(row["variables"]), row["body_hash"], row["answer"], row["source_instance_id"]
    )


def _records(rows: list[AnyRow]) -> list[MessageRecord]:
    return [_record(row._mapping) for row in rows]


def _record(row: Mapping[Any, Any]) -> MessageRecord:
    same = ("id", "message_id", "name", "business_key", "state", "reason", "created_at", "expires_at", "instance_id")
    return MessageRecord(**{name: row[name] for name in same}, correlation_keys=values.decode(row["correlation_keys"]))
