"""Inputs in, separated joints out, a few at a time; an input that fails does not stop the others."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ..errors import InputError, LayerSeparationError
from ..joints import JointCrop, JointFinder, JointPose, joint_kind, unique_labels
from ..radiograph import Radiograph, find_radiographs, read_radiograph
from ..separation import JointLayers, Separator
from .progress import ProgressLine

_JOINTS_AT_ONCE = 16
_PIXELS_AT_ONCE = 50_000_000
"""Of the films held in memory for one batch: many small ones, or one or two of the largest."""


@dataclass
class Report:
    """What became of the inputs."""

    results: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)

    @contextmanager
    def failures_of(self, path: Path, part: str = "") -> Iterator[None]:
        """Note an error of this library as a failure of ``path``, or a part of it such as a joint; go on."""
        try:
            yield
        except LayerSeparationError as error:
            self.failed.append({"file": str(path), "part": part, "error": str(error)})

    def close(self, as_json: bool) -> int:
        """Print the summary (JSON to stdout, failures to stderr) and return the exit code."""
        if as_json:
            print(json.dumps({"results": self.results, "failed": self.failed}, indent=2))
        for failure in self.failed:
            where = f"{failure['file']} {failure['part']}".rstrip()
            named = "" if where in failure["error"] else f"{where}: "
            print(f"failed: {named}{failure['error']}", file=sys.stderr)
        if self.failed:
            print(f"{len(self.failed)} failed, {len(self.results)} results.", file=sys.stderr)
        return 1 if self.failed else 0


class SeparatesMany(Protocol):
    """What separates joints."""

    def separate_many(self, joints: Sequence[tuple[Radiograph, JointPose]]) -> list[JointLayers]:
        """Separate joints; see `Separator.separate_many`."""
        ...


@dataclass(frozen=True, eq=False)
class JointJob:
    """A joint of an input, separated."""

    path: Path
    folder: Path
    """``<stem>/<joint>``, where its results belong within the output folder."""
    label: str
    """The joint's name, with the side where the film has two of that name."""
    layers: JointLayers


class _Waiting(NamedTuple):
    path: Path
    radiograph: Radiograph
    pose: JointPose
    label: str


def joint_jobs(
    options: argparse.Namespace,
    report: Report,
    *,
    folder_each: bool = True,
    separator: SeparatesMany | None = None,
) -> Iterator[JointJob]:
    """Read and separate the inputs; only a few films are held in memory at a time.

    ``separator`` stands in for the network's own. With ``folder_each`` every input gets a folder named after
    it, so that two of one name are refused.

    Raises
    ------
    LayerSeparationError
        If nothing can be done at all: a missing input, no weights, no torch, no such device.
    """
    paths = existing_inputs(options.inputs, report)
    if separator is None:
        separator = Separator(options.device, options.weights, tell=lambda text: print(text, file=sys.stderr))
    stems = Counter(path.stem for path in paths)
    show = ProgressLine()
    waiting: list[_Waiting] = []
    held_px = 0
    for number, path in enumerate(paths):
        with report.failures_of(path):
            if folder_each and stems[path.stem] > 1:
                same = next(other for other in paths if other.stem == path.stem and other != path)
                raise InputError(
                    f"Results would mix with those of {same}, which has the same name. "
                    "Rename one, or run singly."
                )
            radiograph = read_film(path, options.spacing)
            held_px += radiograph.intensity.size
            poses = poses_of(options, radiograph)
            for label, pose in zip(unique_labels(poses), poses, strict=True):
                with report.failures_of(path, label):
                    _check(radiograph, pose)
                    waiting.append(_Waiting(path, radiograph, pose, label))
            for name in missing_joints(options, poses):
                with report.failures_of(path, name):
                    raise InputError(f"{path}: {name} was not found; say where it is with --joint.")
        full = len(waiting) >= _JOINTS_AT_ONCE or held_px >= _PIXELS_AT_ONCE
        if full or number == len(paths) - 1:
            layers = separator.separate_many([(joint.radiograph, joint.pose) for joint in waiting])
            for joint, one in zip(waiting, layers, strict=True):
                yield JointJob(joint.path, Path(joint.path.stem) / joint.label, joint.label, one)
            waiting, layers, held_px = [], [], 0
        show("radiographs", number + 1, len(paths))


