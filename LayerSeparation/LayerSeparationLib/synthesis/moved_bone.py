"""A bone of a joint, moved rigidly or tapered on the film's own pixels."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from ..joints import CANONICAL_SIZE_PX, JointCrop
from ..joints.crop import pixel_grid, to_points
from .bone_motion import GREATEST_MOTION_PX, RigidMotion
from .spline_sampling import sample_spline, spline_weights

_SPLINE_REACH_PX = 12
"""Beyond this, the mirrored border no longer matters to a cubic spline."""
_RINGING_PX = 8
"""A cubic spline's coefficients fall by 0.27 a pixel outside of the image: to nothing over this far."""
_RIGID_PART = 0.42
"""Tapered motion is rigid within this part of the half crop around the joint, zero at the crop's border."""
_FAINTEST = 1e-4
"""Attenuation, or probability, below which there is no bone."""
_CUBIC, _LINEAR = 3, 1

Part = tuple[slice, slice]
"""Rows and columns of a window."""
NOTHING: Part = (slice(0, 0), slice(0, 0))


class MovedBone(NamedTuple):
    """A bone after a motion."""

    attenuation: np.ndarray
    """(rows, columns) float32 on the joint's window."""
    silhouette: np.ndarray
    """(rows, columns) float32, 0..1, above 0.5 inside; turned or tapered, interpolated along the edge."""
    part: Part
    """Where it may differ from the bone before."""


class MovableBone:
    """A bone on a joint's window that can be moved again and again.

    Cubic splines keep the texture of bone sharp under motions of a fraction of a pixel; silhouettes are
    interpolated linearly. Beyond the border of the window the image is mirrored, so that the shaft goes on
    with a texture like its own.

    Parameters
    ----------
    attenuation, silhouette
        (rows, columns) float32 on the window of ``crop``.
    crop
        The joint's crop.
    """

    def __init__(self, attenuation: np.ndarray, silhouette: np.ndarray, crop: JointCrop) -> None:
        self._crop = crop
        self._attenuation, self._silhouette = attenuation, silhouette
        covered = (attenuation > _FAINTEST) | (silhouette > _FAINTEST)
        self._support = _support(covered)
        # The shaft goes on beyond the window: as far as a bone can move.
        film_px_per_canonical = np.hypot(*crop.canonical_to_film[:, :2]).max()
        self._pad_px = int(np.ceil(GREATEST_MOTION_PX * film_px_per_canonical)) + _SPLINE_REACH_PX
        self._coefficients = ndimage.spline_filter(
            self._padded(attenuation), _CUBIC, output=np.float32, mode="nearest"
        )
        self._padded_silhouette = self._padded(silhouette)
        inside = self._padded_silhouette > 0.5
        # Linear interpolation looks at the next pixel: away from the edge all four are on one side of it.
        edge = ndimage.maximum_filter(inside, 3) != ndimage.minimum_filter(inside, 3)
        self._inside_or_edge = np.where(edge, np.float32(np.nan), inside)
        self._near = ndimage.maximum_filter(self._padded(covered), 2 * _RINGING_PX + 1)
        self._taper = None if crop.covers_film else taper_of(crop)

    def moved(self, motion: RigidMotion) -> MovedBone:
        """Return the bone after a motion: rigid in a film that is this crop, else tapered."""
        if motion.is_none:
            return MovedBone(self._attenuation, self._silhouette, NOTHING)
        part = self._reach(motion)
        if self._taper is None and motion.turn_deg == 0:
            attenuation, silhouette = self._translated(motion, part)
        else:
            attenuation, silhouette = self._sampled(motion, part)
        moved = MovedBone(np.zeros_like(self._attenuation), np.zeros_like(self._silhouette), part)
        moved.attenuation[part] = np.maximum(attenuation, 0)
        moved.silhouette[part] = silhouette
        return moved

    def _padded(self, image: np.ndarray) -> np.ndarray:
        return np.pad(image, self._pad_px, mode="symmetric")

    def _translated(self, motion: RigidMotion, part: Part) -> tuple[np.ndarray, np.ndarray]:
        """Move without a turn: splines are then separable, a few taps along rows, a few along columns."""
        to_window = np.linalg.inv(self._crop.window_to_canonical[:, :2])
        shift = to_window @ (motion.x_px, motion.y_px)
        positions = [
            taken.start - float(along) + self._pad_px
            for taken, along in zip(part, (shift[1], shift[0]), strict=True)
        ]
        return (
            _shifted(self._coefficients, positions, part, _CUBIC),
            _shifted(self._padded_silhouette, positions, part, _LINEAR),
        )

    def _sampled(self, motion: RigidMotion, part: Part) -> tuple[np.ndarray, np.ndarray]:
        """Look up where every pixel comes from, and sample there wherever the bone is near."""
        x, y = self._sources(motion, part)
        nearest = np.rint(y).astype(np.int32) * np.int32(self._near.shape[1]) + np.rint(x).astype(np.int32)
        wanted = self._near.take(nearest, mode="clip")
        attenuation = np.zeros(wanted.shape, np.float32)
        attenuation[wanted] = sample_spline(self._coefficients, x[wanted], y[wanted], _CUBIC)
        silhouette = self._inside_or_edge.take(nearest, mode="clip")
        edge = np.isnan(silhouette)
        silhouette[edge] = sample_spline(self._padded_silhouette, x[edge], y[edge], _LINEAR)
        if self._taper is not None:
            still = self._taper[part] <= 0
            attenuation[still] = self._attenuation[part][still]
            silhouette[still] = self._silhouette[part][still]
        return attenuation, silhouette

    def _sources(self, motion: RigidMotion, part: Part) -> tuple[np.ndarray, np.ndarray]:
        """Position (x, y) on the padded image that each pixel of ``part`` shows after the motion."""
        to_canonical = self._crop.window_to_canonical
        back = np.linalg.inv(to_canonical[:, :2])
        turn = motion.inverse[:, :2] - np.eye(2)
        linear = back @ turn @ to_canonical[:, :2]
        offset = back @ (turn @ to_canonical[:, 2] + motion.inverse[:, 2])
        rows = np.arange(part[0].start, part[0].stop, dtype=np.float32)[:, None]
        columns = np.arange(part[1].start, part[1].stop, dtype=np.float32)[None, :]
        linear, offset = linear.astype(np.float32), offset.astype(np.float32)
        sources = []
        for axis, here in ((0, columns), (1, rows)):
            displacement = linear[axis, 0] * columns + (linear[axis, 1] * rows + offset[axis])
            if self._taper is not None:
                displacement *= self._taper[part]
            displacement += here + self._pad_px
            sources.append(np.clip(displacement, 0, self._near.shape[1 - axis] - 1))
        return sources[0], sources[1]

    def _reach(self, motion: RigidMotion) -> Part:
        """Rows and columns of the window that the bone covers before or after the motion."""
        rows, columns = self._attenuation.shape
        (top, bottom), (left, right) = self._support
        corners = np.array([[x, y] for x in (left, right) for y in (top, bottom)], float)
        canonical = to_points(self._crop.window_to_canonical, corners)
        to_window = np.linalg.inv(np.vstack([self._crop.window_to_canonical, [0, 0, 1]]))[:2]
        film = to_points(to_window, to_points(motion.matrix, canonical))
        low = np.floor(np.minimum(film, corners).min(axis=0)).astype(int) - 2
        high = np.ceil(np.maximum(film, corners).max(axis=0)).astype(int) + 3
        low = np.where([left <= 0, top <= 0], 0, np.maximum(low, 0))
        high = np.where(
            [right >= columns - 1, bottom >= rows - 1], [columns, rows], np.minimum(high, [columns, rows])
        )
        return slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0]))


