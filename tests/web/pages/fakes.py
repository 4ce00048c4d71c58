"""A small company in memory: two people at work, some trouble, and everything that the pages can show of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from stellwerk import dmn
from stellwerk.dmn import tree
from stellwerk.engine import (
    Catchable,
    Definition,
    Effect,
    Element,
    Fate,
    MigrationPlan,
    Preview,
    ScopeVariables,
    UndoStep,
    Way,
    compile_bpmn,
    decision_told,
    plan,
    ways,
)
from stellwerk.engine.commands import ResumeInstance, SuspendInstance
from stellwerk.errors import NotFound, Problem, TaskNotOpen
from stellwerk.store.messages import StoredMessage
from stellwerk.store.records import (
    ActivityRecord,
    DataStoreRecord,
    DecisionRecord,
    DecisionVersionRecord,
    DefinitionRecord,
    DraftRecord,
    EvaluationRecord,
    HistoryRecord,
    IncidentRecord,
    InstanceRecord,
    JobRecord,
    MessageRecord,
    ModelRecord,
    Page,
    SubscriptionRecord,
    TaskRecord,
    TokenRecord,
    UserRecord,
)
from stellwerk.usecases.access import Principal
from stellwerk.usecases.inbox import Candidate
from stellwerk.usecases.migrations import Forecast, Migrated, MigrationRequest
from stellwerk.usecases.operate import Done, Operation, RestartRequest
from stellwerk.usecases.tasks import Thrown
from stellwerk.web.pages.port import (
    Counts,
    DeploymentView,
    DiagramState,
    Fact,
    FormView,
    IncidentBelow,
    InstanceFilter,
    TaskFilter,
    TopicView,
)

BPMN = Path(__file__).parents[3] / "bpmn"
NOW = datetime(2026, 11, 20, 14, 0, tzinfo=UTC)
ADMIN = Principal("maria", frozenset({"administrator", "user"}), frozenset({"warehouse"}))
CLERK = Principal("jonas", frozenset({"user"}), frozenset({"warehouse"}))


def ident(number: int) -> UUID:
    return UUID(f"0192f0a0-0000-7000-8000-{number * 7919:012x}")


def before(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def definition(number: int, key: str, name: str, version: int = 1, **more: Any) -> DefinitionRecord:
    values = {
        "version_tag": None,
        "state": "active",
        "takes_starts": True,
        "deployment_id": ident(900),
        "deployed_at": before(days=2, hours=number),
        "deployed_by": "maria",
        "filename": f"{key}.bpmn",
        "source_hash": "0" * 64,
        **more,
    }
    return DefinitionRecord(id=ident(number), key=key, name=name, version=version, **values)


ORDER_TEXT = "Takes an order, charges the card, and has the parcel packed. Reminds the warehouse after four hours."
DEFINITIONS = (
    definition(
        12,
        "order",
        "Order",
        3,
        instances_active=14,
        instances_with_incidents=2,
        documentation=ORDER_TEXT,
        version_tag="autumn",
    ),
    definition(11, "order", "Order", 2, takes_starts=False, instances_active=1),
    definition(10, "order", "Order", 1, takes_starts=False, state="inactive"),
    definition(20, "approval", "Document approval", 1, instances_active=3),
    definition(30, "customer", "Purchase: customer", 1, instances_active=1),
    definition(40, "supplier", "Purchase: supplier", 1, takes_starts=False, state="inactive"),
)


CLAIMS = ModelRecord(
    id=ident(700),
    namespace="urn:stellwerk:samples:claim",
    name="Claims",
    filename="claim.dmn",
    source_hash="0" * 64,
    imports=(),
    deployment_id=ident(900),
    deployed_at=before(days=2),
)


def decision(number: int, key: str, name: str, version: int = 1) -> DecisionVersionRecord:
    return DecisionVersionRecord(
        id=ident(number),
        key=key,
        name=name,
        version=version,
        version_tag=None,
        kind="decision",
        deployment_id=ident(900),
        deployed_at=before(days=2),
        deployed_by="maria",
        model=CLAIMS,
    )


DECISIONS = (
    decision(701, "claim_route", "claim route", 2),
    decision(702, "claim_route", "claim route"),
    decision(703, "deductible", "deductible"),
    decision(704, "payout", "payout"),
)
CLAIM = {"kind": "water", "tariff": "basic", "amount": 4000, "earlier_claims": 0}


def evaluation(number: int, inputs: Mapping[str, Any]) -> EvaluationRecord:
    """What the sample gives for these inputs."""
    model = dmn.load([("claim.dmn", (BPMN / "claim.dmn").read_bytes())]).models[CLAIMS.namespace]
    found = model.evaluate("claim_route", inputs)
    return EvaluationRecord(
        id=ident(number),
        at=before(minutes=number % 50),
        by="jonas",
        decision_id=DECISIONS[0].id,
        key="claim_route",
        version=2,
        instance_id=INSTANCES[0].id if found.python else None,
        root_id=None,
        element_id="pack_order" if found.python else None,
        inputs=inputs,
        result=decision_told.shown(found.value),
        matched=decision_told.matched(found),
        warnings=decision_told.warnings(found),
    )


def instance(
    number: int, of: DefinitionRecord, business_key: str | None, state: str = "active", **more: Any
) -> InstanceRecord:
    values = {
        "started_at": before(hours=number % 50, minutes=7),
        "started_by": "jonas",
        "ended_at": None if state == "active" else before(minutes=number),
        "end_reason": "",
        "incident_count": 0,
        "lock_version": 4,
        "settled": True,
        "root_id": ident(number),
        **more,
    }
    return InstanceRecord(ident(number), of.id, of.key, of.name, of.version, state, business_key, **values)


ORDER, APPROVAL, CUSTOMER = DEFINITIONS[0], DEFINITIONS[3], DEFINITIONS[4]
INSTANCES = (
    instance(101, ORDER, "Order 4711", incident_count=1),
    instance(102, ORDER, "Order 4712", incident_count=1),
    instance(103, ORDER, "Order 4713"),
    instance(104, APPROVAL, "Travel rules 2027", started_by="maria"),
    instance(105, CUSTOMER, None, started_by="token:shop"),
    instance(106, ORDER, "Order 4708", "completed"),
    instance(107, ORDER, "Order 4707", "cancelled", end_reason="The customer called", started_by="maria"),
    instance(108, APPROVAL, "Parking rules", "failed", end_reason="no reviewers"),
)
# Order 4711 calls an approval, and that one another; something is wrong in the last.
CALL = {"root_id": ident(101), "parent_element_id": "check_credit", "call": 6}
CALLED = (
    instance(109, APPROVAL, None, parent_id=ident(101), **CALL),
    instance(110, CUSTOMER, "Order 4711", incident_count=1, **CALL | {"parent_id": ident(109), "call": 9}),
)


def task(number: int, of: InstanceRecord, name: str, **more: Any) -> TaskRecord:
    values = {
        "token": number,
        "element_id": "pack_order",
        "state": "open",
        "assignee": None,
        "candidate_users": (),
        "candidate_groups": (),
        "lane": None,
        "form_key": None,
        "priority": 50,
        "created_at": before(hours=5, minutes=number),
        "due_at": None,
        "follow_up_at": None,
        "closed_at": None,
        "closed_by": "",
        "reason": "",
        **more,
    }
    return TaskRecord(
        id=ident(number + 200),
        instance_id=of.id,
        definition_id=of.definition_id,
        definition_key=of.key,
        definition_name=of.definition_name,
        business_key=of.business_key,
        name=name,
        **values,
    )


PACK_TEXT = "Put the articles of the list into one parcel, and note its number."
TASKS = (
    task(
        1,
        INSTANCES[1],
        "Pack the order",
        assignee="maria",
        due_at=before(days=1),
        form_key="pack",
        documentation=PACK_TEXT,
    ),
    task(
        2,
        INSTANCES[3],
        "Review the document",
        assignee="maria",
        due_at=NOW + timedelta(hours=3),
        element_id="review_document",
    ),
    task(
        3,
        INSTANCES[2],
        "Pack the order",
        candidate_groups=("warehouse",),
        due_at=NOW + timedelta(hours=1),
        form_key="pack",
    ),
    task(4, INSTANCES[3], "Review the document", assignee="jonas", element_id="review_document"),
    task(5, INSTANCES[4], "Check the stock", element_id="check_stock"),
    task(6, INSTANCES[5], "Pack the order", state="completed", closed_at=before(hours=1), closed_by="jonas"),
    task(7, INSTANCES[6], "Pack the order", state="withdrawn", closed_at=before(hours=1), reason="timer 'Reminder'"),
)
INCIDENTS = tuple(
    IncidentRecord(
        ident(300 + number),
        of.id,
        of.definition_id,
        of.key,
        number,
        element,
        name,
        kind,
        message,
        detail,
        "open",
        at,
        None,
    )
    for number, of, element, name, kind, message, detail, at in (
        (
            1,
            INSTANCES[0],
            "charge_card",
            "Charge the card",
            "job",
            "The handler “charge-card” failed 3 times. The payment service did not answer within 10 seconds.",
            "httpx.ReadTimeout: timed out\n  charge.py, line 31, in charge",
            before(minutes=25),
        ),
        (
            2,
            INSTANCES[1],
            "work_out_total",
            "Work out the total",
            "script",
            "The script divides by zero in line 2. Correct the variables or the diagram, then try again.",
            "",
            before(days=1),
        ),
    )
)
ACTIVITIES = (
    ActivityRecord(
        1, "order_received", "Order received", "startEvent", "completed", before(minutes=40), before(minutes=40)
    ),
    ActivityRecord(
        2, "work_out_total", "Work out the total", "scriptTask", "completed", before(minutes=40), before(minutes=39.9)
    ),
    ActivityRecord(
        3, "charge_card", "Charge the card", "serviceTask", "active", before(minutes=39), None, waiting_for="incident"
    ),
    ActivityRecord(
        4, "pack_order", "Pack the order", "userTask", "active", before(minutes=30), None, waiting_for="person"
    ),
    ActivityRecord(
        5,
        "packing_takes_long",
        "After 4 hours",
        "boundaryEvent",
        "active",
        before(minutes=30),
        None,
        waiting_for="timer",
    ),
    ActivityRecord(
        6, "check_credit", "Check the credit", "callActivity", "active", before(minutes=30), None, waiting_for="call"
    ),
    ActivityRecord(7, "each_article", "Each article", "subProcess", "active", before(minutes=30), None),
    ActivityRecord(8, "each_article", "Each article", "subProcess", "active", before(minutes=30), None),
    ActivityRecord(
        9,
        "paid",
        "Payment received",
        "receiveTask",
        "active",
        before(minutes=30),
        None,
        waiting_for="message",
        parent=8,
    ),
)
SUBSCRIPTIONS = (
    SubscriptionRecord(
        9, "paid", "message", "payment received", before(minutes=30), {"order": {"orderId": "4711", "year": None}}
    ),
)
VARIABLES: dict[str, Any] = {
    "customer": "Anna Weber",
    "total": Decimal("129.90"),
    "express": False,
    "wanted_on": date(2026, 11, 24),
    "articles": [
        {"name": "Bicycle bell", "count": 2, "price": Decimal("12.45")},
        {"name": "Lamp", "count": 1, "price": 105},
    ],
}
HISTORY = (
    HistoryRecord(1, before(minutes=40), "InstanceStarted", None, {"start_event": "order_received"}, "jonas"),
    HistoryRecord(2, before(minutes=40), "ActivityStarted", "order_received", {"element_type": "startEvent"}),
    HistoryRecord(3, before(minutes=40), "FlowTaken", "flow_start", {}),
    HistoryRecord(
        4, before(minutes=39), "VariablesChanged", "work_out_total", {"values": {"total": Decimal("129.90")}}
    ),
    HistoryRecord(5, before(minutes=39), "JobRequested", "charge_card", {"topic": "charge-card"}),
    HistoryRecord(6, before(minutes=25), "IncidentRaised", "charge_card", {"message": INCIDENTS[0].message}),
)
MESSAGES = (
    MessageRecord(
        ident(401),
        "shop-8812",
        "payment received",
        "Order 4699",
        {"orderId": "4699"},
        "waiting",
        "No instance waits for it with these keys.",
        before(hours=2),
        NOW + timedelta(hours=22),
        None,
    ),
    MessageRecord(
        ident(402),
        None,
        "confirmation",
        None,
        {},
        "waiting",
        "2 instances wait for it. Send a correlation key or a business key that only one of them has.",
        before(minutes=9),
        None,
        None,
    ),
)
STORES = (
    DataStoreRecord("Orders today", 42, 7, before(minutes=3), "jonas"),
    DataStoreRecord("Prices", {"Bicycle bell": Decimal("12.45")}, 1, before(days=3), "maria"),
)
USERS = (
    UserRecord(ident(501), "maria", "Maria Keller", "maria@example.org", ADMIN.roles, ADMIN.groups, True, True),
    UserRecord(ident(502), "jonas", "Jonas Brandt", "", CLERK.roles, CLERK.groups, True, True),
    UserRecord(
        ident(503),
        "samira",
        "Samira Haddad",
        "",
        frozenset({"user"}),
        frozenset({"purchasing", "warehouse"}),
        True,
        False,
    ),
    UserRecord(ident(504), "old.account", "", "", frozenset({"user"}), frozenset(), False, False),
)
TOKENS = (
    TokenRecord(
        ident(601), "shop", frozenset({"user"}), frozenset(), before(days=40), "maria", None, before(minutes=2)
    ),
    TokenRecord(
        ident(602), "deploy pipeline", frozenset({"administrator"}), frozenset(), before(days=3), "maria", None, None
    ),
)
TOPICS = (
    TopicView("charge-card", "handlers.charge", "Charges the customer's card and returns the receipt.", 1),
    TopicView("print-label", "", "", 3),
    TopicView("http-request", "stellwerk.jobs.connectors.http", "Calls an address that the settings allow.", 0),
)
SETTINGS = (
    Fact("STELLWERK_PORT", "8080", "Port to listen on."),
    Fact("STELLWERK_SMTP_URL", "", "Mail server: smtp://user:password@host:587, smtps://... Empty: e-mail is off."),
)
HEALTH = (
    Fact("Database", "SQLite, 41 MB", "", "good"),
    Fact("Jobs that are due", "3", "They wait for a worker.", "warn"),
    Fact("Sandbox", "2 processes", "", "good"),
)
REPORT = (
    Problem(
        "order.bpmn",
        12,
        "start",
        "Order received",
        "unknown-attribute",
        "The attribute camunda:asyncBefore is not read.",
        "warning",
    ),
    Problem(
        "order.bpmn", 48, "approved", "approved", "flow-target", "Flow “approved” leads to “pay”, which does not exist."
    ),
)
PACK_FORM = json.loads((BPMN / "pack.form").read_text())


DRAFTS = (
    DraftRecord(UUID(int=901), "bpmn", "Ask for leave", "", 3, before(minutes=4), "samira", None),
    DraftRecord(UUID(int=902), "bpmn", "Order", "", 1, before(days=3), "jonas", "order"),
)


ORDER_SOURCE = (BPMN / "order.bpmn").read_bytes()
NEXT_SOURCE = ORDER_SOURCE.replace(b'"pack_order"', b'"pack_parcel"').replace(b'name="Pack', b'name="Wrap')
FATES = (
    Fate(7, "task", "pack_order", None, "refused", "The new version has no counterpart of 'Pack order'."),
    Fate(5, "job", "charge_card", "charge_card", "kept"),
    Fate(8, "timer", "reminder", "reminder", "anew", "It is due at 2026-11-21T09:00:00+00:00."),
)


UNDONE = (
    UndoStep("check_credit", None, 0, {}),
    UndoStep("pack_order", "unpack", 1, {"parcel": "P-1"}),
    UndoStep("charge_card", "refund", 0, {}),
)
ENDS = (
    Catchable("error", "OUT_OF_STOCK", "out_of_stock", "Out of stock", interrupting=True),
    Catchable("escalation", "LATE", "packing_takes_long", "Packing takes long", interrupting=False),
)
EFFECTS = (
    Effect("task-withdrawn", "pack_order", "Pack the order", "", (3,)),
    Effect("timer-set", "packing_takes_long", "Packing takes long", "2026-11-21T14:00:00+00:00", (9,)),
    Effect("job-requested", "charge_card", "Charge the card", "charge-card", (10, 11)),
)


def compiled(source: bytes) -> Definition:
    return compile_bpmn(source, filename="order.bpmn").definitions[0]


EVALUATIONS = (
    evaluation(711, CLAIM),
    evaluation(712, {**CLAIM, "amount": 100}),
    evaluation(713, {"kind": "fire"}),
)


class FakePort:
    """Answers from the tables above, and notes in `done` what it was asked to do."""

    def __init__(self) -> None:
        self.done: list[tuple[Any, ...]] = []
        self.tasks_now = {t.id: t for t in TASKS}
        self.definitions = DEFINITIONS
        self.drawn = DRAFTS
        self.refuse: Exception | None = None
        self.password = True
        self.now_is = NOW

    def now(self) -> datetime:
        return self.now_is

    def counts(self, who: Principal) -> Counts:
        if not self.definitions:
            return Counts()
        mine = [t for t in self.tasks_now.values() if t.state == "open" and t.assignee == who.name]
        free = [t for t in self.tasks_now.values() if t.state == "open" and not t.assignee]
        late = [t for t in mine if t.due_at and t.due_at < NOW]
        seen = (19, 2, 2) if who.is_administrator else (4, 0, 0)
        return Counts(4, len(mine), len(late), len(free), *seen)

    # tasks
    def tasks(self, who: Principal, wanted: TaskFilter, cursor: str | None) -> Page[TaskRecord]:
        holders = {"mine": (who.name,), "free": (None,)}
        found = [
            t
            for t in self.tasks_now.values()
            if t.state == "open"
            and t.assignee in holders.get(wanted.show, (t.assignee,))
            and wanted.text.lower() in f"{t.name} {t.business_key}".lower()
            and wanted.instance in (None, t.instance_id)
            and (not wanted.late or (t.due_at is not None and t.due_at < NOW))
        ]
        more = "page-2" if wanted.show == "all" and not cursor else None
        return Page(tuple(sorted(found, key=lambda t: t.due_at or datetime.max.replace(tzinfo=UTC))), more)

    def task(self, who: Principal, id: UUID) -> TaskRecord:
        if id not in self.tasks_now:
            raise NotFound("task", str(id))
        return self.tasks_now[id]

    def next_task(self, who: Principal) -> TaskRecord | None:
        return next((t for t in self.tasks_now.values() if t.state == "open" and t.assignee == who.name), None)

    def task_form(self, who: Principal, id: UUID) -> FormView:
        if self.task(who, id).form_key:
            return FormView(PACK_FORM, {"customer": "Anna Weber"})
        return FormView(None, VARIABLES)

    def claim(self, who: Principal, id: UUID) -> None:
        self._do("claim", id)
        self.tasks_now[id] = replace(self.task(who, id), assignee=who.name)

    def unclaim(self, who: Principal, id: UUID) -> None:
        self._do("unclaim", id)
        self.tasks_now[id] = replace(self.task(who, id), assignee=None)

    def complete(self, who: Principal, id: UUID, variables: Mapping[str, Any]) -> None:
        found = self.task(who, id)
        if found.state != "open":
            raise TaskNotOpen("The task is not open any more.", state=found.state, reason=found.reason)
        self._do("complete", id, dict(variables))
        self.tasks_now[id] = replace(found, state="completed", closed_by=who.name, closed_at=NOW)

    def task_ends(self, who: Principal, id: UUID) -> tuple[Catchable, ...]:
        return ENDS

    def throw(self, who: Principal, id: UUID, thrown: Thrown) -> None:
        self._do("throw", id, thrown)

    # processes
    def processes(self, who: Principal, text: str, cursor: str | None) -> Page[DefinitionRecord]:
        latest = {d.key: d for d in reversed(self.definitions) if text.lower() in f"{d.key} {d.name}".lower()}
        return Page(tuple(reversed(latest.values())))

    def versions(self, who: Principal, key: str) -> tuple[DefinitionRecord, ...]:
        return tuple(d for d in self.definitions if d.key == key)

    def drafts(self, who: Principal, text: str) -> tuple[DraftRecord, ...]:
        return tuple(d for d in self.drawn if text.lower() in d.name.lower())

    def deploy(self, who: Principal, files: Any) -> DeploymentView:
        self._do("deploy", [name for name, _ in files])
        return DeploymentView((ORDER,), (DECISIONS[0],), REPORT[:1])

    def load_samples(self, who: Principal) -> DeploymentView:
        self._do("load_samples")
        self.definitions = DEFINITIONS
        return DeploymentView((ORDER, APPROVAL, CUSTOMER), (), ())

    def activate(self, who: Principal, id: UUID) -> None:
        self._do("activate", id)

    def deactivate(self, who: Principal, id: UUID) -> None:
        self._do("deactivate", id)

    def start_form(self, who: Principal, id: UUID) -> FormView:
        return FormView(json.loads((BPMN / "order.form").read_text())) if id == ORDER.id else FormView(None)

    def start(self, who: Principal, id: UUID, business_key: str | None, variables: Mapping[str, Any]) -> InstanceRecord:
        self._do("start", id, business_key, dict(variables))
        return INSTANCES[2]

    # migrations
    def migration_plan(self, who: Principal, wanted: MigrationRequest) -> MigrationPlan:
        old, new = (compiled(source) for source in (ORDER_SOURCE, NEXT_SOURCE))
        return plan(old, new, wanted.mapping)

    def forecast(self, who: Principal, wanted: MigrationRequest) -> Page[Forecast]:
        if "pack_order" in wanted.mapping:
            return Page((Forecast(INSTANCES[2], FATES[1:]),))
        return Page((Forecast(INSTANCES[0], FATES), Forecast(INSTANCES[2], FATES[1:]), Forecast(INSTANCES[3])), "more")

    def migrate(self, who: Principal, wanted: MigrationRequest, cursor: str | None) -> Page[Migrated]:
        self._do("migrate", wanted, cursor)
        return Page((Migrated(INSTANCES[2]), Migrated(INSTANCES[0], FATES[0].message)), None if cursor else "more")

    # instances
    def instances(self, who: Principal, wanted: InstanceFilter, cursor: str | None) -> Page[InstanceRecord]:
        def fits(i: InstanceRecord) -> bool:
            state = i.incident_count > 0 if wanted.state == "incident" else wanted.state in ("", i.state)
            here = wanted.definition in (None, i.definition_id) and wanted.process in ("", i.key)
            return state and here and wanted.text.lower() in (i.business_key or "").lower()

        return Page(tuple(i for i in INSTANCES if fits(i)) if self.definitions else ())

    def instance(self, who: Principal, id: UUID) -> InstanceRecord:
        for found in INSTANCES + CALLED:
            if found.id == id:
                return found
        raise NotFound("instance", str(id))

    def variables(self, who: Principal, id: UUID) -> Mapping[str, Any]:
        return VARIABLES

    def scopes(self, who: Principal, id: UUID) -> tuple[ScopeVariables, ...]:
        return (
            ScopeVariables(6, "check_credit", {"attempt": 2}),
            ScopeVariables(7, "each_article", {"loopCounter": 0, "article": "Bicycle bell"}),
            ScopeVariables(8, "each_article", {"loopCounter": 1}),
        )

    def activities(self, who: Principal, id: UUID) -> tuple[ActivityRecord, ...]:
        if self.instance(who, id).state == "active":
            return ACTIVITIES
        return tuple(replace(a, state="completed", ended_at=NOW, waiting_for="") for a in ACTIVITIES)

    def history(self, who: Principal, id: UUID, cursor: str | None) -> Page[HistoryRecord]:
        return Page(HISTORY, None if cursor else "7")

    def jobs(self, who: Principal, id: UUID) -> tuple[JobRecord, ...]:
        due = NOW + timedelta(hours=3)
        return (
            JobRecord(
                ident(701), "timer", id, ORDER.id, 5, "packing_takes_long", None, 50, due, 0, 0, None, "", due, None
            ),
        )

    def subscriptions(self, who: Principal, id: UUID) -> tuple[SubscriptionRecord, ...]:
        return SUBSCRIPTIONS if self.instance(who, id).state == "active" else ()

    def instance_incidents(self, who: Principal, id: UUID) -> tuple[IncidentRecord, ...]:
        return tuple(i for i in INCIDENTS if i.instance_id == id)

    def callers(self, who: Principal, id: UUID) -> tuple[InstanceRecord, ...]:
        chain = (INSTANCES[0], *CALLED)
        return next((chain[:at] for at, found in enumerate(chain) if found.id == id), ())

    def called(self, who: Principal, id: UUID) -> tuple[InstanceRecord, ...]:
        return tuple(found for found in CALLED if found.parent_id == id)

    def troubled_calls(self, who: Principal, id: UUID) -> tuple[IncidentBelow, ...]:
        found = replace(INCIDENTS[0], id=ident(399), instance_id=CALLED[1].id)
        calls = {INSTANCES[0].id: 6, CALLED[0].id: 9}
        return (IncidentBelow(calls[id], found),) if id in calls else ()

    def decisions(self, who: Principal, id: UUID) -> tuple[DecisionRecord, ...]:
        return (DecisionRecord("large_order", "total > 100", {"total": 120}, True, ("charge_card",)),)

    def diagram(self, who: Principal, id: UUID) -> DiagramState:
        return DiagramState(
            (("charge_card", 1, "incident"), ("pack_order", 1, "person"), ("packing_takes_long", 1, "timer")),
            ("order_received", "work_out_total"),
            ("flow_start", "flow_total"),
            (("charge_card", 1, INCIDENTS[0].message),),
        )

    def cancel(self, who: Principal, id: UUID, reason: str) -> None:
        self._do("cancel", id, reason)

    def delete(self, who: Principal, id: UUID) -> None:
        self._do("delete", id)

    # repairs
    def operate_all(
        self, who: Principal, version: UUID, command: SuspendInstance | ResumeInstance, cursor: str | None
    ) -> Page[Done]:
        self._do("operate_all", version, command, cursor)
        return Page((Done(INSTANCES[2]), Done(INSTANCES[0], "It was changed.")), None if cursor else "more")

    def elements(self, who: Principal, id: UUID) -> tuple[Element, ...]:
        return tuple(compiled(ORDER_SOURCE).elements.values())

    def ways(self, who: Principal, id: UUID) -> tuple[Way, ...]:
        return ways(compiled(ORDER_SOURCE))

    def catchable(self, who: Principal, id: UUID, token: int) -> tuple[Catchable, ...]:
        return ENDS

    def undo_plan(self, who: Principal, id: UUID, scope: int = 0) -> tuple[UndoStep, ...]:
        return UNDONE

    def foresee(self, who: Principal, id: UUID, command: Operation | RestartRequest) -> Preview:
        if self.refuse is not None:
            raise self.refuse
        return Preview(EFFECTS, ())

    def operate(self, who: Principal, id: UUID, command: Operation | RestartRequest) -> InstanceRecord:
        self._do("operate", id, command)
        return INSTANCES[2] if isinstance(command, RestartRequest) else self.instance(who, id)

    # operate
    def incidents(self, who: Principal, cursor: str | None) -> Page[IncidentRecord]:
        return Page(INCIDENTS)

    def retry(self, who: Principal, id: UUID) -> None:
        if id not in {i.id for i in INCIDENTS}:
            raise NotFound("incident", str(id))
        self._do("retry", id)

    def messages(self, who: Principal, cursor: str | None, name: str = "") -> Page[MessageRecord]:
        return Page(tuple(m for m in MESSAGES if name in ("", m.name)))

    # -- decisions
    def decision_versions(self, who: Principal, text: str, cursor: str | None) -> Page[DecisionVersionRecord]:
        return Page(tuple(one for one in DECISIONS if one.id != DECISIONS[1].id and text in one.name), None)

    def versions_of_decision(self, who: Principal, key: str) -> tuple[DecisionVersionRecord, ...]:
        return tuple(one for one in DECISIONS if one.key == key)

    def decision(self, who: Principal, id: UUID) -> DecisionVersionRecord:
        return next(one for one in DECISIONS if one.id == id)

    def decision_files(self, who: Principal, record: DecisionVersionRecord) -> tuple[tree.Definitions, ...]:
        found, _ = dmn.read((BPMN / "claim.dmn").read_bytes(), "claim.dmn")
        assert found is not None
        return (found,)

    def decision_drafts(self, who: Principal, text: str) -> tuple[DraftRecord, ...]:
        return ()

    def evaluations(
        self, who: Principal, *, key: str | None = None, instance: UUID | None = None, cursor: str | None = None
    ) -> Page[EvaluationRecord]:
        return Page(tuple(e for e in EVALUATIONS if key in (None, e.key) and instance in (None, e.instance_id)), None)

    def evaluation(self, who: Principal, id: UUID) -> EvaluationRecord:
        return next(e for e in EVALUATIONS if e.id == id)

    def data_stores(self, who: Principal, cursor: str | None) -> Page[DataStoreRecord]:
        return Page(STORES)

    def data_store(self, who: Principal, name: str) -> DataStoreRecord:
        for found in STORES:
            if found.name == name:
                return found
        raise NotFound("data store", name)

    def write_store(self, who: Principal, name: str, value: Any, version: int) -> None:
        self._do("write_store", name, value, version)

    def message(self, who: Principal, id: UUID) -> StoredMessage:
        for found in MESSAGES:
            if found.id == id:
                return StoredMessage(found, {"amount": 129}, "", {})
        raise NotFound("message", str(id))

    def candidates(self, who: Principal, id: UUID) -> tuple[Candidate, ...]:
        if id != MESSAGES[0].id:
            return ()
        return Candidate(INSTANCES[2], 9, ()), Candidate(INSTANCES[0], 9, ("business key = 'Order 4711'",))

    def correlate(self, who: Principal, id: UUID, instance: UUID, token: int, reason: str) -> None:
        self._do("correlate", id, instance, token, reason)

    def drop(self, who: Principal, id: UUID, reason: str) -> None:
        self._do("drop", id, reason)

    # accounts and the installation
    def has_password(self, who: Principal) -> bool:
        return self.password

    def set_password(self, who: Principal, name: str, new: str, current: str | None) -> None:
        self._do("set_password", name)

    def users(self, who: Principal) -> tuple[UserRecord, ...]:
        return USERS

    def user(self, who: Principal, name: str) -> UserRecord:
        for found in USERS:
            if found.name == name:
                return found
        raise NotFound("user", name)

    def create_user(self, who: Principal, values: Mapping[str, Any]) -> UserRecord:
        self._do("create_user", dict(values))
        return replace(USERS[2], name=values["name"])

    def change_user(self, who: Principal, name: str, values: Mapping[str, Any]) -> UserRecord:
        self._do("change_user", name, dict(values))
        return self.user(who, name)

    def tokens(self, who: Principal) -> tuple[TokenRecord, ...]:
        return TOKENS

    def create_token(self, who: Principal, name: str, role: str) -> str:
        self._do("create_token", name, role)
        return "stw_3f1c9d2e7a8b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d"

    def revoke_token(self, who: Principal, id: UUID) -> None:
        self._do("revoke_token", id)

    def topics(self, who: Principal) -> tuple[TopicView, ...]:
        return TOPICS

    def settings(self, who: Principal) -> tuple[Fact, ...]:
        return SETTINGS

    def health(self, who: Principal) -> tuple[Fact, ...]:
        return HEALTH

    def _do(self, *what: Any) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.done.append(what)
