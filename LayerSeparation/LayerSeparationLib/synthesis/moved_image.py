"""Images of bones, moved rigidly or tapered on the film's own pixels."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from ..joints import CANONICAL_SIZE_PX, JointCrop
from ..joints.crop import pixel_grid, to_points
from .bone_motion import GREATEST_MOTION_PX, RigidMotion

_SPLINE_REACH_PX = 12
"""Beyond this, the mirrored border no longer matters to a cubic spline."""
_RIGID_PART = 0.42
"""Tapered motion is rigid within this part of the half crop around the joint, zero at the crop's border."""


class MovableImage:
    """An image on a joint's window that can be moved again and again.

    Cubic splines keep the texture of bone sharp under motions of a fraction of a pixel; silhouettes are
    interpolated linearly. Beyond its border the image is mirrored, so that the shaft goes on
    with a texture like its own.

    Parameters
    ----------
    image
        (rows, columns) float32 on the window of ``crop``.
    crop
        The joint's crop.
    order
        3: cubic spline, 1: linear.
    """

    def __init__(self, image: np.ndarray, crop: JointCrop, order: int) -> None:
        self._crop, self._order = crop, order
        self._image = image
        self._support = _support(image)
        # The shaft goes on beyond the window: as far as a bone can move.
        film_px_per_canonical = np.hypot(*crop.canonical_to_film[:, :2]).max()
        self._pad_px = int(np.ceil(GREATEST_MOTION_PX * film_px_per_canonical)) + _SPLINE_REACH_PX
        padded = np.pad(image, self._pad_px, mode="symmetric")
        self._coefficients = (
            ndimage.spline_filter(padded, order, output=np.float32, mode="nearest") if order > 1 else padded
        )

    def moved(self, motion: RigidMotion, rigid: bool) -> tuple[np.ndarray, tuple[slice, slice]]:
        """Return the moved image where it may not be zero, and that part of the window."""
        part = self._reach(motion)
        if not rigid:
            moved = self._tapered(motion, part)
        elif motion.turn_deg == 0:
            moved = self._translated(motion, part)
        else:
            moved = self._turned(motion, part)
        return np.maximum(moved, 0, out=moved), part

    def _translated(self, motion: RigidMotion, part: tuple[slice, slice]) -> np.ndarray:
        """Move without a turn: the spline is then separable, a few taps along rows, a few along columns."""
        to_film = np.linalg.inv(self._crop.window_to_canonical[:, :2])
        x, y = to_film @ (motion.x_px, motion.y_px)
        moved = self._coefficients
        for axis, shift, taken in ((0, float(y), part[0]), (1, float(x), part[1])):
            position = taken.start - shift + self._pad_px
            first = int(np.floor(position)) - (self._order - 1) // 2
            length = taken.stop - taken.start
            taps = _spline_weights(position - np.floor(position), self._order)
            lines = [slice(first + tap, first + tap + length) for tap in range(len(taps))]
            moved = sum(  # type: ignore[assignment]
                np.float32(weight) * (moved[line] if axis == 0 else moved[:, line])
                for weight, line in zip(taps, lines, strict=True)
            )
        return moved

    def _turned(self, motion: RigidMotion, part: tuple[slice, slice]) -> np.ndarray:
        window_to_canonical = self._crop.window_to_canonical
        linear = window_to_canonical[:, :2]
        back = np.linalg.inv(linear)
        to_source = back @ motion.inverse[:, :2] @ linear
        offset = back @ (to_points(motion.inverse, window_to_canonical[:, 2]) - window_to_canonical[:, 2])
        origin = to_source @ np.array([part[1].start, part[0].start]) + offset + self._pad_px
        return ndimage.affine_transform(
            self._coefficients,
            to_source[::-1, ::-1],
            origin[::-1],
            output_shape=_shape_of(part),
            output=np.float32,
            order=self._order,
            mode="nearest",
            prefilter=False,
        )

    def _tapered(self, motion: RigidMotion, part: tuple[slice, slice]) -> np.ndarray:
        window_to_canonical = self._crop.window_to_canonical
        film = pixel_grid(_shape_of(part)) + [part[1].start, part[0].start]
        canonical = to_points(window_to_canonical, film)
        displacement = to_points(motion.inverse, canonical) - canonical
        weight = taper(canonical)
        back = np.linalg.inv(window_to_canonical[:, :2])
        source = film + (displacement * weight[..., None]) @ back.T + self._pad_px
        moved = ndimage.map_coordinates(
            self._coefficients,
            [source[..., 1], source[..., 0]],
            output=np.float32,
            order=self._order,
            mode="nearest",
            prefilter=False,
        )
        return np.where(weight > 0, moved, self._image[part])

    def _reach(self, motion: RigidMotion) -> tuple[slice, slice]:
        """Rows and columns of the window that the bone covers before or after the motion."""
        rows, columns = self._image.shape
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


def _support(image: np.ndarray) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last row and column that are not zero."""
    covered = image > 1e-4
    bounds = []
    for axis in (1, 0):
        found = np.flatnonzero(covered.any(axis=axis))
        bounds.append((int(found[0]), int(found[-1])) if found.size else (0, 0))
    return bounds[0], bounds[1]


def _shape_of(part: tuple[slice, slice]) -> tuple[int, int]:
    return part[0].stop - part[0].start, part[1].stop - part[1].start


def _spline_weights(fraction: float, order: int) -> tuple[float, ...]:
    """Weights of the B-spline coefficients around a position, order 1 or 3 (Unser, doi 10.1109/79.799930)."""
    t = fraction
    if order == 1:
        return 1 - t, t
    return (1 - t) ** 3 / 6, (4 - 6 * t**2 + 3 * t**3) / 6, (1 + 3 * t + 3 * t**2 - 3 * t**3) / 6, t**3 / 6
