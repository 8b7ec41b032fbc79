"""A film of the scene as one of two visits: what is needed to compare it, bound to nothing in the scene."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from ..errors import InputError
from ..follow_up import JointChange, compare_joints
from ..joints import JointKey, JointPose, anatomical_name, joint_key
from ..radiograph import Radiograph
from ..separation import JointLayers
from ..translation import tr as _
from .film import Film
from .film_reading import FilmReading
from .joint_status import JointStatus
from .scene_joint import SceneJoint
from .scene_joints import SceneJoints

_SEPARATED = (JointStatus.READY, JointStatus.EDITED)


class ComparisonStep(Enum):
    """What a comparison is at."""

    FINDING = "finding"
    """Joints of the earlier film are looked for."""
    SEPARATING = "separating"
    """Joints of the earlier film are separated."""
    COMPARING = "comparing"
    """Bones are registered."""


Progress = Callable[[ComparisonStep, int, int], None]
"""``progress(step, done, total)``; may raise to stop."""


@dataclass(frozen=True, eq=False)
class Visit:
    """A film, those of its joints that are separated, and the places of those that are not."""

    reading: FilmReading
    """The film."""
    layers: tuple[JointLayers, ...]
    """Of the joints that are separated, by their anatomical names."""
    poses: tuple[JointPose, ...]
    """Of the joints that are not, or whose layers are out of date."""

    @classmethod
    def of(cls, joints: SceneJoints) -> Visit:
        """Take a film with its joints as they are now.

        Raises
        ------
        InputError
            If the volume can't be a radiograph.
        """
        separated = [joint.layers for joint in joints.joints if joint.status in _SEPARATED]
        waiting = [joint for joint in joints.joints if joint.status not in _SEPARATED]
        return cls(
            joints.film.reading(),
            tuple(_with_anatomical_name(layers) for layers in separated if layers is not None),
            tuple(pose for joint in waiting if (pose := _pose_of(joint)) is not None),
        )

    @classmethod
    def of_film(cls, film: Film) -> Visit:
        """Take a film with the joints that the scene has for it, if any.

        Raises
        ------
        InputError
            If the volume can't be a radiograph.
        """
        joints = SceneJoints(film)
        try:
            return cls.of(joints)
        finally:
            joints.close()


def separate_visit(
    visit: Visit,
    find: Callable[[Radiograph], Sequence[JointPose]],
    separate: Callable[[Radiograph, JointPose], JointLayers],
    progress: Progress,
) -> tuple[JointLayers, ...]:
    """Return the layers of all joints of a film: what is separated already stays as it is.

    Parameters
    ----------
    visit
        The film.
    find
        Says where the joints of a film are that has none yet.
    separate
        Separates a joint.
    progress
        Called before each step.

    Raises
    ------
    InputError
        If the film has no joints, or can't be a radiograph.
    """
    poses, radiograph = visit.poses, None
    if not visit.layers and not poses:
        progress(ComparisonStep.FINDING, 0, 0)
        radiograph = visit.reading.read()
        poses = tuple(find(radiograph))
        if not poses:
            raise InputError(
                _("No hand was found on {film}: choose it under Radiograph and place its joints.").format(
                    film=visit.reading.name
                )
            )
    layers = list(visit.layers)
    for done, pose in enumerate(poses):
        progress(ComparisonStep.SEPARATING, done, len(poses))
        radiograph = radiograph or visit.reading.read()
        layers.append(separate(radiograph, replace(pose, name=anatomical_name(pose.name))))
    return tuple(layers)


def compare_visits(
    baseline: Sequence[JointLayers], follow_up: Visit, progress: Progress
) -> list[JointChange]:
    """Compare the separated joints of two films.

    A joint that is marked on the later film and not separated is told as such.

    Parameters
    ----------
    baseline
        Separated joints of the earlier film.
    follow_up
        The later film.
    progress
        Called before each joint.
    """
    total = len({joint_key(layers.pose) for layers in (*baseline, *follow_up.layers)})
    waiting = {joint_key(pose) for pose in follow_up.poses}
    changes: list[JointChange] = []
    progress(ComparisonStep.COMPARING, 0, total)
    for change in compare_joints(baseline, follow_up.layers):
        changes.append(_explain_missing(change, waiting))
        progress(ComparisonStep.COMPARING, min(len(changes), total), total)
    return changes


def _explain_missing(change: JointChange, waiting: set[JointKey]) -> JointChange:
    """Say of a joint without layers on the later film that it is marked there, where it is."""
    is_waiting = any(
        name == change.name and (side == change.side or None in (side, change.side)) for name, side in waiting
    )
    if change.follow_up is not None or not is_waiting:
        return change
    return replace(change, reason=_("not separated yet on the later film"))


def _with_anatomical_name(layers: JointLayers) -> JointLayers:
    name = anatomical_name(layers.pose.name)
    if name == layers.pose.name:
        return layers
    return replace(layers, crop=replace(layers.crop, pose=replace(layers.pose, name=name)))


def _pose_of(joint: SceneJoint) -> JointPose | None:
    try:
        return joint.pose
    except InputError:
        # A line that can't be a joint has nothing to compare.
        return None
