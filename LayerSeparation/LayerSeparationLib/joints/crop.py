"""The canonical crop of a joint and the way back to the film's own pixels.

Canonical: 256 x 256 px, distal up, joint centre at (127.5, 127.5), 0.0820 mm/px where the pixel spacing is
known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..errors import InputError, UnknownJointSizeError
from ..radiograph import LengthUnit, Radiograph, Rectangle
from .affine import invert, map_points, pixel_grid, resample, shift_origin
from .pose import JointPose

CANONICAL_SIZE_PX = 256
CANONICAL_MM_PER_PX = 0.0820
"""140 px of 0.15 mm resampled to 256 px: the scale of the joints that the network learnt from."""
_CENTRE = (CANONICAL_SIZE_PX - 1) / 2


@dataclass(frozen=True, eq=False)
class JointCrop:
    """A radiograph seen through a joint's pose.

    Raises
    ------
    InputError
        If the joint's centre lies outside of the film, or nothing tells how large the joint is.

    Examples
    --------
    >>> radiograph = Radiograph.from_array(np.full((600, 400), 0.5), spacing_mm=0.15)
    >>> crop = JointCrop(radiograph, JointPose("MCP2", centre_px=(150, 300), distal=(0, -1)))
    >>> crop.canonical_image().shape, crop.region.shape
    ((256, 256), (139, 139))
    >>> map_points(crop.canonical_to_film, [127.5, 127.5]).tolist()  # the middle is the joint's centre
    [150.0, 300.0]
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
            raise UnknownJointSizeError(
                f"{self.radiograph.name} has no pixel spacing: "
                "give the spacing in mm, or the joint's width in px."
            )

    @property
    def unit(self) -> LengthUnit:
        """Unit of lengths in the joint's frame: 'mm', or 'px' of the film where its spacing is unknown.

        Where pixels are not square, 'px' is the edge of a square pixel of the same area.
        """
        return "px" if self.radiograph.spacing.mm is None else "mm"

    @cached_property
    def unit_per_px(self) -> float:
        """Length of a canonical pixel, in ``unit``."""
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
    def canonical_to_film(self) -> NDArray[np.float64]:
        """(2, 3) matrix that maps canonical (x, y, 1) to film (x, y), both in pixels."""
        row, column = self.radiograph.spacing.relative
        size = np.array([column, row])
        up = np.array(self.pose.distal) * size
        up /= np.hypot(*up)
        right = np.array([-up[1], up[0]])
        linear = np.column_stack([right, -up]) * self.unit_per_px / size[:, None]
        return np.column_stack([linear, np.array(self.pose.centre_px) - linear @ [_CENTRE, _CENTRE]])

    @cached_property
    def film_to_canonical(self) -> NDArray[np.float64]:
        """(2, 3) matrix of the way back."""
        return invert(self.canonical_to_film)

    @cached_property
    def region(self) -> Rectangle:
        """The film's pixels around the joint's square, cut at the border of the film."""
        edge = CANONICAL_SIZE_PX - 0.5
        corners = np.array([[-0.5, -0.5], [edge, -0.5], [-0.5, edge], [edge, edge]])
        film = map_points(self.canonical_to_film, corners)
        left, top = (int(v) for v in np.ceil(film.min(axis=0) - 1e-6))
        right, bottom = (int(v) + 1 for v in np.floor(film.max(axis=0) + 1e-6))
        return Rectangle(top, bottom, left, right).intersection(Rectangle.whole(self.radiograph.shape))

    @cached_property
    def region_to_canonical(self) -> NDArray[np.float64]:
        """(2, 3) matrix from pixels (x, y) of the region to canonical pixels."""
        return shift_origin(self.film_to_canonical, self.region.origin_px)

    @cached_property
    def is_canonical(self) -> bool:
        """Whether the region's pixels are the canonical pixels themselves."""
        identity = np.array([[1.0, 0, 0], [0, 1.0, 0]])
        same_grid = np.allclose(self.region_to_canonical, identity, atol=1e-9)
        return same_grid and self.region.shape == (CANONICAL_SIZE_PX, CANONICAL_SIZE_PX)

    @cached_property
    def covers_film(self) -> bool:
        """Whether the film is nothing but this joint's crop."""
        return self.region.shape == self.radiograph.shape and bool(self.inside.all())

    def canonical_image(self) -> NDArray[np.float32]:
        """Return the intensity of the canonical crop, (256, 256) float32."""
        return self.to_canonical(self.radiograph.intensity[self.region.slices])

    def to_canonical(self, image: NDArray[np.float32]) -> NDArray[np.float32]:
        """Resample an image on the pixels of the region to the canonical crop, (256, 256) float32.

        Cubic, within the range of the image. Finer pixels are smoothed first, so that nothing aliases; beyond
        the border of the film the border repeats.
        """
        if self.is_canonical:
            return np.ascontiguousarray(image)
        step = np.hypot(self.canonical_to_film[0, :2], self.canonical_to_film[1, :2]).mean()
        if step > 1:
            image = ndimage.gaussian_filter(image, 0.5 * np.sqrt(step**2 - 1), mode="nearest")
        to_region = invert(self.region_to_canonical)
        crop = resample(image, to_region, (CANONICAL_SIZE_PX, CANONICAL_SIZE_PX), order=3)
        return np.clip(crop, image.min(), image.max())

    def to_region(self, canonical: NDArray[np.float32]) -> NDArray[np.float32]:
        """Resample a canonical image (256, 256) to the pixels of the region, linearly; borders repeat."""
        if self.is_canonical:
            return np.ascontiguousarray(canonical)
        return resample(canonical, self.region_to_canonical, self.region.shape, order=1)

    @cached_property
    def inside(self) -> NDArray[np.bool_]:
        """Which pixels of the region lie in the joint's (rotated) square: bool, shape of the region."""
        points = map_points(self.region_to_canonical, pixel_grid(self.region.shape))
        inside: NDArray[np.bool_] = np.all((points >= -0.5) & (points <= CANONICAL_SIZE_PX - 0.5), axis=-1)
        return inside
