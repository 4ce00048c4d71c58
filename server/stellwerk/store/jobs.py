"""The job table: the outbox and the truth of what is to be run. Claims are atomic; finishing needs the claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    Table,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    union_all,
    update,
)

from stellwerk.engine import values
from stellwerk.errors import NotFound
from stellwerk.store.db import Tx
from stellwerk.store.ids import new_id
from stellwerk.store.paging import AnyRow, AnySelect, Order, PageRequest, paged
from stellwerk.store.projection import cut
from stellwerk.store.records import JobRecord, Page
from stellwerk.store.sql import delete_where, insert_rows, where, written
from stellwerk.store.tables import InstanceRow, JobAttemptRow, JobRow

ENGINE, TIMER = "engine", "timer"  # queues of what needs no handler
NEVER = datetime(9999, 12, 31, tzinfo=UTC)  # `next_at` of a job that an operator must look at
HELD = datetime(9999, 12, 30, tzinfo=UTC)  # `next_at` of a job whose instance is suspended
RESTING = ("service", "timer", "continue", "signal")  # kinds that rest with their instance; what it has sent goes on
SELF_MOVING = ("service", "message", "signal", "continue")  # kinds that go on without a person, a message or time
RESUMED_LEASE_S = 60.0  # a handler that ran through a suspension keeps its job until its worker renews the lease
DEFAULT_PRIORITY = 50
LOW_PRIORITY = 40  # instances that spend their budget again and again let the others go first


def topic_queue(topic: str) -> str:
    return cut("topic:" + topic)


@dataclass(frozen=True)
class Lease:
    """Who claims, for how long nobody else may, and what they can run."""

    owner: str
    seconds: float
    queues: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Claimed:
    """A job that this worker has, as long as `claim` stands in its row."""

    job: JobRecord
    claim: UUID
    message_id: UUID | None = None
    retry_waits: tuple[float, ...] = ()

    @property
    def id(self) -> UUID:
        return self.job.id


@dataclass(frozen=True)
class JobFilter:
    instance_id: UUID | None = None
    kind: str | None = None
    topic: str | None = None
    queue: str | None = None


_J = JobRow
_TABLE = cast(Table, JobRow.__table__)
_COLUMNS = list(_TABLE.c)
_RECORD: AnySelect = select(*_COLUMNS)
_ORDER = Order({"dueAt": _J.due_at}, "dueAt", _J.id)


def new_row(
    kind: str, due: datetime, *, id: UUID | None = None, priority: int = DEFAULT_PRIORITY, **given: Any
) -> dict[str, Any]:
    """A row for `insert_jobs`. `payload` is given as values."""
    topic = given.get("topic")
    queue = topic_queue(topic) if topic is not None else TIMER if kind in ("timer", "timer-start") else ENGINE
    payload = given.pop("payload", None)
    row = dict.fromkeys((column.name for column in _COLUMNS), None) | given
    row |= {"id": id or new_id(), "kind": kind, "queue": queue, "rank": -priority, "due_at": due, "next_at": due}
    row |= {"attempt": 0, "failures": 0, "last_error": "", "retry_waits": given.get("retry_waits") or []}
    row["payload"] = None if payload is None else values.encode(payload)
    return row


def leased(row: dict[str, Any], lease: Lease, now: datetime) -> Claimed:
    """Let a row that is about to be inserted belong to this worker from the start."""
    row |= {"owner": lease.owner, "claim": uuid4(), "next_at": now + timedelta(seconds=lease.seconds), "attempt": 1}
    return _claimed(row)


def insert_jobs(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    insert_rows(tx, _J, rows)


# -- claiming
def claim(tx: Tx, lease: Lease, now: datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` due jobs of these queues: the highest priority first, then what is due for longest."""
    if not lease.queues or limit < 1:
        return []
    statement = _claiming(tx.dialect.name, lease.queues)
    spare = limit if tx.dialect.name == "sqlite" else 4 * limit
    found = {"at": now, "limit": limit, "spare": spare}
    marks = {"owner": lease.owner, "claim": uuid4(), "next_at": now + timedelta(seconds=lease.seconds)}
    rows = tx.execute(statement, found | written(marks)).mappings().all()
    return sorted((_claimed(row) for row in rows), key=lambda c: (-c.job.priority, c.job.due_at, c.job.id))


