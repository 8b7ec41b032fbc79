"""Several edited joints in one go: all of their folders appear, or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from ..files import output_folder
from ..separation import JointLayers
from ..synthesis import GapEdit, synthesize
from .export_formats import chosen_formats
from .joint_files import gap_folder
from .sample import sample_of

_UNSAFE = re.compile(r"[^\w .+-]+")


@dataclass(frozen=True, eq=False)
class JointExport:
    """A joint, and an edit of it."""

    layers: JointLayers
    edit: GapEdit


def export_joints(
    joints: Sequence[JointExport],
    folder: Path,
    *,
    formats: Sequence[str] | None = None,
    overwrite: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write ``<folder>/<film>/<joint>/gap_<mm>/`` of every joint, as ``layer-separation synthesize`` does.

    Parameters
    ----------
    joints
        What to write; two joints of one name and gap can't be told apart and are refused.
    folder
        The folder that holds all; made if it is missing.
    formats
        Names of `export_formats`; by default the usual ones.
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
    """
    writers = chosen_formats(formats)
    targets = [_target(Path(folder), joint) for joint in joints]
    _check_targets(targets)
    with ExitStack() as finished:
        places = [finished.enter_context(output_folder(path, overwrite=overwrite)) for path in targets]
        for done, (joint, place) in enumerate(zip(joints, places, strict=True)):
            if progress:
                progress(done, len(joints))
            sample = sample_of(synthesize(joint.layers, joint.edit))
            for writer in writers:
                writer.write(place, sample)
        if progress:
            progress(len(joints), len(joints))
    return targets


def existing_folders(joints: Sequence[JointExport], folder: Path) -> list[Path]:
    """Return what `export_joints` would have to replace: to ask the user before."""
    targets = [_target(Path(folder), joint) for joint in joints]
    return [path for path in targets if path.is_file() or (path.is_dir() and any(path.iterdir()))]


def _target(folder: Path, joint: JointExport) -> Path:
    layers = joint.layers
    return folder / folder_name(layers.radiograph.name) / layers.pose.name / gap_folder(joint.edit)


def folder_name(name: str) -> str:
    """Return a film's name as a folder can have it on every system."""
    return _UNSAFE.sub("_", name).strip(" .") or "radiograph"


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
