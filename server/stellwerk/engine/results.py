"""What the instances of multi-instance activities have given so far, in pages: one result rewrites one page only."""

from __future__ import annotations

from typing import Any

from stellwerk.engine.variables import Layer

PAGE_BITS = 6  # results of one page share their index without the lowest bits


class Results:
    """By the token of the activity and the index of the instance; `changed` are pages unlike the last snapshot."""

    def __init__(self) -> None:
        self.pages: dict[int, dict[int, Layer]] = {}
        self.changed: set[tuple[int, int]] = set()

    def put(self, token_id: int, index: int, value: Any) -> None:
        page = index >> PAGE_BITS
        self.pages.setdefault(token_id, {}).setdefault(page, Layer()).write({str(index): value})
        self.changed.add((token_id, page))

    def of(self, token_id: int, count: int) -> list[Any]:
        """In the order of the instances; None for those that gave nothing."""
        found = [None] * count
        for layer in self.pages.get(token_id, {}).values():
            for index, value in layer.items():
                found[int(index)] = value
        return found

    def drop(self, token_id: int) -> None:
        """The activity is over."""
        for page in self.pages.pop(token_id, ()):
            self.changed.add((token_id, page))
