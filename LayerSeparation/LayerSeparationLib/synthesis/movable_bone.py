"""A bone, moved rigidly or tapered on the film's own pixels, by one joint or by both that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..joints.affine import invert, map_points
from ..radiograph import NOWHERE, Rectangle
from .bone_motion import RigidMotion
from .gap_edit import GREATEST_MOTION_PX
from .spline_sampling import sample_spline, spline_weights

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


class BoneEnd(NamedTuple):
    """A joint that moves a bone."""

    to_canonical: NDArray[np.float64]
    """(2, 3) from pixels (x, y) of the bone's image to the joint's canonical crop."""
    weight: NDArray[np.float32] | None
    """(rows, columns) of the bone's image, 0..1: how much of the joint's motion each pixel takes part in;
    None where all of it moves rigidly."""


class MovableBone:
    """A bone on a part of a film that can be moved again and again.

    Cubic splines keep the texture of bone sharp under motions of a fraction of a pixel; silhouettes are
    interpolated linearly. Beyond the border of the region the image is mirrored, so that the shaft goes on
    with a texture like its own.

    Parameters
    ----------
    attenuation, silhouette
        (rows, columns) float32.
    ends
        The joints that move it, one or more; several only with weights, whose displacements then add up.
    """

    def __init__(
        self, attenuation: NDArray[np.float32], silhouette: NDArray[np.float32], ends: Sequence[BoneEnd]
    ) -> None:
        self._ends = tuple(ends)
        self._attenuation, self._silhouette = attenuation, silhouette
        covered = (attenuation > _FAINTEST) | (silhouette > _FAINTEST)
        self._support = _find_support(covered)
        # The shaft goes on beyond the region: as far as a bone can move.
        to_region = [np.linalg.inv(end.to_canonical[:, :2]) for end in self._ends]
        film_px_per_canonical = max(float(np.hypot(*linear).max()) for linear in to_region)
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
        weights = [end.weight for end in self._ends if end.weight is not None]
        self._still = np.logical_and.reduce([weight <= 0 for weight in weights]) if weights else None

    def move(self, *motions: RigidMotion) -> MovedBone:
        """Return the bone after a motion of each end."""
        part = Rectangle.around([self._reach(*one) for one in zip(self._ends, motions, strict=True)])
        moved = MovedBone(np.zeros_like(self._attenuation), np.zeros_like(self._silhouette), part)
        moved.attenuation[part.slices], moved.silhouette[part.slices] = self.look_up(motions, part)
        return moved

    def look_up(
        self, motions: Sequence[RigidMotion], part: Rectangle
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return attenuation and silhouette in a part of the image after a motion of each end."""
        if self._still is None and motions[0].turn_deg == 0:
            attenuation, silhouette = self._translate(motions[0], part)
        else:
            attenuation, silhouette = self._sample(motions, part)
        return np.maximum(attenuation, 0), silhouette

    def _pad(self, image: NDArray[Number]) -> NDArray[Number]:
        return np.pad(image, self._pad_px, mode="symmetric")

    def _translate(
        self, motion: RigidMotion, part: Rectangle
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Move without a turn: splines are then separable, a few taps along rows, a few along columns."""
        to_region = np.linalg.inv(self._ends[0].to_canonical[:, :2])
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
        self, motions: Sequence[RigidMotion], part: Rectangle
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Look up where every pixel comes from, and sample there wherever the bone is near."""
        x, y = self._sources(motions, part)
        nearest = np.rint(y).astype(np.int32) * np.int32(self._near.shape[1]) + np.rint(x).astype(np.int32)
        wanted = self._near.take(nearest, mode="clip")
        attenuation = np.zeros(wanted.shape, np.float32)
        attenuation[wanted] = sample_spline(self._coefficients, x[wanted], y[wanted], _CUBIC)
        silhouette = self._inside_or_edge.take(nearest, mode="clip")
        edge = np.isnan(silhouette)
        silhouette[edge] = sample_spline(self._padded_silhouette, x[edge], y[edge], _LINEAR)
        if self._still is not None:
            still = self._still[part.slices]
            attenuation[still] = self._attenuation[part.slices][still]
            silhouette[still] = self._silhouette[part.slices][still]
        return attenuation, silhouette

    def _sources(
        self, motions: Sequence[RigidMotion], part: Rectangle
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return where on the padded image (x, y) each pixel of ``part`` comes from."""
        rows = np.arange(part.top, part.bottom, dtype=np.float32)[:, None]
        columns = np.arange(part.left, part.right, dtype=np.float32)[None, :]
        sources = [np.zeros(part.shape, np.float32) for _axis in range(2)]
        for end, motion in zip(self._ends, motions, strict=True):
            if motion.is_none:
                continue
            back = np.linalg.inv(end.to_canonical[:, :2])
            turn = motion.inverse[:, :2] - np.eye(2)
            linear = (back @ turn @ end.to_canonical[:, :2]).astype(np.float32)
            offset = (back @ (turn @ end.to_canonical[:, 2] + motion.inverse[:, 2])).astype(np.float32)
            for axis in (0, 1):
                displacement = linear[axis, 0] * columns + (linear[axis, 1] * rows + offset[axis])
                if end.weight is not None:
                    displacement *= end.weight[part.slices]
                sources[axis] += displacement
        for axis, here in ((0, columns), (1, rows)):
            sources[axis] += here + self._pad_px
            np.clip(sources[axis], 0, self._near.shape[1 - axis] - 1, out=sources[axis])
        return sources[0], sources[1]

    def _reach(self, end: BoneEnd, motion: RigidMotion) -> Rectangle:
        """Return the rows and columns that the bone covers before or after the motion of an end."""
        rows, columns = self._attenuation.shape
        (top, bottom), (left, right) = self._support
        corners = np.array([[x, y] for x in (left, right) for y in (top, bottom)], float)
        canonical = map_points(end.to_canonical, corners)
        film = map_points(invert(end.to_canonical), map_points(motion.matrix, canonical))
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
