"""``layer-separation measure``: joint space widths of radiographs as they are."""

from __future__ import annotations

import argparse
from typing import Any

from ..export import jsw_fields
from ..files import output_file, refuse_existing_file, write_table
from ..measurement import measure_jsw
from .joint_jobs import Report, joint_jobs

_COLUMNS = (
    "file",
    "joint",
    "jsw_mean_mm",
    "jsw_min_mm",
    "spacing_source",
    "status",
    "jsw_mean_px",
    "jsw_min_px",
    "side",
)


def run(options: argparse.Namespace) -> int:
    """Measure every joint of every input; one row each."""
    if options.csv:
        refuse_existing_file(options.csv, overwrite=options.overwrite)
    report = Report()
    for job in joint_jobs(options, report, folder_each=False):
        with report.failures_of(job.path, job.label):
            jsw = jsw_fields(measure_jsw(job.layers))
            row: dict[str, Any] = {f"jsw_{key}": value for key, value in jsw.items() if key != "status"}
            report.results.append(
                {
                    "file": str(job.path),
                    "joint": job.label,
                    **row,
                    "spacing_source": job.layers.radiograph.spacing.source.value,
                    "status": jsw["status"],
                    "side": job.layers.pose.side,
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
        unit = "px" if row.get("jsw_mean_px") is not None else "mm"
        mean, least = row.get(f"jsw_mean_{unit}"), row.get(f"jsw_min_{unit}")
        width = f"JSW mean {mean:.2f} {unit}, min {least:.2f} {unit}" if mean is not None else row["status"]
        print(f"{row['file']}  {row['joint']}  {width}  (pixel spacing: {row['spacing_source']})")
