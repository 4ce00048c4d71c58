"""When a failed try is repeated."""

from __future__ import annotations

from dataclasses import replace

import pytest

from stellwerk.errors import SettingInvalid
from stellwerk.jobs.retry import Policy, default_policy
from stellwerk.settings import Settings


def test_waits_grow_along_the_list_and_the_last_one_repeats() -> None:
    policy = Policy(5, (5.0, 30.0))
    assert [policy.wait_after(n) for n in range(1, 6)] == [5, 30, 30, 30, None]


def test_one_try_means_none_after_it() -> None:
    assert Policy(1, (5.0,)).wait_after(1) is None


def test_without_waits_the_next_try_comes_at_once() -> None:
    assert Policy(2, ()).wait_after(1) == 0


def test_the_settings_say_five_and_thirty_seconds() -> None:
    assert default_policy(Settings()) == Policy(3, (5.0, 30.0))


@pytest.mark.parametrize("text", ["soon", "5,-1", "5;30", "1e12"])
def test_waits_that_cannot_be_read_are_refused_by_name(text: str) -> None:
    with pytest.raises(SettingInvalid, match="STELLWERK_JOB_RETRY_WAITS"):
        default_policy(replace(Settings(), job_retry_waits=text))
