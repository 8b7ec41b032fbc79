"""Inputs in, separated joints out, in the words of the command line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from ..errors import InputError
from ..joints import JointFinder, JointPose
from ..joints.hand_size import doubt_spacing
from ..measurement import MeasuredJoint, measure_separated
from ..radiograph import Radiograph, find_radiographs, read_radiograph
from ..separation import SeparatedJoint, SeparationFailure, Separator, separate_files
from ..separation.batches import SeparatesMany
from .option_types import Spacing
from .progress import explain_waiting, say, track
from .recorded_joint import recorded_pose, recorded_spacing
from .run_report import RunReport
from .shared_options import FilmOptions, NetworkOptions, PoseOptions


def separate_inputs(
    options: FilmOptions,
    report: RunReport,
    *,
    folder_each: bool = True,
    separator: SeparatesMany | None = None,
    paths: Sequence[Path] | None = None,
    read: Callable[[Path], Radiograph] | None = None,
) -> Iterator[MeasuredJoint]:
    """Read, separate and measure the inputs; what fails goes into the report.

    ``separator`` stands in for the network's own, ``paths`` for the inputs that were found, ``read``
    for how they are read. With ``folder_each`` every input gets a folder named after it, or after its folder
    too where two have one name; see `result_folder`.

    Raises
    ------
    LayerSeparationError
        If nothing can be done at all: no weights, no torch, no such device.
    """
    if paths is None:
        paths = find_inputs(options.inputs, report)
    if folder_each:
        paths = _name_films(paths, report)
    outcomes = separate_files(
        track(paths, "radiographs"),
        separator or make_separator(options),
        names=options.joints,
        locate=make_locator(options, options.device),
        read=read or partial(read_film, spacing_mm=options.spacing, any_modality=options.crop),
    )
    for outcome in measure_separated(outcomes):
        if isinstance(outcome, SeparationFailure):
            report.add_failure(outcome.path, outcome.name, outcome.error)
        else:
            yield outcome


def result_folder(joint: SeparatedJoint, report: RunReport) -> Path:
    """Return where a joint's results belong within the output folder: ``<film>/<joint>``.

    A film is named as its file, ``<stem>``; or, where several have that name, ``<folder>_<stem>``.
    """
    return Path(report.film_names.get(joint.path, joint.path.stem)) / joint.name


def make_separator(options: NetworkOptions) -> Separator:
    """Return the separator that the options ask for."""
    return Separator(options.device, options.weights, tell=say)


def make_locator(options: PoseOptions, device: str) -> Callable[[Radiograph], Sequence[JointPose]]:
    """Return what says where the joints of a film are, as the options name them; else they are found."""
    if options.crop:
        return lambda radiograph: [JointPose.whole_crop(radiograph)]
    if options.joint:
        return partial(_named_poses, options)
    return partial(_find_poses, JointFinder(device, tell=say), options.joint_width)


def _find_poses(
    finder: JointFinder, joint_width_px: float | None, radiograph: Radiograph
) -> Sequence[JointPose]:
    known = recorded_pose(radiograph)
    if known is not None:
        return [known]
    poses = finder.find(radiograph)
    doubt = doubt_spacing(radiograph, poses)
    if doubt is not None:
        say(f"{radiograph.origin.path or radiograph.name}: {doubt} --spacing MM gives another.")
    if joint_width_px is None:
        return poses
    return [replace(pose, field_of_view_px=joint_width_px) for pose in poses]


def _named_poses(options: PoseOptions, radiograph: Radiograph) -> list[JointPose]:
    side, edge_px = radiograph.origin.laterality, options.joint_width
    in_mm = options.joint_unit == "mm"
    poses = [
        JointPose.from_mm(joint.name, joint.centre, joint.distal, radiograph.spacing)
        if in_mm
        else JointPose(joint.name, joint.centre, joint.distal)
        for joint in options.joint
    ]
    return [replace(pose, field_of_view_px=edge_px, side=side) for pose in poses]


def find_inputs(inputs: Sequence[Path], report: RunReport) -> list[Path]:
    """Return every radiograph once, in order; what can't be found is a failure of its own."""
    found: dict[Path, None] = {}
    for path in inputs:
        with report.failures_of(path):
            found.update(dict.fromkeys(find_radiographs(path, say)))
    return list(found)


def read_film(path: Path, spacing_mm: Spacing | None, *, any_modality: bool = False) -> Radiograph:
    """Read a radiograph; a spacing that the user gives replaces the file's own, and that is said.

    With ``any_modality`` it is a radiograph even if its header says that it is a slice of a CT, or the like.
    """
    with explain_waiting(f"Reading {path} ..."):
        radiograph = read_radiograph(path, any_modality=any_modality)
    recorded = None if radiograph.spacing.known else recorded_spacing(path)
    if recorded is not None:
        radiograph = replace(radiograph, spacing=recorded)
    own = radiograph.spacing
    if spacing_mm is None:
        if own.aspect != 1:
            say(
                f"{path}: its pixels are {own.aspect:.4g} times as high as wide, without a spacing in mm: "
                "lengths in px are in edges of square pixels of the same area."
            )
        return radiograph
    given = radiograph.with_spacing(spacing_mm)
    if own.mm is not None and given.spacing.mm is not None and own.mm != given.spacing.mm:
        say(
            f"{path}: --spacing {_by_two(given.spacing.mm)} mm replaces the file's own {_by_two(own.mm)} mm "
            f"({own.source.value})."
        )
    return given


def _by_two(spacing_mm: tuple[float, float]) -> str:
    row, column = (f"{value:g}" for value in spacing_mm)
    return row if row == column else f"{row} x {column}"


def name_by_folders(paths: Sequence[Path]) -> dict[Path, str]:
    """Return the name of each film without its extension, after its folder's where others have the same."""
    stems = Counter(path.stem for path in paths)
    return {
        path: path.stem if stems[path.stem] == 1 else f"{path.resolve().parent.name}_{path.stem}"
        for path in paths
    }


def _name_films(paths: Sequence[Path], report: RunReport) -> list[Path]:
    """Give every film a name in the report that no other has; return those that have one."""
    names = name_by_folders(paths)
    count = Counter(names.values())
    for path, name in names.items():
        if count[name] > 1:
            same = next(other for other in paths if names[other] == name and other != path)
            error = InputError(
                f"Results would mix with those of {same}, which has the same name. Rename one, or run singly."
            )
            report.add_failure(path, "", error)
    report.film_names = {path: name for path, name in names.items() if count[name] == 1}
    return list(report.film_names)
