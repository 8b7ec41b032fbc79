"""How exactly a change between two films is found: real joints with a known edit, each film taken anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..follow_up import JointChange, measure_change
from ..joints.affine import invert, resample
from ..measurement import measure_jsw
from ..separation import JointLayers, Separator
from ..separation.layers import BRIGHTEST
from ..synthesis import GapEdit, synthesize
from ..synthesis.gap_edit import MOVING_BONES
from .evaluate import Progress
from .evaluate_closure import measure_closure, separate_crops
from .joint_set import read_joint_set

GREATEST_CHANGE_MM = 1.0
"""Changes are drawn up to this, narrowing or widening."""
_NARROWEST_MM = 0.15
"""A joint that would be narrower than this after its change is widened instead: it could not be measured."""
_SEED = 30
_GRAIN_PX = 1.0
"""Of canonical pixels: what is finer is taken for grain. Films of 0.15 mm/px hold little bone there."""
_JOINTS_AT_ONCE = 16


@dataclass(frozen=True)
class FilmChange:
    """How a film is taken anew: the hand laid down and exposed in another way."""

    turn_deg: float
    x_px: float
    y_px: float
    scale: float
    exposure: float
    """Factor on the attenuation."""
    gamma: float
    noise: float
    """Standard deviation, of intensity."""
    blur_px: float

    @classmethod
    def draw(cls, rng: np.random.Generator) -> FilmChange:
        """Draw turns to 5 degrees, shifts to 5 px, 3 % of scale, 10 % of exposure, gamma 0.85 to 1.15."""
        return cls(
            turn_deg=float(rng.uniform(-5, 5)),
            x_px=float(rng.uniform(-5, 5)),
            y_px=float(rng.uniform(-5, 5)),
            scale=float(rng.uniform(0.97, 1.03)),
            exposure=float(rng.uniform(0.9, 1.1)),
            gamma=float(rng.uniform(0.85, 1.15)),
            noise=float(rng.uniform(0.003, 0.01)),
            blur_px=float(rng.uniform(0, 0.7)),
        )

    def take(
        self, intensity: NDArray[np.float32], rng: np.random.Generator, grain_sd: float = 0.0
    ) -> NDArray[np.float32]:
        """Return the intensity (rows, columns) of the film taken anew, with its own grain; borders repeat.

        ``grain_sd`` is that of the film it is made of, which should have lost its grain before: grain lies on
        the film and stays where it is when a bone moves.
        """
        angle = np.deg2rad(self.turn_deg)
        linear = self.scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        centre = (np.array(intensity.shape[::-1]) - 1) / 2
        motion = np.column_stack([linear, centre - linear @ centre + [self.x_px, self.y_px]])
        attenuation = -np.log1p(-np.minimum(intensity, np.float32(BRIGHTEST)))
        blurred = ndimage.gaussian_filter(attenuation, self.blur_px, mode="nearest")
        rows, columns = intensity.shape
        moved = resample(blurred, invert(motion), (rows, columns), order=3)
        exposed = (1 - np.exp(-self.exposure * np.maximum(moved, 0))) ** self.gamma
        film = exposed + rng.normal(0, self.noise, exposed.shape)
        if grain_sd > 0:
            grain = ndimage.gaussian_filter(rng.normal(0, 1, exposed.shape), _GRAIN_PX)
            film += grain * (grain_sd / grain.std())
        return np.clip(film, 0, BRIGHTEST).astype(np.float32)


def take_grain(intensity: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """Return a film (rows, columns) without what is finer than bone, and the standard deviation of that."""
    smooth = ndimage.gaussian_filter(intensity, _GRAIN_PX, mode="nearest")
    return smooth, float(1.4826 * np.median(np.abs(intensity - smooth)))


def evaluate_changes(
    data: Path, split: str, separator: Separator, progress: Progress | None = None
) -> dict[str, Any]:
    """Measure `measure_change` on pairs of films whose change is known, and on three visits of one joint.

    Each joint loses its grain and is edited by -1 to 1 mm; the film as it was and the edited one are then
    laid down and exposed anew, each in its own way and with grain of its own, as much as the film had. What
    is found is in mm of the baseline as it was laid down. Nobody knows how real joints changed from visit to
    visit, but the way from the first to the third by the second has to come to the same (`measure_closure`).

    Parameters
    ----------
    data, split
        Joint set, see `read_joint_set`, and which of its splits.
    separator
        With the weights that are measured.
    progress
        Called with what is done, how much of it, and of how much.

    Returns
    -------
    The figures: plain numbers by name.

    Raises
    ------
    InputError
        If the joint set can't be read.
    """
    joints = read_joint_set(data, split)
    rng = np.random.default_rng(_SEED)
    errors: list[float] = []
    jsw_errors: list[float] = []
    covered: list[bool] = []
    verdicts: dict[str, int] = {}
    for start in range(0, len(joints), _JOINTS_AT_ONCE):
        images, grain_sds = zip(
            *(take_grain(joint.intensity) for joint in joints[start : start + _JOINTS_AT_ONCE]), strict=True
        )
        for layers, grain_sd in zip(separate_crops(images, separator), grain_sds, strict=True):
            found, true_mm = _compare_edited(layers, grain_sd, separator, rng)
            verdicts[found.verdict.value] = verdicts.get(found.verdict.value, 0) + 1
            if found.change is not None and found.interval is not None:
                errors.append(found.change - true_mm)
                covered.append(found.interval[0] <= true_mm <= found.interval[1])
            if found.measured_difference is not None:
                jsw_errors.append(found.measured_difference - true_mm)
        if progress:
            progress("pairs of films", min(start + _JOINTS_AT_ONCE, len(joints)), len(joints))
    return {
        "split": split,
        "pairs": len(joints),
        "weights_sha256": separator.weights.sha256,
        "greatest_change_mm": GREATEST_CHANGE_MM,
        "registered_change": _summarize(errors),
        "difference_of_jsw": _summarize(jsw_errors),
        "interval_covers": float(np.mean(covered)) if covered else None,
        "verdicts": verdicts,
        "closure_of_three_visits": measure_closure(joints, separator, progress),
    }


def _compare_edited(
    layers: JointLayers, grain_sd: float, separator: Separator, rng: np.random.Generator
) -> tuple[JointChange, float]:
    """Return what is found of an edit, and the truth in mm of the baseline."""
    change_mm = float(rng.uniform(-GREATEST_CHANGE_MM, GREATEST_CHANGE_MM))
    width_mm = measure_jsw(layers).mean
    if width_mm is not None and width_mm + change_mm < _NARROWEST_MM:
        change_mm = abs(change_mm)
    edit = GapEdit(change=change_mm, moves=MOVING_BONES[rng.integers(len(MOVING_BONES))])
    before, after = FilmChange.draw(rng), FilmChange.draw(rng)
    edited = synthesize(layers, edit).image
    films = before.take(layers.image, rng, grain_sd), after.take(edited, rng, grain_sd)
    baseline, follow_up = separate_crops(films, separator)
    return measure_change(baseline, follow_up), change_mm * before.scale


def _summarize(errors: Sequence[float]) -> dict[str, float | int | None]:
    if not errors:
        return {"pairs": 0, "median_mm": None, "mean_mm": None, "percentile_90_mm": None, "bias_mm": None}
    absolute = np.abs(errors)
    return {
        "pairs": len(errors),
        "median_mm": float(np.median(absolute)),
        "mean_mm": float(absolute.mean()),
        "percentile_90_mm": float(np.percentile(absolute, 90)),
        "bias_mm": float(np.mean(errors)),
    }
