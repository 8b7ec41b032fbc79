"""A data set of joints whose layers are at hand: by a plan, or with edits that a person gave.

It lies in a folder whose name follows from what decides it, so that asking for the same again goes on with
the same folder, and asking for anything else begins another one.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import InputError, LayerSeparationError
from ..export import JointExport, film_folder
from ..files import json_line, read_json
from ..separation import JointLayers
from ..synthesis import GapEdit
from ..version import __version__
from .make_dataset import DatasetOutcome, make_dataset
from .plan.dataset_paths import DatasetPaths
from .plan.layer_cache import LayerCache
from .plan.options import DatasetOptions
from .plan.plan_file import read_plan
from .plan.plan_inputs import InputJoint, LayersInput, make_plan
from .run.folder_check import check_folder

_PREFIX = "data_set_"
_NAME_LENGTH = 8


@dataclass(frozen=True)
class FilmDataset:
    """What became of a data set of a film."""

    folder: Path
    """Of the data set."""
    outcome: DatasetOutcome
    failed_inputs: tuple[str, ...]
    """The joints that can't be used, each with its reason."""


def make_film_dataset(
    joints: Sequence[JointExport],
    options: DatasetOptions,
    folder: Path,
    *,
    command: str,
    progress: Callable[[int, int], None] | None = None,
) -> FilmDataset:
    """Make a data set of a film's joints in ``<folder>/<film>/data_set_<hash>``, or go on with it.

    Parameters
    ----------
    joints
        Joints of one film. By a plan their edits do not count; with ``options.edits_given`` they are what is
        made, the same number of each joint.
    options
        What is asked for.
    folder
        Holds the films' folders.
    command
        What made it, for the data card.
    progress
        As for `make_dataset`; may raise to stop.

    Raises
    ------
    InputError
        If no joint can be used.
    OutputError
        As for `make_dataset`.

    Examples
    --------
    >>> phantom = make_joint("MCP", seed=3)
    >>> layers = Separator("cpu").separate(phantom.radiograph, phantom.pose)
    >>> from LayerSeparationLib.dataset import DatasetOptions
    >>> from LayerSeparationLib.export import JointExport
    >>> made = make_film_dataset(
    ...     [JointExport(layers, GapEdit(target_jsw=width)) for width in (0.8, 1.2)],
    ...     DatasetOptions(per_joint=1, edits_given=True, formats=("coco",), split=(1, 0, 0)),
    ...     Path("sets"),
    ...     command="an example",
    ... )
    >>> made.outcome
    DatasetOutcome(samples=2, failed=0, already_complete=False)
    """
    edits = _group_edits(joints, options.edits_given)
    if not edits:
        raise InputError("There is nothing to export: separate a joint first.")
    findings = {joint.layers: joint.film_findings for joint in joints}
    inputs = {layers: LayersInput(layers, options.keep_patient, findings[layers]) for layers in edits}
    if options.edits_given:
        options = replace(options, per_joint=len(next(iter(edits.values()))))
    paths = DatasetPaths(
        datasets_folder(folder, joints[0].layers.radiograph.name) / _dataset_name(inputs, edits, options)
    )
    cache = LayerCache(paths.layers)
    if paths.is_complete:
        outcome = make_dataset(paths, read_plan(paths.plan), cache)
        return FilmDataset(paths.root, outcome, tuple(read_failed_inputs(paths)))
    reasons: list[str] = []

    def note_reason(one: InputJoint, error: LayerSeparationError) -> None:
        reasons.append(f"{one.name}: {error}")

    with check_folder(paths, options):
        found = [inputs[layers].put_into(cache, given) for layers, given in edits.items()]
        try:
            plan = make_plan(found, options, note_reason)
        except LayerSeparationError as error:
            if not paths.plan.exists():
                shutil.rmtree(paths.root, ignore_errors=True)
            raise InputError("\n".join([str(error), *reasons])) from error
        failed = [{"reason": reason} for reason in reasons]
        outcome = make_dataset(paths, plan, cache, command=command, failed_inputs=failed, progress=progress)
    return FilmDataset(paths.root, outcome, tuple(reasons))


def read_failed_inputs(paths: DatasetPaths) -> list[str]:
    """Return the joints that a complete data set could not use, each with its reason.

    Raises
    ------
    OSError
        If the data set is not complete.

    Examples
    --------
    >>> paths = DatasetPaths(Path())
    >>> _ = paths.summary.write_text('{"failed_inputs": [{"reason": "MCP2: no margins"}]}')
    >>> read_failed_inputs(paths)
    ['MCP2: no margins']
    """
    summary = read_json(paths.summary)
    return [str(one["reason"]) for one in summary["failed_inputs"]]


def datasets_folder(folder: Path, film: str) -> Path:
    """Return the folder that holds the data sets of a film, by its name.

    Examples
    --------
    >>> datasets_folder(Path("sets"), "hand 7/2").as_posix()
    'sets/hand 7_2'
    """
    return Path(folder) / film_folder(film)


def unfinished_datasets(folder: Path) -> list[DatasetPaths]:
    """Return the data sets in a film's folder that are not complete, the one that was begun last first.

    Examples
    --------
    >>> (Path("film") / "data_set_0f").mkdir(parents=True)
    >>> (Path("film") / "data_set_0f" / "plan.json").touch()
    >>> [paths.root.name for paths in unfinished_datasets(Path("film"))]
    ['data_set_0f']
    """
    try:
        found = [DatasetPaths(path.parent) for path in Path(folder).glob(f"{_PREFIX}*/plan.json")]
        begun = {paths: paths.plan.stat().st_mtime for paths in found if not paths.is_complete}
    except OSError:
        return []
    return sorted(begun, key=lambda paths: (-begun[paths], paths.root.name))


def _group_edits(joints: Sequence[JointExport], edits_given: bool) -> dict[JointLayers, list[GapEdit]]:
    """Return layers -> edits that are given of them."""
    edits: dict[JointLayers, list[GapEdit]] = {}
    for joint in joints:
        edits.setdefault(joint.layers, [])
        if edits_given:
            edits[joint.layers].append(joint.edit)
    return edits


def _dataset_name(
    inputs: dict[JointLayers, LayersInput], edits: dict[JointLayers, list[GapEdit]], options: DatasetOptions
) -> str:
    joints = sorted(
        (inputs[layers].key, json_line([edit.as_json() for edit in edits[layers]])) for layers in edits
    )
    decided_by = json_line([__version__, options.as_json(), joints])
    return f"{_PREFIX}{hashlib.sha256(decided_by.encode()).hexdigest()[:_NAME_LENGTH]}"
