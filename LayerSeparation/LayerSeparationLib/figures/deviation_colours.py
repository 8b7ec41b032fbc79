"""Colours of deviations: whether one is real is seen first, how large it is second.

What can't be told from no deviation is white. Beyond that orange is narrower and blue is wider, told apart
with every common kind of colour blindness; both begin strong, so that a small deviation that is real stands
out, and grow deeper to the full colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..radiograph import LengthUnit
from .canvas import INK, NARROWER_COLOUR, SLIGHTLY_NARROWER_COLOUR, SLIGHTLY_WIDER_COLOUR, WIDER_COLOUR

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FULL_COLOUR_MM = 0.5
"""A choice of display, no norm."""
_FULL_COLOUR_PX = 6.0
"""The same in canonical pixels, where mm are unknown."""


def full_colour_length(unit: LengthUnit, unit_per_px: float) -> float:
    """Return the deviation of the full colour in ``unit``; ``unit_per_px`` is of a canonical pixel.

    Examples
    --------
    >>> full_colour_length("mm", 0.082), full_colour_length("px", 0.234)
    (0.5, 1.4)
    """
    return _FULL_COLOUR_MM if unit == "mm" else float(f"{_FULL_COLOUR_PX * unit_per_px:.2g}")


def deviation_colour(length: float, limit: float, full: float) -> str:
    """Return the colour of a deviation.

    Parameters
    ----------
    length
        The deviation; negative is narrower.
    limit
        Up to which it can't be told from none.
    full
        From which on the colour is the full one.

    Examples
    --------
    >>> [deviation_colour(length, 0.11, 0.5) for length in (-0.5, -0.12, 0.05, 0.5)]
    ['#ff5c26', '#ffb02f', '#e8ecef', '#2f8dff']
    """
    from matplotlib.colors import to_hex, to_rgb

    if abs(length) <= limit:
        return INK
    slight, whole = (
        (SLIGHTLY_NARROWER_COLOUR, NARROWER_COLOUR) if length < 0 else (SLIGHTLY_WIDER_COLOUR, WIDER_COLOUR)
    )
    part = float(np.clip((abs(length) - limit) / max(full - limit, 1e-9), 0, 1))
    mixed = (1 - part) * np.array(to_rgb(slight)) + part * np.array(to_rgb(whole))
    return to_hex((float(mixed[0]), float(mixed[1]), float(mixed[2])))


def draw_colour_scale(
    axes: Axes, box: tuple[float, float, float, float], limit: float, full: float, unit: LengthUnit
) -> None:
    """Draw the colours from narrower to wider in a box (left, right, bottom, top), the lengths below."""
    from matplotlib.colors import to_rgb

    left, right, bottom, _ = box
    lengths = np.linspace(-full, full, 401)
    strip = np.array([to_rgb(deviation_colour(float(length), limit, full)) for length in lengths])
    axes.imshow(strip[None], extent=box, interpolation="nearest")
    ticks = [(-full, f"-{full:g}"), (0.0, "0"), (full, f"+{full:g} {unit}")]
    if limit < full:
        ticks += [(-limit, f"-{limit:.2g}"), (limit, f"+{limit:.2g}")]
    for length, text in ticks:
        x = left + (length / full + 1) / 2 * (right - left)
        axes.text(x, bottom - 0.04, text, color=INK, fontsize=8.5, ha="center", va="top")
