"""The verb of edits that go together: several joints of a film are edited, the film is recomposed once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..errors import InputError
from ..joints import JointCrop
from ..radiograph import Rectangle
from ..separation import JointLayers
from .gap_edit import GapEdit
from .movable_film import BoneOfFilm, MovableFilm, motions_of
from .movable_joint import MovableJoint
from .recomposition import synthesize
from .synthetic_film import FilmBone, SyntheticFilm
from .synthetic_joint import SyntheticJoint

_WIDEST_SLIT_PX = 24
"""Squares of a bone's two joints that miss each other by up to so many canonical pixels, 2 mm, have the shaft
between them in the bone's mask: its edges go on straight so far. Wider, nobody looked."""


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
    crops = [edited[index].layers.crop for index in indices]
    shared = film.shared_bone(bone)
    region = Rectangle.around([crop.region for crop in crops])
    mask = np.zeros(region.shape, bool)
    if shared is not None:
        mask = shared.move(*motions_of(bone, edited), region).silhouette > 0.5
    else:
        for index, crop in zip(indices, crops, strict=True):
            masks = edited[index].masks
            seen = masks.upper_bone if index == bone.as_upper else masks.lower_bone
            mask[crop.region.within(region).slices] |= seen
    if len(crops) > 1:
        mask |= _slit(mask, region, crops)
    return FilmBone(bone.key, tuple(crop.pose.name for crop in crops), region, mask)


def _slit(mask: NDArray[np.bool_], region: Rectangle, crops: Sequence[JointCrop]) -> NDArray[np.bool_]:
    """Return what of a bone lies between its joints' squares, where they miss each other by little."""
    (x, y), (far_x, far_y) = (crop.pose.centre_px for crop in crops)
    along = np.array([far_y - y, far_x - x])
    distance = float(np.hypot(*along))
    film_px = float(np.sqrt(abs(np.linalg.det(crops[0].canonical_to_film[:, :2]))))
    reach = int(np.ceil(_WIDEST_SLIT_PX * film_px / 2))
    seen = np.zeros(region.shape, bool)
    for crop in crops:
        seen[crop.region.within(region).slices] |= crop.inside
    if distance == 0:
        return np.zeros_like(mask)
    steps = np.linspace(-reach, reach, 4 * reach + 1)[:, None] * along / distance
    line = np.zeros((2 * reach + 1, 2 * reach + 1), bool)
    line[tuple((np.rint(steps).astype(int) + reach).T)] = True
    closed: NDArray[np.bool_] = ndimage.binary_closing(mask, line) & ~seen
    return closed
