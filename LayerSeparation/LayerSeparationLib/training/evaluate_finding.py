"""Figures of the networks that find joints, on whole-hand films whose joints were marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..joints import JOINT_NAMES, JointFinder, JointPose
from ..joints.affine import resample
from ..joints.anatomy import FINGERS
from ..radiograph import Radiograph, read_radiograph
from .evaluate import Progress
from .hand_set import list_images, read_joint_table
from .view_changes import draw_distractor_film

FOUND_WITHIN = 0.04
"""A joint counts as found if some joint was reported within this share of the hand's length."""
_HAND_LENGTH_PROXIMAL_PHALANGES = 4.2
_SHAPES, _NOISE = 30, 10
_SEED = 977
_GOLDEN_RATIO = (5**0.5 - 1) / 2
"""Its multiples spread angles evenly, whatever their number."""


@dataclass(frozen=True)
class MarkedHand:
    """Where the joints of one hand are, in pixels of its film."""

    joints_px: dict[str, tuple[float, float]]
    """(x, y) by name."""
    length_px: float
    """Of the hand: 4.2 times the proximal phalanx of the middle finger."""

    @classmethod
    def of(cls, joints_px: dict[str, tuple[float, float]]) -> MarkedHand | None:
        """Return a hand with its length; None if the middle finger, which tells it, is not marked."""
        if "MCP3" not in joints_px or "PIP3" not in joints_px:
            return None
        phalanx = np.hypot(*np.subtract(joints_px["MCP3"], joints_px["PIP3"]))
        return cls(joints_px, float(_HAND_LENGTH_PROXIMAL_PHALANGES * phalanx))


@dataclass(frozen=True)
class JointResult:
    """What was reported of one marked joint."""

    film: str
    joint: str
    found: bool
    """Whether some joint was reported near it."""
    named: bool
    """Whether the nearest one has its name."""
    error: float
    """Distance of the centre, in lengths of the hand; nan if not found."""
    turn_deg: float
    """Angle between the directions; nan if not found or unknown."""


def evaluate_finding(
    folder: Path, split: str, finder: JointFinder, progress: Progress | None = None
) -> dict[str, Any]:
    """Find the joints of films, as stored and turned, and compare them with the marks.

    Parameters
    ----------
    folder
        Hand set, see `read_hand_set`.
    split
        Which of its splits, or 'all'.
    finder
        With the weights that are measured.
    progress
        Called with what is done, how much of it, and of how much.

    Returns
    -------
    The figures: plain numbers by name, in groups; errors in lengths of the hand and degrees.

    Raises
    ------
    InputError
        If the folder is no set of hands, or the split has no film with a middle finger to measure by.
    """
    table = read_joint_table(folder)
    as_stored, turned = _Tally(), _Tally()
    names = list(list_images(table, split))
    for number, name in enumerate(names):
        hand = MarkedHand.of(table[name])
        if hand is not None:
            film = read_radiograph(folder / "images" / name)
            as_stored.add(name, hand, finder.find(film))
            turned_film, turned_hand = _turn(film, hand, number)
            turned.add(name, turned_hand, finder.find(turned_film))
        if progress:
            progress("films", number + 1, len(names))
    if not as_stored.results:
        raise InputError(f"{folder} has no film in split '{split}' whose middle finger is marked.")
    return {"films": len(names), "as_stored": as_stored.figures(), "turned_and_mirrored": turned.figures()}


@dataclass
class _Tally:
    """Results of some films."""

    results: list[JointResult] = field(default_factory=list)
    strays: int = 0

    def add(self, name: str, hand: MarkedHand, poses: Sequence[JointPose]) -> None:
        own, strays = compare(name, hand, poses)
        self.results += own
        self.strays += strays

    def figures(self) -> dict[str, Any]:
        return {**summarize(self.results), "joints_reported_away_from_marks": self.strays}


def _turn(film: Radiograph, hand: MarkedHand, number: int) -> tuple[Radiograph, MarkedHand]:
    """Turn a film by an angle of its own, with air around it, and mirror every second one."""
    angle = np.radians(360 * ((number + 1) * _GOLDEN_RATIO % 1))
    rows, columns = film.shape
    edge = int(np.ceil(np.hypot(rows, columns)))
    cos, sin = np.cos(angle), np.sin(angle)
    linear = np.array([[cos, -sin], [sin, cos]]) * np.array([[-1 if number % 2 else 1], [1]])
    middle = (np.array([columns, rows]) - 1) / 2
    target = np.full(2, (edge - 1) / 2)
    back = np.linalg.inv(linear)
    to_film = np.column_stack([back, middle - back @ target])
    image = resample(film.intensity, to_film, (edge, edge), order=1, beyond="constant")
    moved = {
        name: (float(x), float(y))
        for name, (x, y) in (
            (name, linear @ (np.array(place) - middle) + target) for name, place in hand.joints_px.items()
        )
    }
    return Radiograph.from_array(image, name=film.name), MarkedHand(moved, hand.length_px)


