"""The verb of edits that go together: several joints of a film are edited, the film is recomposed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ..errors import InputError
from ..radiograph import Rectangle
from ..separation import JointLayers
from .gap_edit import GapEdit
from .movable_film import BoneOfFilm, MovableFilm, motions_of
from .movable_joint import MovableJoint
from .recomposition import synthesize
from .synthetic_film import FilmBone, SyntheticFilm
from .synthetic_joint import SyntheticJoint


def synthesize_film(
    joints: Sequence[JointLayers | MovableJoint] | MovableFilm, edits: Sequence[GapEdit]
) -> SyntheticFilm:
    """Make a film in which several joints have another gap.

    Attenuations add up, noise is laid once, and the film is stored once, at the end. Where no joint moves,
    and outside of all joints' squares, it is the film, bit by bit; an edit whose square meets no other joint
    is what `synthesize` makes, bit by bit. A bone of two joints whose squares meet is moved once, by both
    motions together; see `SharedBone`.

    Parameters
    ----------
    joints
        Joints of one film; those that are not to be edited may be among them, with an edit that asks for
        nothing. Or, for edit after edit, the `MovableFilm` of them.
    edits
        One a joint, in the same order.

    Raises
    ------
    InputError
        If there is no joint, there is not one edit a joint, the joints are not of one film or two have one
        name; or if an edit can't be carried out, see `synthesize`.

    Examples
    --------
    >>> from LayerSeparationLib import GapEdit, Separator, make_hand
    >>> hand = make_hand(3, spacing_mm=0.15)
    >>> poses = [hand.joints[name].pose for name in ("MCP2", "PIP2")]
    >>> layers = [Separator("cpu").separate(hand.radiograph, pose) for pose in poses]
    >>> film = synthesize_film(layers, [GapEdit(change=-0.4), GapEdit(change=-0.3)])
    >>> [bone.key.name for bone in film.bones]
    ['proximal phalanx 2', 'metacarpal 2', 'middle phalanx 2']
    >>> film.image.shape == hand.radiograph.shape
    True
    """
    if isinstance(joints, MovableFilm):
        film = joints
    else:
        film = MovableFilm([one if isinstance(one, MovableJoint) else MovableJoint(one) for one in joints])
    names = Counter(joint.layers.pose.name for joint in film.joints)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice:
        raise InputError(f"Two joints are called {', '.join(twice)}: give each a name of its own.")
    if len(edits) != len(film.joints):
        raise InputError(f"{len(film.joints)} joints and {len(edits)} edits: give one edit a joint.")
    edited = tuple(synthesize(joint, edit) for joint, edit in zip(film.joints, edits, strict=True))
    return SyntheticFilm(
        radiograph=film.radiograph,
        joints=edited,
        bones=tuple(_show_bone(film, bone, edited) for bone in film.bones),
        image=film.compose(edited, Rectangle.whole(film.radiograph.shape)),
    )


def _show_bone(film: MovableFilm, bone: BoneOfFilm, edited: Sequence[SyntheticJoint]) -> FilmBone:
    indices = [index for index in (bone.as_upper, bone.as_lower) if index is not None]
    names = tuple(edited[index].layers.pose.name for index in indices)
    shared = film.shared_bone(bone)
    if shared is not None:
        moved = shared.move(*motions_of(bone, edited), shared.region)
        return FilmBone(bone.key, names, shared.region, moved.silhouette > 0.5)
    regions = [edited[index].layers.crop.region for index in indices]
    region = Rectangle.around(regions)
    mask = np.zeros(region.shape, bool)
    for index, one in zip(indices, regions, strict=True):
        masks = edited[index].masks
        mask[one.within(region).slices] |= masks.upper_bone if index == bone.as_upper else masks.lower_bone
    return FilmBone(bone.key, names, region, mask)
