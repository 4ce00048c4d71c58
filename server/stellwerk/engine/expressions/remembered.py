"""Short texts are read once: what they give is remembered."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

MOST = 2048
LONGEST = 2_000  # characters; what a long text gives would take too much memory

T = TypeVar("T")
P = ParamSpec("P")


def remembered(read: Callable[Concatenate[str, P], T]) -> Callable[Concatenate[str, P], T]:
    """The same short text, with the same arguments behind it, gives the same value. They must be hashable."""
    known = cast(Callable[Concatenate[str, P], T], lru_cache(maxsize=MOST)(read))

    @wraps(read)
    def look(text: str, /, *arguments: P.args, **options: P.kwargs) -> T:
        return (known if len(text) <= LONGEST else read)(text, *arguments, **options)

    return look
