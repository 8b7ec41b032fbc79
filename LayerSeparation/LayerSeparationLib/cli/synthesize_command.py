"""``layer-separation synthesize``: joints with edited gaps, and their ground truth."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from ..export import chosen_formats, gap_folder, jsw_fields, write_synthetic
from ..files import output_folder
from ..synthesis import GapEdit, MovableJoint, synthesize
from .joint_jobs import Report, joint_jobs


def run(options: argparse.Namespace) -> int:
    """Write ``<output>/<stem>/<joint>/gap_<mm>/`` for every joint and gap."""
    report = Report()
    edits = list(_edits(options))
    chosen_formats(options.format)
    for job in joint_jobs(options, report):
        movable = MovableJoint(job.layers)
        for edit in edits:
            name = gap_folder(edit)
            target = options.output / job.folder / name
            part = f"{job.label}, {name}"
            finished = output_folder(target, overwrite=options.overwrite)
            with report.failures_of(job.path, part), finished as folder:
                edited = synthesize(movable, edit)
                write_synthetic(folder, edited, formats=options.format)
                report.results.append(
                    {
                        "file": str(job.path),
                        "joint": job.label,
                        "folder": str(target),
                        "jsw_before": jsw_fields(edited.jsw_before),
                        "jsw_after": jsw_fields(edited.jsw_after),
                    }
                )
    return report.close(options.json)


def _edits(options: argparse.Namespace) -> Iterator[GapEdit]:
    edit = GapEdit(shift=options.shift, tilt_deg=options.tilt, moves=options.moves, unit=options.unit)
    yield from map(edit.with_target, options.gap or [])
    yield from map(edit.with_change, options.change or [])
