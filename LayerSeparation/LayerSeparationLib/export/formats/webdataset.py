"""WebDataset: tar shards that are read in sequence, for training at scale.

Format: https://github.com/webdataset/webdataset. A sample is ``<name>.png`` (grey image),
``<name>.<segment>.png`` (8-bit masks), ``<name>.json`` (its record) and ``<name>.labels.json`` (its row of
the labels' table). Shards are ``<split>-<number>.tar``; they hold no time and no user. ``shards.json`` is the
index: the shards of each split and how many samples each holds, as WebDataset's own indices name them.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...files import json_line, write_json
from ..collection import BlockWriter, CollectionSettings, Entry
from ..encoding.png import ImageBits, encode_mask_png, encode_png
from ..sample import Sample


class WebDatasetFormat:
    """Writes WebDataset shards, one a block.

    Parameters
    ----------
    settings
        Its `image_bits` count.
    """

    name = "webdataset"
    label = "WebDataset (tar shards)"

    def __init__(self, settings: CollectionSettings) -> None:
        self._bits = settings.image_bits

    @contextmanager
    def block(self, root: Path, split: str, number: int) -> Iterator[BlockWriter]:
        """Give the writer of a shard."""
        root.mkdir(parents=True, exist_ok=True)
        shard = f"{split}-{number:06d}.tar"
        with tarfile.open(root / shard, "w", format=tarfile.USTAR_FORMAT) as tar:
            yield _Shard(tar, shard, self._bits)

    def files(self, split: str, name: str) -> Mapping[str, str]:
        """Return nothing: samples lie in shards."""
        return {}

    def finish(self, root: Path, entries: Iterable[Entry]) -> None:
        """Write ``shards.json``."""
        counts: dict[str, dict[str, int]] = {}
        for entry in entries:
            shards = counts.setdefault(entry.split, {})
            shards[entry.data] = shards.get(entry.data, 0) + 1
        splits = {
            split: [{"url": shard, "nsamples": count} for shard, count in shards.items()]
            for split, shards in counts.items()
        }
        root.mkdir(parents=True, exist_ok=True)
        write_json(root / "shards.json", {"synthetic": True, "splits": splits})


class _Shard:
    def __init__(self, tar: tarfile.TarFile, name: str, bits: ImageBits) -> None:
        self._tar, self._name, self._bits = tar, name, bits

    def add(self, _number: int, name: str, sample: Sample) -> Any:
        synthetic = sample.synthetic
        self._put(f"{name}.png", encode_png(sample.image, synthetic=synthetic, bits=self._bits))
        for segment in sample.segments:
            self._put(f"{name}.{segment.key}.png", encode_mask_png(segment.mask, synthetic=synthetic))
        self._put(f"{name}.json", json_line(sample.record).encode())
        self._put(f"{name}.labels.json", json_line(sample.labels).encode())
        return self._name

    def _put(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o644
        self._tar.addfile(member, io.BytesIO(data))
