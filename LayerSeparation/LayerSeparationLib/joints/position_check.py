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
from .hand_frame import fit_frame, visible_joints
from .pose import JOINT_NAMES, JointPose, anatomical_name

SEGMENTS = tuple(
    (JOINT_NAMES[near], JOINT_NAMES[far]) for finger in FINGERS for near, far in pairwise(finger)
)
"""Neighbouring joints of each finger: MCP1-IP1, MCP2-PIP2, PIP2-DIP2, ..."""
_TWO_SEGMENTS = tuple(
    [number for number, (near, _) in enumerate(SEGMENTS) if near[-1] == finger] for finger in "2345"
)
"""Of each finger but the thumb, its two segments: indices into `SEGMENTS`."""
USUAL_LENGTHS = np.array([-0.152, 0.103, -0.446, 0.207, -0.256, 0.138, -0.311, -0.097, -0.652])
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
_LONE_SEGMENT_ODDS = 0.25
"""Logarithm by which a finger's proximal segment has to be too short where its next joint is not known: named
one joint too far out it is shorter by 0.35 to 0.41."""
_CARPUS = (0.0, 0.45)
"""Bases of the middle metacarpals in the hand's frame: they are 1.45 proximal phalanges below the knuckles
(Buryanov and Kotiuk)."""
_NEXT_SEGMENT = 0.6
"""Segment PIP to DIP over MCP to PIP, about; see ``_FARTHER``."""
_FEWEST_MISSING = 2
"""Fingers whose DIP joint should be on the film, but was not found, from which that says something."""

TOO_FAR_OUT = "perhaps lies one joint too far out"
TOO_NEAR_TO_WRIST = "perhaps lies one joint too near to the wrist"


def check_positions(poses: Sequence[JointPose], radiograph: Radiograph) -> list[tuple[str, ...]]:
    """Compare the joints of a film with what their names say.

    Parameters
    ----------
    poses
        All joints that are known on the film, of one hand or two; those of other names are not judged. Those
        of a hand that were all found (they have a confidence) are also doubted where nothing confirms their
        names: the film ends before the wrist, or joints are missing that should be on it, and segments that
        could tell are not known. A person who names joints knows better.
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
        if told is None:
            was_found = all(poses[number].confidence is not None for number in own)
            doubt = _doubt_unconfirmed(positions, radiograph) if was_found else None
            told = dict.fromkeys(positions, (doubt,)) if doubt else {}
        for number, name in zip(own, names, strict=True):
            found[number] = told.get(name, ())
    return found


def _square(point: tuple[float, float], radiograph: Radiograph) -> NDArray[np.float64]:
    """Return a position on square pixels."""
    row, column = radiograph.spacing.relative
    return np.array([point[0], point[1] * row / column])


def _doubt_unconfirmed(positions: Mapping[str, NDArray[np.float64]], radiograph: Radiograph) -> str | None:
    """Return what speaks against the names of a hand of which too few segments are known; None if nothing."""
    known = {name: (float(x), float(y)) for name, (x, y) in positions.items() if name in JOINT_NAMES}
    if len(known) < 2:
        return None
    joints, weights = visible_joints(known)
    frame, _ = min((fit_frame(joints, weights, side) for side in (False, True)), key=lambda fit: fit[1])
    carpus = frame.to_film @ [*_CARPUS, 1.0]
    if not _is_on_film(carpus, radiograph):
        return f"{TOO_FAR_OUT} (the film ends before the wrist: count the joints from the fingertip)"
    missing = complete = 0
    for finger in "2345":
        near, middle, far = (positions.get(f"{kind}{finger}") for kind in ("MCP", "PIP", "DIP"))
        if near is None or middle is None:
            continue
        complete += far is not None
        missing += far is None and _is_on_film(middle + _NEXT_SEGMENT * (middle - near), radiograph)
    if missing >= _FEWEST_MISSING and missing > complete:
        return f"{TOO_FAR_OUT} (no DIP joints where they should be: count the joints from the fingertip)"
    return None


def _is_on_film(point: NDArray[np.float64], radiograph: Radiograph) -> bool:
    """Tell whether a position on square pixels lies on the film."""
    rows, columns = radiograph.shape
    corner = _square((columns - 1.0, rows - 1.0), radiograph)
    return bool(np.all(point >= 0) and np.all(point <= corner))


def _check_hand(positions: Mapping[str, NDArray[np.float64]]) -> dict[str, tuple[str, ...]] | None:
    """Return what the lengths of the segments say against names; None where too few are known to judge."""
    known = np.array([near in positions and far in positions for near, far in SEGMENTS])
    if sum(bool(known[own].all()) for own in _TWO_SEGMENTS) < _LEAST_FINGERS:
        return None
    lengths = np.full(len(SEGMENTS), np.nan)
    for number in np.flatnonzero(known).tolist():
        near, far = SEGMENTS[number]
        lengths[number] = np.log(max(float(np.hypot(*(positions[far] - positions[near]))), 1e-6))
    shift = _shift_of_all(lengths)
    if shift:
        return dict.fromkeys(positions, (f"{shift} (all fingers: compare them with the film)",))
    off = _deviations(lengths, USUAL_LENGTHS, _SPREAD)
    found: dict[str, tuple[str, ...]] = {}
    for finger in FINGERS:
        joints = [JOINT_NAMES[joint] for joint in finger]
        own = [number for number, (near, _) in enumerate(SEGMENTS) if near in joints]
        values = off[own][known[own]]
        if len(values) == len(own) > 1 and abs(float(values.mean())) > _FINGER_ODDS:
            told = TOO_FAR_OUT if values.mean() < 0 else TOO_NEAR_TO_WRIST
            found.update(dict.fromkeys(joints, (f"{told} (its segments against the other fingers')",)))
            continue
        if len(own) > 1 and known[own].tolist() == [True, False] and values[0] < -_LONE_SEGMENT_ODDS:
            told = f"{TOO_FAR_OUT} (its first segment against the other fingers')"
            found.update(dict.fromkeys(joints, (told,)))
            continue
        for segment in own:
            if known[segment] and abs(off[segment]) > _SEGMENT_ODDS:
                size = "short" if off[segment] < 0 else "long"
                for name, other in (SEGMENTS[segment], SEGMENTS[segment][::-1]):
                    found[name] = (f"too {size} a way to {other} (for this hand: is it in its place?)",)
    return found


def _shift_of_all(lengths: NDArray[np.float64]) -> str | None:
    """Return which way all names are shifted, if that fits the lengths better than the names as they are."""
    right = _log_likelihood(lengths, USUAL_LENGTHS, _SPREAD)
    spread = np.hypot(_SPREAD, _SHIFTED_SPREAD)
    odds = {
        TOO_FAR_OUT: _log_likelihood(lengths, USUAL_LENGTHS + _FARTHER, spread) - right,
        TOO_NEAR_TO_WRIST: _log_likelihood(lengths, USUAL_LENGTHS + _NEARER, spread) - right,
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
