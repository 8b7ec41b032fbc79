"""``layer-separation compare``: how the gap of each joint changed from one visit to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..files import refuse_existing_file
from ..follow_up import JointChange, compare_joints, make_comparison_record, write_comparison
from ..follow_up.comparison_files import RECORD, REPORT
from ..separation import SeparatedJoint
from .film_inputs import make_separator, separate_inputs
from .options import Command, option, switch
from .progress import Progress, say
from .run_report import RunReport
from .shared_options import FilmOptions, NetworkOptions, OverwriteOptions, PoseOptions, SummaryOptions
from .usage import UsageError


@dataclass(frozen=True, kw_only=True)
class Options(PoseOptions, NetworkOptions, OverwriteOptions, SummaryOptions):
    """Which visits, and where the results go."""

    baseline: Path = option("baseline", type=Path, metavar="BASELINE", help="earlier radiograph, or a folder")
    follow_up: Path = option("follow_up", type=Path, metavar="FOLLOW-UP", help="later one, or a folder")
    output: Path | None = option(
        default=None, type=Path, metavar="DIR", help="folder for table, JSON, pictures and DICOM report"
    )
    keep_patient: bool = switch("name patient and films in the DICOM report (left out otherwise)")


def run(options: Options) -> int:
    """Compare every joint that is on both visits."""
    if options.joint:
        raise UsageError("argument --joint: a joint lies elsewhere on the other film; use --crop or --joints")
    if options.output:
        refuse_existing_file(options.output / RECORD, overwrite=options.overwrite)
    report = RunReport()
    separator = make_separator(options)
    visits = [
        list(separate_inputs(_of_visit(options, path), report, folder_each=False, separator=separator))
        for path in (options.baseline, options.follow_up)
    ]
    changes: list[JointChange] = []
    with Progress() as progress:
        total = max(map(len, visits))
        for change in _compare(visits[0], visits[1], options.crop):
            changes.append(change)
            progress("joints", min(len(changes), total), total)
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


def _compare(
    baseline: Sequence[SeparatedJoint], follow_up: Sequence[SeparatedJoint], crops: bool
) -> Iterator[JointChange]:
    """Compare joints by name and side; crops, which have no names, by the names of their files."""
    if not crops:
        yield from compare_joints(*([joint.layers for joint in visit] for visit in (baseline, follow_up)))
        return
    if len(baseline) == len(follow_up) == 1:
        yield from _name(compare_joints([baseline[0].layers], [follow_up[0].layers]), baseline[0].path.stem)
        return
    for stem in dict.fromkeys(joint.path.stem for joint in (*baseline, *follow_up)):
        pair = ([j.layers for j in visit if j.path.stem == stem] for visit in (baseline, follow_up))
        yield from _name(compare_joints(*pair), stem)


def _name(changes: Iterator[JointChange], stem: str) -> Iterator[JointChange]:
    return (replace(change, name=stem) for change in changes)


def _print_table(changes: Sequence[JointChange]) -> None:
    rows = [("joint", "baseline", "follow-up", "change", "90 % interval", "verdict")]
    rows += map(_row, changes)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for note in dict.fromkeys(change.note for change in changes if change.note):
        print(f"note: {note}")


def _row(change: JointChange) -> tuple[str, str, str, str, str, str]:
    unit = change.unit
    before, after = (
        "-" if jsw is None else f"{jsw.mean:.2f} {jsw.unit}" if jsw.mean is not None else str(jsw.quality)
        for jsw in (change.baseline, change.follow_up)
    )
    told, interval = "-", "-"
    if change.change is not None and change.interval is not None:
        told = f"{change.change:+.3f} {unit}"
        interval = f"{change.interval[0]:+.3f} to {change.interval[1]:+.3f}"
    verdict = f"{change.verdict.value}: {change.reason}" if change.reason else change.verdict.value
    return f"{change.side or ''} {change.name}".strip(), before, after, told, interval, verdict


COMMAND = Command("compare", "measure how joint spaces changed between two visits", Options, run)
