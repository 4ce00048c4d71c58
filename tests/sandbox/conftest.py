from __future__ import annotations

from collections.abc import Iterator

import pytest

from stellwerk.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    # The limits are generous: these tests are about what comes back, on a machine that may be busy.
    with Sandbox(workers=1, seconds=5, memory_mb=64) as sandbox:
        yield sandbox
