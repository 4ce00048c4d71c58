"""Passwords: the rule for new ones, and hashing with Argon2id (19 MiB, two passes: the OWASP minimum)."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from stellwerk.errors import FieldError, InvalidInput

SHORTEST, LONGEST = 12, 256
_COMMON_TEXT = """
123456789012 1234567890123 123123123123 qwertyuiopas qwertzuiopas qwertyuiop123 password1234 passwort1234
passwordpassword passwortpasswort administrator administrator1 administrator123 letmeinletmein iloveyou1234
welcome12345 changeme1234 stellwerk123 stellwerk1234 stellwerkstellwerk correcthorsebatterystaple
"""
COMMON = frozenset(_COMMON_TEXT.split())

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_at_once = threading.BoundedSemaphore(4)  # a burst of sign-ins takes at most 4 x 19 MiB
# Checked when nobody has the name, so that the time of an answer does not tell which names exist.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$c3RlbGx3ZXJrLW5vYm9keQ$B1jR9BUJbGfrNYZBuB8PXbZHZDLMAk8Nlj3MGqQWXFo"


def check_new(password: str, name: str) -> None:
    """Raises InvalidInput that says what is wrong with a new password."""
    fault = _fault(password, name)
    if fault:
        raise InvalidInput([FieldError("password", "password", fault)])


def _fault(password: str, name: str) -> str | None:
    if len(password) < SHORTEST:
        return f"The password has {len(password)} characters. Take at least {SHORTEST}: a short sentence is good."
    if len(password) > LONGEST:
        return f"The password is longer than {LONGEST} characters. Take a shorter one."
    if len(set(password)) < 5:
        return "The password repeats a few characters. Take a short sentence instead."
    if password.lower() in COMMON or (len(name) > 3 and name.lower() in password.lower()):
        return "The password is a common one, or holds the user's name. Take a short sentence instead."
    return None


def hash_of(password: str) -> str:
    with _at_once:
        return _hasher.hash(_bytes(password))


def matches(password_hash: str | None, password: str) -> bool:
    """True when the password fits. Takes the same time when there is no hash."""
    try:
        with _at_once:
            fits = _hasher.verify(password_hash or _NOBODY, _bytes(password[: LONGEST + 1]))
        return fits and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")  # a browser can send half a surrogate pair
