"""YOLO segmentation: one text line an instance, coordinates as shares of the image's width and height.

Format: https://docs.ultralytics.com/datasets/segment/. Layout: ``images/<split>/``, ``labels/<split>/``,
``data.yaml``. An instance is a segment: its parts are joined by bridges without width, as Ultralytics' own
conversion from COCO does it, and specks are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np

from ..collection import SPLITS, BlockWriter, CollectionSettings, Entry
from ..encoding.instances import drop_specks, trace_instance
from ..encoding.png import ImageBits, write_png
from ..sample import Sample
from ..segments import SEGMENT_KEYS


class YoloFormat:
    """Writes YOLO segmentation.

    Parameters
    ----------
    settings
        Its `image_bits` count.
    """

    name = "yolo"
    label = "YOLO segmentation"

    def __init__(self, settings: CollectionSettings) -> None:
        self._bits = settings.image_bits

    def block(self, root: Path, split: str, number: int) -> AbstractContextManager[BlockWriter]:
        """Return the writer of a block."""
        return nullcontext(_YoloBlock(root, split, self._bits))

    def files(self, split: str, name: str) -> Mapping[str, str]:
        """Return where the files of a sample lie."""
        return {"image": f"images/{split}/{name}.png", "outlines": f"labels/{split}/{name}.txt"}

    def finish(self, root: Path, entries: Iterable[Entry]) -> None:
        """Write ``data.yaml``."""
        used = {entry.split for entry in entries}
        lines = ["# SYNTHETIC radiographs of finger joints by LayerSeparation; for research only"]
        for split in SPLITS:
            there = split in used
            lines.append(f"{split}: images/{split}" if there else f"# {split}: there are no samples of it")
        lines += ["names:", *(f"  {number}: {name}" for number, name in enumerate(SEGMENT_KEYS))]
        root.mkdir(parents=True, exist_ok=True)
        (root / "data.yaml").write_bytes(("\n".join(lines) + "\n").encode())


class _YoloBlock:
    def __init__(self, root: Path, split: str, bits: ImageBits) -> None:
        self._images, self._labels, self._bits = root / "images" / split, root / "labels" / split, bits

    def add(self, _number: int, name: str, sample: Sample) -> None:
        for folder in (self._images, self._labels):
            folder.mkdir(parents=True, exist_ok=True)
        (self._labels / f"{name}.txt").write_bytes(_lines(sample).encode())
        write_png(
            self._images / f"{name}.png",
            sample.image,
            synthetic=sample.synthetic,
            text={"LayerSeparation.record": sample.record_line},
            bits=self._bits,
        )


def _lines(sample: Sample) -> str:
    size = np.array(sample.image.shape[::-1], dtype=np.float64)
    lines = []
    for segment in sample.segments:
        outline = trace_instance(drop_specks(segment.mask))
        if outline is not None:
            numbers = " ".join(f"{value:.6g}" for value in (outline / size).ravel())
            lines.append(f"{SEGMENT_KEYS.index(segment.key)} {numbers}\n")
    return "".join(lines)
