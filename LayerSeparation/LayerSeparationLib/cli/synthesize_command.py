"""``layer-separation synthesize``: joints with edited gaps, and their ground truth."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from ..export import output_folder
from ..synthesis import GapEdit
from .joint_files import jsw_fields, write_synthetic
from .joint_jobs import Report, joint_jobs


def run(options: argparse.Namespace) -> int:
    """Write ``<output>/<stem>/<joint>/gap_<mm>/`` for every joint and gap."""
    report = Report()
    edits = dict(_edits(options))
    for job in joint_jobs(options, report):
        for name, edit in edits.items():
            target = options.output / job.folder / name
            with report.failures_of(job.path), output_folder(target, overwrite=options.overwrite) as folder:
                joint = job.layers.synthesize(edit)
                write_synthetic(folder, joint)
                report.results.append(
                    {
                        "file": str(job.path),
                        "joint": job.layers.pose.name,
                        "folder": str(target),
                        "jsw_before": jsw_fields(joint.jsw_before),
                        "jsw_after": jsw_fields(joint.jsw_after),
                    }
                )
    return report.close(options.json)


def _edits(options: argparse.Namespace) -> Iterator[tuple[str, GapEdit]]:
    """Folder name and edit of every gap: ``gap_0.80`` for a width, ``gap_+0.30`` for a change; px say so."""
    unit = options.unit
    suffix = "" if unit == "mm" else "px"
    rest: dict[str, Any] = {"tilt_deg": options.tilt, "moves": options.moves, f"shift_{unit}": options.shift}
    for width in options.gap or []:
        yield f"gap_{_decimal(width)}{suffix}", GapEdit(**rest, **{f"target_jsw_{unit}": width})
    for change in options.change or []:
        sign = "+" if change >= 0 else "-"
        yield f"gap_{sign}{_decimal(abs(change))}{suffix}", GapEdit(**rest, **{f"change_{unit}": change})


def _decimal(value: float) -> str:
    """Two decimals, more where the value has more: different gaps get different folders."""
    short = f"{value:.2f}"
    return short if float(short) == value else repr(value)
