"""A colour preview of a sample: the radiograph with the outlines and tints of its segments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..sample import Sample
from .png import write_rgb_png

_TINT = 0.35
"""Weight of a segment's colour inside it; its outline has the colour itself."""
_SHOWN = ("upper_bone", "lower_bone", "joint_space")
"""Soft tissue is nearly everywhere: a tint of it would hide the film."""


def write_preview(path: str | Path, sample: Sample) -> None:
    """Write the preview as 8-bit colour PNG."""
    write_rgb_png(path, preview(sample), synthetic=sample.synthetic)


def preview(sample: Sample) -> NDArray[np.uint8]:
    """Return the preview, (rows, columns, 3) uint8."""
    picture = np.repeat(np.clip(sample.image, 0, 1)[..., np.newaxis], 3, axis=-1).astype(np.float64)
    for segment in sample.segments:
        if segment.key in _SHOWN and segment.mask.any():
            inside = ndimage.binary_erosion(segment.mask, border_value=1)
            colour = np.array(segment.color)
            picture[inside] += _TINT * (colour - picture[inside])
            picture[segment.mask & ~inside] = colour
    return np.asarray(np.rint(picture * 255), dtype=np.uint8)
