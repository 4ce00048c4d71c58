"""Waiting without threads: who is waked, who is not, and that nothing stays behind."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from uuid import UUID

from stellwerk.web.hub import Hub, ThreadWaiter

ONE, TWO = UUID(int=1), UUID(int=2)
LONG = 30.0


class Database:
    """Which instances have settled, and what was asked."""

    def __init__(self, *settled: UUID) -> None:
        self.settled = set(settled)
        self.asked: list[set[UUID]] = []

    def __call__(self, ids: Collection[UUID]) -> set[UUID]:
        self.asked.append(set(ids))
        return self.settled.intersection(ids)


def test_who_waits_for_what_has_settled_already_is_answered_at_once() -> None:
    assert asyncio.run(Hub(Database(ONE)).wait(ONE, LONG))


def test_a_commit_wakes_those_who_wait_for_it_and_nobody_else() -> None:
    async def scene() -> None:
        database = Database()
        hub = Hub(database, poll_s=LONG)
        first, second = asyncio.create_task(hub.wait(ONE, LONG)), asyncio.create_task(hub.wait(TWO, LONG))
        while {ONE, TWO} - set().union(*database.asked):
            await asyncio.sleep(0)
        database.settled = {ONE, TWO}
        database.asked.clear()
        hub.changed(ONE)
        assert await first
        assert not second.done()
        assert database.asked == [{ONE}]
        hub.changed(TWO)
        assert await second

    asyncio.run(scene())


def test_a_commit_from_another_thread_wakes_too() -> None:
    async def scene() -> None:
        database = Database()
        hub = Hub(database, poll_s=LONG)
        waiting = asyncio.create_task(hub.wait(ONE, LONG))
        while not database.asked:
            await asyncio.sleep(0)
        database.settled = {ONE}
        await asyncio.to_thread(hub.changed, ONE)
        assert await waiting

    asyncio.run(scene())


def test_what_another_server_committed_is_seen_by_the_shared_look() -> None:
    async def scene() -> None:
        database = Database()
        hub = Hub(database, poll_s=0.01)
        waiting = [asyncio.create_task(hub.wait(id, LONG)) for id in (ONE, TWO, ONE)]
        while not database.asked:
            await asyncio.sleep(0)
        database.settled = {ONE, TWO}
        assert await asyncio.gather(*waiting) == [True, True, True]
        assert len(database.asked[-1]) <= 2  # one question for all, each instance once

    asyncio.run(scene())


def test_when_the_time_is_over_the_answer_is_no() -> None:
    assert not asyncio.run(Hub(Database()).wait(ONE, 0.0))


def test_a_stopping_server_lets_everybody_go() -> None:
    async def scene() -> None:
        database = Database()
        hub = Hub(database, poll_s=LONG)
        waiting = asyncio.create_task(hub.wait(ONE, LONG))
        while not database.asked:
            await asyncio.sleep(0)
        hub.close()
        assert not await waiting
        assert not await hub.wait(TWO, LONG)

    asyncio.run(scene())


def test_a_database_that_fails_for_a_moment_costs_nobody_the_wait() -> None:
    async def scene() -> None:
        class Failing(Database):
            def __call__(self, ids: Collection[UUID]) -> set[UUID]:
                if not self.asked:
                    self.asked.append(set(ids))
                    raise OSError("gone for a moment")
                return super().__call__(ids)

        assert await Hub(Failing(ONE), poll_s=0.01).wait(ONE, LONG)

    asyncio.run(scene())


def test_a_thousand_who_wait_cost_one_question() -> None:
    async def scene() -> None:
        database = Database()
        hub = Hub(database, poll_s=LONG)
        ids = [UUID(int=number) for number in range(1000)]
        waiting = [asyncio.create_task(hub.wait(id, LONG)) for id in ids]
        while len(set().union(*database.asked)) < 1000:
            await asyncio.sleep(0)
        assert len(database.asked) <= 2
        hub.close()
        assert not any(await asyncio.gather(*waiting))

    asyncio.run(scene())


def test_a_thread_waits_until_it_has_settled() -> None:
    answers = iter([set(), set(), {ONE}])
    waiter = ThreadWaiter(lambda ids: next(answers), poll_s=0.001)
    assert waiter.wait(ONE, LONG)


def test_a_thread_gives_up_when_the_time_is_over() -> None:
    assert not ThreadWaiter(Database()).wait(ONE, 0.0)
