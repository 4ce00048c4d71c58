"""The handler of the benchmark's service tasks: it does nothing, so that only the job machinery is measured."""

from __future__ import annotations

import stellwerk


@stellwerk.service("bench")
def bench(order: str) -> dict[str, str]:
    return {"done": order}
