"""Numbers: decimal128, 34 digits, ties to even (10.3.2.3.1). What cannot be represented raises ArithmeticError."""

from __future__ import annotations

import decimal
from decimal import Decimal

DIGITS = 34
SMALLEST_SCALE, LARGEST_SCALE = -6111, 6176
# Traps, not NaN and Infinity: FEEL has neither, the caller makes null of what is raised. What is too close to zero is
# rounded to the nearest number, as IEEE 754 has it: a subnormal one, or 0.
CONTEXT = decimal.Context(
    prec=DIGITS,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
# Rounding to a scale may need more digits than a number keeps, before what is too long is seen.
WIDE = decimal.Context(prec=12_400, Emin=-13_000, Emax=13_000, traps=[decimal.InvalidOperation])
ZERO, ONE = Decimal(0), Decimal(1)


def number_of(value: int | float | str | Decimal) -> Decimal:
    """Rounded to what FEEL can hold. A float is the shortest decimal that reads as it. Raises ArithmeticError."""
    if isinstance(value, float):
        value = repr(value)
    elif isinstance(value, int) and value.bit_length() > 24_000:
        raise decimal.Overflow
    found = CONTEXT.create_decimal(value)
    if not found.is_finite():
        raise decimal.InvalidOperation
    return found


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """`**` (Table 60): the exponent within ±999,999,999."""
    if abs(exponent) > 999_999_999:
        raise decimal.InvalidOperation
    if not exponent:
        return ONE
    if not base and exponent < 0:
        raise decimal.DivisionByZero  # Python gives infinity here, without a signal
    return CONTEXT.power(base, exponent)


def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """dividend - divisor * floor(dividend / divisor): the sign is the divisor's. Exact."""
    if not divisor:
        raise decimal.DivisionByZero
    rest = WIDE.remainder(dividend, divisor)
    if rest and (rest < 0) != (divisor < 0):
        rest = WIDE.add(rest, divisor)
    return CONTEXT.plus(rest)


def rounded(number: Decimal, scale: int, mode: str) -> Decimal:
    """With that many digits after the point; a negative scale rounds to tens, hundreds, ..."""
    if not number:
        return ZERO.scaleb(-scale, WIDE) if scale >= 0 else ZERO
    return CONTEXT.plus(number.quantize(Decimal((0, (1,), -scale)), rounding=mode, context=WIDE))


def text_of(number: Decimal) -> str:
    """Without exponent, with the digits of its scale: `decimal(1.5, 2)` is 1.50."""
    return format(number, "f") if number else format(abs(number), "f")
