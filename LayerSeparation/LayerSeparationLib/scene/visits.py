"""A film of the scene as one of two visits: what is needed to compare it, bound to nothing in the scene."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from ..errors import InputError
from ..follow_up import JointChange, compare_measured, share_grey_scale
from ..follow_up.visit_check import check_origins
from ..joints import JointKey, JointPose, anatomical_name, joint_key
from ..measurement import JointSpaceWidth, measure_film
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
    SEPARATING_LATER = "separating later"
    """Joints of the later film are separated on the grey scale of both."""
    COMPARING = "comparing"
    """Bones are registered."""


Progress = Callable[[ComparisonStep, int, int], None]
"""``progress(step, done, total)``; may raise to stop."""
Find = Callable[[Radiograph], Sequence[JointPose]]
"""Says where the joints of a film are."""
Separate = Callable[
    [Sequence[tuple[Radiograph, JointPose]], Callable[[int, int], None] | None], list[JointLayers]
]
"""Separates joints, such as `Separator.separate_many`."""


class VisitFilms(NamedTuple):
    """One of two films of a hand."""

    own: Radiograph
    """On its own grey scale."""
    shared: Radiograph
    """On the grey scale that it has in common with the other, where they have one."""


class _Measured(NamedTuple):
    layers: JointLayers
    jsw: JointSpaceWidth


@dataclass(frozen=True, eq=False)
class Visit:
    """A film, those of its joints that are separated, and the places of those that are not."""

    reading: FilmReading
    """The film."""
    layers: tuple[JointLayers, ...]
    """Of the joints that are separated, by their anatomical names."""
    poses: tuple[JointPose, ...]
    """Of the joints that are not, or whose layers are out of date."""
    corrected: frozenset[JointKey] = frozenset()
    """The separated joints whose silhouettes the user corrected."""

    @classmethod
    def of(cls, joints: SceneJoints) -> Visit:
        """Take a film with its joints as they are now.

        Raises
        ------
        InputError
            If the volume can't be a radiograph.
        """
        separated = [joint for joint in joints.joints if joint.status in _SEPARATED]
        waiting = [joint for joint in joints.joints if joint.status not in _SEPARATED]
        named = {
            joint: _with_anatomical_name(joint.layers) for joint in separated if joint.layers is not None
        }
        return cls(
            joints.film.reading(),
            tuple(named.values()),
            tuple(pose for joint in waiting if (pose := _pose_of(joint)) is not None),
            frozenset(
                joint_key(layers.pose) for joint, layers in named.items() if joint.editing.are_corrected
            ),
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


def put_on_one_scale(baseline: Radiograph, follow_up: Radiograph) -> tuple[VisitFilms, VisitFilms]:
    """Return both films as they are and on the grey scale that they have in common."""
    shared = share_grey_scale(baseline, follow_up)
    return VisitFilms(baseline, shared[0]), VisitFilms(follow_up, shared[1])


def separate_baseline(
    visit: Visit,
    films: VisitFilms,
    find: Find,
    separate: Separate,
    progress: Progress,
    as_they_are: frozenset[JointKey] = frozenset(),
) -> tuple[JointLayers, ...]:
    """Return the layers of all joints of the earlier film on the grey scale of both films.

    What the scene has on that scale is taken as it is.

    Parameters
    ----------
    visit
        The film.
    films
        Of `put_on_one_scale`.
    find
        Says where the joints are of a film that has none yet.
    separate
        Separates joints.
    progress
        Called before each step.
    as_they_are
        Joints that stay on their film's own scale: those whose silhouettes were corrected on either film.

    Raises
    ------
    InputError
        If the film has no joints.
    """
    poses = visit.poses
    if not visit.layers and not poses:
        progress(ComparisonStep.FINDING, 0, 0)
        poses = tuple(find(films.shared))
        if not poses:
            raise InputError(
                _("No hand was found on {film}: choose it under Radiograph and place its joints.").format(
                    film=visit.reading.name
                )
            )
    poses = tuple(map(_named_anatomically, poses))

    def tell(done: int, total: int) -> None:
        progress(ComparisonStep.SEPARATING, done, total)

    return _separate(visit.layers, poses, films, separate, tell, as_they_are)


def separate_follow_up(
    visit: Visit,
    films: VisitFilms,
    separate: Separate,
    progress: Progress,
    as_they_are: frozenset[JointKey] = frozenset(),
) -> tuple[JointLayers, ...]:
    """Return the layers of the separated joints of the later film; see `separate_baseline`."""

    def tell(done: int, total: int) -> None:
        progress(ComparisonStep.SEPARATING_LATER, done, total)

    return _separate(visit.layers, (), films, separate, tell, as_they_are)


def check_headers(baseline: Visit, follow_up: Visit) -> None:
    """Refuse films whose DICOM files name two patients, two hands, or the reverse order.

    Raises
    ------
    VisitMismatchError
        Which attributes differ; see `follow_up.visit_check.check_visits`.
    """
    check_origins(baseline.reading.source.origin, follow_up.reading.source.origin)


def compare_visits(
    baseline: Sequence[JointLayers],
    follow_up: Sequence[JointLayers],
    visits: tuple[Visit, Visit],
    progress: Progress,
) -> list[JointChange]:
    """Compare the separated joints of two films.

    A joint that is marked on the later film and not separated is told as such.

    Parameters
    ----------
    baseline, follow_up
        Separated joints of the earlier and the later film, on one grey scale where they have one.
    visits
        The films as they are in the scene.
    progress
        Called before each joint.
    """
    before, after = _measure(baseline, visits[0]), _measure(follow_up, visits[1])
    waiting = {joint_key(pose) for pose in visits[1].poses}

    def tell(done: int, total: int) -> None:
        progress(ComparisonStep.COMPARING, done, total)

    return [_explain_missing(change, waiting) for change in compare_measured(before, after, tell)]


def _separate(
    layers: Sequence[JointLayers],
    poses: Sequence[JointPose],
    films: VisitFilms,
    separate: Separate,
    tell: Callable[[int, int], None],
    as_they_are: frozenset[JointKey],
) -> tuple[JointLayers, ...]:
    """Return layers on the scale that is wanted of each: those that have another are made anew."""

    def wanted(pose: JointPose) -> Radiograph:
        return films.own if joint_key(pose) in as_they_are else films.shared

    kept, anew = [], []
    for one in layers:
        film = wanted(one.pose)
        if one.radiograph.intensity_map == film.intensity_map:
            # All joints of a film have it in common.
            kept.append(replace(one, crop=replace(one.crop, radiograph=film)))
        else:
            anew.append((film, one.pose))
    anew += [(wanted(pose), pose) for pose in poses]
    if not anew:
        return tuple(kept)
    tell(0, len(anew))
    return (*kept, *separate(anew, tell))


def _measure(joints: Sequence[JointLayers], visit: Visit) -> list[_Measured]:
    """Measure the joints of a film, each beside the others."""
    widths = measure_film(joints, [_named_anatomically(pose) for pose in visit.poses])
    return [_Measured(layers, jsw) for layers, jsw in zip(joints, widths, strict=True)]


def _explain_missing(change: JointChange, waiting: set[JointKey]) -> JointChange:
    """Say of a joint without layers on the later film that it is marked there, where it is."""
    is_waiting = any(
        name == change.name and (side == change.side or None in (side, change.side)) for name, side in waiting
    )
    if change.follow_up is not None or not is_waiting:
        return change
    return replace(change, reason=_("not separated yet on the later film"))


def _named_anatomically(pose: JointPose) -> JointPose:
    return replace(pose, name=anatomical_name(pose.name))


def _with_anatomical_name(layers: JointLayers) -> JointLayers:
    pose = _named_anatomically(layers.pose)
    return layers if pose == layers.pose else replace(layers, crop=replace(layers.crop, pose=pose))


def _pose_of(joint: SceneJoint) -> JointPose | None:
    try:
        return joint.pose
    except InputError:
        # A line that can't be a joint has nothing to compare.
        return None
