"""Margins traced in layers, against the exact geometry of phantoms; and what can't be traced."""

import numpy as np
import pytest

from LayerSeparationLib import JointPose, make_joint
from LayerSeparationLib.errors import LayerSeparationError
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX, JointCrop
from LayerSeparationLib.measurement import MarginsNotFoundError, jsw_of_margins
from LayerSeparationLib.training.margin_tracer import trace_margins


def trace(phantom):
    silhouettes = np.stack([phantom.upper_silhouette, phantom.lower_silhouette]).astype(np.float32)
    return trace_margins(phantom.upper_bone, phantom.lower_bone, silhouettes)


def crop_of(phantom):
    return JointCrop(phantom.radiograph, JointPose.whole_crop(phantom.radiograph))


@pytest.mark.parametrize("kind", ["MCP", "PIP", "DIP", "IP"])
def test_exact_layers_give_the_exact_jsw(kind):
    errors = []
    for seed in range(300, 304):
        phantom = make_joint(kind, seed, jsw_mm=0.7 + 0.25 * (seed - 300))
        errors.append(jsw_of_margins(crop_of(phantom), trace(phantom)).mean - phantom.jsw_mean_mm)
    assert np.abs(errors).mean() < 0.06
    assert np.abs(errors).max() < 0.15


def test_margins_lie_on_the_true_margins():
    phantom = make_joint("MCP", 310, jsw_mm=1.5)
    margins = trace(phantom)
    for found, truth in ((margins.upper, phantom.upper_margin_px), (margins.lower, phantom.lower_margin_px)):
        columns, _ = margins.widths()
        order = np.argsort(truth[:, 0])
        expected = np.interp(columns, truth[order, 0], truth[order, 1])
        error_px = np.interp(columns, found[:, 0], found[:, 1]) - expected
        assert np.median(np.abs(error_px)) * CANONICAL_MM_PER_PX < 0.06


def test_a_bone_that_is_missing_is_named():
    empty = np.zeros((256, 256), np.float32)
    silhouettes = np.zeros((2, 256, 256), np.float32)
    silhouettes[0, :100, 80:180] = 1
    with pytest.raises(MarginsNotFoundError, match=r"joint's crop: no lower bone.*Check that") as raised:
        trace_margins(empty, empty, silhouettes)
    assert raised.value.reason == "no lower bone found in the crop"
    assert isinstance(raised.value, LayerSeparationError)


@pytest.mark.parametrize("faint", ["upper", "lower"])
def test_a_bone_that_is_hardly_there_has_no_margin(faint):
    phantom = make_joint("MCP", 300)
    silhouettes = np.stack([phantom.upper_silhouette, phantom.lower_silhouette]).astype(np.float32)
    bones = {"upper": phantom.upper_bone, "lower": phantom.lower_bone}
    bones[faint] = np.full_like(bones[faint], 0.01)
    with pytest.raises(MarginsNotFoundError, match=f"the {faint} bone is too faint"):
        trace_margins(bones["upper"], bones["lower"], silhouettes)


def test_bones_side_by_side_are_no_joint():
    empty = np.full((256, 256), 0.1, np.float32)
    silhouettes = np.zeros((2, 256, 256), np.float32)
    silhouettes[0, :120, 20:90] = 1
    silhouettes[1, 130:, 120:220] = 1
    with pytest.raises(MarginsNotFoundError, match="do not face each other"):
        trace_margins(empty, empty, silhouettes)
