"""What a hand can look like: which of the possible places of joints go together, and which do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from .hand_frame import MEAN_JOINTS
from .pose import JOINT_NAMES

FINGERS = tuple(
    tuple(JOINT_NAMES.index(f"{kind}{finger}") for kind in kinds)
    for finger, kinds in enumerate((("MCP", "IP"), *[("MCP", "PIP", "DIP")] * 4), start=1)
)
"""Joints of each finger, thumb first, proximal to distal: places in `JOINT_NAMES`."""
_LENGTH_TOLERANCE = 0.35
"""Natural logarithm: segments of 0.7 to 1.4 times their usual share of the hand pass unquestioned. Almost
none of 204 hands of bone age 12 to 19 years lies outside."""
_TURN_TOLERANCE_DEG = 55.0
"""Angle from a segment's usual direction that passes unquestioned: deformed fingers drift and bend so far."""
_NO_PLACE = 0.08
"""How likely it is that a joint can't be seen, against a place that does not fit."""
_CROSSING = 0.5
_OUT_OF_ORDER = 0.5


@dataclass(frozen=True)
class Candidate:
    """A place where a joint may be, in the hand's frame."""

    place: tuple[float, float]
    """(x, y), lengths of the hand."""
    probability: float


Choice = Candidate | None


def most_plausible(candidates: Sequence[Sequence[Candidate]]) -> list[Choice]:
    """Choose a place for each joint so that they make a hand; None where no place does.

    Confidence of what is returned is the place's own probability, lowered where a segment's length or
    direction, the order of the fingers, or a crossing of fingers speaks against it.

    Parameters
    ----------
    candidates
        For each of the 14 joints the possible places, which may be none.
    """
    chosen: list[Choice] = [None] * len(JOINT_NAMES)
    for finger in FINGERS:
        for joint, choice in zip(finger, _best_chain(finger, candidates), strict=True):
            chosen[joint] = choice
    return _without_crossings(_in_order(chosen))


def _best_chain(finger: Sequence[int], candidates: Sequence[Sequence[Candidate]]) -> list[Choice]:
    options: list[list[Choice]] = [[*candidates[joint], None] for joint in finger]
    best: tuple[float, list[Choice]] = (-np.inf, [None] * len(finger))
    for chain in product(*options):
        fits = _segment_fits(finger, chain)
        score = sum(np.log(_NO_PLACE if c is None else c.probability) for c in chain)
        score += sum(np.log(fit) for fit in fits.values())
        if score > best[0]:
            best = (score, [_lowered(c, fits, k) for k, c in enumerate(chain)])
    return best[1]


def _segment_fits(finger: Sequence[int], chain: Sequence[Choice]) -> dict[tuple[int, int], float]:
    """Return how well each segment between neighbouring places fits, 0 to 1."""
    known = [k for k, choice in enumerate(chain) if choice is not None]
    fits = {}
    for near, far in zip(known[:-1], known[1:], strict=True):
        first, second = chain[near], chain[far]
        assert first is not None and second is not None
        segment = np.subtract(second.place, first.place)
        usual = MEAN_JOINTS[finger[far]] - MEAN_JOINTS[finger[near]]
        length = np.log(max(np.hypot(*segment), 1e-3) / np.hypot(*usual)) / _LENGTH_TOLERANCE
        cosine = segment @ usual / max(np.hypot(*segment) * np.hypot(*usual), 1e-9)
        turn = np.degrees(np.arccos(np.clip(cosine, -1, 1))) / _TURN_TOLERANCE_DEG
        fits[near, far] = float(1 / (1 + length**8) / (1 + turn**8))
    return fits


def _lowered(choice: Choice, fits: dict[tuple[int, int], float], k: int) -> Choice:
    """Lower a place's probability by the worst of the segments that it ends."""
    if choice is None:
        return None
    factor = min((fit for ends, fit in fits.items() if k in ends), default=1.0)
    return Candidate(choice.place, choice.probability * min(1.0, 2 * factor))


def _in_order(chosen: list[Choice]) -> list[Choice]:
    """Lower the less likely of two neighbouring knuckles that lie the wrong way round."""
    result = list(chosen)
    for finger, neighbour in zip(FINGERS[1:-1], FINGERS[2:], strict=True):
        radial, ulnar = result[finger[0]], result[neighbour[0]]
        if radial is not None and ulnar is not None and radial.place[0] <= ulnar.place[0]:
            weaker = finger if radial.probability < ulnar.probability else neighbour
            result = _scaled(result, weaker, _OUT_OF_ORDER)
    return result


def _without_crossings(chosen: list[Choice]) -> list[Choice]:
    """Lower the less likely of two fingers that cross."""
    result = list(chosen)
    for first in range(len(FINGERS)):
        for second in range(first + 1, len(FINGERS)):
            pairs = product(_segments(result, FINGERS[first]), _segments(result, FINGERS[second]))
            if any(_cross(*one, *other) for one, other in pairs):
                weaker = min((FINGERS[first], FINGERS[second]), key=lambda f: _mean_probability(result, f))
                result = _scaled(result, weaker, _CROSSING)
    return result


def _scaled(chosen: list[Choice], joints: Sequence[int], factor: float) -> list[Choice]:
    result = list(chosen)
    for joint in joints:
        choice = result[joint]
        if choice is not None:
            result[joint] = Candidate(choice.place, choice.probability * factor)
    return result


def _mean_probability(chosen: Sequence[Choice], finger: Sequence[int]) -> float:
    return float(np.mean([choice.probability for k in finger if (choice := chosen[k]) is not None]))


def _segments(chosen: Sequence[Choice], finger: Sequence[int]) -> list[tuple[np.ndarray, np.ndarray]]:
    places = [np.array(choice.place) for joint in finger if (choice := chosen[joint]) is not None]
    return list(zip(places[:-1], places[1:], strict=True))


def _cross(a: np.ndarray, b: np.ndarray, c: np.ndarray, d: np.ndarray) -> bool:
    """Whether the segments a-b and c-d cross."""

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> float:
        return float((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def directions(chosen: Sequence[Choice]) -> list[tuple[float, float]]:
    """Return the unit vector along the finger, towards its tip, at each of the 14 joints.

    At the knuckle it is that of the proximal phalanx, at the last joint that of the segment before it,
    between the two at a PIP joint. Where a neighbour is missing, the nearest segment of the finger, or else
    the mean hand's, stands in.
    """
    result: list[tuple[float, float]] = [(0.0, -1.0)] * len(JOINT_NAMES)
    for finger in FINGERS:
        units: list[np.ndarray | None] = []
        for near, far in zip(finger[:-1], finger[1:], strict=True):
            start, end = chosen[near], chosen[far]
            if start is None or end is None:
                units.append(None)
            else:
                units.append(_unit(np.subtract(end.place, start.place)))
        present = [unit for unit in units if unit is not None]
        for k, joint in enumerate(finger):
            own = [unit for unit in units[max(0, k - 1) : k + 1] if unit is not None] or present
            first = min(k, len(finger) - 2)
            usual = MEAN_JOINTS[finger[first + 1]] - MEAN_JOINTS[finger[first]]
            unit = _unit(np.sum(own or [usual], axis=0))
            result[joint] = (float(unit[0]), float(unit[1]))
    return result


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.hypot(*vector)), 1e-12)
