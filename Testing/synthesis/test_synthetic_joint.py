"""Edited joints: exact where nothing is asked, exact truth where something is."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from LayerSeparationLib import GapEdit, JointPose, Radiograph, make_hand, synthesize
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX as MM
from LayerSeparationLib.joints import JointCrop
from LayerSeparationLib.measurement import measure_jsw
from LayerSeparationLib.synthesis import MovableJoint
from LayerSeparationLib.synthesis.taper import taper_at

fast = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def hand_layers(separator):
    hand = make_hand(5)
    return separator.separate(hand.radiograph, hand.joints["MCP3"].pose)


def is_made_of_its_layers(joint):
    """Whether the image is what its layers give, and noise as strong as the film's."""
    signal = -np.expm1(-(joint.soft_tissue + joint.upper_bone + joint.lower_bone))
    noise = np.abs(joint.image - signal)
    sd = joint.layers.film_noise.sd
    return np.sqrt(np.square(noise).mean()) < 1.2 * sd and noise.max() < 6 * sd


@pytest.mark.parametrize("edit", [GapEdit(), GapEdit(change=0.0), GapEdit(change=0.0, moves="both")])
def test_zero_edit_is_the_film(mcp_layers, edit):
    joint = synthesize(mcp_layers, edit)
    assert np.array_equal(joint.image, mcp_layers.image)
    assert not joint.is_synthetic
    assert joint.jsw_after.mean == joint.jsw_before.mean


def test_zero_edit_returns_the_films_own_numbers(separator, phantoms):
    eight_bit = np.rint(phantoms["MCP"].radiograph.intensity * 255).astype(np.uint8)
    film = Radiograph.from_array((eight_bit / 255).astype(np.float32), MM)
    joint = synthesize(separator.separate(film, JointPose.whole_crop(film)), GapEdit())
    assert np.array_equal(joint.image, film.intensity)
    assert np.array_equal(np.rint(joint.film.astype(np.float64) * 65535), eight_bit.astype(int) * 257)


def test_asking_for_the_width_it_has_changes_next_to_nothing(mcp_layers):
    width = measure_jsw(mcp_layers).mean
    joint = synthesize(mcp_layers, GapEdit(target_jsw=width))
    assert np.abs(joint.image - mcp_layers.image).max() < 1e-3


def test_a_whole_pixel_is_a_shift_of_the_layer(mcp_layers):
    joint = synthesize(mcp_layers, GapEdit(change=10 * MM))
    assert np.abs(joint.upper_bone[:200] - mcp_layers.upper_bone[10:210]).max() < 1e-3
    assert np.array_equal(joint.lower_bone, mcp_layers.lower_bone)
    assert np.array_equal(joint.masks.upper_bone[:200], (mcp_layers.upper_silhouette > 0.5)[10:210])


def test_sideways(mcp_layers):
    joint = synthesize(mcp_layers, GapEdit(shift=7 * MM))
    assert np.abs(joint.upper_bone[:, 27:230] - mcp_layers.upper_bone[:, 20:223]).max() < 1e-3


def test_lower_and_both(mcp_layers):
    lower = synthesize(mcp_layers, GapEdit(change=8 * MM, moves="lower"))
    assert np.abs(lower.lower_bone[58:] - mcp_layers.lower_bone[50:248]).max() < 1e-3
    both = synthesize(mcp_layers, GapEdit(change=8 * MM, moves="both"))
    assert np.abs(both.lower_bone[54:] - mcp_layers.lower_bone[50:252]).max() < 1e-3
    assert np.abs(both.upper_bone[:200] - mcp_layers.upper_bone[4:204]).max() < 1e-3
    assert both.jsw_after.mean == pytest.approx(lower.jsw_after.mean, abs=1e-6)