def taper(canonical: np.ndarray) -> np.ndarray:
    """Weight 0..1 of the motion at canonical points (..., 2): 1 around the joint, 0 from the border on."""
    half = CANONICAL_SIZE_PX / 2
    distance = np.abs(canonical - (CANONICAL_SIZE_PX - 1) / 2) / half
    ramp = np.clip((1 - distance) / (1 - _RIGID_PART), 0, 1)
    smooth = ramp * ramp * (3 - 2 * ramp)
    return smooth[..., 0] * smooth[..., 1]


def taper_of(crop: JointCrop) -> np.ndarray:
    """`taper` of every pixel of a crop's window: (rows, columns) float32."""
    return taper(to_points(crop.window_to_canonical, pixel_grid(crop.window.shape))).astype(np.float32)


def union(parts: Iterable[Part]) -> Part:
    """Return the smallest rectangle around parts that are not empty."""
    filled = [part for part in parts if part[0].stop > part[0].start and part[1].stop > part[1].start]
    if not filled:
        return NOTHING
    rows, columns = (
        slice(min(part[axis].start for part in filled), max(part[axis].stop for part in filled))
        for axis in (0, 1)
    )
    return rows, columns


def _shifted(coefficients: np.ndarray, positions: list[float], part: Part, order: int) -> np.ndarray:
    """Evaluate a spline on ``part``'s grid, whose first pixel shows ``positions`` (y, x)."""
    moved = coefficients
    for axis, (position, taken) in enumerate(zip(positions, part, strict=True)):
        first = int(np.floor(position)) - (order - 1) // 2
        length = taken.stop - taken.start
        taps = spline_weights(position - float(np.floor(position)), order)
        lines = [slice(first + tap, first + tap + length) for tap in range(len(taps))]
        moved = sum(  # type: ignore[assignment]
            np.float32(weight) * (moved[line] if axis == 0 else moved[:, line])
            for weight, line in zip(taps, lines, strict=True)
        )
    return moved


def _support(covered: np.ndarray) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last row and column that are covered."""
    bounds = []
    for axis in (1, 0):
        found = np.flatnonzero(covered.any(axis=axis))
        bounds.append((int(found[0]), int(found[-1])) if found.size else (0, 0))
    return bounds[0], bounds[1]
