"""Folders of joints as the command line and 3D Slicer write them: layers, an edit, several edits at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from ..files import output_folder
from ..separation import JointLayers
from ..synthesis import GapEdit, SyntheticJoint, synthesize
from .encoding.nrrd import write_nrrd
from .encoding.seg_nrrd import write_segmentation
from .record import describe_joint, validate_joint_record, write_joint_record
from .registry import choose_joint_formats
from .sample import make_sample

_UNSAFE = re.compile(r"[^\w .+-]+")


@dataclass(frozen=True, eq=False)
class JointExport:
    """A joint, and an edit of it."""

    layers: JointLayers
    edit: GapEdit
    film_findings: tuple[str, ...] = ()
    """What the film's other joints say against its JSW; see `measurement.check_film`."""


def write_layers(folder: Path, layers: JointLayers, film_findings: tuple[str, ...] = ()) -> None:
    """Write the radiograph of a joint, its layers and noise, its segments and its record into ``folder``.

    ``film_findings`` are what the film's other joints say against its JSW; see `measurement.check_film`.

    Examples
    --------
    >>> film = make_joint("PIP", seed=1).radiograph
    >>> layers = Separator("cpu").separate(film, JointPose.whole_crop(film, "PIP2"))
    >>> write_layers(Path("."), layers)
    >>> sorted(path.name for path in Path(".").glob("*bone*"))
    ['lower_bone.nrrd', 'upper_bone.nrrd']
    """
    joint = synthesize(layers, GapEdit()).with_findings(*film_findings)
    sample = make_sample(joint, with_film=False)
    images = {
        "image": layers.image,
        "soft_tissue": layers.soft_tissue,
        "upper_bone": layers.upper_bone,
        "lower_bone": layers.lower_bone,
        "noise": layers.noise,
    }
    for name, image in images.items():
        write_nrrd(
            folder / f"{name}.nrrd", image, sample.spacing.mm, origin_px=sample.origin_px, synthetic=False
        )
    write_segmentation(
        folder / "segmentation.seg.nrrd",
        sample.segments,
        sample.spacing.mm,
        origin_px=sample.origin_px,
        synthetic=False,
    )
    write_joint_record(folder / "joint.json", describe_joint(joint, edited=False))


def write_synthetic(
    folder: Path, joint: SyntheticJoint, seed: int | None = None, formats: Sequence[str] | None = None
) -> None:
    """Write an edited joint in some formats, by default in those that are written where nobody chose.

    Raises
    ------
    InputError
        If there is no such format, or none was asked for.

    Examples
    --------
    >>> film = make_joint("PIP", seed=1).radiograph
    >>> layers = Separator("cpu").separate(film, JointPose.whole_crop(film, "PIP2"))
    >>> write_synthetic(Path("."), synthesize(layers, GapEdit(change=0.3)), formats=["png", "json"])
    >>> sorted(path.name for path in Path(".").iterdir())
    ['image.png', 'joint.json']
    """
    chosen = choose_joint_formats(formats)
    sample = make_sample(joint, seed)
    validate_joint_record(sample.record)
    for one in chosen:
        one.write(folder, sample)


def export_joints(
    joints: Sequence[JointExport],
    folder: Path,
    *,
    formats: Sequence[str] | None = None,
    overwrite: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write ``<folder>/<film>/<joint>/gap_<mm>/`` of every joint: all of the folders appear, or none.

    Parameters
    ----------
    joints
        What to write; two joints of one name and gap can't be told apart and are refused.
    folder
        The folder that holds all; made if it is missing.
    formats
        Names of `joint_formats`; by default those that are written where nobody chose.
    overwrite
        Replace folders that exist.
    progress
        Called with (done, all) before the first joint and after each; it may raise to stop. Nothing is then
        left, and what was there before is as it was.

    Returns
    -------
    list of Path
        The folders, in the order of the joints.

    Raises
    ------
    InputError
        If there is nothing to export, or two joints would go to the same folder.
    OutputError
        If a folder exists, or can't be written.

    Examples
    --------
    >>> film = make_joint("PIP", seed=1).radiograph
    >>> layers = Separator("cpu").separate(film, JointPose.whole_crop(film, "PIP2"))
    >>> joints = [JointExport(layers, GapEdit(change=-0.2))]
    >>> find_existing_folders(joints, Path("out"))
    []
    >>> (written,) = export_joints(joints, Path("out"))
    >>> written.name, sorted(path.name for path in written.iterdir())
    ('gap_-0.20', ['image.nrrd', 'image.png', 'joint.json', 'segmentation.seg.nrrd'])
    >>> find_existing_folders(joints, Path("out")) == [written]
    True
    """
    choose_joint_formats(formats)
    targets = _find_targets(joints, folder)
    _check_targets(targets)
    with ExitStack() as finished:
        places = [finished.enter_context(output_folder(path, overwrite=overwrite)) for path in targets]
        for done, (joint, place) in enumerate(zip(joints, places, strict=True)):
            if progress:
                progress(done, len(joints))
            edited = synthesize(joint.layers, joint.edit).with_findings(*joint.film_findings)
            write_synthetic(place, edited, formats=formats)
        if progress:
            progress(len(joints), len(joints))
    return targets


def find_existing_folders(joints: Sequence[JointExport], folder: Path) -> list[Path]:
    """Return what `export_joints` would have to replace: to ask the user before."""
    return [path for path in _find_targets(joints, folder) if is_in_the_way(path)]


def is_in_the_way(path: Path) -> bool:
    """Tell whether a folder can't be written without replacing something."""
    return path.is_file() or (path.is_dir() and any(path.iterdir()))


def film_folder(name: str) -> str:
    """Return a film's name as a folder can have it on every system.

    Examples
    --------
    >>> film_folder("left/hand: 2.")
    'left_hand_ 2'
    """
    return _UNSAFE.sub("_", name).strip(" .") or "radiograph"


def gap_folder(edit: GapEdit) -> str:
    """Return the folder of an edit: ``gap_0.80`` for a width, ``gap_+0.30`` for a change; px say so.

    Examples
    --------
    >>> gap_folder(GapEdit(target_jsw=0.8)), gap_folder(GapEdit(change=-3, unit="px"))
    ('gap_0.80', 'gap_-3.00px')
    """
    suffix = "px" if edit.unit == "px" else ""
    if edit.target_jsw is not None:
        return f"gap_{_decimal(edit.target_jsw)}{suffix}"
    change = edit.change or 0.0
    return f"gap_{'+' if change >= 0 else '-'}{_decimal(abs(change))}{suffix}"


def _decimal(value: float) -> str:
    """Two decimals, more where the value has more: different gaps get different folders."""
    short = f"{value:.2f}"
    return short if float(short) == value else repr(value)


def _find_targets(joints: Iterable[JointExport], folder: Path) -> list[Path]:
    return [
        Path(folder)
        / film_folder(joint.layers.radiograph.name)
        / joint.layers.pose.name
        / gap_folder(joint.edit)
        for joint in joints
    ]


def _check_targets(targets: Iterable[Path]) -> None:
    seen: set[Path] = set()
    for target in targets:
        if target in seen:
            raise InputError(
                f"Two joints would be written to {target}: give them different names, or export them singly."
            )
        seen.add(target)
    if not seen:
        raise InputError("There is nothing to export: separate a joint first.")