def test_tilt_turns_clockwise_about_the_joint(mcp_layers):
    joint = synthesize(mcp_layers, GapEdit(tilt_deg=10))
    rows, columns = np.mgrid[:256, :256]

    def centre_of(mask):
        return columns[mask].mean() - 127.5, rows[mask].mean() - 127.5

    near = rows < 110  # the part of the shaft that stays in the crop before and after
    x, _ = centre_of((mcp_layers.upper_silhouette > 0.5) & near)
    turned_x, _ = centre_of(joint.masks.upper_bone & near)
    assert turned_x - x > 4  # the shaft, above the joint, goes to the right


def test_recomposed_image_is_the_sum_of_its_layers(mcp_layers):
    joint = synthesize(mcp_layers, GapEdit(change=-0.6, tilt_deg=4, shift=0.3, moves="both"))
    assert is_made_of_its_layers(joint)
    assert joint.is_synthetic


@given(
    target=st.floats(0.2, 2.5),
    tilt=st.floats(-6, 6),
    shift=st.floats(-0.8, 0.8),
    moves=st.sampled_from(["upper", "lower", "both"]),
)
@fast
def test_the_truth_says_what_was_asked(mcp_layers, target, tilt, shift, moves):
    joint = synthesize(mcp_layers, GapEdit(target_jsw=target, tilt_deg=tilt, shift=shift, moves=moves))
    assert joint.image.min() >= 0
    assert joint.image.max() <= 1
    assert is_made_of_its_layers(joint)
    # Bones that touch have no mean width that could be compared.
    assume(joint.jsw_after.mean is not None and joint.jsw_after.minimum > 0)
    assert joint.jsw_after.mean == pytest.approx(target, abs=0.01)


@pytest.mark.parametrize("moves", ["upper", "lower", "both"])
@pytest.mark.parametrize(("target", "tilt", "shift"), [(0.8, 0, 0), (1.2, -3, 0.4), (2.4, 6, -0.8)])
def test_a_target_is_met_whatever_goes_with_it(mcp_layers, target, tilt, shift, moves):
    joint = synthesize(mcp_layers, GapEdit(target_jsw=target, tilt_deg=tilt, shift=shift, moves=moves))
    assert joint.jsw_after.mean == pytest.approx(target, abs=0.01)
    assert joint.jsw_before.mean == pytest.approx(1.6, abs=0.1)


@pytest.mark.parametrize("change", [-0.6, 0.5, 1.0])
def test_measured_from_scratch_it_is_what_was_asked(separator, mcp_layers, change):
    asked = measure_jsw(mcp_layers).mean + change
    image = synthesize(mcp_layers, GapEdit(target_jsw=asked)).image
    film = Radiograph.from_array(image, MM)
    assert measure_jsw(separator.separate(film, JointPose.whole_crop(film))).mean == pytest.approx(
        asked, abs=0.1
    )


def test_masks_agree_with_what_was_moved(mcp_layers):
    masks = synthesize(mcp_layers, GapEdit(target_jsw=0.5)).masks
    assert masks.soft_tissue[masks.upper_bone | masks.lower_bone].all()
    rows = np.nonzero(masks.joint_space)[0]
    assert 0 < rows.max() - rows.min() < 40
    closed = synthesize(mcp_layers, GapEdit(change=-2.4))
    assert not closed.masks.joint_space.any()
    assert (closed.masks.upper_bone & closed.masks.lower_bone).sum() > 500
    assert closed.jsw_after.mean is None


@pytest.mark.parametrize("edit", [GapEdit(change=-0.8), GapEdit(change=1.0, tilt_deg=5, shift=0.5)])
def test_no_seam_in_a_whole_film(hand_layers, edit):
    joint = synthesize(hand_layers, edit)
    before, after = hand_layers.radiograph.intensity, joint.film
    window = hand_layers.crop.region
    outside = np.ones(before.shape, bool)
    outside[window.slices] = ~hand_layers.crop.inside
    assert np.array_equal(before[outside], after[outside])
    for axis in (0, 1):
        border = np.diff(outside.astype(int), axis=axis) != 0
        jump_before = np.abs(np.diff(before, axis=axis))[border]
        jump_after = np.abs(np.diff(after, axis=axis))[border]
        assert border.sum() > 100
        assert (jump_after - jump_before).max() <= 1 / 255
    assert np.abs(after - before).max() > 0.05


