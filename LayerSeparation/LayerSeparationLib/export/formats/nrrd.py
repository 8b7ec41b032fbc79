"""NRRD: the joint as 3D Slicer and SimpleITK open it, where it lay on its film."""

from __future__ import annotations

from pathlib import Path

from ..encoding.nrrd import write_nrrd
from ..sample import ExportedImage


class NrrdFormat:
    """Writes ``image.nrrd``, float32."""

    name = "nrrd"
    label = "NRRD"
    is_default = True

    def write(self, folder: Path, sample: ExportedImage) -> None:
        """Write the image."""
        write_nrrd(
            folder / "image.nrrd",
            sample.image,
            sample.spacing.mm,
            origin_px=sample.origin_px,
            synthetic=sample.synthetic,
        )