@lru_cache(maxsize=32)
def _claiming(dialect: str, queues: frozenset[str]) -> Executable:
    """One statement that chooses and marks.

    Looked up queue by queue, so that each lookup ends in the index. On PostgreSQL more are looked up than wanted, since
    other workers see the same ones: what they have locked is skipped, what they have taken is no longer due.
    """
    due_now = _J.next_at <= bindparam("at", type_=_J.next_at.type)
    limit, spare = bindparam("limit", type_=Integer), bindparam("spare", type_=Integer)
    lookups = [
        select(
            select(_J.id, _J.rank, _J.next_at)
            .where(_J.queue == queue, due_now)
            .order_by(_J.rank, _J.next_at)
            .limit(spare)
            .subquery()
        )
        for queue in sorted(queues)
    ]
    seen = union_all(*lookups).subquery()
    due = select(seen).order_by(seen.c.rank, seen.c.next_at).limit(spare).cte("due")
    chosen = select(_J.id).join(due, due.c.id == _J.id).where(due_now)
    chosen = chosen.order_by(due.c.rank, due.c.next_at).limit(limit)
    if dialect == "sqlite":
        mine = chosen.cte("mine")
    else:
        mine = chosen.with_for_update(skip_locked=True, of=_J).cte("mine").prefix_with("MATERIALIZED")
    marks = {name: bindparam("to_" + name, type_=_TABLE.c[name].type) for name in ("owner", "claim", "next_at")}
    statement = update(_TABLE).where(_TABLE.c.id.in_(select(mine.c.id)))
    return statement.values(attempt=_TABLE.c.attempt + 1, **marks).returning(*_COLUMNS)


def renew(tx: Tx, held: Iterable[Claimed], until: datetime) -> set[UUID]:
    """Extend leases; return the ids of the jobs that are still held."""
    jobs = list(held)
    if not jobs:
        return set()
    mine = _J.id.in_([c.id for c in jobs]), _J.claim.in_({c.claim for c in jobs})
    return set(tx.execute(update(_J).where(*mine).values(next_at=_unless_held(until)).returning(_J.id)).scalars())


def _unless_held(at: datetime) -> ColumnElement[datetime]:
    """When a job is next tried, unless its instance is suspended: then when that is resumed."""
    return case((_J.next_at == HELD, _J.next_at), else_=bindparam(None, at, type_=_J.next_at.type))


def finish(tx: Tx, claimed: Claimed) -> bool:
    """Remove the job in the transaction of what it did; False when the claim was lost: then roll back."""
    mine = where(id=claimed.id, claim=claimed.claim)
    return tx.execute(delete_where(_J, ("id", "claim")), mine).rowcount == 1


def give_back(tx: Tx, held: Iterable[Claimed], now: datetime) -> None:
    """Let others take these jobs at once. A try that has not begun does not count."""
    for c in held:
        free = {"owner": None, "claim": None, "next_at": _unless_held(now), "attempt": _J.attempt - 1}
        tx.execute(update(_J).where(_J.id == c.id, _J.claim == c.claim).values(**free))


def give_back_all(tx: Tx, owner: str, now: datetime) -> int:
    """Free what a dead worker held; return how many jobs that were."""
    free = {"owner": None, "claim": None, "next_at": _unless_held(now)}
    return tx.execute(update(_J).where(_J.owner == owner, _J.next_at > now).values(**free)).rowcount


def try_later(tx: Tx, claimed: Claimed, at: datetime, error: str, *, failed: bool = True) -> bool:
    """Free the job for another try at `at`; False when the claim was lost."""
    free = {"owner": None, "claim": None, "next_at": _unless_held(at), "last_error": cut(error, 2000)}
    failures = _J.failures + 1 if failed else _J.failures
    mine = update(_J).where(_J.id == claimed.id, _J.claim == claimed.claim)
    return tx.execute(mine.values(**free, failures=failures)).rowcount == 1


# -- jobs of suspended instances
def _in_tree(root_id: UUID) -> ColumnElement[bool]:
    return _J.instance_id.in_(select(InstanceRow.id).where(InstanceRow.root_id == root_id))


def hold(tx: Tx, root_id: UUID) -> None:
    """Nobody runs jobs of this tree until they are released; what runs already may end."""
    mine = _in_tree(root_id), _J.kind.in_(RESTING), _J.next_at < HELD
    tx.execute(update(_J).where(*mine).values(next_at=HELD))


def release(tx: Tx, root_id: UUID, now: datetime) -> bool:
    """Let the jobs of a tree run again. Whether there are any."""
    held = update(_J).where(_in_tree(root_id), _J.next_at == HELD)
    later = now + timedelta(seconds=RESUMED_LEASE_S)
    type_ = _J.next_at.type
    at = case(
        (_J.owner.is_not(None), bindparam(None, later, type_=type_)),
        (_J.kind == "timer", _J.due_at),
        else_=bindparam(None, now, type_=type_),
    )
    return bool(tx.execute(held.values(next_at=at)).rowcount)


def set_aside(tx: Tx, claimed: Claimed, instance_id: UUID, now: datetime) -> None:
    """The job is for an instance that was found suspended: hold it, unless that is over already."""
    instance = select(InstanceRow.state).where(InstanceRow.id == instance_id).with_for_update()
    state = tx.execute(instance).scalar_one_or_none()
    free: dict[str, Any] = {"owner": None, "claim": None, "attempt": _J.attempt - 1}
    free["next_at"] = HELD if state == "suspended" else now
    if state is not None:
        free["instance_id"] = instance_id
    tx.execute(update(_J).where(_J.id == claimed.id, _J.claim == claimed.claim).values(**free))


