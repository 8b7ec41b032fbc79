"""``layer-separation compare``: how the gap of each joint changed from one visit to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ..errors import LayerSeparationError, VisitMismatchError
from ..files import refuse_existing_file
from ..follow_up import (
    JointChange,
    compare_measured,
    make_comparison_record,
    share_grey_scale,
    write_comparison,
)
from ..follow_up.comparison_files import RECORD, REPORT
from ..follow_up.deviations import describe_shared, shared_reasons
from ..follow_up.film_scales import describe_grey_scales
from ..follow_up.magnification import describe_magnifications
from ..follow_up.visit_check import check_visits
from ..measurement import JointSpaceWidth, MeasuredJoint, Quality
from ..measurement.length_text import change_text, interval_text, number_text
from ..radiograph import Radiograph, read_radiograph
from .film_inputs import find_inputs, make_separator, read_film, separate_inputs
from .options import Command, option, switch
from .progress import Progress, explain_waiting, say
from .run_report import RunReport
from .shared_options import FilmOptions, NetworkOptions, OverwriteOptions, PoseOptions, SummaryOptions
from .text_table import NOTHING, format_table
from .usage import UsageError


@dataclass(frozen=True, kw_only=True)
class Options(PoseOptions, NetworkOptions, OverwriteOptions, SummaryOptions):
    """Which visits, and where the results go."""

    baseline: Path = option("baseline", type=Path, metavar="BASELINE", help="earlier radiograph, or a folder")
    follow_up: Path = option("follow_up", type=Path, metavar="FOLLOW-UP", help="later one, or a folder")
    output: Path | None = option(
        default=None, type=Path, metavar="DIR", help="folder for table, JSON, pictures and DICOM report"
    )
    despite_headers: bool = switch(
        "compare films whose headers name other patients or hands, or a follow-up that is the older one"
    )
    keep_patient: bool = switch("name patient and films in the DICOM report (left out otherwise)")


def run(options: Options) -> int:
    """Compare every joint that is on both visits."""
    if options.joint:
        raise UsageError("argument --joint: a joint lies elsewhere on the other film; use --crop or --joints")
    if options.output:
        refuse_existing_file(options.output / RECORD, overwrite=options.overwrite)
    report = RunReport()
    paths = [find_inputs((path,), report) for path in (options.baseline, options.follow_up)]
    _check_headers(options, *paths)
    separator = make_separator(options)
    read = partial(_read_on_common_scale, options, _pair_films(*paths))
    visits = [
        list(
            separate_inputs(
                _of_visit(options, visit),
                report,
                folder_each=False,
                separator=separator,
                paths=films,
                read=read,
            )
        )
        for visit, films in zip((options.baseline, options.follow_up), paths, strict=True)
    ]
    with Progress() as progress:
        changes = _compare(visits[0], visits[1], options.crop, partial(progress, "joints"))
    record = make_comparison_record(changes)
    report.results += record["joints"]
    if options.output and changes:
        written = write_comparison(
            options.output, changes, overwrite=options.overwrite, keep_patient=options.keep_patient
        )
        if REPORT not in written:
            say("No DICOM report: it needs joints on two DICOM films whose pixel spacing is known.")
    if not options.json:
        _print_table(changes)
    return report.close(options)


def _check_headers(options: Options, baseline: Sequence[Path], follow_up: Sequence[Path]) -> None:
    """Refuse visits that don't belong together by their headers, unless the user knows better."""
    visits: list[tuple[Sequence[Path], Sequence[Path]]] = [(baseline, follow_up)]
    if options.crop:
        pairs = _pair_films(baseline, follow_up)
        visits = [((path,), (pairs[path],)) for path in baseline if path in pairs]
    try:
        check_visits(visits)
    except VisitMismatchError as error:
        if not options.despite_headers:
            raise
        say(f"{error} They are compared all the same.")


def _of_visit(options: Options, path: Path) -> FilmOptions:
    return FilmOptions(
        inputs=(path,),
        spacing=options.spacing,
        device=options.device,
        weights=options.weights,
        crop=options.crop,
        joints=options.joints,
        joint_width=options.joint_width,
    )


def _pair_films(baseline: Sequence[Path], follow_up: Sequence[Path]) -> dict[Path, Path]:
    """Return the other visit's film of each film that has one: the only one, or that of the same name."""
    if len(baseline) == len(follow_up) == 1:
        pairs = [(baseline[0], follow_up[0])]
    else:
        later = {path.stem: path for path in follow_up}
        pairs = [(path, later[path.stem]) for path in baseline if path.stem in later]
    return {one: other for pair in pairs for one, other in (pair, pair[::-1])}