def read_film(path: Path, spacing_mm: float | None) -> Radiograph:
    """Read a radiograph; a spacing that the user gives replaces the file's own, and that is said."""
    radiograph = read_radiograph(path)
    if spacing_mm is None:
        return radiograph
    own = radiograph.spacing
    if own.mm is not None and own.mm != (spacing_mm, spacing_mm):
        print(
            f"{path}: --spacing {spacing_mm:g} mm replaces the file's own {own.mm[0]:g} x {own.mm[1]:g} mm "
            f"({own.source.value}).",
            file=sys.stderr,
        )
    return radiograph.with_spacing(spacing_mm)


def poses_of(options: argparse.Namespace, radiograph: Radiograph) -> list[JointPose]:
    """Return the poses that the options name, or those of the joints that are found on the film.

    Raises
    ------
    InputError
        If none is named and no hand is found.
    """
    if options.crop:
        return [JointPose.whole_crop(radiograph)]
    if not options.joint:
        return _found(options, radiograph)
    names = Counter(joint.name for joint in options.joint)
    if max(names.values()) > 1:
        raise InputError(f"A joint is named twice: {', '.join(name for name, n in names.items() if n > 1)}.")
    side = radiograph.origin.laterality
    if options.joint_unit == "mm":
        spacing = radiograph.spacing
        poses = [
            JointPose.from_mm(joint.name, joint.centre, joint.distal, spacing) for joint in options.joint
        ]
    else:
        poses = [JointPose(joint.name, joint.centre, joint.distal) for joint in options.joint]
    return [replace(pose, field_of_view_px=options.joint_width, side=side) for pose in poses]


def missing_joints(options: argparse.Namespace, poses: Sequence[JointPose]) -> list[str]:
    """Return what was asked for with --joints and is not among ``poses``; of a kind, one joint is enough."""
    return [name for name in options.joints if not any(_is_asked_for(pose, (name,)) for pose in poses)]


def _is_asked_for(pose: JointPose, names: Sequence[str]) -> bool:
    """Whether a pose is among names: MCP2, MCP (all of that kind), or either with _L or _R for one hand."""
    own = (pose.name, joint_kind(pose.name))
    return any(name in names or f"{name}_{pose.side}" in names for name in own)


def _found(options: argparse.Namespace, radiograph: Radiograph) -> list[JointPose]:
    found = joint_finder(options.device).find(radiograph)
    if not found:
        raise InputError(
            f"No hand was found on {radiograph.name}. Say where the joint is with --joint NAME:X,Y:DX,DY, "
            "or add --crop if the image already is a joint crop, distal up."
        )
    chosen = [pose for pose in found if not options.joints or _is_asked_for(pose, options.joints)]
    if options.joint_width is None:
        return chosen
    return [replace(pose, field_of_view_px=options.joint_width) for pose in chosen]


@cache
def joint_finder(device: str) -> JointFinder:
    """Return the joint finder, which is set up once."""
    return JointFinder(device, tell=lambda text: print(text, file=sys.stderr))


def existing_inputs(inputs: list[Path], report: Report) -> list[Path]:
    """Every radiograph once, in order; what can't be found is a failure of its own."""
    found: dict[Path, None] = {}
    for path in inputs:
        with report.failures_of(path):
            found.update(dict.fromkeys(find_radiographs([path])))
    return list(found)


def _check(radiograph: Radiograph, pose: JointPose) -> None:
    """Refuse a pose before its batch is run."""
    JointCrop(radiograph, pose)
