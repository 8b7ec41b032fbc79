"""Whether joints are where their names say: the lengths of the segments between them, within one hand.

A hand whose fingers are all named one joint too far out, or too far in, looks like a hand at first sight:
from segment to segment a finger shrinks by nearly the same factor. The fingers among themselves tell it: the
index finger's metacarpal is the longest, its proximal phalanx is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..radiograph import Radiograph
from .anatomy import FINGERS
from .pose import JOINT_NAMES, JointPose, anatomical_name

SEGMENTS = tuple(
    (JOINT_NAMES[near], JOINT_NAMES[far]) for finger in FINGERS for near, far in pairwise(finger)
)
"""Neighbouring joints of each finger: MCP1-IP1, MCP2-PIP2, PIP2-DIP2, ..."""
_TWO_SEGMENTS = tuple(
    [number for number, (near, _) in enumerate(SEGMENTS) if near[-1] == finger] for finger in "2345"
)
"""Of each finger but the thumb, its two segments: indices into `SEGMENTS`."""
_USUAL = np.array([-0.152, 0.103, -0.446, 0.207, -0.256, 0.138, -0.311, -0.097, -0.652])
"""Natural logarithm of each segment's length, relative to that of the hand's segments in the mean.

Medians of the 147 complete hands of the training split of the hand set.
"""
_SPREAD = np.array([0.05, 0.03, 0.05, 0.03, 0.05, 0.03, 0.05, 0.04, 0.09])
"""Standard deviation of each of them from hand to hand, there."""
_FARTHER = np.array([-0.376, -0.575, -0.347, -0.552, -0.414, -0.478, -0.394, -0.592, -0.126])
"""Natural logarithm of the next segment towards the tip over each of ``SEGMENTS``.

