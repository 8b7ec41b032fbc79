"""Whether the pixel spacing of a film can be that of the hand on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..radiograph import Radiograph
from .hand_frame import fit_frame, visible_joints
from .pose import JointPose

ADULT_HAND_MM = 190.0
"""Wrist crease to fingertip, mean of adults of both sexes (about 170 to 210 mm; Pheasant & Haslegrave,
*Bodyspace*, 3rd ed., 2006)."""
SHORTEST_HAND_MM, LONGEST_HAND_MM = 50.0, 270.0
"""A newborn's hand has about 60 mm, the largest about 230, magnified on the film by up to 1.15."""
_FEWEST_JOINTS = 5


def hand_length_mm(radiograph: Radiograph, poses: Sequence[JointPose]) -> float | None:
    """Return the length of the hand on a film by its joints, mm; None where that can't be told.

    Parameters
    ----------
    radiograph
        With a pixel spacing in mm; None is returned without.
    poses
        Joints that were found on it; of two hands the first counts.

    Examples
    --------
    >>> from LayerSeparationLib import make_hand
    >>> hand = make_hand(5, spacing_mm=0.5)
    >>> 150 < hand_length_mm(hand.radiograph, [joint.pose for joint in hand.joints.values()]) < 230
    True
    """
    if radiograph.spacing.mm is None:
        return None
    row_mm, column_mm = radiograph.spacing.mm
    side = poses[0].side if poses else None
    points: dict[str, tuple[float, float]] = {}
    for pose in poses:
        if pose.side == side:
            points.setdefault(pose.name, (pose.centre_px[0] * column_mm, pose.centre_px[1] * row_mm))
    joints_mm, weights = visible_joints(points)
    if np.count_nonzero(weights) < _FEWEST_JOINTS:
        return None
    fits = [fit_frame(joints_mm, weights, mirrored) for mirrored in (False, True)]
    frame, _ = min(fits, key=lambda fit: fit[1])
    return frame.length_px


def doubt_spacing(radiograph: Radiograph, poses: Sequence[JointPose]) -> str | None:
    """Return a sentence where the pixel spacing makes a hand of impossible length; else None.

    Examples
    --------
    >>> from LayerSeparationLib import make_hand
    >>> hand = make_hand(5, spacing_mm=0.5)
    >>> doubt_spacing(hand.radiograph.with_spacing(5.0), [joint.pose for joint in hand.joints.values()])
    'with its pixel spacing of 5 x 5 mm the hand would be ... mm long; for ... mm, as of an adult, it ...'
    """
    length_mm = hand_length_mm(radiograph, poses)
    if length_mm is None or SHORTEST_HAND_MM <= length_mm <= LONGEST_HAND_MM:
        return None
    assert radiograph.spacing.mm is not None
    row_mm, column_mm = radiograph.spacing.mm
    factor = ADULT_HAND_MM / length_mm
    return (
        f"with its pixel spacing of {row_mm:g} x {column_mm:g} mm the hand would be {length_mm:.0f} mm long; "
        f"for {ADULT_HAND_MM:.0f} mm, as of an adult, it would be {row_mm * factor:.3g} x "
        f"{column_mm * factor:.3g} mm. Lengths in mm can't be right."
    )
