"""``layer-separation measure``: joint space widths of radiographs as they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..files import output_file, refuse_existing_file, write_table
from ..measurement import measure_jsw
from .film_inputs import separate_inputs
from .options import Command, option
from .run_report import Failure, RunReport, say_done
from .shared_options import FilmOptions, OverwriteOptions, SummaryOptions

_COLUMNS = ("file", "joint", "side", "jsw_mean", "jsw_min", "unit", "spacing_source", "status")


@dataclass(frozen=True, kw_only=True)
class Options(FilmOptions, OverwriteOptions, SummaryOptions):
    """What is measured, and where the table goes."""

    csv: Path | None = option(default=None, type=Path, metavar="FILE", help="table to write")


def run(options: Options) -> int:
    """Measure every joint of every input; one row each."""
    if options.csv:
        refuse_existing_file(options.csv, overwrite=options.overwrite)
    report = RunReport()
    for joint in separate_inputs(options, report, folder_each=False):
        with report.failures_of(joint.path, joint.name):
            jsw = measure_jsw(joint.layers)
            report.results.append(
                {
                    "file": str(joint.path),
                    "joint": joint.name,
                    "side": joint.layers.pose.side,
                    "jsw_mean": jsw.mean,
                    "jsw_min": jsw.minimum,
                    "unit": jsw.unit,
                    "spacing_source": joint.layers.radiograph.spacing.source.value,
                    "status": jsw.status,
                }
            )
    if options.csv and (report.results or report.failures):
        with output_file(options.csv, overwrite=options.overwrite) as path:
            write_table(path, _COLUMNS, [*report.results, *map(_failed_row, report.failures)])
    elif not options.json:
        _print_rows(report.results)
    return report.close(options, options.csv)


def _failed_row(failure: Failure) -> dict[str, str]:
    """Return the row of an input or joint that failed: a gap in the table should be seen there."""
    return {"file": failure.file, "joint": failure.part, "status": f"failed: {failure.error}"}


def _print_rows(rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        mean, least, unit = row["jsw_mean"], row["jsw_min"], row["unit"]
        width = f"JSW mean {mean:.2f} {unit}, min {least:.2f} {unit}" if mean is not None else row["status"]
        say_done(f"{row['file']}  {row['joint']}  {width}  (pixel spacing: {row['spacing_source']})")


COMMAND = Command("measure", "measure joint space widths", Options, run)
