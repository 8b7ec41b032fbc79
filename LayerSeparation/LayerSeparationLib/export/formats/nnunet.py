"""nnU-Net v2 raw data set whose regions overlap.

Every combination of segments has a label of its own (the sum of 1, 2, 4, 8); a region lists the labels that
hold its segment. Format: nnU-Net's documentation/dataset_format.md and region_based_training.md. Train and
val go to ``imagesTr``, test to ``imagesTs``; ``splits_final.json`` tells train from val, so that nnU-Net's
own random folds do not mix series (copy it to the preprocessed folder).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import numpy as np

from ...files import write_json
from ..collection import BlockWriter, Entry
from ..encoding.nrrd import write_nrrd
from ..encoding.png import quantize_intensity
from ..sample import Sample
from ..segments import JOINT_SPACE, LOWER_BONE, SEGMENT_KEYS, SOFT_TISSUE, UPPER_BONE

_DATASET = "Dataset501_LayerSeparation"
_VALUE = {key: 1 << number for number, key in enumerate(SEGMENT_KEYS)}
_ALL = range(1, sum(_VALUE.values()) + 1)
# Later regions overwrite earlier ones where nnU-Net turns its predictions into one label map.
_ORDER = tuple(kind.key for kind in (SOFT_TISSUE, UPPER_BONE, LOWER_BONE, JOINT_SPACE))


class NnunetFormat:
    """Writes nnU-Net v2 raw data."""

    name = "nnunet"
    label = "nnU-Net v2"

    def block(self, root: Path, split: str, number: int) -> AbstractContextManager[BlockWriter]:
        """Return the writer of a block."""
        return nullcontext(_NnunetBlock(root / _DATASET, split))

    def files(self, split: str, name: str) -> Mapping[str, str]:
        """Return where the files of a sample lie."""
        part = _part(split)
        return {
            "image": f"{_DATASET}/images{part}/{name}_0000.nrrd",
            "label": f"{_DATASET}/labels{part}/{name}.nrrd",
        }

    def finish(self, root: Path, entries: Iterable[Entry]) -> None:
        """Write ``dataset.json`` and ``splits_final.json``."""
        folder = root / _DATASET
        folder.mkdir(parents=True, exist_ok=True)
        parts: dict[str, list[str]] = {"train": [], "val": []}
        for entry in entries:
            if entry.split in parts:
                parts[entry.split].append(entry.name)
        write_json(folder / "splits_final.json", [parts])
        write_json(
            folder / "dataset.json",
            {
                "name": "LayerSeparation",
                "description": "SYNTHETIC radiographs of finger joints; for research only",
                "channel_names": {"0": "radiograph"},
                "labels": {
                    "background": 0,
                    **{name: [label for label in _ALL if label & _VALUE[name]] for name in _ORDER},
                },
                "regions_class_order": [_VALUE[name] for name in _ORDER],
                "numTraining": len(parts["train"]) + len(parts["val"]),
                "file_ending": ".nrrd",
                "overwrite_image_reader_writer": "SimpleITKIO",
            },
        )


def _part(split: str) -> str:
    return "Ts" if split == "test" else "Tr"


class _NnunetBlock:
    def __init__(self, folder: Path, split: str) -> None:
        part = _part(split)
        self._images, self._labels = folder / f"images{part}", folder / f"labels{part}"

    def add(self, _number: int, name: str, sample: Sample) -> None:
        labels = np.zeros(sample.image.shape, dtype=np.uint8)
        for segment in sample.segments:
            labels += np.uint8(_VALUE[segment.key]) * segment.mask
        record = {"LayerSeparation.record": sample.record_line}
        for folder, file, pixels in (
            (self._labels, f"{name}.nrrd", labels),
            (self._images, f"{name}_0000.nrrd", quantize_intensity(sample.image)),
        ):
            folder.mkdir(parents=True, exist_ok=True)
            write_nrrd(
                folder / file, pixels, sample.spacing.mm, key_values=record, synthetic=sample.synthetic
            )
