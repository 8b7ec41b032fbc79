"""A moved silhouette is looked up away from its edge, which must not show in its mask."""

import numpy as np
from scipy import ndimage

from LayerSeparationLib.joints.crop import JointCrop
from LayerSeparationLib.synthesis.bone_motion import RigidMotion
from LayerSeparationLib.synthesis.movable_bone import BoneEnd, MovableBone


def test_the_mask_is_that_of_linear_interpolation_everywhere(mcp_layers):
    crop: JointCrop = mcp_layers.crop
    motion = RigidMotion(x_px=2.3, y_px=-5.7, turn_deg=6.0)
    end = BoneEnd(crop.region_to_canonical, weight=None)
    moved = MovableBone(mcp_layers.upper_bone, mcp_layers.upper_silhouette, [end]).move(motion)
    rows, columns = np.mgrid[0 : crop.region.shape[0], 0 : crop.region.shape[1]].astype(float)
    back = motion.inverse
    x, y = (back[axis, 0] * columns + back[axis, 1] * rows + back[axis, 2] for axis in (0, 1))
    pad = 60
    padded = np.pad(mcp_layers.upper_silhouette, pad, mode="symmetric")
    expected = ndimage.map_coordinates(padded, [y + pad, x + pad], order=1)
    certain = np.abs(expected - 0.5) > 1e-3
    inside = moved.silhouette > 0.5
    assert crop.covers_film
    assert certain.mean() > 0.99
    np.testing.assert_array_equal(inside[certain], (expected > 0.5)[certain])
    assert 0.1 < inside.mean() < 0.6
