"""The canonical crop of a joint and the way back to the film's own pixels.

Canonical: 256 x 256 px, distal up, joint centre at (127.5, 127.5), 0.0820 mm/px where the pixel spacing is
known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import ndimage

from ..errors import InputError
from ..radiograph import Radiograph
from .pose import JointPose

CANONICAL_SIZE_PX = 256
CANONICAL_MM_PER_PX = 0.0820
"""140 px of 0.15 mm resampled to 256 px: the scale of the joints that the network learnt from."""
_CENTRE = (CANONICAL_SIZE_PX - 1) / 2


@dataclass(frozen=True)
class Window:
    """A rectangle of the film's pixels: rows top..bottom-1, columns left..right-1."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Index of the rectangle in an array (rows, columns)."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.bottom - self.top, self.right - self.left


@dataclass(frozen=True, eq=False)
class JointCrop:
    """A film seen through a joint's pose.

    Raises
    ------
    InputError
        If the joint's centre lies outside of the film, or nothing tells how large the joint is.
    """

    radiograph: Radiograph
    pose: JointPose

    def __post_init__(self) -> None:
        rows, columns = self.radiograph.shape
        x, y = self.pose.centre_px
        if not (-0.5 <= x <= columns - 0.5 and -0.5 <= y <= rows - 0.5):
            raise InputError(
                f"{self.pose.name}: its centre ({x:g}, {y:g}) px lies outside of "
                f"{self.radiograph.name} ({columns} x {rows} px); x counts from the left, y from the top."
            )
        if self.radiograph.spacing.mm is None and self.pose.field_of_view_px is None:
            raise InputError(
                f"{self.radiograph.name} has no pixel spacing: "
                "give the spacing in mm, or the joint's width in px."
            )

    @property
    def in_mm(self) -> bool:
        """Whether lengths in the joint's frame are mm (else they are pixels of the film)."""
        return self.radiograph.spacing.mm is not None

    @cached_property
    def unit_per_px(self) -> float:
        """Length of a canonical pixel, in mm or (see `in_mm`) in pixels of the film."""
        spacing = self.radiograph.spacing.mm
        if spacing is None:
            assert self.pose.field_of_view_px is not None
            return self.pose.field_of_view_px / CANONICAL_SIZE_PX
        if self.pose.field_of_view_mm is not None:
            return self.pose.field_of_view_mm / CANONICAL_SIZE_PX
        if self.pose.field_of_view_px is not None:
            return self.pose.field_of_view_px * float(np.sqrt(spacing[0] * spacing[1])) / CANONICAL_SIZE_PX
        return CANONICAL_MM_PER_PX

    @cached_property
    def canonical_to_film(self) -> np.ndarray:
        """(2, 3) matrix that maps canonical (x, y, 1) to film (x, y), both in pixels."""
        row, column = self.radiograph.spacing.mm or (1.0, 1.0)
        size = np.array([column, row])
        up = np.array(self.pose.distal) * size
        up /= np.hypot(*up)
        right = np.array([-up[1], up[0]])
        linear = np.column_stack([right, -up]) * self.unit_per_px / size[:, None]
        return np.column_stack([linear, np.array(self.pose.centre_px) - linear @ [_CENTRE, _CENTRE]])

    @cached_property
    def film_to_canonical(self) -> np.ndarray:
        """(2, 3) matrix of the way back."""
        linear = np.linalg.inv(self.canonical_to_film[:, :2])
        return np.column_stack([linear, -linear @ self.canonical_to_film[:, 2]])

    @cached_property
    def window(self) -> Window:
        """The film's pixels around the joint's square, cut at the border of the film."""
        rows, columns = self.radiograph.shape
        edge = CANONICAL_SIZE_PX - 0.5
        corners = np.array([[-0.5, -0.5], [edge, -0.5], [-0.5, edge], [edge, edge]])
        film = to_points(self.canonical_to_film, corners)
        left, top = (int(v) for v in np.ceil(film.min(axis=0) - 1e-6))
        right, bottom = (int(v) + 1 for v in np.floor(film.max(axis=0) + 1e-6))
        return Window(max(0, top), min(rows, bottom), max(0, left), min(columns, right))

    @cached_property
    def window_to_canonical(self) -> np.ndarray:
        """(2, 3) matrix from pixels (x, y) of the window to canonical pixels."""
        return shifted_origin(self.film_to_canonical, (self.window.left, self.window.top))

    @cached_property
    def is_canonical(self) -> bool:
        """Whether the window's pixels are the canonical pixels themselves."""
        identity = np.array([[1.0, 0, 0], [0, 1.0, 0]])
        same_grid = np.allclose(self.window_to_canonical, identity, atol=1e-9)
        return same_grid and self.window.shape == (CANONICAL_SIZE_PX, CANONICAL_SIZE_PX)

    @cached_property
    def covers_film(self) -> bool:
        """Whether the film is nothing but this joint's crop."""
        return self.window.shape == self.radiograph.shape and bool(self.inside.all())

    def canonical_image(self) -> np.ndarray:
        """Return the intensity of the canonical crop, (256, 256) float32."""
        return self.to_canonical(self.radiograph.intensity[self.window.slices])

    def to_canonical(self, image: np.ndarray) -> np.ndarray:
        """Resample an image on the pixels of the window to the canonical crop, (256, 256) float32.

        Cubic, within the range of the image. Finer pixels are smoothed first, so that nothing aliases; beyond
        the border of the film the border repeats.
        """
        if self.is_canonical:
            return np.ascontiguousarray(image)
        step = np.hypot(self.canonical_to_film[0, :2], self.canonical_to_film[1, :2]).mean()
        if step > 1:
            image = ndimage.gaussian_filter(image, 0.5 * np.sqrt(step**2 - 1), mode="nearest")
        to_window = np.linalg.inv(np.vstack([self.window_to_canonical, [0, 0, 1]]))[:2]
        crop = resample(image, to_window, (CANONICAL_SIZE_PX, CANONICAL_SIZE_PX), order=3)
        return np.clip(crop, image.min(), image.max())

    def to_window(self, canonical: np.ndarray) -> np.ndarray:
        """Resample a canonical image (256, 256) to the pixels of the window, linearly; borders repeat."""
        if self.is_canonical:
            return np.ascontiguousarray(canonical)
        return resample(canonical, self.window_to_canonical, self.window.shape, order=1)

    @cached_property
    def inside(self) -> np.ndarray:
        """Which pixels of the window lie in the joint's (rotated) square: bool, shape of the window."""
        points = to_points(self.window_to_canonical, pixel_grid(self.window.shape))
        return np.all((points >= -0.5) & (points <= CANONICAL_SIZE_PX - 0.5), axis=-1)


