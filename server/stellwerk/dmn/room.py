"""How many names the expressions of a library may know: what they could read costs time for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stellwerk.feel.names import KnownNames

Names = Mapping[str, Any]
"""The names known at a place, each with those inside of it."""
MOST_NAMES = 1_000_000
TOO_MANY_NAMES = (
    f"The expressions of these files may read more than {MOST_NAMES:,} names altogether. "
    "Divide the largest contexts and types, or require less."
)


class Room:
    """Names that may still be prepared. `is_told`: somebody reported that there is no room."""

    def __init__(self, most: int = MOST_NAMES) -> None:
        self.left = most
        self.is_told = False

    def prepared(self, names: Names) -> KnownNames:
        """Raises OverflowError if there are more than are left, then and ever after."""
        try:
            known = KnownNames(names, self.left)
        except OverflowError:
            self.left = -1
            raise
        self.left -= known.size
        return known
