"""Films from files, their joints separated a few at a time; a film that fails does not stop the others."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..errors import (
    DeviceError,
    HandNotFoundError,
    JointNotFoundError,
    LayerSeparationError,
    OutputError,
    UnexpectedError,
    WeightsError,
)
from ..joints import JointCrop, JointFinder, JointPose, joint_kind, unique_names
from ..radiograph import Radiograph, read_radiograph
from .layers import JointLayers
from .separator import Separator

_log = logging.getLogger(__name__)
JOINTS_AT_ONCE = 16
_NOTHING_CAN_BE_DONE = (DeviceError, OutputError, WeightsError)
"""What every other film would run into as well."""
PIXELS_AT_ONCE = 50_000_000
"""Of the films held in memory for one batch: many small ones, or one or two of the largest."""


class SeparatesMany(Protocol):
    """What separates joints, such as a `Separator`."""

    def separate_many(self, joints: Sequence[tuple[Radiograph, JointPose]]) -> list[JointLayers]:
        """Separate joints; see `Separator.separate_many`."""
        ...


@dataclass(frozen=True, eq=False)
class SeparatedJoint:
    """A joint of a file, separated."""

    path: Path
    name: str
    """The joint's name, with the side where the film has two of that name."""
    layers: JointLayers
    film_poses: tuple[JointPose, ...]
    """All joints of the film, those that were not asked for among them: a joint is judged beside them."""


@dataclass(frozen=True, eq=False)
class SeparationFailure:
    """A file, or a joint of it, that could not be separated."""

    path: Path
    name: str
    """The joint, named as in `SeparatedJoint`; empty where the whole file failed."""
    error: LayerSeparationError
    """What is wrong and what to do; an `UnexpectedError` for what the library does not raise on purpose."""


def separate_files(
    paths: Iterable[str | os.PathLike[str]],
    separator: SeparatesMany | None = None,
    *,
    names: Sequence[str] = (),
    locate: Callable[[Radiograph], Sequence[JointPose]] | None = None,
    read: Callable[[Path], Radiograph] = read_radiograph,
    joints_at_once: int = JOINTS_AT_ONCE,
    pixels_at_once: int = PIXELS_AT_ONCE,
) -> Iterator[SeparatedJoint | SeparationFailure]:
    """Read films, find their joints and separate them, in batches of bounded memory.

    A file is read when its turn comes, so ``paths`` may be a generator, or a progress bar around a list.

    Parameters
    ----------
    paths
        Files of radiographs, such as `find_radiographs` lists them.
    separator
        Separates a batch; by default a `Separator` on the best device.
    names
        Of the joints of each film only these: names such as ``MCP2``, or kinds such as ``MCP`` for all of
        that kind, with ``_L`` or ``_R`` for one hand of two. Empty: all.
    locate
        Says where the joints of a film are; by default they are found on whole hands (`JointFinder.find`).
    read
        Reads a file.
    joints_at_once
        A batch is separated as soon as it holds so many joints, 1 or more (or all of one film, if it has
        more).
    pixels_at_once
        A batch is separated as soon as its films have so many pixels, 1 or more.

    Yields
    ------
    SeparatedJoint or SeparationFailure
        Joints in the order of the files, a batch after the other. Failures come as soon as they are known: a
        file that can't be read, a film without a hand (`HandNotFoundError`), a joint of ``names`` that is not
        there (`JointNotFoundError`), a joint that lies outside of its film. Whatever else a film leads the
        program into is a failure of this film alone (`UnexpectedError`).

    Raises
    ------
    WeightsError, DeviceError, DependencyError
        If nothing can be separated at all; see `Separator` and `JointFinder`.

    Examples
    --------
    >>> from LayerSeparationLib.export import write_png
    >>> write_png(Path("finger.png"), make_joint("MCP", seed=1).radiograph.intensity, synthetic=True)
    >>> def whole_crop(radiograph):
    ...     return [JointPose.whole_crop(radiograph, "MCP3")]
    >>> for one in separate_files(["lost.png", "finger.png"], Separator("cpu"), locate=whole_crop):
    ...     match one:
    ...         case SeparationFailure(path=path):
    ...             print(path, "failed")
    ...         case SeparatedJoint(path=path, name=name, layers=layers):
    ...             print(path, name, layers.upper_bone.shape)
    lost.png failed
    finger.png MCP3 (256, 256)
    """
    separator = separator or Separator()
    locate = locate or JointFinder().find
    batch: list[_Waiting] = []
    held_px = 0
    for path in map(Path, paths):
        try:
            radiograph = read(path)
            poses = _poses(radiograph, locate)
        except _NOTHING_CAN_BE_DONE:
            raise
        except Exception as error:
            yield _failure(path, "", error)
            continue
        held_px += radiograph.intensity.size
        chosen = select_joints(poses, names)
        for name, pose in zip(unique_names(chosen), chosen, strict=True):
            checked = _check_pose(_Waiting(path, name, radiograph, pose, tuple(poses)))
            if isinstance(checked, SeparationFailure):
                yield checked
            else:
                batch.append(checked)
        for missing in names:
            if not select_joints(poses, [missing]):
                yield SeparationFailure(
                    path, missing, JointNotFoundError(f"{path}: {missing} was not found.")
                )
        if len(batch) >= joints_at_once or held_px >= pixels_at_once:
            yield from _separate(batch, separator)
            batch, held_px = [], 0
    yield from _separate(batch, separator)


