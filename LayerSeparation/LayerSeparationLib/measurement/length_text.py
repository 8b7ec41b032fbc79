"""Lengths as people read them, the same wherever they stand: figures, the terminal, the panel."""

from __future__ import annotations

import math

from ..radiograph import LengthUnit

_HALF_TOLERANCE = 1e-6
_TABLE_DECIMALS: dict[LengthUnit, int] = {"mm": 4, "px": 2}


def decimals_of(unit: LengthUnit) -> int:
    """Return how many decimals a length has: two in mm, one in px.

    Examples
    --------
    >>> decimals_of("mm"), decimals_of("px")
    (2, 1)
    """
    return 2 if unit == "mm" else 1


def number_text(length: float, unit: LengthUnit) -> str:
    """Return a length without its unit; what rounds to zero has no sign.

    Examples
    --------
    >>> number_text(1.625, "mm"), number_text(-0.004, "mm"), number_text(3.21, "px")
    ('1.63', '0.00', '3.2')
    """
    # 1.625 is 1.63 to people, whatever the last bit of the number says.
    text = f"{length + math.copysign(_HALF_TOLERANCE, length):.{decimals_of(unit)}f}"
    return text if float(text) else text.removeprefix("-")


def signed_text(length: float, unit: LengthUnit) -> str:
    """Return a change without its unit: with its sign, but for what rounds to zero.

    Examples
    --------
    >>> signed_text(0.312, "mm"), signed_text(-0.312, "mm"), signed_text(-0.002, "mm")
    ('+0.31', '-0.31', '0.00')
    """
    text = number_text(length, unit)
    return f"+{text}" if float(text) > 0 else text


def interval_text(interval: tuple[float, float], unit: LengthUnit) -> str:
    """Return the ends of a width's interval without their unit.

    Examples
    --------
    >>> interval_text((1.552, 1.688), "mm")
    '1.55 to 1.69'
    """
    low, high = (number_text(end, unit) for end in interval)
    return f"{low} to {high}"


def change_text(change: float, interval: tuple[float, float], unit: LengthUnit) -> str:
    """Return a change with its interval, without their unit.

    Examples
    --------
    >>> change_text(-0.31, (-0.352, -0.268), "mm"), change_text(0.0, (-0.031, 0.028), "mm")
    ('-0.31 (-0.35 to -0.27)', '0.00 (-0.03 to +0.03)')
    """
    low, high = (signed_text(end, unit) for end in interval)
    return f"{signed_text(change, unit)} ({low} to {high})"


def table_number(length: float | None, unit: LengthUnit) -> float | None:
    """Return a length as tables for programs have it: four decimals in mm, two in px.

    The standard deviation of a change is 0.015 mm at best.

    Examples
    --------
    >>> table_number(1.6312345, "mm"), table_number(7.316, "px"), table_number(None, "mm")
    (1.6312, 7.32, None)
    """
    return None if length is None else round(length, _TABLE_DECIMALS[unit])
