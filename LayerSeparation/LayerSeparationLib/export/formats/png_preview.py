"""A colour preview of a sample: the radiograph with the outlines and tints of its segments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..encoding.png import write_rgb_png
from ..sample import ExportedImage
from ..segments import SOFT_TISSUE

_TINT = 0.35
"""Weight of a segment's colour inside it; its outline has the colour itself."""
_HIDDEN = SOFT_TISSUE.key
"""It is nearly everywhere: a tint of it would hide the film."""


class PngPreviewFormat:
    """Writes ``preview.png``, 8-bit colour."""

    name = "preview"
    label = "PNG preview in colour"
    is_default = False

    def write(self, folder: Path, sample: ExportedImage) -> None:
        """Write the preview."""
        write_rgb_png(folder / "preview.png", draw_preview(sample), synthetic=sample.synthetic)


def draw_preview(sample: ExportedImage) -> NDArray[np.uint8]:
    """Return the preview, (rows, columns, 3) uint8."""
    picture = np.repeat(np.clip(sample.image, 0, 1)[..., np.newaxis], 3, axis=-1).astype(np.float64)
    for segment in sample.segments:
        if segment.key != _HIDDEN and segment.mask.any():
            inside = ndimage.binary_erosion(segment.mask, border_value=1)
            colour = np.array(segment.color)
            picture[inside] += _TINT * (colour - picture[inside])
            picture[segment.mask & ~inside] = colour
    return np.asarray(np.rint(picture * 255), dtype=np.uint8)
