"""A bone that two joints of a film see: one attenuation, one silhouette, moved once by both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..joints.affine import map_points, pixel_grid, shift_origin
from ..radiograph import Rectangle
from .bone_motion import RigidMotion
from .movable_bone import BoneEnd, MovableBone, MovedBone
from .movable_joint import MovableJoint
from .taper import core_at

_LEAST_WEIGHT = np.float32(1e-6)
"""Of a joint within its own square: at the very border it still counts where no other joint sees the bone."""


class SharedBone:
    """A phalanx that is the upper bone of one joint and the lower bone of the next.

    Where only one square sees it, it is what that one saw. Where both do they are blended, each by its taper,
    so that there is no seam. It is moved by the sum of both joints' motions, each tapered to nothing at the
    border of its square. Where one joint's taper reaches the rigid part of the other, on a bone that is much
    shorter than a square, it fades out before the margins, so that each gap is what its own edit asks for;
    where both tapers together are more than 1, they are scaled to 1, so that the shaft between goes no
    further than its ends.

    Parameters
    ----------
    proximal, distal
        The joints at its proximal and its distal end; on one film.
    """

    def __init__(self, proximal: MovableJoint, distal: MovableJoint) -> None:
        joints = (proximal, distal)
        self.region = Rectangle.around([joint.layers.crop.region for joint in joints])
        """On the film; images of the bone are (rows, columns) of it."""
        self._places = [joint.layers.crop.region.within(self.region).slices for joint in joints]
        blend = self._blend_weights(joints)
        seen, beyond = proximal.layers, distal.layers
        self.attenuation = self._join([seen.upper_bone, beyond.lower_bone], blend)
        """(rows, columns) float32 on ``region``."""
        self.silhouette = self._join([seen.upper_silhouette, beyond.lower_silhouette], blend)
        """(rows, columns) float32 on ``region``: its probability; the mask is > 0.5."""
        self._movable = MovableBone(self.attenuation, self.silhouette, self._ends(joints))

    def move(self, by_proximal: RigidMotion, by_distal: RigidMotion, part: Rectangle) -> MovedBone:
        """Return a part of the film's bone after both joints' motions.

        Parameters
        ----------
        by_proximal, by_distal
            How the joint at either end moves it.
        part
            Of the film, within ``region``.
        """
        here = part.within(self.region)
        if by_proximal.is_none and by_distal.is_none:
            return MovedBone(self.attenuation[here.slices], self.silhouette[here.slices], here)
        return MovedBone(*self._movable.look_up((by_proximal, by_distal), here), here)

    def _blend_weights(self, joints: Sequence[MovableJoint]) -> list[NDArray[np.float32]]:
        weights = []
        for joint, place in zip(joints, self._places, strict=True):
            weight = np.zeros(self.region.shape, np.float32)
            weight[place] = np.where(joint.layers.crop.inside, joint.taper + _LEAST_WEIGHT, np.float32(0))
            weights.append(weight)
        total = np.maximum(weights[0] + weights[1], _LEAST_WEIGHT)
        return [weight / total for weight in weights]

    def _join(
        self, images: Sequence[NDArray[np.float32]], blend: Sequence[NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        joined = np.zeros(self.region.shape, np.float32)
        for image, place, weight in zip(images, self._places, blend, strict=True):
            joined[place] += weight[place] * image
        return joined

    def _ends(self, joints: Sequence[MovableJoint]) -> list[BoneEnd]:
        weights = np.zeros((2, *self.region.shape), np.float32)
        for weight, place, joint, other in zip(weights, self._places, joints, joints[::-1], strict=True):
            crop = joint.layers.crop
            to_other = shift_origin(other.layers.crop.film_to_canonical, crop.region.origin_px)
            kept_off = core_at(map_points(to_other, pixel_grid(crop.region.shape))).astype(np.float32)
            weight[place] = joint.taper * (1 - kept_off)
        weights /= np.maximum(weights.sum(axis=0), 1)
        return [
            BoneEnd(shift_origin(joint.layers.crop.film_to_canonical, self.region.origin_px), weight)
            for joint, weight in zip(joints, weights, strict=True)
        ]
