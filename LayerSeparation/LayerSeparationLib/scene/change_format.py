"""Changes between two visits as users read them."""

from __future__ import annotations

from ..follow_up import JointChange, Verdict
from ..measurement.length_text import number_text, signed_text
from ..translation import tr as _
from .jsw_format import format_uncertain
from .length_format import NOTHING


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
    """Return '-0.31 ± 0.04 mm', a change with half its 90 % interval; a dash where there is none."""
    if change.change is None or change.interval is None:
        return NOTHING
    told = format_uncertain(change.change, change.interval, change.unit)
    unsigned = told.removeprefix(number_text(change.change, change.unit))
    return f"{signed_text(change.change, change.unit)}{unsigned}"
