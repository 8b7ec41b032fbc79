"""Noise of edits: the detector's stays in place, uncovered tissue has the film's own, nothing flickers."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from LayerSeparationLib import GapEdit, JointPose, Radiograph, make_joint, synthesize
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX as MM
from LayerSeparationLib.joints import JointCrop
from LayerSeparationLib.radiograph import Rectangle
from LayerSeparationLib.synthesis import MovableJoint
from LayerSeparationLib.synthesis.film_grain import FilmGrain

WHOLE = Rectangle(0, 256, 0, 256)
SD = 0.008


@pytest.fixture(scope="module")
def grainy(separator):
    """A phantom's film under grain that is known, and its layers."""
    phantom = make_joint("MCP", 5, jsw_mm=1.6)
    clean = -np.expm1(-(phantom.soft_tissue + phantom.upper_bone + phantom.lower_bone))
    grain = ndimage.gaussian_filter(np.random.default_rng(3).normal(size=clean.shape), 0.8)
    grain = (SD * grain / grain.std()).astype(np.float32)
    film = Radiograph.from_array(np.clip(clean + grain, 0, 1).astype(np.float32), MM)
    return separator.separate(film, JointPose.whole_crop(film)), grain


def fine(image):
    return image - ndimage.gaussian_filter(image, 1.5)


def uncovered_by(joint):
    layers = joint.layers
    before = layers.upper_silhouette + layers.lower_silhouette > 0.5
    after = joint.masks.upper_bone | joint.masks.lower_bone
    return ndimage.binary_erosion(before & ~ndimage.binary_dilation(after, iterations=5), iterations=3)


def soft_tissue_of(joint):
    layers = joint.layers
    bones = (layers.upper_silhouette + layers.lower_silhouette > 0.1) | joint.masks.upper_bone
    return (ndimage.distance_transform_edt(~(bones | joint.masks.lower_bone)) > 8) & (layers.image > 0.15)


def test_uncovered_tissue_is_as_grainy_as_the_rest(grainy):
    layers, _ = grainy
    joint = synthesize(layers, GapEdit(change=2.5))
    uncovered, soft = uncovered_by(joint), soft_tissue_of(joint)
    assert uncovered.sum() > 400
    ratio = fine(joint.image)[uncovered].std() / fine(joint.image)[soft].std()
    assert ratio == pytest.approx(1, abs=0.25)
    signal = 1 - (1 - layers.film_noise.remove_from(layers.image)) * np.exp(
        layers.upper_bone + layers.lower_bone - joint.upper_bone - joint.lower_bone
    )
    bare = fine(signal)[uncovered].std() / fine(joint.image)[soft].std()
    assert bare < 0.6  # without the film's own noise it would be smooth there


def test_noise_does_not_move_with_the_bone(grainy):
    """The grain over a moved bone is still that of its place more than that of where the bone came from."""
    layers, grain = grainy
    change_px = 12
    joint = synthesize(layers, GapEdit(change=change_px * MM))
    bone = ndimage.binary_erosion(joint.masks.upper_bone & (layers.upper_silhouette > 0.5), iterations=10)
    bone[-80:], bone[:20] = False, False
    carried = np.roll(layers.film_noise.intensity, -change_px, axis=0)
    shown = joint.image - (1 - np.exp(-(joint.soft_tissue + joint.upper_bone + joint.lower_bone)))
    in_place = np.corrcoef(shown[bone], grain[bone])[0, 1]
    moved = np.corrcoef(shown[bone], carried[bone])[0, 1]
    assert in_place > 0.4
    assert abs(moved) < 0.2


def test_noise_stays_still_while_an_edit_is_dragged(grainy):
    layers, _ = grainy
    movable = MovableJoint(layers)
    wide, wider = (synthesize(movable, GapEdit(change=change)) for change in (2.5, 2.6))
    both = uncovered_by(wide) & uncovered_by(wider)
    assert both.sum() > 300
    assert np.corrcoef(fine(wide.image)[both], fine(wider.image)[both])[0, 1] > 0.95
    again = synthesize(MovableJoint(layers), GapEdit(change=2.5))
    assert np.array_equal(wide.image, again.image)


def test_the_spectrum_over_moved_bone_is_the_films(grainy):
    layers, _ = grainy
    joint = synthesize(layers, GapEdit(change=0.53, tilt_deg=2, shift=0.2, moves="both"))
    bone = ndimage.binary_erosion(joint.masks.upper_bone & (layers.upper_silhouette > 0.5), iterations=6)
    for coarse in (0.7, 1.5, 3.0):
        energy = [
            np.square(image - ndimage.gaussian_filter(image, coarse))[bone].mean()
            for image in (joint.image, layers.image)
        ]
        assert 10 * np.log10(energy[0] / energy[1]) == pytest.approx(0, abs=1.0)


def test_a_bone_that_leaves_a_saturated_pixel_uncovers_it(grainy):
    layers, _ = grainy
    image = layers.image.copy()
    image[40:44, 120:124] = 1.0
    film = Radiograph.from_array(image, MM)
    white = replace(layers, crop=JointCrop(film, JointPose.whole_crop(film)))
    change = np.zeros(image.shape, np.float32)
    change[40:44, 120:124] = -11.0
    edited = FilmGrain(white).recompose(white.upper_bone + white.lower_bone + change, change, WHOLE)
    assert edited[41, 121] == pytest.approx(1 - np.exp(-(17 * np.log(2) - 11)), abs=0.02)


def test_a_film_without_noise_gets_none(separator):
    phantom = make_joint("MCP", 5, jsw_mm=1.6)
    smooth = ndimage.gaussian_filter(phantom.radiograph.intensity, 3)
    film = Radiograph.from_array(smooth, MM)
    joint = synthesize(separator.separate(film, JointPose.whole_crop(film)), GapEdit(change=2.5))
    assert joint.layers.film_noise.sd < 0.002
    assert fine(joint.image)[uncovered_by(joint)].std() < 0.0015
