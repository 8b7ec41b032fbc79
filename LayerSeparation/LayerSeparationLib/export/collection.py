"""Formats that hold many samples in one structure: what a writer of such a format has to offer.

Samples come in blocks that may be written by different processes, in any order, and again after a crash; so
a writer keeps nothing between samples. What the whole needs to know of a sample (an annotation, a list entry)
is returned by `add`, kept by whoever runs the work, and handed to `finish` in the order of samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from .encoding.png import ImageBits
from .sample import Sample

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class CollectionSettings:
    """What all formats of a data set share.

    Examples
    --------
    >>> CollectionSettings().image_bits
    8
    """

    image_bits: ImageBits = 8
    """Of the grey images of formats that are read by Pillow (COCO, YOLO, WebDataset), which turns 16 bits
    white on the way to RGB. The other formats have 16 bits or floats whatever this says."""
    licence: str = ""
    """Text; empty where none is stated."""

    @property
    def licence_text(self) -> str:
        """What is said of the licence."""
        return self.licence or "not stated: the terms of the source films hold"


@dataclass(frozen=True)
class Entry:
    """A sample of a finished collection.

    Examples
    --------
    >>> Entry(number=0, name="film_MCP2_000000", split="train", data=None).split
    'train'
    """

    number: int
    """Position in the whole data set, from 0."""
    name: str
    """Letters, digits, ``_`` and ``-``; unlike that of any other sample."""
    split: str
    """One of `SPLITS`."""
    data: Any
    """What `BlockWriter.add` returned: JSON's own types."""
    labels: Mapping[str, Any] = field(default_factory=dict)
    """Its row of the data set's table of labels."""


class BlockWriter(Protocol):
    """Takes the samples of one block."""

    def add(self, number: int, name: str, sample: Sample) -> Any:
        """Write the files of a sample; return what `CollectionFormat.finish` needs of it, in JSON's types."""
        ...


class CollectionFormat(Protocol):
    """A format of data sets.

    Examples
    --------
    >>> from LayerSeparationLib.export import collection_formats
    >>> {one.name: one.label for one in collection_formats()}["coco"]
    'COCO (instances, RLE)'
    """

    name: str
    """What scripts call it; also its folder in a data set."""
    label: str
    """What people read, in English; see `scene.export_edit` for other languages."""

    def block(self, root: Path, split: str, number: int) -> AbstractContextManager[BlockWriter]:
        """Return the context in which the writer of a block of one split takes samples.

        `root` is the folder of the format; what is written below it is complete when the context ends.
        """
        ...

    def files(self, split: str, name: str) -> Mapping[str, str]:
        """Return where the files of a sample lie: what it is -> path below `root`, with forward slashes.

        'image' is the radiograph, 'label' one image of all segments, a segment's key its mask. Empty where
        samples lie in archives.
        """
        ...

    def finish(self, root: Path, entries: Iterable[Entry]) -> None:
        """Write what belongs to the whole; `entries` may be iterated once, and may be many."""
        ...
