"""What may be said of a change: limits with their sources, and the rule."""

from __future__ import annotations

from enum import Enum

DETECTABLE_CHANGE_MM = 0.11
"""No change below this is called real: 95 % limit of a difference of two films of MCP and PIP joints of
healthy hands, laid down anew 3 to 5 days apart (J Rheumatol 2001;28(8):1825). It holds what no program can
know: another pressure, another tilt of the hand."""
_Z90, _Z95 = 1.645, 1.96
"""Standard deviations on either side that hold 90 % and 95 % of a normal distribution."""
LEAST_CORRELATION = 0.3
"""Below this a bone is not recognised on the other film. The same bone on another visit has 0.9 (median,
training joints); it does not tell people apart, whose bones reach 0.4 to 0.6."""
LEAST_CORRELATION_WITHOUT_JSW = 0.6
"""The same where JSW is not measurable on both films. A joint whose space has vanished has no margins, and
its change matters most, so registration alone may tell it; but then nothing else would contradict bones that
are another person's: 1 in 20 of those reaches 0.6 (65 pairs of training joints)."""
GREATEST_DISAGREEMENT_MM = 0.4
"""Registered change against the difference of the two JSW: farther apart, one of them is wrong. A choice,
well above what either errs by."""
GREATEST_DISAGREEMENT_SD, LEAST_DISAGREEMENT_MM = 3.0, 0.2
"""The same where both JSW are measured without a doubt: what their intervals and that of the change allow, in
standard deviations, and what is no contradiction however sure all three are. Of 53 pairs of training visits 2
go beyond both."""
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


def detectable_change(interval_mm: tuple[float, float]) -> float:
    """Return the smallest detectable change, mm, of a change with this 90 % interval.

    1.96 standard deviations of the difference of two films, which is 1.96 sqrt(2) standard errors of one
    (Bland and Altman, Lancet 1986;1:307; Ravaud et al., J Clin Epidemiol 1999;52:1225), and
    `DETECTABLE_CHANGE_MM` at least.

    Examples
    --------
    >>> detectable_change((-0.27, -0.23)), round(detectable_change((-0.4, -0.1)), 3)
    (0.11, 0.179)
    """
    sd_mm = (interval_mm[1] - interval_mm[0]) / 2 / _Z90
    return max(DETECTABLE_CHANGE_MM, _Z95 * sd_mm)


def judge(change_mm: float, interval_mm: tuple[float, float]) -> tuple[Verdict, str]:
    """Return the verdict on a change with its interval, and the reason where there is none.

    Examples
    --------
    >>> judge(-0.25, (-0.31, -0.19))
    (<Verdict.PROGRESSED: 'progressed'>, '')
    >>> judge(-0.25, (-0.55, 0.05))[1]
    'too uncertain (the interval is wider than +-0.11 mm)'
    """
    if abs(change_mm) > detectable_change(interval_mm):
        return (Verdict.PROGRESSED if change_mm < 0 else Verdict.WIDENED), ""
    if (interval_mm[1] - interval_mm[0]) / 2 > DETECTABLE_CHANGE_MM:
        return Verdict.UNKNOWN, f"too uncertain (the interval is wider than +-{DETECTABLE_CHANGE_MM} mm)"
    return Verdict.UNCHANGED, ""
