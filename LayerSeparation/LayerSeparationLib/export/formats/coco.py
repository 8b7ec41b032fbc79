"""COCO instance segmentation: one annotation a bone, the joint space and the soft tissue, as run lengths.

Format: https://cocodataset.org/#format-data. Layout: ``images/<split>/`` and
``annotations/instances_<split>.json``. Parts of a segment that are but specks belong to no instance. What is
known of the joint (JSW with its interval and quality) is in each annotation's ``attributes``, where CVAT and
FiftyOne look for such things.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from ...files import json_line
from ...measurement.length_text import table_number
from ...version import PROJECT_ADDRESS, __version__
from ..collection import BlockWriter, CollectionSettings, Entry
from ..encoding.instances import drop_specks
from ..encoding.png import ImageBits, write_png
from ..encoding.run_length import compress_runs
from ..sample import Sample
from ..segments import JOINT_SPACE, LOWER_BONE, SEGMENT_KEYS, SOFT_TISSUE, UPPER_BONE

_SUPERCATEGORIES = {
    UPPER_BONE.key: "bone",
    LOWER_BONE.key: "bone",
    JOINT_SPACE.key: "joint",
    SOFT_TISSUE.key: "soft tissue",
}


class CocoFormat:
    """Writes COCO.

    Parameters
    ----------
    settings
        Of the data set.
    """

    name = "coco"
    label = "COCO (instances, RLE)"

    def __init__(self, settings: CollectionSettings) -> None:
        self._settings = settings

    def block(self, root: Path, split: str, number: int) -> AbstractContextManager[BlockWriter]:
        """Return the writer of a block."""
        return nullcontext(_CocoBlock(root / "images" / split, self._settings.image_bits))

    def files(self, split: str, name: str) -> Mapping[str, str]:
        """Return where the files of a sample lie."""
        return {"image": f"images/{split}/{name}.png"}

    def finish(self, root: Path, entries: Iterable[Entry]) -> None:
        """Write the annotation files, entry by entry: a data set of any length fits."""
        folder = root / "annotations"
        folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as opened:
            files: dict[str, _AnnotationFile] = {}
            for entry in entries:
                if entry.split not in files:
                    path = folder / f"instances_{entry.split}.json"
                    files[entry.split] = opened.enter_context(
                        _AnnotationFile(path, self._settings.licence_text)
                    )
                files[entry.split].add(entry)


class _CocoBlock:
    def __init__(self, images: Path, bits: ImageBits) -> None:
        self._images, self._bits = images, bits

    def add(self, _number: int, name: str, sample: Sample) -> Any:
        self._images.mkdir(parents=True, exist_ok=True)
        path = self._images / f"{name}.png"
        write_png(path, sample.image, synthetic=sample.synthetic, bits=self._bits)
        rows, columns = sample.image.shape
        return {
            "size": [rows, columns],
            "record": dict(sample.record),
            "segments": [
                _describe_segment(segment.key, drop_specks(segment.mask)) for segment in sample.segments
            ],
        }


def _describe_segment(key: str, mask: NDArray[np.bool_]) -> dict[str, Any]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    box = [0, 0, 0, 0]
    if rows.size:
        box = [columns[0], rows[0], columns[-1] - columns[0] + 1, rows[-1] - rows[0] + 1]
    return {
        "category_id": SEGMENT_KEYS.index(key) + 1,
        "bbox": [int(value) for value in box],
        "area": int(np.count_nonzero(mask)),
        "counts": compress_runs(mask),
    }


def _describe_joint(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of the joint of an image; lengths have their unit in their name."""
    jsw = record["jsw_after"]
    unit = jsw["unit"]
    return {
        "joint": record["joint"],
        "side": record["side"],
        f"jsw_{unit}": table_number(jsw["mean"], unit),
        f"jsw_interval_{unit}": jsw["interval"] and [table_number(end, unit) for end in jsw["interval"]],
        "quality": jsw["quality"],
        "synthetic": record["synthetic"],
    }


class _AnnotationFile:
    """An annotation file that grows by the sample: images first, annotations from a side file at the end."""

    def __init__(self, path: Path, licence: str) -> None:
        self._path, self._side = path, path.with_suffix(".annotations")
        self._licence = licence
        self._has_image = self._has_annotation = False

    def __enter__(self) -> _AnnotationFile:
        self._images: IO[str] = self._path.open("w", encoding="utf-8", newline="\n")
        self._annotations: IO[str] = self._side.open("w", encoding="utf-8", newline="\n")
        description = {
            "description": "SYNTHETIC radiographs of finger joints by LayerSeparation; for research only",
            "url": PROJECT_ADDRESS,
            "version": __version__,
            "contributor": f"LayerSeparation {__version__}",
        }
        licences = [{"id": 1, "name": self._licence, "url": ""}]
        categories = [
            {"id": number, "name": name, "supercategory": _SUPERCATEGORIES[name]}
            for number, name in enumerate(SEGMENT_KEYS, 1)
        ]
        head = f'{{"info":{json_line(description)},"licenses":{json_line(licences)},'
        self._images.write(f'{head}"categories":{json_line(categories)},"images":[')
        return self

    def add(self, entry: Entry) -> None:
        rows, columns = entry.data["size"]
        image = {
            "id": entry.number + 1,
            "file_name": f"{entry.split}/{entry.name}.png",
            "height": rows,
            "width": columns,
            "license": 1,
            "synthetic": entry.data["record"]["synthetic"],
            "record": entry.data["record"],
        }
        self._images.write((",\n" if self._has_image else "\n") + json_line(image))
        self._has_image = True
        attributes = _describe_joint(entry.data["record"])
        for one in entry.data["segments"]:
            if not one["area"]:
                continue
            annotation = {
                "id": (entry.number * len(SEGMENT_KEYS)) + one["category_id"],
                "image_id": entry.number + 1,
                "category_id": one["category_id"],
                "bbox": one["bbox"],
                "area": one["area"],
                "iscrowd": 0,
                "segmentation": {"size": [rows, columns], "counts": one["counts"]},
                "attributes": attributes,
            }
            self._annotations.write((",\n" if self._has_annotation else "\n") + json_line(annotation))
            self._has_annotation = True

    def __exit__(self, *_error: object) -> None:
        self._annotations.close()
        self._images.write('],"annotations":[')
        with self._side.open(encoding="utf-8", newline="\n") as annotations:
            for line in annotations:
                self._images.write(line)
        self._images.write("]}\n")
        self._images.close()
        self._side.unlink()
