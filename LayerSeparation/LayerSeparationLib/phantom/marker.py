"""Lead letters that mark the side on a film."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .frame import Frame

Side = Literal["L", "R"]

_STROKES: dict[Side, tuple[tuple[float, float, float, float], ...]] = {
    "L": ((0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 0.6, 0.0)),
    "R": (
        (0.0, 0.0, 0.0, 1.0),
        (0.0, 1.0, 0.35, 1.0),
        (0.35, 1.0, 0.6, 0.85),
        (0.6, 0.85, 0.6, 0.65),
        (0.6, 0.65, 0.35, 0.5),
        (0.35, 0.5, 0.0, 0.5),
        (0.3, 0.5, 0.62, 0.0),
    ),
}
"""Strokes (u0, v0, u1, v1) of letters one unit high."""

LEAD = 3.0
"""Attenuation of a letter."""


def letter(side: Side, frame: Frame, shape: tuple[int, int], height_mm: float) -> NDArray[np.float32]:
    """Attenuation of a letter whose lower left corner is the frame's origin, float32, shape of the film."""
    film = np.zeros(shape, np.float32)
    thickness = 0.085 * height_mm
    region = frame.region_around(
        (-thickness, 0.62 * height_mm + thickness, -thickness, height_mm + thickness), shape
    )
    u, v = frame.local(region)
    nearest = np.full(u.shape, np.inf)
    for stroke in _STROKES[side]:
        u0, v0, u1, v1 = (height_mm * value for value in stroke)
        du, dv = u1 - u0, v1 - v0
        along = np.clip(((u - u0) * du + (v - v0) * dv) / (du * du + dv * dv), 0.0, 1.0)
        nearest = np.minimum(nearest, np.hypot(u - u0 - along * du, v - v0 - along * dv))
    film[region.slices] = LEAD * np.clip((thickness - nearest) / 0.1, 0.0, 1.0)
    return film
