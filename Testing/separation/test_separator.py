"""Films in, layers out: conserved, repeatable, on the film's own pixels."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from LayerSeparationLib import JointPose, Radiograph, make_hand
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.separation.layers import SATURATION, bone_attenuation
from LayerSeparationLib.separation.silhouette import keep_one_region


def dice(found, truth):
    return 2 * (found & truth).sum() / (found.sum() + truth.sum())


@pytest.fixture(scope="module")
def hand():
    return make_hand(5)


def test_layers_add_up_to_the_film(mcp_layers):
    total = mcp_layers.soft_tissue + mcp_layers.upper_bone + mcp_layers.lower_bone + mcp_layers.noise
    assert np.abs(total - mcp_layers.radiograph.attenuation).max() < 1e-5
    assert min(layer.min() for layer in (mcp_layers.upper_bone, mcp_layers.lower_bone)) >= 0
    assert mcp_layers.soft_tissue.min() > -1e-5


@pytest.mark.parametrize("kind", ["MCP", "PIP", "DIP", "IP"])
def test_silhouettes_of_phantoms(separator, phantoms, kind):
    phantom = phantoms[kind]
    layers = separator.separate(phantom.radiograph, phantom.pose)
    assert dice(layers.upper_silhouette > 0.5, phantom.upper_silhouette) > 0.96
    assert dice(layers.lower_silhouette > 0.5, phantom.lower_silhouette) > 0.96


@pytest.mark.parametrize("kind", ["MCP", "PIP", "DIP", "IP"])
def test_layers_of_phantoms(separator, phantoms, kind):
    phantom = phantoms[kind]
    layers = separator.separate(phantom.radiograph, phantom.pose)
    for found, truth in ((layers.upper_bone, phantom.upper_bone), (layers.lower_bone, phantom.lower_bone)):
        error = np.exp(-truth - phantom.soft_tissue) - np.exp(-found - layers.soft_tissue)
        assert np.sqrt(np.square(error).mean()) < 0.03


def test_same_input_same_bits(separator, phantoms):
    film, pose = phantoms["PIP"].radiograph, phantoms["PIP"].pose
    first, second = (separator.separate(film, pose) for _ in range(2))
    for name in ("soft_tissue", "upper_bone", "lower_bone", "upper_silhouette", "lower_silhouette"):
        assert np.array_equal(getattr(first, name), getattr(second, name))


def test_many_in_one_batch_are_as_one_by_one(separator, phantoms):
    joints = [(phantom.radiograph, phantom.pose) for phantom in phantoms.values()]
    done = []
    together = separator.separate_many(joints, lambda *counts: done.append(counts))
    assert done == [(4, 4)]
    for (film, pose), layers in zip(joints, together, strict=True):
        assert np.abs(separator.separate(film, pose).upper_bone - layers.upper_bone).max() < 1e-3


def test_a_joint_in_a_whole_film(separator, hand):
    truth = hand.joints["MCP3"]
    layers = separator.separate(hand.radiograph, truth.pose)
    window = layers.crop.region
    assert layers.image.shape == window.shape
    assert np.array_equal(layers.image, hand.radiograph.intensity[window.slices])
    assert window.shape[0] * 0.15 == pytest.approx(21, abs=4)  # a turned square of 21 mm
    total = layers.soft_tissue + layers.upper_bone + layers.lower_bone + layers.noise
    inside = layers.crop.inside
    assert 0.4 < inside.mean() < 1
    assert np.abs(total - hand.radiograph.attenuation[window.slices])[inside].max() < 1e-5
    assert not total[~inside].any()  # the bars of bone there are nobody's layer
    film_mask = np.zeros(hand.radiograph.shape, bool)
    film_mask[window.slices] = layers.upper_silhouette > 0.5
    true_mask = np.zeros(hand.radiograph.shape, bool)
    true_mask[truth.region.slices] = truth.upper_silhouette
    square = np.zeros(hand.radiograph.shape, bool)
    square[window.slices] = layers.crop.inside
    assert dice(film_mask & square, true_mask & square) > 0.95


def test_a_film_that_is_upside_down_gives_the_same_joint(separator, hand):
    pose = hand.joints["PIP3"].pose
    rows, columns = hand.radiograph.shape
    turned = Radiograph.from_array(hand.radiograph.intensity[::-1, ::-1].copy(), 0.15)
    turned_pose = JointPose(
        "PIP3",
        (columns - 1 - pose.centre_px[0], rows - 1 - pose.centre_px[1]),
        (-pose.distal[0], -pose.distal[1]),
    )
    upright = separator.separate(hand.radiograph, pose)
    upside_down = separator.separate(turned, turned_pose)
    assert np.abs(upside_down.upper_bone[::-1, ::-1] - upright.upper_bone).max() < 1e-3


def test_other_spacing_and_anisotropic_pixels(separator, phantoms):
    from scipy import ndimage

    phantom = phantoms["MCP"]
    film = ndimage.zoom(phantom.radiograph.intensity, (2, 1), order=1, grid_mode=True, mode="nearest")
    layers = separator.separate(
        stretched := Radiograph.from_array(film, (0.041, 0.082)), JointPose.whole_crop(stretched)
    )
    assert layers.image.shape == (512, 256)
    truth = np.repeat(phantom.lower_silhouette, 2, axis=0)
    assert dice(layers.lower_silhouette > 0.5, truth) > 0.96


def test_a_pose_outside_the_film_is_refused(separator, phantoms):
    with pytest.raises(InputError, match="outside"):
        separator.separate(phantoms["MCP"].radiograph, JointPose("MCP2", (900, 10), (0, -1)))


def test_saturated_pixels_are_bone_where_bone_is():
    shares = np.array([[[0.5, 0.0, 0.05]], [[0.25, 0.0, 0.05]]], np.float32)
    attenuation = np.full((1, 3), SATURATION + 5, np.float32)
    upper, lower = bone_attenuation(shares, attenuation)
    assert attenuation[0, 0] - upper[0, 0] - lower[0, 0] == pytest.approx(0.25 * SATURATION, rel=1e-5)
    assert upper[0, 1] == lower[0, 1] == 0
    assert upper[0, 2] < 0.06 * attenuation[0, 2]


def test_a_silhouette_is_one_region_without_holes():
    probability = np.full((40, 40), 0.1, np.float32)
    probability[5:30, 5:30] = 0.9
    probability[10:14, 10:14] = 0.2
    probability[35:38, 35:38] = 0.8
    cleaned = keep_one_region(probability)
    assert (cleaned > 0.5).sum() == 25 * 25
    assert cleaned[0, 0] == np.float32(0.1)
    assert np.array_equal(keep_one_region(np.zeros((4, 4), np.float32)), np.zeros((4, 4)))


def test_without_torch_the_message_says_how_to_get_it():
    program = (
        "import sys; sys.modules['torch'] = None\n"
        "from LayerSeparationLib import Separator\n"
        "from LayerSeparationLib.errors import DependencyError\n"
        "try: Separator()\n"
        "except DependencyError as error: print(error)"
    )
    library = Path(__file__).parents[2] / "LayerSeparation"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=library, capture_output=True, text=True, check=True
    )
    assert "extension 'PyTorch'" in done.stdout
    assert "pip install 'torch>=2.2'" in done.stdout
