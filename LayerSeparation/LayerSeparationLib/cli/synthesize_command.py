"""``layer-separation synthesize``: joints with edited gaps, and their ground truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ..export import (
    choose_joint_formats,
    describe_jsw,
    gap_folder,
    joint_formats,
    write_synthetic,
    write_synthetic_film,
)
from ..export.film_folders import WHOLE_FILM
from ..files import output_folder
from ..measurement import MeasuredJoint
from ..radiograph import LengthUnit
from ..synthesis import GapEdit, MovableFilm, MovableJoint, synthesize, synthesize_film
from ..synthesis.gap_edit import MOVING_BONES, UNITS, MovingBone
from .film_inputs import result_folder, separate_inputs
from .option_types import names_parser, parse_number, parse_width
from .options import Command, Exclusive, option, switch
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
    whole_film: bool = switch("write each film with the edits of all its joints, too")


def run(options: Options) -> int:
    """Write ``<output>/<film>/<joint>/gap_<length>/`` for every joint and gap, and the films, if asked to."""
    report = RunReport()
    with wrong_usage():
        edits = list(_edits(options))
    joints = separate_inputs(options, report)
    for _path, of_film in groupby(joints, key=lambda joint: joint.path):
        together = []
        for joint in of_film:
            movable = MovableJoint(joint.layers)
            made = [edit for edit in edits if _write_joint(options, report, joint, movable, edit)]
            if options.whole_film:
                together.append((joint, movable, made))
        if together:
            _write_films(options, report, edits, together)
    return report.close(options, options.output, "synthetic image")


def _write_joint(
    options: Options, report: RunReport, joint: MeasuredJoint, movable: MovableJoint, edit: GapEdit
) -> bool:
    """Write one edit of a joint, and return whether it could be carried out."""
    name = gap_folder(edit)
    target = options.output / result_folder(joint, report) / name
    finished = output_folder(target, overwrite=options.overwrite)
    with report.failures_of(joint.path, f"{joint.name}, {name}"), finished as folder:
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
        return True
    return False


def _write_films(
    options: Options,
    report: RunReport,
    edits: Sequence[GapEdit],
    joints: Sequence[tuple[MeasuredJoint, MovableJoint, Sequence[GapEdit]]],
) -> None:
    """Write a film for each edit, of all joints that could have it; the others stay as they are."""
    first, _movable, _made = joints[0]
    film = MovableFilm([movable for _joint, movable, _made in joints])
    for edit in edits:
        asked = [edit if edit in made else edit.without_motion() for _joint, _movable, made in joints]
        if not any(edit in made for _joint, _movable, made in joints):
            continue
        name = gap_folder(edit)
        target = options.output / result_folder(first, report).parent / WHOLE_FILM / name
        finished = output_folder(target, overwrite=options.overwrite)
        with report.failures_of(first.path, f"whole film, {name}"), finished as folder:
            made_film = synthesize_film(film, asked)
            made_film = made_film.with_findings([joint.film_findings for joint, _movable, _made in joints])
            write_synthetic_film(folder, made_film, options.format)
            report.results.append({"file": str(first.path), "film": WHOLE_FILM, "folder": str(target)})


def _edits(options: Options) -> Iterator[GapEdit]:
    edit = GapEdit(shift=options.shift, tilt_deg=options.tilt, moves=options.moves, unit=options.unit)
    yield from map(edit.with_target, options.gap)
    yield from map(edit.with_change, options.change)


COMMAND = Command("synthesize", "write radiographs with edited gaps and their ground truth", Options, run)
