"""What the widths of a hand are held against: the same person's other hand, or the earlier film; no norms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot, inf
from typing import NamedTuple

from ..joints import JointCrop, JointKey, JointPose, joint_key
from ..measurement import JointSpaceWidth, Quality
from ..measurement.length_text import change_text
from ..radiograph import LengthUnit

_OTHER = {"L": "R", "R": "L"}
_LIMIT_IN_HALF_INTERVALS = 1.96 / 1.645
"""What is told apart in 95 of 100, in halves of a 90 % interval of a normal distribution."""


class Deviation(NamedTuple):
    """How much wider a joint is than its reference.

    Examples
    --------
    >>> Deviation(-0.25, (-0.31, -0.19), "mm", limit=0.11, verdict="progressed").label
    'progressed -0.25 (-0.31 to -0.19)'
    >>> Deviation(verdict="can't tell", reason="not on the baseline").label
    "can't tell: not on the baseline"
    """

    length: float | None = None
    """Negative where the joint is narrower; None where nothing can be said."""
    interval: tuple[float, float] | None = None
    """Its 90 % interval; None where ``length`` is."""
    unit: LengthUnit = "mm"
    """Of all lengths here."""
    limit: float = inf
    """Up to which it can't be told from none; infinite where it may not be judged at all."""
    verdict: str = ""
    """What it is in a word."""
    reason: str = ""
    """Why nothing can be said; '' too where that is said once for all joints (`Reference.note`)."""

    @property
    def is_real(self) -> bool:
        """Whether it is more than two measurements of one joint would differ by."""
        return self.length is not None and abs(self.length) > self.limit

    @property
    def label(self) -> str:
        """What stands beside the joint."""
        lengths = ""
        if self.length is not None and self.interval is not None:
            lengths = change_text(self.length, self.interval, self.unit)
        if self.reason:
            told = f"{self.verdict}: {self.reason}"
        elif self.limit < inf:
            told = self.verdict
        else:
            told = "change" if lengths else ""
        return f"{told} {lengths}".strip()


@dataclass(frozen=True)
class Reference:
    """What the joints of a film are coloured by.

    Examples
    --------
    >>> Reference("other hand on this film", {}).deviation_of(JointPose("MCP2", (9, 9), (0, -1))) is None
    True
    """

    name: str
    """As the legend names it: ``other hand on this film``, ``earlier film hand_2021.dcm``."""
    deviations: Mapping[JointKey, Deviation]
    """Of joints by name and side."""
    limit_told: str = ""
    """What a deviation has to exceed to be coloured, in words."""
    note: str = ""
    """What holds for most of the joints, and is said once."""

    def deviation_of(self, pose: JointPose) -> Deviation | None:
        """Return the deviation of a joint; None where the reference says nothing of it."""
        return self.deviations.get(joint_key(pose))


def other_hand(joints: Sequence[tuple[JointCrop, JointSpaceWidth]]) -> Reference | None:
    """Compare the joints of both hands on a film with one another.

    Only joints are compared that were measured, without any doubt, on both hands. What exceeds 1.96 standard
    deviations of their difference, by their own intervals, is called narrower or wider.

    Parameters
    ----------
    joints
        Of one film: where each lies, and its JSW.

    Returns
    -------
    None where no joint was measured on both hands.

    Examples
    --------
    >>> other_hand([]) is None
    True
    """
    widths = {joint_key(crop.pose): jsw for crop, jsw in joints if jsw.quality is Quality.MEASURED}
    deviations: dict[JointKey, Deviation] = {}
    for (name, side), jsw in widths.items():
        other = widths.get((name, _OTHER.get(side or "")))
        if other is None or other.unit != jsw.unit:
            continue
        assert jsw.mean is not None
        assert other.mean is not None
        length, half = jsw.mean - other.mean, hypot(_half_interval(jsw), _half_interval(other))
        limit = _LIMIT_IN_HALF_INTERVALS * half
        verdict = "alike" if abs(length) <= limit else "narrower" if length < 0 else "wider"
        interval = length - half, length + half
        deviations[name, side] = Deviation(length, interval, jsw.unit, limit, verdict)
    if not deviations:
        return None
    limit_told = "by more than the two intervals let expect (1.96 standard deviations)"
    return Reference("other hand on this film", deviations, limit_told)


def _half_interval(jsw: JointSpaceWidth) -> float:
    assert jsw.interval is not None
    return (jsw.interval[1] - jsw.interval[0]) / 2
