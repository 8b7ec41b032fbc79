"""What a hand can look like: which of the possible positions of joints go together, and which do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from .hand_frame import MEAN_JOINTS
from .pose import JOINT_NAMES

FINGERS = tuple(
    tuple(JOINT_NAMES.index(f"{kind}{finger}") for kind in kinds)
    for finger, kinds in enumerate((("MCP", "IP"), *[("MCP", "PIP", "DIP")] * 4), start=1)
)
"""Joints of each finger, thumb first, proximal to distal: indices into `JOINT_NAMES`."""
_LENGTH_TOLERANCE = 0.35
"""Natural logarithm: segments of 0.7 to 1.4 times their usual share of the hand pass unquestioned. Almost
none of 204 hands of bone age 12 to 19 years lies outside."""
_TURN_TOLERANCE_DEG = 55.0
"""Angle from a segment's usual direction that passes unquestioned: deformed fingers drift and bend so far."""
_NOT_SEEN = 0.08
"""How likely it is that a joint can't be seen, against a position that does not fit."""
_CROSSING = 0.5
_OUT_OF_ORDER = 0.5


@dataclass(frozen=True)
class Candidate:
    """A position where a joint may be, in the hand's frame."""

    position: tuple[float, float]
    """(x, y), lengths of the hand."""
    probability: float


Choice = Candidate | None


def choose_plausible(candidates: Sequence[Sequence[Candidate]]) -> list[Choice]:
    """Choose a position for each joint so that they make a hand; None where no position does.

    Confidence of what is returned is the position's own probability, lowered where a segment's length or
    direction, the order of the fingers, or a crossing of fingers speaks against it.

    Parameters
    ----------
    candidates
        For each of the 14 joints the possible positions, which may be none.
    """
    chosen: list[Choice] = [None] * len(JOINT_NAMES)
    for finger in FINGERS:
        for joint, choice in zip(finger, _choose_chain(finger, candidates), strict=True):
            chosen[joint] = choice
    return _lower_crossing_fingers(_lower_swapped_knuckles(chosen))


def _choose_chain(finger: Sequence[int], candidates: Sequence[Sequence[Candidate]]) -> list[Choice]:
    options: list[list[Choice]] = [[*candidates[joint], None] for joint in finger]
    best: tuple[float, list[Choice]] = (-np.inf, [None] * len(finger))
    for chain in product(*options):
        fits = _rate_segments(finger, chain)
        score = sum(np.log(_NOT_SEEN if c is None else c.probability) for c in chain)
        score += sum(np.log(fit) for fit in fits.values())
        if score > best[0]:
            best = (score, [_lower(c, fits, k) for k, c in enumerate(chain)])
    return best[1]


def _rate_segments(finger: Sequence[int], chain: Sequence[Choice]) -> dict[tuple[int, int], float]:
    """Return how well each segment between neighbouring positions fits, 0 to 1."""
    known = [k for k, choice in enumerate(chain) if choice is not None]
    fits = {}
    for near, far in pairwise(known):
        first, second = chain[near], chain[far]
        assert first is not None
        assert second is not None
        segment = np.subtract(second.position, first.position)
        usual = MEAN_JOINTS[finger[far]] - MEAN_JOINTS[finger[near]]
        length = np.log(max(np.hypot(*segment), 1e-3) / np.hypot(*usual)) / _LENGTH_TOLERANCE
        cosine = segment @ usual / max(np.hypot(*segment) * np.hypot(*usual), 1e-9)
        turn = np.degrees(np.arccos(np.clip(cosine, -1, 1))) / _TURN_TOLERANCE_DEG
        fits[near, far] = float(1 / (1 + length**8) / (1 + turn**8))
    return fits


def _lower(choice: Choice, fits: dict[tuple[int, int], float], k: int) -> Choice:
    """Lower a position's probability by the worst of the segments that it ends."""
    if choice is None:
        return None
    factor = min((fit for ends, fit in fits.items() if k in ends), default=1.0)
    return Candidate(choice.position, choice.probability * min(1.0, 2 * factor))


def _lower_swapped_knuckles(chosen: list[Choice]) -> list[Choice]:
    """Lower the less likely of two neighbouring knuckles that lie the wrong way round."""
    result = list(chosen)
    for finger, neighbour in pairwise(FINGERS[1:]):
        radial, ulnar = result[finger[0]], result[neighbour[0]]
        if radial is not None and ulnar is not None and radial.position[0] <= ulnar.position[0]:
            weaker = finger if radial.probability < ulnar.probability else neighbour
            result = _scale(result, weaker, _OUT_OF_ORDER)
    return result


def _lower_crossing_fingers(chosen: list[Choice]) -> list[Choice]:
    """Lower the less likely of two fingers that cross."""
    result = list(chosen)
    for first in range(len(FINGERS)):
        for second in range(first + 1, len(FINGERS)):
            pairs = product(_segments(result, FINGERS[first]), _segments(result, FINGERS[second]))
            if any(_cross(*one, *other) for one, other in pairs):
                weaker = min((FINGERS[first], FINGERS[second]), key=lambda f: _mean_probability(result, f))
                result = _scale(result, weaker, _CROSSING)
    return result


def _scale(chosen: list[Choice], joints: Sequence[int], factor: float) -> list[Choice]:
    result = list(chosen)
    for joint in joints:
        choice = result[joint]
        if choice is not None:
            result[joint] = Candidate(choice.position, choice.probability * factor)
    return result


def _mean_probability(chosen: Sequence[Choice], finger: Sequence[int]) -> float:
    return float(np.mean([choice.probability for k in finger if (choice := chosen[k]) is not None]))


def _segments(
    chosen: Sequence[Choice], finger: Sequence[int]
) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    positions = [np.array(choice.position) for joint in finger if (choice := chosen[joint]) is not None]
    return list(pairwise(positions))


def _cross(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64], d: NDArray[np.float64]
) -> bool:
    """Whether the segments a-b and c-d cross."""

    def side(p: NDArray[np.float64], q: NDArray[np.float64], r: NDArray[np.float64]) -> float:
        return float((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def finger_directions(chosen: Sequence[Choice]) -> list[tuple[float, float]]:
    """Return the unit vector along the finger, towards its tip, at each of the 14 joints.

    At the knuckle it is that of the proximal phalanx, at the last joint that of the segment before it,
    between the two at a PIP joint. Where a neighbour is missing, the nearest segment of the finger, or else
    the mean hand's, stands in.
    """
    result: list[tuple[float, float]] = [(0.0, -1.0)] * len(JOINT_NAMES)
    for finger in FINGERS:
        units: list[NDArray[np.float64] | None] = []
        for near, far in pairwise(finger):
            start, end = chosen[near], chosen[far]
            if start is None or end is None:
                units.append(None)
            else:
                units.append(_unit(np.subtract(end.position, start.position)))
        present = [unit for unit in units if unit is not None]
        for k, joint in enumerate(finger):
            own = [unit for unit in units[max(0, k - 1) : k + 1] if unit is not None] or present
            first = min(k, len(finger) - 2)
            usual = MEAN_JOINTS[finger[first + 1]] - MEAN_JOINTS[finger[first]]
            unit = _unit(np.sum(own or [usual], axis=0))
            result[joint] = (float(unit[0]), float(unit[1]))
    return result


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / max(float(np.hypot(*vector)), 1e-12)
