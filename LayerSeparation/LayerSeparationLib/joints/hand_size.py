"""Sizes along a hand: its length against the pixel spacing, the width of its joints against one another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..radiograph import Radiograph
from .hand_frame import fit_frame, visible_joints
from .pose import JOINT_NAMES, JointPose, anatomical_name, joint_kind
from .position_check import SEGMENTS, USUAL_LENGTHS

ADULT_HAND_MM = 190.0
"""Wrist crease to fingertip, mean of adults of both sexes (about 170 to 210 mm; Pheasant & Haslegrave,
*Bodyspace*, 3rd ed., 2006)."""
SHORTEST_HAND_MM, LONGEST_HAND_MM = 50.0, 270.0
"""A newborn's hand has about 60 mm, the largest about 230, magnified on the film by up to 1.15."""
SMALL_CHILD_MM = 110.0
"""A shorter hand is that of a child of under two years, which rarely has reason for a JSW."""
_FEWEST_JOINTS = 5
_USUAL_WIDTHS = dict(
    zip(
        JOINT_NAMES,
        (
            *(-1.05, -1.09, -1.09, -1.22, -1.29),
            -1.04,
            *(-1.27, -1.20, -1.30, -1.50),
            *(-1.48, -1.41, -1.44, -1.64),
        ),
        strict=True,
    )
)
"""Natural logarithm of the columns that both bones of a joint share, relative to the hand's segments in the
mean, as `USUAL_LENGTHS`: medians of 28 hands of the training and tuning split of the hand set."""
_OFF_KIND = 0.25
"""Logarithm by which a joint's width has to be off the hand's others of its kind. Within a hand their
standard deviation is 0.05."""
_OFF_SEGMENTS = 0.35
"""Logarithm by which it has to be off the finger's segments; the standard deviation is 0.07."""
_FEWEST_OTHERS = 2
"""Other joints of the kind, the thumb's among the knuckles, that it takes to compare."""


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


def check_spacing(radiograph: Radiograph, poses: Sequence[JointPose]) -> tuple[str, ...]:
    """Say what the length of the hand speaks against lengths in mm: in short, then more in brackets.

    Examples
    --------
    >>> from LayerSeparationLib import make_hand
    >>> hand = make_hand(5, spacing_mm=0.5)
    >>> poses = [joint.pose for joint in hand.joints.values()]
    >>> check_spacing(hand.radiograph, poses)
    ()
    >>> check_spacing(hand.radiograph.with_spacing(5.0), poses)
    ('the pixel spacing is wrong (with it the hand would be ... mm long)',)
    """
    length_mm = hand_length_mm(radiograph, poses)
    if length_mm is None:
        return ()
    if not SHORTEST_HAND_MM <= length_mm <= LONGEST_HAND_MM:
        return (f"the pixel spacing is wrong (with it the hand would be {length_mm:.0f} mm long)",)
    if length_mm < SMALL_CHILD_MM:
        return (
            f"is the pixel spacing right? (with it the hand is {length_mm:.0f} mm long, a small child's)",
        )
    return ()


def doubt_widths(
    poses: Sequence[JointPose], widths: Sequence[float | None], radiograph: Radiograph
) -> list[tuple[str, ...]]:
    """Compare how wide a film's joints are with the hand's others, and with the segments of their finger.

    Parameters
    ----------
    poses
        Joints of the film, of one hand or two; those of other names are not judged.
    widths
        How wide the bones of each face each other, in mm, or in px where the pixel spacing is unknown; None
        where that is not known.
    radiograph
        The film.

    Returns
    -------
    list of tuple of str
        What is to be looked at, of each joint; empty where nothing is.

    Examples
    --------
    >>> from LayerSeparationLib import make_hand
    >>> hand = make_hand(5, spacing_mm=0.5)
    >>> poses = [hand.joints[name].pose for name in ("MCP2", "MCP3", "MCP4")]
    >>> doubt_widths(poses, [15.0, 15.2, 13.5], hand.radiograph)
    [(), (), ()]
    >>> doubt_widths(poses, [15.0, 15.2, 6.0], hand.radiograph)[2]
    ("its bones are too narrow for the hand's other MCP joints (45% of what they let expect: ...)",)
    """
    found: list[tuple[str, ...]] = [()] * len(poses)
    for number, (pose, width) in enumerate(zip(poses, widths, strict=True)):
        name = anatomical_name(pose.name)
        if width is None or width <= 0 or name not in _USUAL_WIDTHS:
            continue
        size = np.log(width) - _USUAL_WIDTHS[name]
        others = [
            np.log(other) - _USUAL_WIDTHS[anatomical_name(one.name)]
            for one, other in zip(poses, widths, strict=True)
            if one is not pose
            and other
            and one.side == pose.side
            and joint_kind(one.name) == joint_kind(pose.name)
            and anatomical_name(one.name) in _USUAL_WIDTHS
        ]
        if len(others) >= _FEWEST_OTHERS:
            off, most, what = (
                size - np.median(others),
                _OFF_KIND,
                f"the hand's other {joint_kind(name)} joints",
            )
        else:
            segments = _segment_sizes(name, pose.side, poses, radiograph)
            if not segments:
                continue
            off, most, what = size - np.mean(segments), _OFF_SEGMENTS, "the length of its finger"
        if abs(off) > most:
            wide = "narrow" if off < 0 else "wide"
            told = (
                f"its bones are too {wide} for {what} ({np.exp(off):.0%} of what they let expect: are "
                "their outlines right?)"
            )
            found[number] = (told,)
    return found


def _segment_sizes(
    name: str, side: str | None, poses: Sequence[JointPose], radiograph: Radiograph
) -> list[float]:
    """Return the size of the hand, as a logarithm, by each segment of a joint's finger that is known."""
    row, column = radiograph.spacing.relative
    points: dict[str, NDArray[np.float64]] = {
        anatomical_name(pose.name): np.multiply(pose.centre_px, (column, row))
        for pose in poses
        if pose.side == side
    }
    return [
        float(np.log(max(float(np.hypot(*(points[far] - points[near]))), 1e-6)) - usual)
        for (near, far), usual in zip(SEGMENTS, USUAL_LENGTHS, strict=True)
        if near[-1] == name[-1] and near in points and far in points
    ]
