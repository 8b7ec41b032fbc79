"""Changes between two visits as users read them."""

from __future__ import annotations

from ..follow_up import JointChange, Verdict
from ..radiograph import LengthUnit
from ..translation import tr as _
from .length_format import NOTHING, decimals_of, format_length


def verdict_text(verdict: Verdict) -> str:
    """Return a verdict in the user's language."""
    return {
        Verdict.PROGRESSED: _("progressed"),
        Verdict.WIDENED: _("widened"),
        Verdict.UNCHANGED: _("unchanged"),
        Verdict.UNKNOWN: _("can't tell"),
    }[verdict]


def change_title(change: JointChange) -> str:
    """Return 'MCP3 L'."""
    return f"{change.name} {change.side}" if change.side else change.name


def format_change(change: JointChange) -> str:
    """Return '-0.31 (-0.35 to -0.27)', a change with its 90 % interval; a dash where there is none."""
    if change.change is None or change.interval is None:
        return NOTHING
    value, low, high = (
        _signed(length, change.unit) for length in (change.change, change.interval[0], change.interval[1])
    )
    return _("{change} ({low} to {high})").format(change=value, low=low, high=high)


def _signed(value: float, unit: LengthUnit) -> str:
    number = format_length(value, unit).partition(" ")[0]
    is_zero = float(number) == 0
    zero = f"{0:.{decimals_of(unit)}f}"
    return zero if is_zero else number if value < 0 else f"+{number}"
