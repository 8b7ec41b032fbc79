"""What the widths of a hand are held against: the same person's other hand, or the earlier film; no norms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from typing import NamedTuple

from ..joints import JointCrop, JointKey, JointPose, joint_key
from ..measurement import JointSpaceWidth, Quality

_OTHER = {"L": "R", "R": "L"}


class Deviation(NamedTuple):
    """How much wider a joint is than its reference.

    Examples
    --------
    >>> Deviation(-0.25, 0.06, "progressed").label()
    '-0.25 ± 0.06 progressed'
    >>> Deviation(None, 0.0, "not on the baseline").label()
    'not on the baseline'
    """

    length: float | None
    """In the unit of the film's JSW, negative where the joint is narrower; None where nothing can be said."""
    half_interval: float
    """Half of its 90 % interval, in the same unit."""
    told: str = ""
    """What is said of it: a verdict, or why there is none."""

    def label(self) -> str:
        """Return it in short."""
        if self.length is None:
            return self.told
        return f"{self.length:+.2f} ± {self.half_interval:.2f} {self.told}".rstrip()


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

    def deviation_of(self, pose: JointPose) -> Deviation | None:
        """Return the deviation of a joint; None where the reference says nothing of it."""
        return self.deviations.get(joint_key(pose))


def other_hand(joints: Sequence[tuple[JointCrop, JointSpaceWidth]]) -> Reference | None:
    """Compare the joints of both hands on a film with one another.

    Only joints are compared that were measured, without any doubt, on both hands.

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
        half = hypot(_half_interval(jsw), _half_interval(other))
        deviations[name, side] = Deviation(jsw.mean - other.mean, half)
    return Reference("other hand on this film", deviations) if deviations else None


def _half_interval(jsw: JointSpaceWidth) -> float:
    assert jsw.interval is not None
    return (jsw.interval[1] - jsw.interval[0]) / 2
