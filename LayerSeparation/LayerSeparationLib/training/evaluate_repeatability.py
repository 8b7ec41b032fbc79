"""How well the JSW of one film repeats: over poses, and over what can happen to the same film.

Nobody knows the true JSW of real films, but it is one number a joint whatever the pose and the exposure.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..joints import CANONICAL_MM_PER_PX, CANONICAL_SIZE_PX, JointCrop, JointPose
from ..joints.affine import map_points
from ..measurement import JointSpaceWidth, measure_margins
from ..radiograph import Radiograph
from ..separation import Separator
from .evaluate import Progress
from .traced_joints import hand_joint_poses

_POSES = 6
_SHIFT_PX, _TURN_DEG, _SCALE = 3.0, 3.0, 0.05
"""Poses stray so far, evenly: canonical pixels (0.25 mm), degrees, and as a part of the joint's square."""
_SEED = 3
_OFF_MM = 0.3
"""A JSW that is called measured must not change by more."""

_Change = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def evaluate_repeatability(
    folder: Path, split: str, separator: Separator, progress: Progress | None = None
) -> dict[str, Any]:
    """Measure the marked joints of a hand set on other poses and on changed films.

    Lengths are mm of a hand of 200 mm, since such films have no pixel spacing.

    Parameters
    ----------
    folder
        Hand set with directions, see `hand_joint_poses`.
    split
        Which of its splits.
    separator
        With the weights.
    progress
        Called with what is done, how much of it, and of how much.

    Raises
    ------
    InputError
        If the hand set can't be read.
    """
    rng = np.random.default_rng(_SEED)
    qualities: Counter[str] = Counter()
    over_poses: list[float] = []
    differences: dict[str, list[float]] = {name: [] for name in _CHANGES}
    off: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    changed: dict[str, Radiograph] = {}
    last: Radiograph | None = None
    for number, (film, pose, _) in enumerate(hand_joint_poses(folder, (split,))):
        if film is not last:
            changed = {name: _changed(film, change) for name, change in _CHANGES.items()}
            last = film
        crop = JointCrop(film, pose)
        mm_per_unit = CANONICAL_MM_PER_PX / crop.unit_per_px
        first = _measure(film, pose, separator)
        qualities[str(first.quality)] += 1
        if first.mean is None:
            continue
        widths = [_measure(film, _stray(crop, rng), separator).mean for _ in range(_POSES)]
        found = [width for width in widths if width is not None]
        if len(found) == _POSES:
            over_poses.append(float(np.std(found, ddof=1)) * mm_per_unit)
        for name, other in changed.items():
            again = _measure(other, _on_grid(pose, film, other), separator)
            if again.mean is None:
                lost[name] += 1
                continue
            scale = film.shape[0] / other.shape[0]
            difference = abs(again.mean * scale - first.mean) * mm_per_unit
            differences[name].append(difference)
            off[name] += difference > _OFF_MM and again.quality == "measured" == first.quality
        if progress:
            progress("repeatability", number + 1, number + 1)
    together = [value for values in differences.values() for value in values]
    return {
        "joints": sum(qualities.values()),
        "quality": dict(qualities),
        "over_poses_sd_mm": _spread(over_poses),
        "over_changed_films_difference_mm": {"all": _spread(together)}
        | {
            name: _spread(values) | {"off_but_measured": off[name], "not_measurable_any_more": lost[name]}
            for name, values in differences.items()
        },
    }


def _spread(values: list[float]) -> dict[str, float | int | None]:
    if not values:
        return {"joints": 0, "median": None, "percentile_90": None, "greatest": None}
    return {
        "joints": len(values),
        "median": float(np.median(values)),
        "percentile_90": float(np.percentile(values, 90)),
        "greatest": float(np.max(values)),
    }


def _measure(film: Radiograph, pose: JointPose, separator: Separator) -> JointSpaceWidth:
    return measure_margins(JointCrop(film, pose), separator.find_margins(film, pose))


def _stray(crop: JointCrop, rng: np.random.Generator) -> JointPose:
    middle = (CANONICAL_SIZE_PX - 1) / 2
    centre = middle + rng.uniform(-_SHIFT_PX, _SHIFT_PX, 2)
    turn = np.radians(rng.uniform(-_TURN_DEG, _TURN_DEG))
    scale = float(np.exp(rng.uniform(-_SCALE, _SCALE)))
    tip = centre + np.array([np.sin(turn), -np.cos(turn)])
    (x, y), (tip_x, tip_y) = map_points(crop.canonical_to_film, np.stack([centre, tip]))
    edge = crop.unit_per_px * CANONICAL_SIZE_PX * scale
    return JointPose(
        crop.pose.name, (float(x), float(y)), (float(tip_x - x), float(tip_y - y)), field_of_view_px=edge
    )


def _changed(film: Radiograph, change: _Change) -> Radiograph:
    intensity = np.clip(change(film.intensity), 0, 1).astype(np.float32)
    return replace(film, intensity=intensity, native_pixels=None)


def _on_grid(pose: JointPose, film: Radiograph, other: Radiograph) -> JointPose:
    """Return the pose on the film's copy of other pixels."""
    factor = other.shape[0] / film.shape[0]
    if factor == 1 or pose.field_of_view_px is None:
        return pose
    x, y = ((value + 0.5) * factor - 0.5 for value in pose.centre_px)
    return replace(pose, centre_px=(x, y), field_of_view_px=pose.field_of_view_px * factor)


def _noisy(image: NDArray[np.float32]) -> NDArray[np.float32]:
    noise = np.random.default_rng(_SEED).normal(0, 0.01, image.shape)
    return np.asarray(image + noise, np.float32)


def _as_jpeg(image: NDArray[np.float32]) -> NDArray[np.float32]:
    from PIL import Image

    stored = io.BytesIO()
    Image.fromarray(np.rint(image * 255).astype(np.uint8)).save(stored, "JPEG", quality=85)
    return np.asarray(Image.open(stored), np.float32) / np.float32(255)


def _coarser(image: NDArray[np.float32]) -> NDArray[np.float32]:
    from PIL import Image

    rows, columns = image.shape
    size = (round(columns * 0.75), round(rows * 0.75))
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BOX), np.float32)


_CHANGES: dict[str, _Change] = {
    "gamma 0.85": lambda image: image ** np.float32(0.85),
    "gamma 1.15": lambda image: image ** np.float32(1.15),
    "noise 0.01": _noisy,
    "blur 0.7 px": lambda image: ndimage.gaussian_filter(image, 0.7),
    "JPEG 85": _as_jpeg,
    "0.75 x pixels": _coarser,
    "veil 0.3 + 0.5 I": lambda image: np.float32(0.3) + np.float32(0.5) * image,
    "gamma 0.65": lambda image: image ** np.float32(0.65),
    "0.55 x brightness": lambda image: np.float32(0.55) * image,
}
