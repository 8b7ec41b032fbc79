"""``layer-separation separate``: the layers of joints."""

from __future__ import annotations

from dataclasses import dataclass

from ..export import write_layers
from ..files import output_folder
from .film_inputs import result_folder, separate_inputs
from .options import Command
from .run_report import RunReport
from .shared_options import FilmOptions, OutputOptions, SummaryOptions


@dataclass(frozen=True, kw_only=True)
class Options(FilmOptions, OutputOptions, SummaryOptions):
    """What is separated, and where the layers go."""


def run(options: Options) -> int:
    """Write ``<output>/<film>/<joint>/`` for every joint of every input."""
    report = RunReport()
    for joint in separate_inputs(options, report):
        target = options.output / result_folder(joint, report)
        with (
            report.failures_of(joint.path, joint.name),
            output_folder(target, overwrite=options.overwrite, beside="gap_*") as folder,
        ):
            write_layers(folder, joint.layers, joint.film_findings)
            report.results.append({"file": str(joint.path), "joint": joint.name, "folder": str(target)})
    return report.close(options, options.output)


COMMAND = Command("separate", "write the layers and silhouettes of joints", Options, run)
