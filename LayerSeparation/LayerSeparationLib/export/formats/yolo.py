"""YOLO segmentation: one text line an outline, coordinates as shares of the image's width and height.

Format: https://docs.ultralytics.com/datasets/segment/. Layout: ``images/<split>/``, ``labels/<split>/``,
``data.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np

from ..collection import SPLITS, BlockWriter, Entry
from ..encoding.outline import trace_outlines
from ..encoding.png import write_png
from ..sample import Sample
from ..segments import SEGMENT_KEYS

_FEWEST_CORNERS = 3


class YoloFormat:
    """Writes YOLO segmentation."""

    name = "yolo"
    label = "YOLO segmentation"

    def block(self, root: Path, split: str, number: int) -> AbstractContextManager[BlockWriter]:
        """Return the writer of a block."""
        return nullcontext(_YoloBlock(root, split))

    def finish(self, root: Path, entries: Iterable[Entry]) -> None:
        """Write ``data.yaml``."""
        used = {entry.split for entry in entries}
        lines = ["# SYNTHETIC radiographs of finger joints by LayerSeparation; for research only"]
        lines += [f"{split}: images/{split}" for split in SPLITS if split in used]
        lines += ["names:", *(f"  {number}: {name}" for number, name in enumerate(SEGMENT_KEYS))]
        root.mkdir(parents=True, exist_ok=True)
        (root / "data.yaml").write_bytes(("\n".join(lines) + "\n").encode())


class _YoloBlock:
    def __init__(self, root: Path, split: str) -> None:
        self._images, self._labels = root / "images" / split, root / "labels" / split

    def add(self, _number: int, name: str, sample: Sample) -> None:
        for folder in (self._images, self._labels):
            folder.mkdir(parents=True, exist_ok=True)
        (self._labels / f"{name}.txt").write_bytes(_lines(sample).encode())
        write_png(
            self._images / f"{name}.png",
            sample.image,
            synthetic=sample.synthetic,
            text={"LayerSeparation.record": sample.record_line},
        )


def _lines(sample: Sample) -> str:
    size = np.array(sample.image.shape[::-1], dtype=np.float64)
    lines = []
    for segment in sample.segments:
        for outline in trace_outlines(segment.mask):
            if len(outline) >= _FEWEST_CORNERS:
                numbers = " ".join(f"{value:.6g}" for value in (outline / size).ravel())
                lines.append(f"{SEGMENT_KEYS.index(segment.key)} {numbers}\n")
    return "".join(lines)