def to_points(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Map points (..., 2) of (x, y) by a (2, 3) matrix."""
    return np.asarray(points) @ matrix[:, :2].T + matrix[:, 2]


def shifted_origin(matrix: np.ndarray, origin_xy: tuple[float, float]) -> np.ndarray:
    """Return the same (2, 3) map for points that are counted from ``origin_xy``."""
    return np.column_stack([matrix[:, :2], to_points(matrix, np.array(origin_xy, float))])


def pixel_grid(shape: tuple[int, int]) -> np.ndarray:
    """(rows, columns, 2): the (x, y) of every pixel."""
    y, x = np.mgrid[: shape[0], : shape[1]]
    return np.stack([x, y], axis=-1).astype(np.float64)


def resample(
    image: np.ndarray, to_image: np.ndarray, shape: tuple[int, int], order: int, beyond: str = "nearest"
) -> np.ndarray:
    """Sample ``image`` at the pixels of a grid of ``shape`` that ``to_image`` (2, 3; x, y) maps into it.

    Spline interpolation of the given order; borders repeat, or with ``beyond="constant"`` are followed by 0.
    Returns float32.
    """
    linear = to_image[::-1, 1::-1]
    offset = to_image[::-1, 2]
    return ndimage.affine_transform(
        image, linear, offset, output_shape=shape, output=np.float32, order=order, mode=beyond
    )
