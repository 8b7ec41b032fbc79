"""Layers that drawn outlines imply: exact where theory says so."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from LayerSeparationLib.radiograph import attenuation_from_intensity
from LayerSeparationLib.training.joint_set import DrawnJoint
from LayerSeparationLib.training.layer_truth import (
    BOUNDARY_SMOOTHING_PX,
    OVERLAP_MARGIN_PX,
    fill_harmonically,
    split_into_layers,
)


def drawn_joint(upper_rows=(0, 45), lower_rows=(50, 96)):
    upper, lower = np.zeros((2, 96, 96), bool)
    upper[slice(*upper_rows), 30:66] = True
    lower[slice(*lower_rows), 28:68] = True
    attenuation = 0.5 + 0.3 * upper + 0.4 * lower
    return DrawnJoint("a/1", "a", (1 - np.exp(-attenuation)).astype(np.float32), upper, lower)


@given(slope_x=st.floats(-0.01, 0.01), slope_y=st.floats(-0.01, 0.01))
@settings(max_examples=15, deadline=None)
def test_a_plane_is_harmonic(slope_x, slope_y):
    rows, columns = np.mgrid[:48, :48]
    plane = 1 + slope_x * columns + slope_y * rows
    hole = np.zeros((48, 48), bool)
    hole[18:30, 15:33] = True
    filled = fill_harmonically(np.where(hole, 9.0, plane), hole)
    assert np.abs(filled - plane)[~hole].max() == 0
    # The boundary is smoothed on one side only, which shifts it by less than the smoothing's width.
    slope = abs(slope_x) + abs(slope_y)
    assert np.abs(filled - plane).max() <= BOUNDARY_SMOOTHING_PX * slope + 1e-9


def test_filled_values_obey_laplace_and_reflect_at_the_border():
    values = np.random.default_rng(0).uniform(0.2, 1, (40, 40))
    hole = np.zeros((40, 40), bool)
    hole[:20, 10:30] = True  # open to the upper border
    filled = fill_harmonically(values, hole)
    mirrored = np.pad(filled, 1, mode="edge")
    mean = (mirrored[:-2, 1:-1] + mirrored[2:, 1:-1] + mirrored[1:-1, :-2] + mirrored[1:-1, 2:]) / 4
    inner = np.zeros_like(hole)
    inner[:18, 12:28] = True
    assert np.abs(filled - mean)[inner].max() < 1e-9


def test_nothing_known_is_an_error():
    with pytest.raises(ValueError, match="nothing to fill from"):
        fill_harmonically(np.ones((4, 4)), np.ones((4, 4), bool))


def test_layers_sum_to_the_film_and_find_the_bones():
    joint = drawn_joint()
    truth = split_into_layers(joint)
    total = truth.soft_tissue + truth.upper_bone + truth.lower_bone
    assert np.abs(total - attenuation_from_intensity(joint.intensity)).max() < 1e-6
    assert truth.soft_tissue[20, 48] == pytest.approx(0.5, abs=0.01)
    assert truth.upper_bone[20, 48] == pytest.approx(0.3, abs=0.01)
    assert truth.lower_bone[80, 48] == pytest.approx(0.4, abs=0.01)
    assert truth.sharing_known.all()


def test_sharing_is_unknown_only_around_the_overlap():
    truth = split_into_layers(drawn_joint(upper_rows=(0, 52), lower_rows=(46, 96)))
    rows = np.flatnonzero(~truth.sharing_known[:, 48])
    assert (rows.min(), rows.max()) == (46 - OVERLAP_MARGIN_PX, 51 + OVERLAP_MARGIN_PX)
