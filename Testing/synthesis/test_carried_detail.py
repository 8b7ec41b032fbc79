"""Fine detail about a bone's edge goes with the bone; what lies further off, or at the skin, stays."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from LayerSeparationLib import GapEdit, MovableJoint, Radiograph, synthesize
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX, JointCrop

MOVED_PX = 12


def with_line(layers, where, attenuation=0.05):
    """Return the joint on a film that is brighter along a line, with the shares that it had."""
    more = np.where(where, np.float32(attenuation), np.float32(0))
    intensity = 1 - (1 - layers.image) * np.exp(-more)
    film = Radiograph.from_array(intensity.astype(np.float32), spacing_mm=CANONICAL_MM_PER_PX)
    return replace(layers, crop=JointCrop(film, layers.crop.pose))


def ring(layers, px):
    """Return a line of one pixel at a distance from the upper bone, away from the lower bone."""
    off = ndimage.distance_transform_edt(layers.upper_silhouette <= 0.5)
    far = ndimage.distance_transform_edt(layers.lower_silhouette <= 0.5) > 40
    return (np.abs(off - px) <= 0.7) & far


def seen(line, image, reference):
    """How bright a line is: the mean over it, less that of the film without it."""
    return float((image - reference)[line].mean())


@pytest.mark.parametrize(("px", "goes"), [(3, True), (28, False)])
def test_a_line_goes_with_the_bone_that_it_lies_at(mcp_layers, px, goes):
    edit = GapEdit(change=MOVED_PX * CANONICAL_MM_PER_PX)
    line = ring(mcp_layers, px)
    line[: MOVED_PX + 4] = False
    reference = synthesize(mcp_layers, edit).image
    edited = synthesize(with_line(mcp_layers, line), edit).image
    there = np.roll(line, -MOVED_PX, axis=0)
    there &= ~ndimage.binary_dilation(line, iterations=2)
    here = line & ~ndimage.binary_dilation(np.roll(line, -MOVED_PX, axis=0), iterations=2)
    assert min(here.sum(), there.sum()) > 50
    bright = 0.05 * (1 - mcp_layers.image[line].mean())
    shown = seen(there, edited, reference) / bright, seen(here, edited, reference) / bright
    if goes:
        assert shown == pytest.approx((0.8, 0.1), abs=0.25)
    else:
        assert shown == pytest.approx((0.0, 0.95), abs=0.2)


def test_nothing_is_lost_or_made(mcp_layers):
    movable = MovableJoint(mcp_layers)
    layers = movable.layers
    total = movable.soft_tissue + sum(movable.carried) + layers.noise
    np.testing.assert_allclose(total, layers.attenuation, atol=1e-5)


def test_bone_that_is_known_well_is_carried_as_it_is(mcp_layers):
    """Inside of bones there is little to add, and far from them nothing."""
    movable = MovableJoint(mcp_layers)
    more = sum(movable.carried) - mcp_layers.upper_bone - mcp_layers.lower_bone
    off = ndimage.distance_transform_edt(
        np.maximum(mcp_layers.upper_silhouette, mcp_layers.lower_silhouette) <= 0.5
    )
    assert np.abs(more[off > 21]).max() < 1e-6
    assert (
        np.abs(more[off == 0]).std() < 0.1 * mcp_layers.upper_bone[mcp_layers.upper_silhouette > 0.5].mean()
    )


def test_a_joint_without_bones_carries_nothing(mcp_layers):
    nothing = np.zeros_like(mcp_layers.canonical.silhouettes)
    shares = np.concatenate([np.ones_like(nothing[:1]), nothing])
    bare = replace(mcp_layers, canonical=replace(mcp_layers.canonical, silhouettes=nothing, shares=shares))
    assert all(not image.any() for image in MovableJoint(bare).carried)
