"""What belongs to the whole, once all blocks are done: annotation files, labels, figures, card, manifest.

Everything is read from the blocks' records one sample at a time, so that memory does not grow with the data
set.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...errors import DependencyError, LayerSeparationError
from ...export import Entry, choose_collection_formats
from ...files import (
    FileRecord,
    move_into_place,
    output_file,
    read_json_lines,
    record_file,
    sha256_of_file,
    write_json,
    write_table,
)
from ...separation import Separator
from ...synthesis import synthesize
from ..plan.dataset_paths import DatasetPaths
from ..plan.layer_cache import LayerCache
from ..plan.plan import Plan
from ..run.render_sample import LABEL_COLUMNS, render_sample
from .card_header import write_card_header
from .croissant import write_croissant
from .data_card import write_data_card
from .figures import MOST_TILES, Tile, draw_contact_sheet, draw_widths, make_tile
from .loader_lists import choose_columns, write_datalist, write_metadata_lines, write_parquet
from .remeasure import RemeasuredWidths, remeasure_jsw
from .spread_samples import load_samples, spread_numbers
from .summary import DatasetSummary

MOST_REMEASURED = 200
"""Samples that are remeasured, spread evenly over the plan."""


def finish_dataset(
    paths: DatasetPaths,
    plan: Plan,
    cache: LayerCache,
    command: str,
    failed_inputs: Sequence[Mapping[str, str]],
) -> DatasetSummary:
    """Complete a data set whose blocks are all done; doing it again does no harm.

    Parameters
    ----------
    paths
        Of its folder.
    plan
        What it was made by.
    cache
        The layers of its joints.
    command
        For the data card.
    failed_inputs
        For the data card: ``reason`` of each.

    Raises
    ------
    OutputError
        If the folder can't be written.
    """
    staged = paths.work / "finish"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    summary = DatasetSummary.of_plan(plan, command, failed_inputs)
    write_table(staged / "labels.csv", LABEL_COLUMNS, _count_and_label(paths, summary))
    formats = choose_collection_formats(plan.options.formats, plan.options.settings)
    columns = choose_columns(_labels(paths, plan))
    for one in formats:
        folder = staged / one.name
        one.finish(folder, _entries(paths, plan, one.name))
        write_metadata_lines(folder, one, _entries(paths, plan, one.name), columns)
        write_datalist(folder, one, _entries(paths, plan, one.name))
    with suppress(ImportError):
        write_parquet(staged / "labels.parquet", _labels(paths, plan))
    write_croissant(staged / "croissant.json", plan, formats, staged / "labels.csv")
    tiles = examine_samples(plan, cache, summary.remeasured)
    with_figures = False
    with suppress(DependencyError):
        draw_widths(staged / "jsw.png", summary.widths, summary.remeasured, plan.options)
        draw_contact_sheet(staged / "contact_sheet.png", tiles)
        with_figures = True
    head = write_card_header(plan, formats, summary.splits)
    card = write_data_card(summary, with_figures=with_figures)
    (staged / "README.md").write_text(head + card, encoding="utf-8")
    _remove_empty_folders(staged)
    finished = move_into_place(staged, paths.root)
    with output_file(paths.manifest, overwrite=True) as temporary:
        write_table(temporary, ("path", "size", "sha256"), _all_files(paths, plan, finished))
    with output_file(paths.summary, overwrite=True) as temporary:
        write_json(temporary, summary.as_json(sha256_of_file(paths.manifest)))
    shutil.rmtree(paths.work, ignore_errors=True)
    return summary


def examine_samples(plan: Plan, cache: LayerCache, remeasured: RemeasuredWidths) -> list[Tile]:
    """Make samples from all over the plan again: remeasure some, and return some for the contact sheet.

    The weights that come with the program remeasure; what other weights made is counted as such.
    """
    to_remeasure, to_show = spread_numbers(plan, MOST_REMEASURED), spread_numbers(plan, MOST_TILES)
    tiles: list[Tile] = []
    separator = Separator("cpu")
    for planned, cached in load_samples(plan, cache, to_remeasure | to_show):
        # An edit that is too large for the crop makes no sample.
        with suppress(LayerSeparationError):
            if planned.number in to_remeasure:
                joint = synthesize(cached.movable, planned.edit)
                # The weights that found the margins of the labels may not be at hand here.
                if joint.layers.weights_sha256 == separator.weights.sha256:
                    remeasured.add(joint, remeasure_jsw(joint, separator))
                else:
                    remeasured.other_weights += 1
            if planned.number in to_show:
                tiles.append(make_tile(planned, render_sample(planned, cached, plan.options)))
    return tiles


def _lines(paths: DatasetPaths, plan: Plan) -> Iterator[dict[str, Any]]:
    for block in plan.blocks():
        yield from read_json_lines(paths.block_record(block.number))


def _count_and_label(paths: DatasetPaths, summary: DatasetSummary) -> Iterator[dict[str, Any]]:
    for line in _lines(paths, summary.plan):
        if "file" not in line:
            summary.add(line)
            if "labels" in line:
                yield line["labels"]


def _labels(paths: DatasetPaths, plan: Plan) -> Iterator[dict[str, Any]]:
    return (line["labels"] for line in _lines(paths, plan) if "labels" in line)


def _entries(paths: DatasetPaths, plan: Plan, name: str) -> Iterator[Entry]:
    for line in _lines(paths, plan):
        if "data" in line:
            data = line["data"][name]
            yield Entry(line["number"], line["name"], line["split"], data, labels=line["labels"])


def _all_files(
    paths: DatasetPaths, plan: Plan, finished: Iterable[FileRecord]
) -> Iterator[Mapping[str, Any]]:
    for line in _lines(paths, plan):
        if "file" in line:
            yield line["file"]
    yield from finished
    yield record_file(paths.plan, paths.root)


def _remove_empty_folders(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
