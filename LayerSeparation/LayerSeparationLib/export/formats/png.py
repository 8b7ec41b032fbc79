"""16-bit grey PNG: the joint, and the whole film where that is larger."""

from __future__ import annotations

from pathlib import Path

from ..encoding.png import write_png
from ..sample import ExportedImage


class PngFormat:
    """Writes ``image.png``, and ``film.png`` where the sample holds the film."""

    name = "png"
    label = "PNG, 16 bit"
    is_default = True

    def write(self, folder: Path, sample: ExportedImage) -> None:
        """Write the images."""
        write_png(folder / "image.png", sample.image, synthetic=sample.synthetic)
        if sample.film is not None:
            write_png(folder / "film.png", sample.film, synthetic=sample.synthetic)
