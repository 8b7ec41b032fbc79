"""3D Slicer's segmentation file: the overlapping segments on the grid of the image."""

from __future__ import annotations

from pathlib import Path

from ..encoding.seg_nrrd import write_segmentation
from ..sample import ExportedImage


class SegNrrdFormat:
    """Writes ``segmentation.seg.nrrd``."""

    name = "seg.nrrd"
    label = "Segmentation (.seg.nrrd)"
    is_default = True

    def write(self, folder: Path, sample: ExportedImage) -> None:
        """Write the segments."""
        write_segmentation(
            folder / "segmentation.seg.nrrd",
            sample.segments,
            sample.spacing.mm,
            origin_px=sample.origin_px,
            synthetic=sample.synthetic,
            share_layers=sample.kind == "film",
        )
