"""What the joints of one hand say of each other's JSW: a hand's joints of one kind are alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..joints import JointPose, joint_kind
from .jsw import JointSpaceWidth

_LEAST_OTHERS = 3
_WIDE_Z = 6.0
"""Robust deviations from the median of the hand's other joints of the kind above which a JSW is doubted.

Only wide ones are: one narrow joint among others is what diseases do.
"""
_LEAST_SPREAD = 0.12
"""Part of the median that the deviations are at least counted in."""


def compare_with_hand(poses: Sequence[JointPose], widths: Sequence[JointSpaceWidth]) -> list[tuple[str, ...]]:
    """Compare the JSW of a film's joints with those of the same kind of the same hand, thumbs apart.

    Parameters
    ----------
    poses, widths
        Of the film's joints.

    Returns
    -------
    list of tuple of str
        What is to be looked at, of each joint.

    Examples
    --------
    >>> compare_with_hand([], [])
    []
    """
    found: list[tuple[str, ...]] = [()] * len(poses)
    for number, (pose, jsw) in enumerate(zip(poses, widths, strict=True)):
        others = [
            other.mean
            for one, other in zip(poses, widths, strict=True)
            if one is not pose
            and other.mean is not None
            and other.unit == jsw.unit
            and _group(one) == _group(pose)
        ]
        if jsw.mean is None or len(others) < _LEAST_OTHERS:
            continue
        median = float(np.median(others))
        deviation = 1.4826 * float(np.median(np.abs(np.array(others) - median)))
        spread = max(deviation, _LEAST_SPREAD * median)
        if jsw.mean - median > _WIDE_Z * spread:
            kind = joint_kind(pose.name)
            found[number] = (
                f"much wider than the hand's other {kind} joints "
                f"({jsw.mean:.2f} against {median:.2f} {jsw.unit}: are the margins in their place?)",
            )
    return found


def _group(pose: JointPose) -> tuple[str | None, str, bool]:
    """Return what joints that can be compared have in common: hand, kind, and whether it is the thumb."""
    return pose.side, joint_kind(pose.name), pose.name.startswith(("MCP1", "IP"))
