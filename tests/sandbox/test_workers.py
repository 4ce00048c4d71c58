from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor

import pytest

from stellwerk.errors import SandboxUnavailable
from stellwerk.sandbox import Sandbox
from stellwerk.sandbox.workers import Workers


def test_nothing_is_loaded_or_started_before_the_first_script() -> None:
    code = """
        import sys
        from stellwerk.sandbox import Sandbox
        sandbox = Sandbox(workers=2)
        print("pydantic_monty" in sys.modules)
        sandbox.close()
    """
    run = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def test_a_script_makes_the_library_look_for_no_module_on_the_whole_path(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Finder:
        @staticmethod
        def find_spec(name: str, path: object = None, target: object = None) -> None:
            asked.append(name)

    with Sandbox(workers=1, seconds=5) as sandbox:
        sandbox.run_script("a = 1", {})
        monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
        sandbox.run_script("a = 1", {})
    assert asked == []


def test_many_threads_share_few_workers() -> None:
    with Sandbox(workers=2, seconds=5) as sandbox, ThreadPoolExecutor(8) as threads:
        values = threads.map(lambda n: sandbox.evaluate("n * n + int('0')", {"n": n}), range(60))
        assert list(values) == [n * n for n in range(60)]


def test_a_thread_that_waits_too_long_is_told_so() -> None:
    workers = Workers(count=1, seconds=5, memory_mb=32, wait_seconds=0.05)
    try:
        with (
            workers.box(),
            pytest.raises(SandboxUnavailable, match="All 1 sandbox processes were busy") as busy,
            workers.box(),
        ):
            pass
        assert "STELLWERK_SANDBOX_WORKERS" in busy.value.message
        with workers.box() as box:
            assert box.feed_run("1") == 1
    finally:
        workers.close()


def test_a_worker_that_died_while_idle_is_replaced() -> None:
    with Sandbox(workers=1, seconds=5) as sandbox:
        assert sandbox.evaluate("1 + int('1')", {}) == 2
        for worker in _children("monty"):
            os.kill(worker, signal.SIGKILL)
        assert sandbox.evaluate("2 + int('1')", {}) == 3


def _children(name: str) -> list[int]:
    """The processes of that name that this thread's process started."""
    found = []
    for thread in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{thread}/children") as children:
            for pid in children.read().split():
                with open(f"/proc/{pid}/comm") as comm:
                    if comm.read().strip() == name:
                        found.append(int(pid))
    return found


def test_closing_ends_the_workers_and_refuses_later_scripts() -> None:
    sandbox = Sandbox(workers=1, seconds=5)
    sandbox.evaluate("1 + int('1')", {})
    sandbox.close()
    sandbox.close()
    with pytest.raises(SandboxUnavailable, match="the server stops"):
        sandbox.evaluate("1", {})


FORKS = """
    import os, sys
    from stellwerk.errors import SandboxUnavailable
    from stellwerk.sandbox import Sandbox

    sandbox = Sandbox(workers=1, seconds=5)
    if {before}:
        sandbox.evaluate("1", {{}})
    child = os.fork()
    if child == 0:
        try:
            print("child", sandbox.evaluate("20 + int('1')", {{}}), flush=True)
        except SandboxUnavailable as error:
            print("child", error.message, flush=True)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    print("parent", sandbox.evaluate("40 + int('1')", {{}}))
    sandbox.close()
"""


@pytest.mark.parametrize(
    ("before", "child"),
    [(False, "child 21"), (True, "child This process was forked after a script had run in its parent.")],
)
def test_a_forked_process_has_workers_of_its_own_or_is_told_why_not(before: bool, child: str) -> None:
    code = textwrap.dedent(FORKS.format(before=before))
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    first, last = run.stdout.splitlines()
    assert first.startswith(child)
    assert last == "parent 41"
