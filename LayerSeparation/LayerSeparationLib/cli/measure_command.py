"""``layer-separation measure``: joint space widths of radiographs as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from ..figures import draw_hand
from ..files import output_file, refuse_existing_file, write_table
from ..measurement import JointSpaceWidth, MeasuredJoint
from .figure_files import name_figures
from .film_inputs import find_inputs, separate_inputs
from .option_types import parse_figure_path
from .options import Command, option
from .run_report import Failure, RunReport, say_done
from .shared_options import FilmOptions, OverwriteOptions, SummaryOptions

_COLUMNS = (
    *("file", "joint", "side", "jsw_mean", "jsw_mean_low", "jsw_mean_high"),
    *("jsw_min", "jsw_min_low", "jsw_min_high", "unit", "spacing_source", "quality", "findings"),
)


@dataclass(frozen=True, kw_only=True)
class Options(FilmOptions, OverwriteOptions, SummaryOptions):
    """What is measured, and where the table goes."""

    csv: Path | None = option(default=None, type=Path, metavar="FILE", help="table to write")
    figure: Path | None = option(
        default=None,
        type=parse_figure_path,
        metavar="FILE|DIR",
        help="draw each film with the JSW of its joints, coloured by the difference from the other hand: a "
        ".png, .pdf or .svg for one input, else a folder for <stem>_jsw.png of each",
    )


def run(options: Options) -> int:
    """Measure every joint of every input; one row each."""
    if options.csv:
        refuse_existing_file(options.csv, overwrite=options.overwrite)
    report = RunReport()
    paths = find_inputs(options.inputs, report)
    figures = name_figures(options.figure, paths, "jsw", overwrite=options.overwrite)
    separated = separate_inputs(options, report, folder_each=False, paths=paths)
    for path, joints in groupby(separated, key=lambda joint: joint.path):
        film = list(joints)
        report.results += map(_row, film)
        if figures:
            with report.failures_of(path), output_file(figures[path], overwrite=options.overwrite) as file:
                draw_hand(file, [(joint.layers.crop, joint.jsw) for joint in film])
    if options.csv and (report.results or report.failures):
        with output_file(options.csv, overwrite=options.overwrite) as path:
            write_table(path, _COLUMNS, [*report.results, *map(_failed_row, report.failures)])
    elif not options.json:
        _print_rows(report.results)
    return report.close(options, options.csv or options.figure)


def _row(joint: MeasuredJoint) -> dict[str, Any]:
    return {
        "file": str(joint.path),
        "joint": joint.name,
        "side": joint.layers.pose.side,
        **_lengths(joint.jsw),
        "unit": joint.jsw.unit,
        "spacing_source": joint.layers.radiograph.spacing.source.value,
        "quality": joint.jsw.quality.value,
        "findings": "; ".join(joint.jsw.findings),
    }


def _lengths(jsw: JointSpaceWidth) -> dict[str, float | None]:
    """Return mean and minimum with the ends of their 90 % intervals."""
    mean_low, mean_high = jsw.interval or (None, None)
    min_low, min_high = jsw.minimum_interval or (None, None)
    return {
        "jsw_mean": jsw.mean,
        "jsw_mean_low": mean_low,
        "jsw_mean_high": mean_high,
        "jsw_min": jsw.minimum,
        "jsw_min_low": min_low,
        "jsw_min_high": min_high,
    }


def _failed_row(failure: Failure) -> dict[str, str]:
    """Return the row of an input or joint that failed: a gap in the table should be seen there."""
    return {"file": failure.file, "joint": failure.part, "quality": "failed", "findings": str(failure.error)}


def _print_rows(rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        parts = [row["file"], row["joint"]]
        if row["jsw_mean"] is not None:
            parts.append(
                "JSW mean {jsw_mean:.2f} ({jsw_mean_low:.2f}-{jsw_mean_high:.2f}) {unit}, "
                "min {jsw_min:.2f} ({jsw_min_low:.2f}-{jsw_min_high:.2f}) {unit}".format(**row)
            )
        told = f"{row['quality']}: {row['findings']}" if row["findings"] else row["quality"]
        say_done("  ".join([*parts, told, f"(pixel spacing: {row['spacing_source']})"]))


COMMAND = Command("measure", "measure joint space widths", Options, run)
