"""A bone of a joint, moved rigidly or tapered on the film's own pixels."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..joints import JointCrop
from ..joints.affine import invert, map_points
from ..radiograph import NOWHERE, Rectangle
from .bone_motion import RigidMotion
from .gap_edit import GREATEST_MOTION_PX
from .spline_sampling import sample_spline, spline_weights
from .taper import taper_on_region

Number = TypeVar("Number", np.float32, np.bool_)

_SPLINE_REACH_PX = 12
"""Beyond this, the mirrored border no longer matters to a cubic spline."""
_RINGING_PX = 8
"""A cubic spline's coefficients fall by 0.27 a pixel outside of the image: to nothing over this far."""
_FAINTEST = 1e-4
"""Attenuation, or probability, below which there is no bone."""
_CUBIC, _LINEAR = 3, 1


class MovedBone(NamedTuple):
    """A bone after a motion."""

    attenuation: NDArray[np.float32]
    """(rows, columns) float32 on the joint's region."""
    silhouette: NDArray[np.float32]
    """(rows, columns) float32, 0..1, above 0.5 inside; turned or tapered, interpolated along the edge."""
    changed: Rectangle = NOWHERE
    """Part of the region where it may differ from the bone before."""


class MovableBone:
    """A bone on a joint's region that can be moved again and again.

    Cubic splines keep the texture of bone sharp under motions of a fraction of a pixel; silhouettes are
    interpolated linearly. Beyond the border of the region the image is mirrored, so that the shaft goes on
    with a texture like its own.

    Parameters
    ----------
    attenuation, silhouette
        (rows, columns) float32 on the region of ``crop``.
    crop
        The joint's crop.
    """

    def __init__(
        self, attenuation: NDArray[np.float32], silhouette: NDArray[np.float32], crop: JointCrop
    ) -> None:
        self._crop = crop
        self._attenuation, self._silhouette = attenuation, silhouette
        covered = (attenuation > _FAINTEST) | (silhouette > _FAINTEST)
        self._support = _find_support(covered)
        # The shaft goes on beyond the region: as far as a bone can move.
        film_px_per_canonical = np.hypot(*crop.canonical_to_film[:, :2]).max()
        self._pad_px = int(np.ceil(GREATEST_MOTION_PX * film_px_per_canonical)) + _SPLINE_REACH_PX
        self._coefficients = ndimage.spline_filter(
            self._pad(attenuation), _CUBIC, output=np.float32, mode="nearest"
        )
        self._padded_silhouette = self._pad(silhouette)
        inside = self._padded_silhouette > 0.5
        # Linear interpolation looks at the next pixel: away from the edge all four are on one side of it.
        edge = ndimage.maximum_filter(inside, 3) != ndimage.minimum_filter(inside, 3)
        self._inside_or_edge = np.where(edge, np.float32(np.nan), inside)
        self._near = ndimage.maximum_filter(self._pad(covered), 2 * _RINGING_PX + 1)
        self._taper = None if crop.covers_film else taper_on_region(crop)

    def move(self, motion: RigidMotion) -> MovedBone:
        """Return the bone after a motion: rigid in a film that is this crop, else tapered."""
        part = self._reach(motion)
        if self._taper is None and motion.turn_deg == 0:
            attenuation, silhouette = self._translate(motion, part)
        else:
            attenuation, silhouette = self._sample(motion, part)
        moved = MovedBone(np.zeros_like(self._attenuation), np.zeros_like(self._silhouette), part)
        moved.attenuation[part.slices] = np.maximum(attenuation, 0)
        moved.silhouette[part.slices] = silhouette
        return moved

    def _pad(self, image: NDArray[Number]) -> NDArray[Number]:
        return np.pad(image, self._pad_px, mode="symmetric")

    def _translate(
        self, motion: RigidMotion, part: Rectangle
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Move without a turn: splines are then separable, a few taps along rows, a few along columns."""
        to_region = np.linalg.inv(self._crop.region_to_canonical[:, :2])
        shift = to_region @ (motion.x_px, motion.y_px)
        positions = [
            taken.start - float(along) + self._pad_px
            for taken, along in zip(part.slices, (shift[1], shift[0]), strict=True)
        ]
        return (
            _shift(self._coefficients, positions, part, _CUBIC),
            _shift(self._padded_silhouette, positions, part, _LINEAR),
        )

    def _sample(
        self, motion: RigidMotion, part: Rectangle
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
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
            still = self._taper[part.slices] <= 0
            attenuation[still] = self._attenuation[part.slices][still]
            silhouette[still] = self._silhouette[part.slices][still]
        return attenuation, silhouette

    def _sources(
        self, motion: RigidMotion, part: Rectangle
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return where on the padded image (x, y) each pixel of ``part`` comes from."""
        to_canonical = self._crop.region_to_canonical
        back = np.linalg.inv(to_canonical[:, :2])
        turn = motion.inverse[:, :2] - np.eye(2)
        linear = back @ turn @ to_canonical[:, :2]
        offset = back @ (turn @ to_canonical[:, 2] + motion.inverse[:, 2])
        rows = np.arange(part.top, part.bottom, dtype=np.float32)[:, None]
        columns = np.arange(part.left, part.right, dtype=np.float32)[None, :]
        linear, offset = linear.astype(np.float32), offset.astype(np.float32)
        sources = []
        for axis, here in ((0, columns), (1, rows)):
            displacement = linear[axis, 0] * columns + (linear[axis, 1] * rows + offset[axis])
            if self._taper is not None:
                displacement *= self._taper[part.slices]
            displacement += here + self._pad_px
            sources.append(np.clip(displacement, 0, self._near.shape[1 - axis] - 1))
        return sources[0], sources[1]

    def _reach(self, motion: RigidMotion) -> Rectangle:
        """Return the rows and columns of the region that the bone covers before or after the motion."""
        rows, columns = self._attenuation.shape
        (top, bottom), (left, right) = self._support
        corners = np.array([[x, y] for x in (left, right) for y in (top, bottom)], float)
        canonical = map_points(self._crop.region_to_canonical, corners)
        to_region = invert(self._crop.region_to_canonical)
        film = map_points(to_region, map_points(motion.matrix, canonical))
        low = np.floor(np.minimum(film, corners).min(axis=0)).astype(int) - 2
        high = np.ceil(np.maximum(film, corners).max(axis=0)).astype(int) + 3
        low = np.where([left <= 0, top <= 0], 0, np.maximum(low, 0))
        high = np.where(
            [right >= columns - 1, bottom >= rows - 1], [columns, rows], np.minimum(high, [columns, rows])
        )
        return Rectangle(int(low[1]), int(high[1]), int(low[0]), int(high[0]))


def _shift(
    coefficients: NDArray[np.float32], positions: list[float], part: Rectangle, order: int
) -> NDArray[np.float32]:
    """Evaluate a spline on ``part``'s grid, whose first pixel shows ``positions`` (y, x)."""
    moved = coefficients
    for axis, (position, taken) in enumerate(zip(positions, part.slices, strict=True)):
        first = int(np.floor(position)) - (order - 1) // 2
        length = taken.stop - taken.start
        taps = spline_weights(position - float(np.floor(position)), order)
        lines = [slice(first + tap, first + tap + length) for tap in range(len(taps))]
        moved = sum(  # type: ignore[assignment]
            np.float32(weight) * (moved[line] if axis == 0 else moved[:, line])
            for weight, line in zip(taps, lines, strict=True)
        )
    return moved


def _find_support(covered: NDArray[np.bool_]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return first and last row, first and last column that are covered."""
    bounds = []
    for axis in (1, 0):
        found = np.flatnonzero(covered.any(axis=axis))
        bounds.append((int(found[0]), int(found[-1])) if found.size else (0, 0))
    return bounds[0], bounds[1]
