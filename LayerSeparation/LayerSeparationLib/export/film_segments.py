"""The segments of a whole film: one a bone, however many joints see it, and the joint space of each joint."""

from __future__ import annotations

from ..joints import BoneKey, joint_key
from ..synthesis import SyntheticFilm
from .segments import (
    JOINT_SPACE,
    LOWER_BONE,
    UPPER_BONE,
    Segment,
    bone_terminology,
    joint_space_terminology,
)

# Metacarpal and base, then colours of the same set that neighbours along a finger can be told apart by.
_COLORS = {
    "metacarpal": LOWER_BONE.color,
    "proximal phalanx": UPPER_BONE.color,
    "middle phalanx": (0.337, 0.706, 0.914),
    "distal phalanx": (0.8, 0.475, 0.655),
}


def describe_film_segments(film: SyntheticFilm) -> list[Segment]:
    """Name, colour and code bones and joint spaces of a film; masks are (rows, columns) of the whole film.

    Soft tissue is no segment: between the squares of the joints nobody looked for it.

    Examples
    --------
    >>> from LayerSeparationLib import GapEdit, Separator, make_hand, synthesize_film
    >>> hand = make_hand(3, spacing_mm=0.3)
    >>> layers = Separator("cpu").separate(hand.radiograph, hand.joints["PIP2"].pose)
    >>> [segment.name for segment in describe_film_segments(synthesize_film([layers], [GapEdit()]))]
    ['Middle phalanx 2', 'Proximal phalanx 2', 'Joint space PIP2']
    """
    shape = film.radiograph.shape
    segments = [
        Segment(name, bone.mask_on_film(shape), _color(bone.key), bone_terminology(bone.key))
        for name, bone in zip(name_bones(film), film.bones, strict=True)
    ]
    for joint in film.joints:
        name, side = joint.layers.pose.name, joint_key(joint.layers.pose)[1]
        segments.append(
            Segment(
                f"{JOINT_SPACE.name} {name}",
                film.joint_space(joint),
                JOINT_SPACE.color,
                joint_space_terminology(name, side),
            )
        )
    return segments


def name_bones(film: SyntheticFilm) -> list[str]:
    """Name the bones of a film as they are shown: ``Proximal phalanx 2``.

    Of two hands, side ``L`` or ``R`` follows. A bone of a joint with a user's own name keeps that as it is.
    """
    several_sides = len({bone.key.side for bone in film.bones}) > 1
    return [_name(bone.key, several_sides) for bone in film.bones]


def _name(key: BoneKey, with_side: bool) -> str:
    name = key.name if key.kind is None else key.name.capitalize()
    return f"{name} {key.side}" if with_side and key.side else name


def _color(key: BoneKey) -> tuple[float, float, float]:
    if key.kind is not None:
        return _COLORS[key.kind]
    return UPPER_BONE.color if key.name.endswith("upper bone") else LOWER_BONE.color
