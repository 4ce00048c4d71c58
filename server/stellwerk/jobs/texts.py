"""What errors of somebody else say, as text that can be stored."""

from __future__ import annotations


def text_of(error: BaseException) -> str:
    """What the error says, as text that can be stored, whatever its class does."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001  the class is somebody else's; its name has to do
        return "its text cannot be made"
    return storable(text).strip()


def storable(text: object) -> str:
    """The value as text that UTF-8 can hold: half a surrogate pair becomes an escape."""
    return str(text).encode("utf-8", "backslashreplace").decode()
