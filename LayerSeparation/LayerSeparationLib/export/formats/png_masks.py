"""8-bit grey PNG masks: 255 inside a segment, 0 outside."""

from __future__ import annotations

from pathlib import Path

from ..encoding.png import write_mask_png
from ..sample import ExportedImage


class PngMasksFormat:
    """Writes ``<segment>.png``, one a segment."""

    name = "masks"
    label = "PNG masks"
    is_default = False

    def write(self, folder: Path, sample: ExportedImage) -> None:
        """Write the masks."""
        for segment in sample.segments:
            write_mask_png(folder / f"{segment.key}.png", segment.mask, synthetic=sample.synthetic)
