"""A data set of joints whose layers are at hand: by a plan, or with edits that a person gave.

It lies in a folder whose name follows from what decides it, so that asking for the same again goes on with
the same folder, and asking for anything else begins another one.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import InputError, LayerSeparationError
from ..export import JointExport, film_folder
from ..files import json_line
from ..separation import JointLayers
from ..synthesis import GapEdit
from ..version import __version__
from .make_dataset import Outcome, make_dataset
from .plan.dataset_paths import DatasetPaths
from .plan.layer_cache import LayerCache
from .plan.options import DatasetOptions
from .plan.plan_inputs import InputJoint, LayersInput, make_plan
from .run.folder_check import own_folder

_PREFIX = "data_set_"
_NAME_LENGTH = 8


@dataclass(frozen=True)
class FilmDataSet:
    """What became of a data set of a film."""

    folder: Path
    outcome: Outcome
    left_out: tuple[str, ...]
    """The joints that can't be used, each with its reason."""


def make_film_data_set(
    joints: Sequence[JointExport],
    options: DatasetOptions,
    folder: Path,
    *,
    command: str,
    progress: Callable[[int, int], None] | None = None,
) -> FilmDataSet:
    """Make a data set of a film's joints in ``<folder>/<film>/data_set_<hash>``, or go on with it.

    Parameters
    ----------
    joints
        Joints of one film. By a plan their edits do not count; with ``options.given`` they are what is made,
        the same number of each joint.
    options
        What is asked for.
    folder
        Holds the films' folders.
    command
        What made it, for the data card.
    progress
        As for `make`; may raise to stop.

    Raises
    ------
    InputError
        If no joint can be used.
    OutputError
        As for `make`.
    """
    edits = _edits_of(joints, options.given)
    if not edits:
        raise InputError("There is nothing to export: separate a joint first.")
    inputs = {layers: LayersInput(layers, options.keep_patient) for layers in edits}
    if options.given:
        options = replace(options, per_joint=len(next(iter(edits.values()))))
    places = DatasetPaths(
        data_sets_folder(folder, joints[0].layers.radiograph.name) / _name(inputs, edits, options)
    )
    cache = LayerCache(places.layers)
    if places.done.exists():
        outcome = make_dataset(places, places.read_plan(), cache)
        return FilmDataSet(places.root, outcome, tuple(left_out(places)))
    reasons: list[str] = []

    def refused(one: InputJoint, error: LayerSeparationError) -> None:
        reasons.append(f"{one.name}: {error}")

    with own_folder(places, options):
        found = [inputs[layers].put_into(cache, given) for layers, given in edits.items()]
        try:
            plan = make_plan(found, options, refused)
        except LayerSeparationError as error:
            if not places.plan.exists():
                shutil.rmtree(places.root, ignore_errors=True)
            raise InputError("\n".join([str(error), *reasons])) from error
        failed = [{"reason": reason} for reason in reasons]
        outcome = make_dataset(places, plan, cache, command=command, failed_inputs=failed, progress=progress)
    return FilmDataSet(places.root, outcome, tuple(reasons))


def left_out(places: DatasetPaths) -> list[str]:
    """Return the joints that a complete data set could not use, each with its reason."""
    summary = json.loads(places.done.read_text(encoding="utf-8"))
    return [str(one["reason"]) for one in summary["failed_inputs"]]


def data_sets_folder(folder: Path, film: str) -> Path:
    """Return the folder that holds the data sets of a film, by its name."""
    return Path(folder) / film_folder(film)


def unfinished_data_sets(folder: Path) -> list[DatasetPaths]:
    """Return the data sets in a film's folder that are not complete, the one that was begun last first."""
    try:
        found = [DatasetPaths(path.parent) for path in Path(folder).glob(f"{_PREFIX}*/plan.json")]
        begun = {places: places.plan.stat().st_mtime for places in found if not places.done.exists()}
    except OSError:
        return []
    return sorted(begun, key=lambda places: (-begun[places], places.root.name))


def _edits_of(joints: Sequence[JointExport], given: bool) -> dict[JointLayers, list[GapEdit]]:
    edits: dict[JointLayers, list[GapEdit]] = {}
    for joint in joints:
        edits.setdefault(joint.layers, [])
        if given:
            edits[joint.layers].append(joint.edit)
    return edits


def _name(
    inputs: dict[JointLayers, LayersInput], edits: dict[JointLayers, list[GapEdit]], options: DatasetOptions
) -> str:
    joints = sorted(
        (inputs[layers].key, json_line([repr(edit) for edit in edits[layers]])) for layers in edits
    )
    decided_by = json_line([__version__, options.as_json(), joints])
    return f"{_PREFIX}{hashlib.sha256(decided_by.encode()).hexdigest()[:_NAME_LENGTH]}"
