"""WebDataset: tar shards that are read in sequence, for training at scale.

Format: https://github.com/webdataset/webdataset. A sample is ``<name>.png`` (16-bit image),
``<name>.<segment>.png`` (8-bit masks) and ``<name>.json`` (its record). Shards are ``<split>-<number>.tar``;
they hold no time and no user.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ...files import json_line, write_json
from ..collection import BlockWriter, Entry
from ..encoding.png import encode_mask_png, encode_png
from ..sample import Sample


class WebDatasetFormat:
    """Writes WebDataset shards, one a block."""

    name = "webdataset"
    label = "WebDataset (tar shards)"

    @contextmanager
    def block(self, root: Path, split: str, number: int) -> Iterator[BlockWriter]:
        """Give the writer of a shard."""
        root.mkdir(parents=True, exist_ok=True)
        shard = f"{split}-{number:06d}.tar"
        with tarfile.open(root / shard, "w", format=tarfile.USTAR_FORMAT) as tar:
            yield _Shard(tar, shard)

    def finish(self, root: Path, entries: Iterable[Entry]) -> None:
        """Write ``shards.json``: the shards and how many samples each holds."""
        counts: dict[str, int] = {}
        for entry in entries:
            counts[entry.data] = counts.get(entry.data, 0) + 1
        root.mkdir(parents=True, exist_ok=True)
        write_json(root / "shards.json", {"synthetic": True, "samples": counts})


class _Shard:
    def __init__(self, tar: tarfile.TarFile, name: str) -> None:
        self._tar, self._name = tar, name

    def add(self, _number: int, name: str, sample: Sample) -> Any:
        synthetic = sample.synthetic
        self._put(f"{name}.png", encode_png(sample.image, synthetic=synthetic))
        for segment in sample.segments:
            self._put(f"{name}.{segment.key}.png", encode_mask_png(segment.mask, synthetic=synthetic))
        self._put(f"{name}.json", json_line(sample.record).encode())
        return self._name

    def _put(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o644
        self._tar.addfile(member, io.BytesIO(data))
