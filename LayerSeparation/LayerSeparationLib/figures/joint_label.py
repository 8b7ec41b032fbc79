"""What stands beside a joint on a figure: its width, how sure it is, and how far from the reference."""

from __future__ import annotations

from textwrap import shorten, wrap
from typing import NamedTuple

from ..joints import JointPose, anatomical_name
from ..measurement import JointSpaceWidth, Quality
from .reference import Deviation

_LETTERS = 38
"""Of a line of details."""
_FINDING_LINES = 2


class JointLabel(NamedTuple):
    """The words beside a joint."""

    head: str
    """Name and mean JSW; a dash where there is none."""
    details: tuple[str, ...]
    """Lines below: interval and deviation, then what to look at, or why there is no JSW."""
    deviation: float | None
    """What the joint is coloured by, in the unit of its JSW."""


def label_joint(
    pose: JointPose, jsw: JointSpaceWidth, deviation: Deviation | None, with_side: bool = False
) -> JointLabel:
    """Put a joint into words.

    Parameters
    ----------
    pose
        Its name and side.
    jsw
        Its JSW.
    deviation
        From its reference; None where that says nothing of the joint.
    with_side
        Name the side: both hands are on the film.
    """
    name = anatomical_name(pose.name)
    if with_side and pose.side:
        name = f"{pose.side} {name}"
    told = "" if deviation is None else deviation.label()
    if jsw.mean is None or jsw.interval is None:
        # A change that is known all the same has its word here, and its number in the table.
        verdict = "" if deviation is None else deviation.told
        details = [*_lines(f"not measurable: {jsw.short_findings}"), *(_lines(verdict) if verdict else ())]
        return JointLabel(f"{name}  -", tuple(details), None)
    low, high = jsw.interval
    interval = f"{low:.2f} to {high:.2f}"
    beside = f"{interval}   {told}".rstrip()
    details = [beside] if len(beside) <= _LETTERS else [interval, *_lines(told)]
    if jsw.quality is Quality.CHECK:
        details += _lines(f"check: {jsw.short_findings}")
    return JointLabel(
        f"{name}  {jsw.mean:.2f} {jsw.unit}", tuple(details), None if deviation is None else deviation.length
    )


def _lines(text: str) -> list[str]:
    """Break a text into a few lines; what does not fit is left out, and seen to be."""
    lines = wrap(text, _LETTERS)
    if len(lines) <= _FINDING_LINES:
        return lines
    rest = " ".join(lines[_FINDING_LINES - 1 :])
    return [*lines[: _FINDING_LINES - 1], shorten(rest, _LETTERS, placeholder=" …")]