Lengths of the bones of Buryanov and Kotiuk, Int. J. Morphol. 28 (2010) 755.
"""
_NEARER = np.array([0.381, 0.538, 0.575, 0.370, 0.528, 0.338, 0.478, 0.495, 0.592])
"""The same towards the wrist."""
_SHIFTED_SPREAD = 0.08
"""Standard deviation of a segment where names are shifted: bones are not distances of joints."""
_MOST_DEVIATIONS = 4.0
"""A segment counts no more than this against a hand: one finger may be bent or deformed."""
_LEAST_FINGERS = 3
"""Fingers with both of their segments that it takes to judge a hand: where the film ends at the PIP joints,
proximal phalanges alone were doubted in 11 of 46 hands of the training split."""
_SHIFT_ODDS = 2.0
"""Natural logarithm of how much better shifted names have to fit than those given, to be told."""
_FINGER_ODDS = 0.3
"""Logarithm by which all segments of one finger have to be off."""
_SEGMENT_ODDS = 0.4
"""Logarithm by which a single segment has to be off."""

TOO_FAR_OUT = "perhaps lies one joint too far out"
TOO_NEAR_TO_WRIST = "perhaps lies one joint too near to the wrist"


def check_positions(poses: Sequence[JointPose], radiograph: Radiograph) -> list[tuple[str, ...]]:
    """Compare the joints of a film with what their names say.

    Parameters
    ----------
    poses
        All joints that are known on the film, of one hand or two; those of other names are not judged.
    radiograph
        The film.

    Returns
    -------
    list of tuple of str
        What is to be looked at, of each pose; empty where nothing is.

    Examples
    --------
    >>> from LayerSeparationLib import make_hand
    >>> hand = make_hand(5, spacing_mm=0.5)
    >>> poses = [joint.pose for joint in hand.joints.values()]
    >>> any(check_positions(poses, hand.radiograph))
    False
    """
    found: list[tuple[str, ...]] = [()] * len(poses)
    for side in {pose.side for pose in poses}:
        own = [number for number, pose in enumerate(poses) if pose.side == side]
        names = [anatomical_name(poses[number].name) for number in own]
        positions = {
            name: _square(poses[number].centre_px, radiograph)
            for number, name in zip(own, names, strict=True)
        }
        if len(positions) < len(own):
            # A joint that is there twice says nothing of the others.
            continue
        told = _check_hand(positions)
        for number, name in zip(own, names, strict=True):
            found[number] = told.get(name, ())
    return found


def _square(point: tuple[float, float], radiograph: Radiograph) -> NDArray[np.float64]:
    """Return a position on square pixels."""
    row_mm, column_mm = radiograph.spacing.mm or (1.0, 1.0)
    return np.array([point[0], point[1] * row_mm / column_mm])


def _check_hand(positions: Mapping[str, NDArray[np.float64]]) -> dict[str, tuple[str, ...]]:
    known = np.array([near in positions and far in positions for near, far in SEGMENTS])
    if sum(bool(known[own].all()) for own in _TWO_SEGMENTS) < _LEAST_FINGERS:
        return {}
    lengths = np.full(len(SEGMENTS), np.nan)
    for number in np.flatnonzero(known).tolist():
        near, far = SEGMENTS[number]
        lengths[number] = np.log(max(float(np.hypot(*(positions[far] - positions[near]))), 1e-6))
    shift = _shift_of_all(lengths)
    if shift:
        return dict.fromkeys(positions, (f"{shift} (all fingers: compare them with the film)",))
    off = _deviations(lengths, _USUAL, _SPREAD)
    found: dict[str, tuple[str, ...]] = {}
    for finger in FINGERS:
        joints = [JOINT_NAMES[joint] for joint in finger]
        own = [number for number, (near, _) in enumerate(SEGMENTS) if near in joints]
        values = off[own][known[own]]
        if len(values) == len(own) > 1 and abs(float(values.mean())) > _FINGER_ODDS:
            told = TOO_FAR_OUT if values.mean() < 0 else TOO_NEAR_TO_WRIST
            found.update(dict.fromkeys(joints, (f"{told} (its segments against the other fingers')",)))
            continue
        for segment in own:
            if known[segment] and abs(off[segment]) > _SEGMENT_ODDS:
                size = "short" if off[segment] < 0 else "long"
                for name, other in (SEGMENTS[segment], SEGMENTS[segment][::-1]):
                    found[name] = (f"too {size} a way to {other} (for this hand: is it in its place?)",)
    return found


def _shift_of_all(lengths: NDArray[np.float64]) -> str | None:
    """Return which way all names are shifted, if that fits the lengths better than the names as they are."""
    right = _log_likelihood(lengths, _USUAL, _SPREAD)
    spread = np.hypot(_SPREAD, _SHIFTED_SPREAD)
    odds = {
        TOO_FAR_OUT: _log_likelihood(lengths, _USUAL + _FARTHER, spread) - right,
        TOO_NEAR_TO_WRIST: _log_likelihood(lengths, _USUAL + _NEARER, spread) - right,
    }
    best = max(odds, key=lambda shift: odds[shift])
    return best if odds[best] > _SHIFT_ODDS else None


def _log_likelihood(
    lengths: NDArray[np.float64], usual: NDArray[np.float64], spread: NDArray[np.float64]
) -> float:
    """Return how well lengths fit a hand of whatever size; NaN where a segment is not known."""
    known = ~np.isnan(lengths)
    off = _deviations(lengths, usual, spread)[known] / spread[known]
    fit = np.minimum(off**2, _MOST_DEVIATIONS**2).sum() / 2 + np.log(spread[known]).sum()
    return -float(fit + np.log((spread[known] ** -2).sum()) / 2)


def _deviations(
    lengths: NDArray[np.float64], usual: NDArray[np.float64], spread: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return by how much each segment deviates, in natural logarithms, from a hand of the best size."""
    raw = lengths - usual
    known = ~np.isnan(raw)
    order = np.argsort(raw[known])
    # The weighted median: a finger that is out of place does not decide on the size of the hand.
    weights = np.cumsum((spread[known] ** -2)[order])
    middle = raw[known][order][np.searchsorted(weights, weights[-1] / 2)]
    off: NDArray[np.float64] = raw - middle
    return off