def stop(tx: Tx, claimed: Claimed, error: str, *, instance_id: UUID, token: int) -> None:
    """Hold the job after a fault until the incident at this token is retried."""
    held = {"owner": None, "claim": None, "next_at": NEVER, "last_error": cut(error, 2000)}
    mine = update(_J).where(_J.id == claimed.id, _J.claim == claimed.claim)
    tx.execute(mine.values(**held, instance_id=instance_id, token=token))


def wake_stopped(tx: Tx, instance_id: UUID, token: int, now: datetime) -> None:
    """Let jobs that stopped after a fault (`next_at` NEVER) run again."""
    stopped = _J.instance_id == instance_id, _J.token == token, _J.next_at >= NEVER
    tx.execute(update(_J).where(*stopped).values(next_at=now))


def delete_for(tx: Tx, instance_id: UUID, gone: Iterable[tuple[str, int]]) -> None:
    """Jobs of an instance by (kind, token) that are not wanted any more; running ones lose their claim."""
    which = [where(instance_id=instance_id, token=token, kind=kind) for kind, token in gone]
    if which:
        tx.execute(delete_where(_J, ("instance_id", "token", "kind")), which)


_OF_ENDED = delete(_J).where(
    _J.instance_id == bindparam("at_id", type_=_J.instance_id.type),
    or_(*(_J.kind == kind for kind in ("service", "timer", "continue"))),
)


def delete_of_ended(tx: Tx, instance_id: UUID) -> None:
    """What an instance that is over would still have done; messages that it has thrown go on."""
    tx.execute(_OF_ENDED, {"at_id": instance_id})


def detach(tx: Tx, root_id: UUID) -> None:
    """Messages that the tree of this root has thrown are no longer its own: they go on when it is deleted."""
    tree = select(InstanceRow.id).where(InstanceRow.root_id == root_id)
    tx.execute(update(_J).where(_J.instance_id.in_(tree), _J.kind == "message").values(instance_id=None))


# -- attempts
def insert_attempt(tx: Tx, claimed: Claimed, *, at: datetime, outcome: str, message: str, detail: str = "") -> None:
    """Record a try that did not simply succeed: `failed`, `error` (a BPMN error) or `late`."""
    job = claimed.job
    row = {
        "id": new_id(),
        "job_id": job.id,
        "instance_id": job.instance_id,
        "token": job.token,
        "topic": job.topic,
        "attempt": job.attempt,
        "at": at,
        "outcome": outcome,
        "message": cut(message, 2000),
        "detail": cut(detail, 20_000),
        "worker": cut(job.owner),
    }
    tx.execute(insert(JobAttemptRow).values(row))


def instance_exists(tx: Tx, instance_id: UUID) -> bool:
    return tx.execute(select(InstanceRow.id).where(InstanceRow.id == instance_id)).first() is not None


# -- reading
def get_job(tx: Tx, id: UUID) -> JobRecord:
    row = tx.execute(_RECORD.where(_J.id == id)).mappings().first()
    if row is None:
        raise NotFound("job", str(id))
    return _record(row)


def find_timer(tx: Tx, instance_id: UUID, token: int) -> JobRecord | None:
    found = _RECORD.where(_J.instance_id == instance_id, _J.token == token, _J.kind == "timer")
    row = tx.execute(found).mappings().first()
    return None if row is None else _record(row)


def list_jobs(tx: Tx, filter: JobFilter, request: PageRequest) -> Page[JobRecord]:
    """In the order in which they are due."""
    equal = (
        (_J.instance_id, filter.instance_id),
        (_J.kind, filter.kind),
        (_J.topic, filter.topic),
        (_J.queue, filter.queue),
    )
    found: list[ColumnElement[bool]] = [column == value for column, value in equal if value is not None]
    return paged(tx, _RECORD.where(*found), request, _ORDER, _records)


def count_by_topic(tx: Tx) -> dict[str, int]:
    """How many service jobs wait or run, by topic: a topic without a handler is seen here."""
    rows = tx.execute(select(_J.topic, func.count()).where(_J.topic.is_not(None)).group_by(_J.topic))
    return {topic: number for topic, number in rows if topic is not None}


def next_due(tx: Tx) -> datetime | None:
    """When the next timer or timer start is due."""
    return tx.execute(select(func.min(_J.next_at)).where(_J.queue == TIMER)).scalar_one()


def _records(rows: list[AnyRow]) -> list[JobRecord]:
    return [_record(row._mapping) for row in rows]


def _claimed(row: Mapping[Any, Any]) -> Claimed:
    return Claimed(_record(row), row["claim"], row["message_id"], tuple(row["retry_waits"]))


def _record(row: Mapping[Any, Any]) -> JobRecord:
    same = ("id", "kind", "instance_id", "definition_id", "token", "element_id", "topic", "due_at", "attempt")
    return JobRecord(
        **{name: row[name] for name in (*same, "failures", "tries", "last_error", "next_at", "owner", "business_key")},
        priority=-row["rank"],
        payload=values.decode(row["payload"]) if row["payload"] else {},
    )