def test_taper_is_one_at_the_joint_and_zero_at_the_border():
    points = np.array([[127.5, 127.5], [127.5, 90.0], [127.5, -0.5], [255.5, 127.5], [300, 300]])
    assert taper_at(points) == pytest.approx([1, 1, 0, 0, 0])


def test_a_joint_that_moves_as_one_keeps_its_gap(mcp_layers):
    joint = synthesize(mcp_layers, GapEdit(shift=0.4, tilt_deg=3, moves="joint"))
    before = measure_jsw(mcp_layers)
    assert joint.is_synthetic
    assert joint.jsw_after.mean == pytest.approx(before.mean, abs=0.01)
    assert joint.motion.upper == joint.motion.lower
    shift_px = 0.4 / MM
    straight = synthesize(mcp_layers, GapEdit(shift=round(shift_px) * MM, moves="joint"))
    moved = np.roll(mcp_layers.upper_bone + mcp_layers.lower_bone, round(shift_px), axis=1)
    found = straight.upper_bone + straight.lower_bone
    assert np.abs(found - moved)[:, 12:-12].max() < 1e-3
    assert np.abs(straight.image - mcp_layers.image).max() > 0.1


@pytest.mark.parametrize("asked", [{"target_jsw": 1.0}, {"change": 0.2}])
def test_a_joint_that_moves_as_one_takes_no_other_gap(asked):
    with pytest.raises(InputError, match="keeps its gap"):
        GapEdit(moves="joint", **asked)


def test_a_prepared_joint_takes_edit_after_edit(mcp_layers):
    movable, edit = MovableJoint(mcp_layers), GapEdit(tilt_deg=2, moves="lower")
    joints = [synthesize(movable, edit.with_target(target)) for target in (0.5, 1.0, 1.5)]
    assert np.array_equal(joints[2].image, synthesize(mcp_layers, edit.with_target(1.5)).image)
    assert {joint.motion.lower.turn_deg for joint in joints} == {-2}
    assert all(joint.motion.upper.is_none for joint in joints)
    assert np.diff([joint.jsw_after.mean for joint in joints]) == pytest.approx([0.5, 0.5], abs=0.02)


def test_an_edit_on_a_film_from_jpeg_has_its_blocks(mcp_layers):
    """Without them the borders of blocks end where the edit begins: anybody's network can tell."""
    stored = io.BytesIO()
    grey = np.rint(255 * mcp_layers.image).astype(np.uint8)
    Image.fromarray(grey).save(stored, "JPEG", quality=60)
    film = Radiograph.from_array(np.asarray(Image.open(stored), np.float64) / 255, spacing_mm=MM)
    crop = JointCrop(film, JointPose.whole_crop(film))
    joint = synthesize(replace(mcp_layers, crop=crop), GapEdit(change=0.53, tilt_deg=1.5, moves="both"))
    layers = joint.layers
    change = joint.upper_bone - layers.upper_bone + joint.lower_bone - layers.lower_bone
    whole = layers.crop.region.within(layers.crop.region)
    bare = MovableJoint(layers).grain.recompose(joint.upper_bone + joint.lower_bone, change, whole)
    moved = np.abs(change) > 1e-3

    def excess(image):
        """Steps from pixel to pixel at borders of blocks, over those elsewhere."""
        steps = np.where(moved[:, 1:], np.abs(np.diff(image, axis=1)), np.nan)
        borders = np.arange(steps.shape[1]) % 8 == 7
        return float(np.nanmean(steps[:, borders]) / np.nanmean(steps[:, ~borders]))

    assert excess(film.intensity) > 1.3
    assert excess(joint.image) == pytest.approx(excess(film.intensity), rel=0.1)
    assert excess(bare) < 0.9 * excess(film.intensity)
    assert np.abs(joint.image - bare)[moved].mean() < 3 / 255
    assert np.array_equal(synthesize(layers, GapEdit()).image, film.intensity)
