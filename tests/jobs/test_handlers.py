"""What a handler is given, what becomes of its result, and what it is told when the two do not fit."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

import pytest
from pydantic import BaseModel, Field
from tests.jobs.handler_support import INSTANCE, call, declared, record
from typing_extensions import TypedDict

import stellwerk
from stellwerk.errors import ErrorThrown, SettingInvalid
from stellwerk.jobs.handlers import Registry
from stellwerk.usecases.runtime import Permanent


class Color(Enum):
    RED = "red"


class Line(BaseModel):
    sku: str
    pieces: int = Field(gt=0)


class Receipt(BaseModel):
    id: UUID
    amount: Decimal
    at: datetime
    color: Color


@dataclass
class Address:
    city: str
    zip: str = ""


class Point(NamedTuple):
    x: int
    y: int


class Options(TypedDict):
    fast: bool


Positive = Annotated[int, Field(gt=0)]


# -- what goes in
def test_parameters_are_filled_by_name_and_converted() -> None:
    seen: list[Any] = []

    def handler(
        amount: Decimal,
        when: datetime,
        day: date,
        color: Color,
        lines: list[Line],
        address: Address,
        options: Options,
        kind: Literal["a", "b"],
        pieces: Positive,
        anything,  # type: ignore[no-untyped-def]
        note: str | None = None,
        level: int = 3,
    ) -> None:
        seen.extend([amount, when, day, color, lines, address, options, kind, pieces, anything, note, level])

    call(
        handler,
        amount="19.90",
        when="2026-03-01T12:00:00+00:00",
        day=date(2026, 3, 1),
        color="red",
        lines=[{"sku": "a", "pieces": 2}],
        address={"city": "Ulm"},
        options={"fast": True},
        kind="b",
        pieces=5,
        anything={"x": [1]},
        unused="is not passed",
    )
    assert seen == [
        Decimal("19.90"),
        datetime(2026, 3, 1, 12, tzinfo=UTC),
        date(2026, 3, 1),
        Color.RED,
        [Line(sku="a", pieces=2)],
        Address("Ulm"),
        {"fast": True},
        "b",
        5,
        {"x": [1]},
        None,
        3,
    ]


def test_a_handler_may_take_all_other_variables() -> None:
    def handler(a: int, **rest: Any) -> dict[str, Any]:
        return rest

    assert call(handler, a=1, b=2, c=[3]) == {"b": 2, "c": [3]}


def test_the_job_goes_to_the_parameter_that_asks_for_it() -> None:
    seen: list[stellwerk.Job] = []

    def handler(a: int, job: stellwerk.Job, same: stellwerk.Job | None = None) -> None:
        seen.append(job)
        assert same is job

    Registry(own=[declared(handler)]).run("work", record(attempt=2), {"a": 1, "b": 2, "job": "no"})
    job = seen[0]
    assert job.idempotency_key == job.key == f"{INSTANCE}:7"
    assert (job.attempt, job.instance_id, job.element_id, job.topic) == (2, str(INSTANCE), "Task_1", "work")
    assert (job.business_key, dict(job.variables)) == ("B-1", {"a": 1, "b": 2, "job": "no"})
    with pytest.raises(TypeError):
        job.variables["a"] = 2  # type: ignore[index]


def test_what_a_job_logs_names_its_instance_and_stays_one_line(caplog: pytest.LogCaptureFixture) -> None:
    def handler(job: stellwerk.Job) -> None:
        job.log("first\nsecond")

    with caplog.at_level("INFO", "stellwerk.handlers"):
        call(handler)
    assert caplog.messages == [f"work [Task_1 of {INSTANCE}]: first second"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "the variable 'amount' (Decimal) is missing; set it before this task"),
        ({"amount": "much"}, "'amount' is 'much': Input should be a valid decimal"),
        ({"amount": [1]}, "'amount' is a list of 1: Decimal input should be"),
        ({"amount": "x" * 5000}, "…: Input should be a valid decimal"),
        ({"amount": 1, "lines": [{"sku": "a", "pieces": 0}]}, "'lines'[0].pieces is 0: Input should be greater than 0"),
        ({"amount": 1, "lines": [{"pieces": 1}]}, "'lines'[0].sku: Field required"),
        ({"amount": 1, "color": "blue"}, "'color' is 'blue': Input should be 'red'"),
        ({"amount": 1, "lines": [{}] * 50}, "; and 95 more"),
    ],
)
def test_values_that_do_not_fit_are_a_permanent_error_that_names_them(values: dict[str, Any], message: str) -> None:
    def handler(amount: Decimal, lines: list[Line] | None = None, color: Color = Color.RED) -> None:
        raise AssertionError("must not be called")

    with pytest.raises(Permanent) as failed:
        call(handler, **values)
    assert str(failed.value).startswith("The handler of 'work' cannot be called: ")
    assert message in str(failed.value)
    assert len(str(failed.value)) < 800


# -- what comes out
Pair = namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    ("returned", "value"),
    [
        (None, None),
        (5, 5),
        ("text", "text"),
        (Decimal("1.50"), Decimal("1.50")),
        (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)),
        (timedelta(hours=1), timedelta(hours=1)),
        (Color.RED, "red"),
        (Line(sku="a", pieces=1), {"sku": "a", "pieces": 1}),
        (Address("Ulm", "89073"), {"city": "Ulm", "zip": "89073"}),
        (Point(1, 2), {"x": 1, "y": 2}),
        (Pair(1, [2]), {"a": 1, "b": [2]}),
        (
            {"lines": [Line(sku="a", pieces=1)], "c": {Color.RED: Color.RED}},
            {"lines": [{"sku": "a", "pieces": 1}], "c": {"red": "red"}},
        ),
        ((1, 2), [1, 2]),
        ({3}, [3]),
        (INSTANCE, str(INSTANCE)),
    ],
    ids=str,
)
def test_a_result_becomes_a_variable_value(returned: Any, value: Any) -> None:
    result = call(lambda: returned)
    assert (type(result), result) == (type(value), value)


def test_a_model_keeps_exact_values() -> None:
    def handler() -> Receipt:
        return Receipt(id=INSTANCE, amount=Decimal("1.10"), at=datetime(2026, 3, 1, tzinfo=UTC), color=Color.RED)

    assert call(handler) == {
        "id": str(INSTANCE),
        "amount": Decimal("1.10"),
        "at": datetime(2026, 3, 1, tzinfo=UTC),
        "color": "red",
    }


def test_async_handlers_run_to_their_end() -> None:
    async def handler(a: int) -> int:
        await asyncio.sleep(0)
        return a + 1

    assert call(handler, a=1) == 2


def endless() -> Any:
    value: list[Any] = []
    value.append(value)
    return value


def numbers() -> Iterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (object(), "is a object"),
        (b"bytes", "is a bytes"),
        (numbers(), "is a generator"),
        ({"a": {"b": object()}}, "a.b is a object"),
        ({1: 2}, "has the key 1. Keys must be texts."),
        (float("nan"), "not a finite number"),
        (datetime(2026, 3, 1), "without an offset"),
        (endless(), "nested deeper than 50 levels"),
        (10**5000, "more than 4096 bits"),
        (stellwerk.Permanent, "is a type"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else type(value).__name__,
)
def test_a_result_that_no_variable_can_hold_is_a_permanent_error(returned: Any, message: str) -> None:
    with pytest.raises(Permanent) as failed:
        call(lambda: returned)
    assert str(failed.value).startswith("The handler of 'work' has run, but what it returned cannot be used: ")
    assert message in str(failed.value)


def test_a_result_that_breaks_the_signature_is_a_permanent_error() -> None:
    def handler() -> Line:
        return {"sku": "a", "pieces": "many"}  # type: ignore[return-value]

    with pytest.raises(Permanent, match=r"its signature promises Line, but \.pieces is 'many'"):
        call(handler)


# -- how it ends
def test_a_bpmn_error_reaches_the_model_with_its_variables() -> None:
    def handler() -> None:
        raise stellwerk.BpmnError("card-declined", "no money", {"limit": 5})

    with pytest.raises(ErrorThrown) as thrown:
        call(handler)
    assert (thrown.value.error_code, thrown.value.message, thrown.value.variables) == (
        "card-declined",
        "no money",
        {"limit": 5},
    )


def test_permanent_keeps_its_text_and_its_cause() -> None:
    def handler() -> None:
        raise stellwerk.Permanent("no such account")

    with pytest.raises(Permanent, match="no such account") as failed:
        call(handler)
    assert isinstance(failed.value.__cause__, stellwerk.Permanent)


@pytest.mark.parametrize("error", [OSError("away"), KeyError("x"), RecursionError("deep")])
def test_any_other_error_is_passed_on_to_be_tried_again(error: Exception) -> None:
    def handler() -> None:
        raise error

    with pytest.raises(type(error)) as failed:
        call(handler)
    assert failed.value is error


class Speechless(BaseException):
    def __str__(self) -> str:
        raise ValueError("no text")


@pytest.mark.parametrize(
    "error", [SystemExit(3), asyncio.CancelledError("x"), GeneratorExit(), KeyboardInterrupt(), Speechless()]
)
def test_what_would_end_the_workers_thread_is_an_ordinary_error(error: BaseException) -> None:
    def handler() -> None:
        raise error

    with pytest.raises(RuntimeError, match="The handler ended itself"):
        call(handler)


# -- the registry
def test_an_unknown_topic_is_a_permanent_error() -> None:
    with pytest.raises(Permanent, match="No handler of 'nix' is registered here"):
        Registry().run("nix", record("nix"), {})


def test_the_policy_is_what_the_decorator_says() -> None:
    registry = Registry(
        own=[declared(nothing, "a", tries=5, retry_waits=[1, 2], max_seconds=60), declared(nothing, "b")]
    )
    policy, plain = registry.policy("a"), registry.policy("b")
    assert policy is not None
    assert plain is not None
    assert (policy.tries, policy.waits, policy.max_seconds) == (5, (1.0, 2.0), 60)
    assert (plain.tries, plain.waits, plain.max_seconds) == (None, None, None)
    assert registry.policy("c") is None
    assert registry.topics() == {"a", "b"}


@pytest.mark.parametrize(
    "policy", [{"topic": ""}, {"topic": " a"}, {"tries": 0}, {"max_seconds": 0}, {"retry_waits": [-1]}]
)
def test_a_wrong_policy_is_refused_where_it_is_written(policy: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"topic|tries|max_seconds|retry_waits"):
        stellwerk.service(**{"topic": "a", **policy})


def nothing() -> None: ...
def positional(a: int, /) -> None: ...
def starred(*values: int) -> None: ...
def unsupported(a: stellwerk.Permanent) -> None: ...
def unknown(a: Nix) -> None: ...  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (positional, "its parameter 'a' has no name"),
        (starred, "its parameter 'values' has no name"),
        (unsupported, "the type of 'a' (Permanent) is not supported"),
        (unknown, "its annotations cannot be read"),
    ],
)
def test_a_signature_that_cannot_work_is_refused_at_the_start(function: Any, message: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        Registry(own=[declared(function)])
    assert message in refused.value.message
    assert "cannot be the handler of 'work'" in refused.value.message


def test_two_functions_for_one_topic_are_refused() -> None:
    with pytest.raises(SettingInvalid, match="Two handlers have the topic 'work'"):
        Registry(own=[declared(nothing), declared(endless)])


def test_one_function_may_have_two_topics() -> None:
    @stellwerk.service("one", tries=1)
    @stellwerk.service("two", tries=2)
    def both() -> None: ...

    registry = Registry(own=both.__stellwerk_services__)  # type: ignore[attr-defined]
    assert {topic: handler.tries for topic in ("one", "two") if (handler := registry.get(topic))} == {
        "one": 1,
        "two": 2,
    }


def test_a_registered_handler_goes_before_the_others() -> None:
    registry = Registry(own=[declared(lambda: 1)])
    registry.register(declared(lambda: 2))
    assert registry.run("work", record(), {}) == 2


def test_a_handler_describes_itself_for_the_modeler() -> None:
    def handler(amount: Decimal, lines: list[Line], job: stellwerk.Job, note: str | None = None) -> Line:
        """Charge the card.

        And tell the bank.
        """
        raise NotImplementedError

    (described,) = Registry(own=[declared(handler, "charge", tries=5, retry_waits=(5, 30), max_seconds=9)]).describe()
    assert described["topic"] == "charge"
    assert described["handler"].endswith("test_handlers.handler")
    assert described["description"] == "Charge the card.\n\nAnd tell the bank."
    assert (described["tries"], described["retryWaits"], described["maxSeconds"]) == (5, [5.0, 30.0], 9)
    assert [(p["name"], p["type"], p["required"]) for p in described["parameters"]] == [
        ("amount", "Decimal", True),
        ("lines", described["parameters"][1]["type"], True),
        ("note", "str | None", False),
    ]
    assert described["parameters"][1]["schema"]["type"] == "array"
    assert described["output"]["type"] == "Line"
    assert set(described["output"]["schema"]["properties"]) == {"sku", "pieces"}


def test_importing_what_handlers_need_loads_no_framework() -> None:
    code = (
        "import sys, stellwerk; print(sorted({'flask', 'pydantic', 'sqlalchemy', 'httpx', 'lxml'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
