"""What belongs to the whole, once all blocks are done: annotation files, labels, figures, card, manifest.

Everything is read from the blocks' records one sample at a time, so that memory does not grow with the data
set.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...errors import DependencyError
from ...export import Entry, choose_collection_formats
from ...files import output_file, sha256_of_file, write_json, write_table
from ...version import __version__
from ..plan.dataset_paths import DatasetPaths, put_in_place, read_lines
from ..plan.layer_cache import LayerCache
from ..plan.plan import Plan
from ..run.render_sample import LABEL_COLUMNS
from .data_card import data_card
from .figures import Widths, draw_contact_sheet, draw_widths
from .remeasure import Remeasured, remeasured


@dataclass
class Tally:
    """What was made."""

    samples: int = 0
    failed: int = 0
    first_failures: list[dict[str, Any]] = field(default_factory=list)
    splits: dict[str, int] = field(default_factory=dict)
    scores: dict[str, int] = field(default_factory=dict)
    widths: Widths = field(default_factory=Widths)
    anew: Remeasured = field(default_factory=Remeasured)

    def add(self, line: dict[str, Any]) -> None:
        """Count a sample."""
        if "failed" in line:
            self.failed += 1
            if len(self.first_failures) < _SHOWN_FAILURES:
                self.first_failures.append({"name": line["name"], "error": line["failed"]})
            return
        labels = line["labels"]
        self.samples += 1
        self.splits[line["split"]] = self.splits.get(line["split"], 0) + 1
        score = labels["svdh_like"]
        key = "unknown" if score is None else str(score)
        self.scores[key] = self.scores.get(key, 0) + 1
        self.widths.add(labels["asked_jsw"], labels["jsw"], labels["jsw_change"])


_SHOWN_FAILURES = 20


def finish(
    places: DatasetPaths, plan: Plan, cache: LayerCache, command: str, failed_inputs: Sequence[dict[str, str]]
) -> Tally:
    """Complete a data set whose blocks are all done; doing it again does no harm."""
    staged = places.work / "finish"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    unit = plan.options.unit
    tally = Tally(widths=Widths.in_unit(unit))
    write_table(staged / "labels.csv", LABEL_COLUMNS, _labels(places, plan, tally))
    for one in choose_collection_formats(plan.options.formats):
        one.finish(staged / one.name, _entries(places, plan, one.name))
    tally.anew = remeasured(plan, cache)
    drawn = False
    with suppress(DependencyError):
        draw_widths(staged / "jsw.png", tally.widths, tally.anew, plan.options)
        draw_contact_sheet(staged / "contact_sheet.png", plan, cache)
        drawn = True
    (staged / "README.md").write_text(data_card(plan, tally, command, failed_inputs, drawn), encoding="utf-8")
    _drop_empty_folders(staged)
    files = put_in_place(staged, places.root)
    with output_file(places.manifest, overwrite=True) as place:
        write_table(place, ("path", "size", "sha256"), _all_files(places, plan, files))
    with output_file(places.done, overwrite=True) as place:
        write_json(place, _summary(places, plan, tally, command, failed_inputs))
    shutil.rmtree(places.work, ignore_errors=True)
    return tally


def _lines(places: DatasetPaths, plan: Plan) -> Iterator[dict[str, Any]]:
    for block in plan.blocks():
        yield from read_lines(places.record(block.number))


def _labels(places: DatasetPaths, plan: Plan, tally: Tally) -> Iterator[dict[str, Any]]:
    for line in _lines(places, plan):
        if "file" not in line:
            tally.add(line)
            if "labels" in line:
                yield line["labels"]


def _entries(places: DatasetPaths, plan: Plan, name: str) -> Iterator[Entry]:
    for line in _lines(places, plan):
        if "data" in line:
            yield Entry(line["number"], line["name"], line["split"], line["data"][name])


def _all_files(
    places: DatasetPaths, plan: Plan, finished: Iterable[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    for line in _lines(places, plan):
        if "file" in line:
            yield line["file"]
    yield from finished
    plan_file = places.plan
    yield {"path": plan_file.name, "size": plan_file.stat().st_size, "sha256": sha256_of_file(plan_file)}


def _drop_empty_folders(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _summary(
    places: DatasetPaths, plan: Plan, tally: Tally, command: str, failed_inputs: Sequence[dict[str, str]]
) -> dict[str, Any]:
    return {
        "format": plan.as_json()["format"],
        "version": __version__,
        "synthetic": True,
        "plan_sha256": plan.fingerprint,
        "manifest_sha256": sha256_of_file(places.manifest),
        "command": command,
        "samples": tally.samples,
        "failed_samples": tally.failed,
        "first_failed_samples": tally.first_failures,
        "failed_inputs": list(failed_inputs),
        "splits": tally.splits,
        "svdh_like": tally.scores,
        "jsw": {
            **tally.widths.as_json(plan.options.unit),
            "measured_anew": tally.anew.as_json(plan.options.unit),
        },
    }
