"""The networks' output as one volume of six slices: read back as it was, or not at all."""

import numpy as np
import pytest

from LayerSeparationLib.measurement import measure_jsw
from LayerSeparationLib.scene.canonical_store import SeparationRecord, restore_layers, store_layers
from LayerSeparationLib.scene.scalar_volumes import voxels_of, write_volume


@pytest.fixture
def layers(make, joint_film, joint_phantom):
    return make.layers(joint_film, joint_phantom.pose, joint_phantom)


@pytest.fixture
def volume(scene, layers):
    node = scene.AddNewNodeByClass("vtkMRMLScalarVolumeNode")
    store_layers(node, layers)
    return node


def restore(volume, layers):
    return restore_layers(volume, SeparationRecord.of(layers, False), layers.radiograph)


def test_margins_lie_in_the_sixth_slice(volume, layers):
    slices = voxels_of(volume)
    assert slices.shape == (6, 256, 256)
    np.testing.assert_array_equal(slices[5, :5], layers.canonical.margins.as_array())
    assert not slices[5, 5:].any()


def test_what_is_stored_is_restored_and_measured_alike(volume, layers, joint_phantom):
    again = restore(volume, layers)
    np.testing.assert_array_equal(again.canonical.margins.as_array(), layers.canonical.margins.as_array())
    np.testing.assert_array_equal(again.canonical.shares, layers.canonical.shares)
    np.testing.assert_array_equal(again.canonical.silhouettes, layers.canonical.silhouettes)
    assert measure_jsw(again).mean == measure_jsw(layers).mean
    assert measure_jsw(again).mean == pytest.approx(joint_phantom.jsw_mean_mm, abs=0.03)


def test_a_volume_without_margins_is_not_restored(volume, layers):
    write_volume(volume, voxels_of(volume)[:5].copy(), np.diag([-1.0, -1.0, 1.0, 1.0]))
    assert restore(volume, layers) is None
