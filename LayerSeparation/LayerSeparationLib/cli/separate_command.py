"""``layer-separation separate``: the layers of joints."""

from __future__ import annotations

import argparse

from ..export import write_layers
from ..files import output_folder
from .joint_jobs import Report, joint_jobs


def run(options: argparse.Namespace) -> int:
    """Write ``<output>/<stem>/<joint>/`` for every joint of every input."""
    report = Report()
    for job in joint_jobs(options, report):
        target = options.output / job.folder
        with (
            report.failures_of(job.path, job.label),
            output_folder(target, overwrite=options.overwrite, beside="gap_*") as folder,
        ):
            write_layers(folder, job.layers)
            report.results.append({"file": str(job.path), "joint": job.label, "folder": str(target)})
    return report.close(options.json)
