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
from ..measurement.length_text import interval_text, number_text, table_number
from ..measurement.shared_findings import shared_findings
from .figure_files import name_figures
from .film_inputs import find_inputs, separate_inputs
from .option_types import parse_figure_path
from .options import Command, option
from .run_report import Failure, RunReport, say_done
from .shared_options import FilmOptions, OverwriteOptions, SummaryOptions
from .text_table import NOTHING, format_table

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
    lines: list[str] = []
    separated = separate_inputs(options, report, folder_each=False, paths=paths)
    for path, joints in groupby(separated, key=lambda joint: joint.path):
        film = list(joints)
        report.results += map(_row, film)
        lines += _describe_film(film)
        if figures:
            with report.failures_of(path), output_file(figures[path], overwrite=options.overwrite) as file:
                draw_hand(file, [(joint.layers.crop, joint.jsw) for joint in film])
    if options.csv and (report.results or report.failures):
        with output_file(options.csv, overwrite=options.overwrite) as path:
            write_table(path, _COLUMNS, [*report.results, *map(_failed_row, report.failures)])
    elif not options.json:
        for line in lines:
            say_done(line)
    return report.close(options, options.csv or options.figure)


def _row(joint: MeasuredJoint) -> dict[str, Any]:
    return {
        "file": str(joint.path),
        "joint": joint.name,
        "side": joint.layers.pose.side,
        **{name: table_number(length, joint.jsw.unit) for name, length in _lengths(joint.jsw).items()},
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


def _describe_film(joints: Sequence[MeasuredJoint]) -> list[str]:
    """Return the joints of one film as the lines of a table, below its name."""
    unit, spacing = joints[0].jsw.unit, joints[0].layers.radiograph.spacing
    shared = shared_findings([joint.jsw.findings for joint in joints])
    titles = ("joint", f"JSW mean (90 % interval), {unit}", f"minimum, {unit}", "quality")
    return [
        f"{joints[0].path} (pixel spacing: {spacing.source.value})",
        *format_table(titles, [_cells(joint, shared) for joint in joints]),
        *(f"most joints: {finding}" for finding in shared),
    ]


def _cells(joint: MeasuredJoint, said_once: Sequence[str]) -> tuple[str, ...]:
    jsw = joint.jsw
    widths = [
        f"{number_text(length, jsw.unit)} ({interval_text(interval, jsw.unit)})"
        if length is not None and interval is not None
        else NOTHING
        for length, interval in ((jsw.mean, jsw.interval), (jsw.minimum, jsw.minimum_interval))
    ]
    findings = "; ".join(one for one in jsw.findings if one not in said_once)
    return joint.name, *widths, f"{jsw.quality}: {findings}" if findings else str(jsw.quality)


COMMAND = Command("measure", "measure joint space widths", Options, run)
