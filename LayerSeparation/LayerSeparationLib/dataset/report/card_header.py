"""The head of a data card, in YAML, by which Hugging Face's hub and its `datasets` know a data set.

Format: https://huggingface.co/docs/hub/datasets-cards and .../datasets-manual-configuration. Each format
whose images have a list beside them is a configuration; shards are one where they are alone, because
`datasets` takes one kind of reader for all configurations.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from ...export import CollectionFormat
from ...export.collection import SPLITS
from ..plan.plan import Plan
from .loader_lists import ANY_SAMPLE, METADATA, images_of_split

_SPLITS = {"train": "train", "val": "validation", "test": "test"}
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST = "n>1M"


def write_card_header(plan: Plan, formats: Sequence[CollectionFormat], splits: Iterable[str]) -> str:
    """Return the head, between its lines of dashes.

    Parameters
    ----------
    plan
        What the data set was made by.
    formats
        That it has.
    splits
        That have samples.
    """
    there = [split for split in SPLITS if split in set(splits)]
    size = next((name for most, name in _SIZES if plan.samples < most), _LARGEST)
    lines = [
        "---",
        "pretty_name: Synthetic radiographs of finger joints",
        "license: other",
        # JSON's strings are YAML's.
        f"license_name: {json.dumps(plan.options.settings.licence_text)}",
        "task_categories: [image-segmentation, image-classification]",
        "tags: [medical, radiography, hand, joint-space-width, synthetic]",
        f"size_categories: [{size}]",
    ]
    pictures = [one for one in formats if one.files("train", ANY_SAMPLE).get("image", "").endswith(".png")]
    shards = [one for one in formats if not one.files("train", ANY_SAMPLE)]
    known = [(one.name, _data_files(one, there)) for one in pictures or shards]
    if known:
        lines.append("configs:")
    for name, files in known:
        lines += [f"- config_name: {json.dumps(name)}", "  data_files:", *files]
    return "\n".join([*lines, "---", ""])


def _data_files(one: CollectionFormat, splits: Sequence[str]) -> list[str]:
    lines: list[str] = []
    for split in splits:
        files = one.files(split, ANY_SAMPLE)
        places = [f"{one.name}/{split}-*.tar"]
        if files:
            pictures = [path for path in files.values() if path.endswith(".png")]
            listed = f"{images_of_split(files['image'], split)}/{METADATA}"
            places = [f"{one.name}/{path.replace(ANY_SAMPLE, '*')}" for path in (*pictures, listed)]
        lines += [f"  - split: {_SPLITS[split]}", "    path:"]
        lines += [f"    - {json.dumps(place)}" for place in places]
    return lines