def _read_on_common_scale(options: Options, partners: dict[Path, Path], path: Path) -> Radiograph:
    """Read a film, on the grey scale that it has in common with that of the other visit, if it has one.

    That film is read for its scale alone; what is wrong with it is told when its own turn comes.
    """
    film = read_film(path, options.spacing, any_modality=options.crop)
    if path not in partners:
        return film
    try:
        with explain_waiting(f"Reading {partners[path]} for the grey values of both films ..."):
            other = read_radiograph(partners[path], any_modality=options.crop)
    except LayerSeparationError:
        return film
    return share_grey_scale(film, other)[0]


def _compare(
    baseline: Sequence[MeasuredJoint],
    follow_up: Sequence[MeasuredJoint],
    crops: bool,
    progress: Callable[[int, int], None],
) -> list[JointChange]:
    """Compare joints by name and side; crops, which have no names, by the names of their files."""
    if not crops:
        return compare_measured(baseline, follow_up, progress)
    if len(baseline) == len(follow_up) == 1:
        return _name(compare_measured(baseline, follow_up, progress), baseline[0].path.stem)
    stems = list(dict.fromkeys(joint.path.stem for joint in (*baseline, *follow_up)))
    changes: list[JointChange] = []
    for done, stem in enumerate(stems):
        progress(done, len(stems))
        before, after = ([one for one in visit if one.path.stem == stem] for visit in (baseline, follow_up))
        changes += _name(compare_measured(before, after), stem)
    progress(len(stems), len(stems))
    return changes


def _name(changes: Sequence[JointChange], stem: str) -> list[JointChange]:
    return [replace(change, name=stem) for change in changes]


def _print_table(changes: Sequence[JointChange]) -> None:
    shared = shared_reasons(changes)
    widths = [jsw for change in changes for jsw in (change.baseline, change.follow_up) if jsw is not None]
    units = {change.unit for change in changes} | {jsw.unit for jsw in widths}
    unit = f", {units.pop()}" if len(units) == 1 else ""
    titles = ("joint", f"baseline{unit}", f"follow-up{unit}", f"change (90 % interval){unit}", "verdict")
    for line in format_table(titles, [_row(change, shared, with_unit=not unit) for change in changes]):
        print(line)
    notes = [
        *describe_shared(shared, changes),
        describe_grey_scales([one.grey_scale for one in changes]),
        describe_magnifications([one.scale for one in changes if one.scale is not None]),
        *_describe_notes(changes),
    ]
    for note in filter(None, notes):
        print(f"note: {note}")


def _describe_notes(changes: Sequence[JointChange]) -> list[str]:
    """Return what has to be known of joints, each once and with their names unless it holds for all."""
    joints: dict[str, list[str]] = {}
    for change in changes:
        # How large the bones appear is said of all joints together.
        joints.setdefault(change.own_note, []).append(_name_of(change))
    return [
        note if len(names) == len(changes) else f"{', '.join(names)}: {note}"
        for note, names in joints.items()
        if note
    ]


def _name_of(change: JointChange) -> str:
    return f"{change.side or ''} {change.name}".strip()


def _row(change: JointChange, said_once: Sequence[str], *, with_unit: bool) -> tuple[str, ...]:
    before, after = (_describe_width(jsw, with_unit) for jsw in (change.baseline, change.follow_up))
    told = NOTHING
    if change.change is not None and change.interval is not None:
        told = change_text(change.change, change.interval, change.unit)
        told += f" {change.unit}" if with_unit else ""
    verdict = change.verdict.value
    if change.reason and change.reason not in said_once:
        verdict += f": {change.reason}"
    return _name_of(change), before, after, told, verdict


def _describe_width(jsw: JointSpaceWidth | None, with_unit: bool) -> str:
    if jsw is None:
        return NOTHING
    if jsw.mean is None or jsw.interval is None:
        return str(jsw.quality)
    told = f"{number_text(jsw.mean, jsw.unit)} ({interval_text(jsw.interval, jsw.unit)})"
    told += f" {jsw.unit}" if with_unit else ""
    return f"{told} {jsw.quality}" if jsw.quality is Quality.CHECK else told


COMMAND = Command("compare", "measure how joint spaces changed between two visits", Options, run)
