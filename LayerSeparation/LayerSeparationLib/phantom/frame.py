"""The frame of a bone, a joint or a hand on the film's pixel grid."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, cos, floor, sin

import numpy as np
from numpy.typing import NDArray

from ..radiograph import Rectangle


@dataclass(frozen=True)
class Frame:
    """A frame (u across, v along, mm) on a film with square pixels."""

    origin_px: tuple[float, float]
    """Pixel position (x, y) of u = v = 0."""
    angle_rad: float
    """Direction of v: 0 points up on the film, positive turns it to the right."""
    spacing_mm: float
    """Pixel spacing of the film."""

    @property
    def along(self) -> tuple[float, float]:
        """Unit vector (dx, dy) of v in pixels."""
        return sin(self.angle_rad), -cos(self.angle_rad)

    @property
    def across(self) -> tuple[float, float]:
        """Unit vector (dx, dy) of u in pixels."""
        return cos(self.angle_rad), sin(self.angle_rad)

    def pixels(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return pixel positions (n, 2) as (x, y) of points (n, 2) as (u, v)."""
        axes = np.array([self.across, self.along])
        pixels: NDArray[np.float64] = (
            np.asarray(self.origin_px) + np.asarray(points_mm) @ axes / self.spacing_mm
        )
        return pixels

    def move(self, u_mm: float, v_mm: float, turn_rad: float = 0.0) -> Frame:
        """Return the frame whose origin lies at (u, v) of this one, turned further."""
        x, y = self.pixels(np.array([[u_mm, v_mm]]))[0]
        return Frame((float(x), float(y)), self.angle_rad + turn_rad, self.spacing_mm)

    def translate(self, dx_px: float, dy_px: float) -> Frame:
        """Return the frame moved by (dx, dy) pixels."""
        return Frame((self.origin_px[0] + dx_px, self.origin_px[1] + dy_px), self.angle_rad, self.spacing_mm)

    def local(self, region: Rectangle) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return frame coordinates u and v in mm of the pixel centres of a region of the film."""
        rows, columns = region.slices
        x = (np.arange(columns.start, columns.stop) - self.origin_px[0]) * self.spacing_mm
        y = (np.arange(rows.start, rows.stop) - self.origin_px[1]) * self.spacing_mm
        (ux, uy), (vx, vy) = self.across, self.along
        u = x[None, :] * ux + y[:, None] * uy
        v = x[None, :] * vx + y[:, None] * vy
        return u.astype(np.float32), v.astype(np.float32)

    def region_around(
        self, bounds_mm: tuple[float, float, float, float], shape: tuple[int, int]
    ) -> Rectangle:
        """Return the part of a film of `shape` that holds a box (least, largest u; least, largest v)."""
        low_u, high_u, low_v, high_v = bounds_mm
        corners = np.array([[low_u, low_v], [low_u, high_v], [high_u, low_v], [high_u, high_v]])
        pixels = self.pixels(corners)
        first = [max(0, floor(float(value)) - 1) for value in pixels.min(axis=0)]
        last = [
            min(size, ceil(float(value)) + 2)
            for value, size in zip(pixels.max(axis=0), shape[::-1], strict=True)
        ]
        return Rectangle(first[1], max(first[1], last[1]), first[0], max(first[0], last[0]))
