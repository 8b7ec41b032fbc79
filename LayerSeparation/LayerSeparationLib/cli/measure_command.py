"""``layer-separation measure``: joint space widths of radiographs as they are."""

from __future__ import annotations

import argparse
from typing import Any

from ..files import output_file, refuse_existing_file, write_table
from ..measurement import measure_jsw
from .joint_jobs import Report, joint_jobs

_COLUMNS = ("file", "joint", "side", "jsw_mean", "jsw_min", "unit", "spacing_source", "status")


def run(options: argparse.Namespace) -> int:
    """Measure every joint of every input; one row each."""
    if options.csv:
        refuse_existing_file(options.csv, overwrite=options.overwrite)
    report = Report()
    for job in joint_jobs(options, report, folder_each=False):
        with report.failures_of(job.path, job.label):
            jsw = measure_jsw(job.layers)
            report.results.append(
                {
                    "file": str(job.path),
                    "joint": job.label,
                    "side": job.layers.pose.side,
                    "jsw_mean": jsw.mean,
                    "jsw_min": jsw.minimum,
                    "unit": jsw.unit,
                    "spacing_source": job.layers.radiograph.spacing.source.value,
                    "status": jsw.status,
                }
            )
    if options.csv and (report.results or report.failed):
        with output_file(options.csv, overwrite=options.overwrite) as path:
            write_table(path, _COLUMNS, [*report.results, *_failed_rows(report)])
    elif not options.json:
        _print(report.results)
    return report.close(options.json)


def _failed_rows(report: Report) -> list[dict[str, Any]]:
    """Return a row for each input or joint that failed: a gap in the table should be seen there."""
    return [
        {"file": failure["file"], "joint": failure["part"], "status": f"failed: {failure['error']}"}
        for failure in report.failed
    ]


def _print(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        mean, least, unit = row["jsw_mean"], row["jsw_min"], row["unit"]
        width = f"JSW mean {mean:.2f} {unit}, min {least:.2f} {unit}" if mean is not None else row["status"]
        print(f"{row['file']}  {row['joint']}  {width}  (pixel spacing: {row['spacing_source']})")
