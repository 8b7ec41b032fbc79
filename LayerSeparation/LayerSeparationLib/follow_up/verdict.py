"""What may be said of a change: limits with their sources, and the rule."""

from __future__ import annotations

from enum import Enum

DETECTABLE_CHANGE_MM = 0.11
"""A change above this is real: the clinical figure of finger joints on repeat films of healthy hands, laid
down anew. It holds what no program can know: another pressure, another tilt of the hand."""
LEAST_CORRELATION = 0.3
"""Below this a bone is not recognised on the other film. The same bone on another visit has 0.9 (median,
training joints); it does not tell people apart, whose bones reach 0.4 to 0.6."""
GREATEST_DISAGREEMENT_MM = 0.4
"""Registered change against the difference of the two measured JSW: farther apart, one of them is wrong. A
choice, well above what either errs by."""
GREATEST_ASYMMETRY_MM = 0.3
"""Baseline onto follow-up against follow-up onto baseline."""
GREATEST_MAGNIFICATION = 1.12
"""Hands are magnified 1 to 1.1 times. Bones that differ more have a wrong pixel spacing, or are others."""


class Verdict(str, Enum):
    """What became of a joint between two films.

    Examples
    --------
    >>> Verdict("progressed") is Verdict.PROGRESSED
    True
    """

    PROGRESSED = "progressed"
    """The joint space is narrower by more than the smallest detectable change."""
    WIDENED = "widened"
    """It is wider by more than that: regression, distension, or another position of the finger."""
    UNCHANGED = "unchanged"
    """No change above the smallest detectable one."""
    UNKNOWN = "can't tell"
    """The reason says why."""


def judge(change_mm: float, interval_mm: tuple[float, float]) -> tuple[Verdict, str]:
    """Return the verdict on a change with its interval, and the reason where there is none.

    Examples
    --------
    >>> judge(-0.25, (-0.31, -0.19))
    (<Verdict.PROGRESSED: 'progressed'>, '')
    >>> judge(-0.25, (-0.55, 0.05))[1]
    'too uncertain (the interval is wider than +-0.11 mm)'
    """
    if (interval_mm[1] - interval_mm[0]) / 2 > DETECTABLE_CHANGE_MM and interval_mm[0] < 0 < interval_mm[1]:
        return Verdict.UNKNOWN, f"too uncertain (the interval is wider than +-{DETECTABLE_CHANGE_MM} mm)"
    if abs(change_mm) <= DETECTABLE_CHANGE_MM:
        return Verdict.UNCHANGED, ""
    if interval_mm[0] <= 0 <= interval_mm[1]:
        return Verdict.UNKNOWN, "too uncertain (the interval holds 0)"
    return (Verdict.PROGRESSED if change_mm < 0 else Verdict.WIDENED), ""
