"""The joint record as a file of its own."""

from __future__ import annotations

from pathlib import Path

from ...files import write_json
from ..sample import Sample


class JointJsonFormat:
    """Writes ``joint.json``; see `record`."""

    name = "json"
    label = "JSON record"
    is_default = True

    def write(self, folder: Path, sample: Sample) -> None:
        """Write the record, unchecked; see `record` for where it is checked."""
        write_json(folder / "joint.json", sample.record)
