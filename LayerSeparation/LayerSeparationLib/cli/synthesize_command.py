"""``layer-separation synthesize``: joints with edited gaps, and their ground truth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..export import choose_joint_formats, describe_jsw, gap_folder, joint_formats, write_synthetic
from ..files import output_folder
from ..radiograph import LengthUnit
from ..synthesis import GapEdit, MovableJoint, synthesize
from ..synthesis.gap_edit import MOVING_BONES, UNITS, MovingBone
from .film_inputs import result_folder, separate_inputs
from .option_types import names_parser, parse_number, parse_width
from .options import Command, Exclusive, option
from .run_report import RunReport
from .shared_options import FilmOptions, OutputOptions, SummaryOptions
from .usage import wrong_usage

_GAPS = Exclusive(required=True)
_FORMATS = tuple(one.name for one in joint_formats())
_USUAL_FORMATS = tuple(one.name for one in choose_joint_formats())


@dataclass(frozen=True, kw_only=True)
class Options(FilmOptions, OutputOptions, SummaryOptions):
    """Which joints, and what is to become of them."""

    gap: tuple[float, ...] = option(
        default=(),
        exclusive=_GAPS,
        type=parse_width,
        nargs="+",
        metavar="MM",
        help="joint space widths to make",
    )
    change: tuple[float, ...] = option(
        default=(),
        exclusive=_GAPS,
        type=parse_number,
        nargs="+",
        metavar="MM",
        help="changes of the joint space; 0 is none",
    )
    shift: float = option(default=0.0, type=parse_number, metavar="MM", help="motion across the joint")
    tilt: float = option(default=0.0, type=parse_number, metavar="DEG", help="turn about the joint")
    moves: MovingBone = option(default="upper", choices=MOVING_BONES, help="bone that moves")
    unit: LengthUnit = option(
        default="mm",
        choices=UNITS,
        help="unit of --gap, --change, --shift; films without pixel spacing need px",
    )
    format: tuple[str, ...] = option(
        default=_USUAL_FORMATS,
        type=names_parser(_FORMATS),
        metavar="NAME,...",
        help=f"among {','.join(_FORMATS)} ({','.join(_USUAL_FORMATS)})",
    )


def run(options: Options) -> int:
    """Write ``<output>/<film>/<joint>/gap_<length>/`` for every joint and gap."""
    report = RunReport()
    with wrong_usage():
        edits = list(_edits(options))
    for joint in separate_inputs(options, report):
        movable = MovableJoint(joint.layers)
        for edit in edits:
            name = gap_folder(edit)
            target = options.output / result_folder(joint, report) / name
            part = f"{joint.name}, {name}"
            finished = output_folder(target, overwrite=options.overwrite)
            with report.failures_of(joint.path, part), finished as folder:
                edited = synthesize(movable, edit).with_findings(*joint.film_findings)
                write_synthetic(folder, edited, formats=options.format)
                report.results.append(
                    {
                        "file": str(joint.path),
                        "joint": joint.name,
                        "folder": str(target),
                        "jsw_before": describe_jsw(edited.jsw_before),
                        "jsw_after": describe_jsw(edited.jsw_after),
                    }
                )
    return report.close(options, options.output, "synthetic image")


def _edits(options: Options) -> Iterator[GapEdit]:
    edit = GapEdit(shift=options.shift, tilt_deg=options.tilt, moves=options.moves, unit=options.unit)
    yield from map(edit.with_target, options.gap)
    yield from map(edit.with_change, options.change)


COMMAND = Command("synthesize", "write radiographs with edited gaps and their ground truth", Options, run)
