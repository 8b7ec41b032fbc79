"""Sampling of splines against scipy's, and bones that turn against a turned image."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from LayerSeparationLib.synthesis import GapEdit, synthesize
from LayerSeparationLib.synthesis.spline_sampling import sample_spline, spline_weights


@given(fraction=st.floats(0, 1), order=st.sampled_from([1, 3]))
def test_weights_sum_to_one(fraction, order):
    assert sum(spline_weights(fraction, order)) == pytest.approx(1, abs=1e-12)


@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(5, 40), columns=st.integers(5, 40))
@settings(max_examples=40, deadline=None)
def test_it_is_scipys_spline_inside_and_repeats_the_border_outside(seed, rows, columns):
    rng = np.random.default_rng(seed)
    image = rng.random((rows, columns)).astype(np.float32)
    x = rng.uniform(1, columns - 2, 50)
    y = rng.uniform(1, rows - 2, 50)
    for order in (1, 3):
        found = sample_spline(image, x, y, order)
        expected = ndimage.map_coordinates(image, [y, x], order=order, prefilter=False)
        assert found == pytest.approx(expected, abs=2e-6)
        beyond = sample_spline(image, np.array([-9.0, columns + 9.0]), np.array([2.0, 2.0]), order)
        first, last = (order - 1) // 2, columns - 1 - (order - 1) // 2
        border = sample_spline(image, np.array([float(first), float(last)]), np.array([2.0, 2.0]), order)
        assert beyond == pytest.approx(border, abs=2e-6)


def test_many_points_are_sampled_in_sweeps_without_a_seam():
    image = np.arange(64, dtype=np.float32)[None, :].repeat(64, axis=0)
    x = np.linspace(2, 60, 50_000)
    assert sample_spline(image, x, np.full_like(x, 30.0), 1) == pytest.approx(x, abs=1e-4)


def test_a_turned_bone_is_the_turned_image(mcp_layers):
    """Away from the border, where mirrored material does not come in."""
    tilt_deg = 4.0
    joint = synthesize(mcp_layers, GapEdit(tilt_deg=tilt_deg))
    angle = np.deg2rad(tilt_deg)
    back = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    centre = np.array([127.5, 127.5])
    expected = ndimage.affine_transform(mcp_layers.upper_bone, back, centre - back @ centre, order=3)
    inside = (slice(24, -24), slice(24, -24))
    assert np.abs(joint.upper_bone - np.maximum(expected, 0))[inside].max() < 2e-4
    assert np.abs(joint.upper_bone - mcp_layers.upper_bone)[inside].max() > 0.1
    rows, columns = joint.changed.slices
    outside = np.ones(joint.image.shape, bool)
    outside[rows, columns] = False
    assert np.array_equal(joint.image[outside], mcp_layers.image[outside])
