"""Joints of one film, prepared for edits that go together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..joints import BoneKey, bones_of_joint
from ..radiograph import NOWHERE, Radiograph, Rectangle
from ..separation import JointLayers
from .bone_motion import RigidMotion
from .film_grain import GrainAt
from .movable_joint import MovableJoint
from .shared_bone import SharedBone
from .synthetic_joint import SyntheticJoint

Edits: TypeAlias = "Sequence[SyntheticJoint | None]"
"""What `synthesize` made of each joint of a film, in their order; None for a joint as it is on the film."""


class BoneOfFilm(NamedTuple):
    """A bone, and which joints of a film see it."""

    key: BoneKey
    as_upper: int | None
    """Index of the joint whose upper bone it is: that at its proximal end."""
    as_lower: int | None
    """Index of the joint whose lower bone it is: that at its distal end."""


class MovableFilm:
    """What edits of joints of one film have in common; each part is prepared when it is first needed.

    A bone of two joints whose squares meet is one bone, see `SharedBone`. Joints whose squares meet are
    recomposed together: changes of attenuation add up, noise is laid once, and the film is stored once.

    Parameters
    ----------
    joints
        Separated joints of one film.

    Raises
    ------
    InputError
        If there is none, or they are not of one film.

    Examples
    --------
    >>> from LayerSeparationLib import GapEdit, Separator, make_hand, synthesize_film
    >>> hand = make_hand(3, spacing_mm=0.3)
    >>> poses = [hand.joints[name].pose for name in ("PIP5", "DIP5")]
    >>> layers = [Separator("cpu").separate(hand.radiograph, pose) for pose in poses]
    >>> film = MovableFilm([MovableJoint(one) for one in layers])
    >>> narrowed = [synthesize_film(film, [GapEdit(change=by)] * 2) for by in (-0.2, -0.4)]
    >>> len({one.image.tobytes() for one in narrowed})
    2
    """

    def __init__(self, joints: Sequence[MovableJoint]) -> None:
        if not joints:
            raise InputError("A film is edited by its joints: give at least one.")
        self.joints = tuple(joints)
        self.radiograph: Radiograph = joints[0].layers.radiograph
        for joint in joints[1:]:
            if not is_same_film(joint.layers.radiograph, self.radiograph):
                raise InputError(
                    f"{joint.layers.pose.name} is of {joint.layers.radiograph.name}, "
                    f"{joints[0].layers.pose.name} of {self.radiograph.name}: "
                    "edit the joints of one film at a time."
                )
        self.bones = _name_bones([joint.layers for joint in joints])
        """Every bone once, in the order of the joints."""
        self._shared: dict[BoneKey, SharedBone] = {}

    def compose(self, edited: Edits, part: Rectangle) -> NDArray[np.float32]:
        """Return the intensity of a part of the film with the edits of its joints.

        Parameters
        ----------
        edited
            What `synthesize` made of each of the joints, in their order; None for a joint as it is.
        part
            Of the film.
        """
        image = self.radiograph.intensity[part.slices].copy()
        together = []
        for index, joint in enumerate(edited):
            here = self.extent(edited, index).intersection(part)
            if self.is_entangled(edited, index):
                together.append(here)
            elif joint is not None and not here.is_empty:
                image[here.within(part).slices] = joint.image[here.within(self._square(index)).slices]
        done: list[Rectangle] = []
        for here in sorted(together, key=lambda one: -one.shape[0] * one.shape[1]):
            if not here.is_empty and not any(here.intersection(other) == here for other in done):
                image[here.within(part).slices] = self._recompose(edited, here)
                done.append(here)
        return image

    def extent(self, edited: Edits, index: int) -> Rectangle:
        """Return the part of the film outside of which the edit of one joint changes nothing."""
        joint = edited[index]
        if joint is None or not joint.is_synthetic:
            return NOWHERE
        if self.is_entangled(edited, index):
            return self._square(index)
        return joint.changed.moved(*self._square(index).origin_px)

    def is_entangled(self, edited: Edits, index: int) -> bool:
        """Tell whether the edit of a joint meets another joint's part of a bone, or another edit."""
        return _moves(edited[index]) and any(
            shares_a_bone or _moves(edited[other]) for other, shares_a_bone in self._neighbours[index]
        )

    def shared_bone(self, bone: BoneOfFilm) -> SharedBone | None:
        """Return the image of a bone that two joints see; None where their squares do not meet."""
        if bone.as_upper is None or bone.as_lower is None:
            return None
        if (bone.as_lower, True) not in self._neighbours[bone.as_upper]:
            return None
        if bone.key not in self._shared:
            proximal, distal = self.joints[bone.as_upper], self.joints[bone.as_lower]
            self._shared[bone.key] = SharedBone(proximal, distal)
        return self._shared[bone.key]

    def _recompose(self, edited: Edits, part: Rectangle) -> NDArray[np.float32]:
        """Return a part of the film, worked out on the whole blocks in which the film was stored."""
        box = self._stored(part)
        bones, change = np.zeros(box.shape, np.float32), np.zeros(box.shape, np.float32)
        for bone in self.bones:
            for where, before, after in self._look_up(bone, edited, box):
                here = where.within(box).slices
                bones[here] += after
                change[here] += after - before
        film = self.radiograph.intensity[box.slices]
        image = np.where(change == 0, film, self._grain(edited, box).recompose(bones, change))
        return self.radiograph.storage.store(image, box)[part.within(box).slices]

    def _look_up(
        self, bone: BoneOfFilm, edited: Edits, box: Rectangle
    ) -> list[tuple[Rectangle, NDArray[np.float32], NDArray[np.float32]]]:
        """Return where on the film a bone is seen, and its attenuation there before and after the edits."""
        shared = self.shared_bone(bone)
        if shared is not None:
            where = shared.region.intersection(box)
            if where.is_empty:
                return []
            before = shared.attenuation[where.within(shared.region).slices]
            return [(where, before, shared.move(*motions_of(bone, edited), where).attenuation)]
        found = []
        for index, is_upper in ((bone.as_upper, True), (bone.as_lower, False)):
            if index is None:
                continue
            where = self._square(index).intersection(box)
            if not where.is_empty:
                here = where.within(self._square(index)).slices
                layers = self.joints[index].layers
                joint = edited[index] or layers
                film = layers.upper_bone if is_upper else layers.lower_bone
                moved = joint.upper_bone if is_upper else joint.lower_bone
                found.append((where, film[here], moved[here]))
        return found

    def _grain(self, edited: Edits, box: Rectangle) -> GrainAt:
        """Return the noise of a part of the film, blended by the tapers of the edited joints there."""
        found, weights, places = [], [], []
        total = np.zeros(box.shape, np.float32)
        for movable, joint in zip(self.joints, edited, strict=True):
            region = movable.layers.crop.region
            where = region.intersection(box)
            if _moves(joint) and not where.is_empty:
                found.append(movable.grain.at(where.within(region)))
                weights.append(movable.taper[where.within(region).slices])
                places.append(where.within(box).slices)
                total[places[-1]] += weights[-1]
        total[total <= 0] = 1
        shares = [weight / total[place] for weight, place in zip(weights, places, strict=True)]
        return GrainAt.blend(found, shares, places, box.shape)

    def _square(self, index: int) -> Rectangle:
        return self.joints[index].layers.crop.region

    def _stored(self, part: Rectangle) -> Rectangle:
        return self.radiograph.storage.around(part)

    @cached_property
    def _neighbours(self) -> list[list[tuple[int, bool]]]:
        """Of each joint those whose squares meet its own, and whether they share a bone."""
        squares = [self._stored(self._square(index)) for index in range(len(self.joints))]
        pairs = [{bone.as_upper, bone.as_lower} for bone in self.bones]
        return [
            [
                (other, {index, other} in pairs)
                for other, square in enumerate(squares)
                if other != index and not square.intersection(squares[index]).is_empty
            ]
            for index in range(len(squares))
        ]