def select_joints(poses: Sequence[JointPose], names: Sequence[str]) -> list[JointPose]:
    """Return the poses that go by one of the names; all of them where there are no names.

    Parameters
    ----------
    poses
        Joints of a film.
    names
        ``MCP2``, or ``MCP`` for all of that kind, each with ``_L`` or ``_R`` for one hand of two.

    Examples
    --------
    >>> index, thumb = (JointPose(name, (90, 90), (0, -1), side="L") for name in ("PIP2", "IP1"))
    >>> [pose.name for pose in select_joints([index, thumb], ["PIP", "MCP2_L"])]
    ['PIP2']
    """
    return [pose for pose in poses if not names or _goes_by(pose, names)]


def _goes_by(pose: JointPose, names: Sequence[str]) -> bool:
    own = (pose.name, joint_kind(pose.name))
    return any(name in names or f"{name}_{pose.side}" in names for name in own)


@dataclass(frozen=True, eq=False)
class _Waiting:
    path: Path
    name: str
    radiograph: Radiograph
    pose: JointPose
    film_poses: tuple[JointPose, ...]


def _poses(
    radiograph: Radiograph, locate: Callable[[Radiograph], Sequence[JointPose]]
) -> Sequence[JointPose]:
    poses = locate(radiograph)
    if not poses:
        raise HandNotFoundError(
            f"No hand was found on {radiograph.name}. Say where its joints are, or that it is a joint crop."
        )
    return poses


def _check_pose(joint: _Waiting) -> _Waiting | SeparationFailure:
    """Refuse a pose outside of its film before it spoils the batch that it would be part of."""
    try:
        JointCrop(joint.radiograph, joint.pose)
    except Exception as error:
        return _failure(joint.path, joint.name, error)
    return joint


def _separate(
    batch: Sequence[_Waiting], separator: SeparatesMany
) -> Iterator[SeparatedJoint | SeparationFailure]:
    """Separate joints together; where that fails, one by one, so that one does not cost the others."""
    if not batch:
        return
    try:
        separated = separator.separate_many([(joint.radiograph, joint.pose) for joint in batch])
    except _NOTHING_CAN_BE_DONE:
        raise
    except Exception as error:
        if len(batch) == 1:
            yield _failure(batch[0].path, batch[0].name, error)
            return
        for joint in batch:
            yield from _separate([joint], separator)
        return
    for joint, layers in zip(batch, separated, strict=True):
        yield SeparatedJoint(joint.path, joint.name, layers, joint.film_poses)


def _failure(path: Path, name: str, error: Exception) -> SeparationFailure:
    if not isinstance(error, LayerSeparationError):
        _log.debug("%s", path, exc_info=error)
        error = UnexpectedError.of(path, error)
    return SeparationFailure(path, name, error)