def compare(film: str, hand: MarkedHand, poses: Sequence[JointPose]) -> tuple[list[JointResult], int]:
    """Compare reported joints with marks.

    Parameters
    ----------
    film
        Name for the results.
    hand
        The marks.
    poses
        The reported joints, in pixels of the same film.

    Returns
    -------
    What was reported of each marked joint, and the number of reported joints that are near no mark.
    """
    reach = FOUND_WITHIN * hand.length_px
    marks = list(hand.joints_px)
    true = np.array([hand.joints_px[name] for name in marks])
    places = np.array([pose.centre_px for pose in poses]).reshape(-1, 2)
    distances = np.hypot(*(true[:, None] - places[None]).transpose(2, 0, 1))
    directions = _directions(hand.joints_px)
    results = []
    for row, name in enumerate(marks):
        near = int(distances[row].argmin()) if len(poses) else -1
        found = near >= 0 and distances[row, near] <= reach
        turn = np.nan
        if found and name in directions:
            turn = _angle_deg(directions[name], poses[near].distal)
        results.append(
            JointResult(
                film,
                name,
                bool(found),
                bool(found and poses[near].name == name),
                float(distances[row, near] / hand.length_px) if found else np.nan,
                turn,
            )
        )
    strays = int((distances.min(axis=0) > reach).sum()) if len(poses) else 0
    return results, strays


def summarize(results: Sequence[JointResult]) -> dict[str, Any]:
    """Return the figures of marked joints, at least one; shares are 0 to 1."""
    found = [result for result in results if result.found]
    errors = np.array([result.error for result in found])
    turns = np.array([result.turn_deg for result in found])
    turns = turns[np.isfinite(turns)]

    def spread(values: NDArray[np.float64]) -> dict[str, float | None]:
        return {
            name: float(np.percentile(values, q)) if len(values) else None
            for name, q in (("median", 50), ("percentile_95", 95))
        }

    return {
        "joints": len(results),
        "share_found": len(found) / len(results),
        "share_named_right_of_found": sum(one.named for one in found) / len(found) if found else None,
        "centre_error_in_hand_lengths": spread(errors),
        "direction_error_deg": spread(turns),
        "not_found": [f"{one.film} {one.joint}" for one in results if not one.found],
        "named_wrong": [f"{one.film} {one.joint}" for one in found if not one.named],
    }


def count_false_joints(films: dict[str, Radiograph], finder: JointFinder) -> dict[str, Any]:
    """Count the joints that are reported where there are none.

    Parameters
    ----------
    films
        Films that show no hand, by name; to these come films of shapes and of noise that are made here.
    finder
        With the weights that are measured.

    Returns
    -------
    The figures: plain numbers by name.
    """
    rng = np.random.default_rng(_SEED)
    made = {f"shapes {n}": Radiograph.from_array(draw_distractor_film(rng)) for n in range(_SHAPES)}
    made |= {
        f"noise {n}": Radiograph.from_array(rng.random((600, 500), dtype=np.float32)) for n in range(_NOISE)
    }
    counts = {name: len(finder.find(film)) for name, film in {**films, **made}.items()}
    return {
        "films": len(counts),
        "joints_per_film": sum(counts.values()) / len(counts),
        "joints_of_given_films": {name: counts[name] for name in films},
    }


def _directions(joints: dict[str, tuple[float, float]]) -> dict[str, NDArray[np.float64]]:
    """Return directions by the marks: along the segments on both sides of a joint, as far as marked."""
    found: dict[str, NDArray[np.float64]] = {}
    for finger in FINGERS:
        names = [JOINT_NAMES[joint] for joint in finger]
        for k, name in enumerate(names):
            around = [
                (a, b)
                for a, b in zip(names[max(0, k - 1) : k + 1], names[max(1, k) : k + 2], strict=False)
                if a in joints and b in joints
            ]
            units = [np.subtract(joints[b], joints[a]) for a, b in around]
            units = [unit / max(float(np.hypot(*unit)), 1e-9) for unit in units]
            if units:
                found[name] = np.sum(units, axis=0)
    return found


def _angle_deg(first: NDArray[np.float64], second: tuple[float, float]) -> float:
    cross = first[0] * second[1] - first[1] * second[0]
    return float(abs(np.degrees(np.arctan2(cross, first @ np.array(second)))))