def is_same_film(one: Radiograph, other: Radiograph) -> bool:
    """Tell whether two radiographs show the same pixels."""
    return one.intensity is other.intensity or np.array_equal(one.intensity, other.intensity)


def _moves(joint: SyntheticJoint | None) -> bool:
    return joint is not None and joint.is_synthetic


def motions_of(bone: BoneOfFilm, edited: Edits) -> tuple[RigidMotion, RigidMotion]:
    """Return how the joints at the proximal and at the distal end of a bone move it."""
    proximal = None if bone.as_upper is None else edited[bone.as_upper]
    distal = None if bone.as_lower is None else edited[bone.as_lower]
    return (
        RigidMotion() if proximal is None else proximal.motion.upper,
        RigidMotion() if distal is None else distal.motion.lower,
    )


def _name_bones(joints: Sequence[JointLayers]) -> tuple[BoneOfFilm, ...]:
    """Name the bones of joints; of a film with two joints of one name, each joint has bones of its own."""
    seen: dict[BoneKey, tuple[list[int], list[int]]] = {}
    for index, layers in enumerate(joints):
        for role, key in enumerate(bones_of_joint(layers.pose)):
            seen.setdefault(key, ([], []))[role].append(index)
    bones = []
    for key, (as_upper, as_lower) in seen.items():
        if len(as_upper) <= 1 and len(as_lower) <= 1:
            bones.append(BoneOfFilm(key, next(iter(as_upper), None), next(iter(as_lower), None)))
            continue
        bones += [BoneOfFilm(_own_key(joints[index], "upper bone"), index, None) for index in as_upper]
        bones += [BoneOfFilm(_own_key(joints[index], "lower bone"), None, index) for index in as_lower]
    return tuple(bones)


def _own_key(layers: JointLayers, bone: str) -> BoneKey:
    return BoneKey(f"{layers.pose.name} {bone}", layers.pose.side)
