"""``layer-separation synthesize``: joints with edited gaps, and their ground truth."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from ..export import chosen_formats, gap_folder, jsw_fields, write_synthetic
from ..files import output_folder
from ..synthesis import GapEdit
from .joint_jobs import Report, joint_jobs


def run(options: argparse.Namespace) -> int:
    """Write ``<output>/<stem>/<joint>/gap_<mm>/`` for every joint and gap."""
    report = Report()
    edits = list(_edits(options))
    chosen_formats(options.format)
    for job in joint_jobs(options, report):
        for edit in edits:
            name = gap_folder(edit)
            target = options.output / job.folder / name
            part = f"{job.label}, {name}"
            finished = output_folder(target, overwrite=options.overwrite)
            with report.failures_of(job.path, part), finished as folder:
                joint = job.layers.synthesize(edit)
                write_synthetic(folder, joint, formats=options.format)
                report.results.append(
                    {
                        "file": str(job.path),
                        "joint": job.label,
                        "folder": str(target),
                        "jsw_before": jsw_fields(joint.jsw_before),
                        "jsw_after": jsw_fields(joint.jsw_after),
                    }
                )
    return report.close(options.json)


def _edits(options: argparse.Namespace) -> Iterator[GapEdit]:
    unit = options.unit
    rest: dict[str, Any] = {"tilt_deg": options.tilt, "moves": options.moves, f"shift_{unit}": options.shift}
    for width in options.gap or []:
        yield GapEdit(**rest, **{f"target_jsw_{unit}": width})
    for change in options.change or []:
        yield GapEdit(**rest, **{f"change_{unit}": change})
