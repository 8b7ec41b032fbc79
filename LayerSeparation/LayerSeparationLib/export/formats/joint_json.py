"""The record of a joint or of a whole film as a file of its own."""

from __future__ import annotations

from pathlib import Path

from ...files import write_json
from ..sample import ExportedImage


class JointJsonFormat:
    """Writes ``joint.json``, see `record`; of a whole film ``film.json``, see `film_record`."""

    name = "json"
    label = "JSON record"
    is_default = True

    def write(self, folder: Path, sample: ExportedImage) -> None:
        """Write the record, unchecked; see `record` for where it is checked."""
        write_json(folder / f"{sample.kind}.json", sample.record)
