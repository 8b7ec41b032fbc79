"""Joints are believed where their copies agree."""

import dataclasses

import numpy as np
import pytest

from LayerSeparationLib import JointPose, Radiograph, make_joint
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX, JointCrop
from LayerSeparationLib.training.dice import dice_coefficient
from LayerSeparationLib.training.joint_set import read_joint_set
from LayerSeparationLib.training.traced_joints import (
    COPIES,
    LEAST_DICE,
    MOST_SPREAD_PX,
    _agreed_margins,
    _agreed_silhouettes,
    drawn_joint_poses,
    hand_joint_poses,
    load_traced_joints,
    save_traced_joints,
    trace_joint,
)


@pytest.fixture(scope="module")
def phantom():
    return make_joint("MCP", 310, jsw_mm=1.6)


@pytest.fixture(scope="module")
def traced(separator, phantom):
    return trace_joint(phantom.radiograph, JointPose.whole_crop(phantom.radiograph), "MCP", separator)


@pytest.fixture(scope="module")
def noise(separator):
    grey = np.random.default_rng(4).uniform(0.2, 0.6, (256, 256)).astype(np.float32)
    film = Radiograph.from_array(grey, CANONICAL_MM_PER_PX)
    return trace_joint(film, JointPose.whole_crop(film), "MCP", separator)


def test_a_phantom_is_believed(traced, phantom):
    truth = traced.margins
    assert truth.gap_px * CANONICAL_MM_PER_PX == pytest.approx(phantom.jsw_mean_mm, abs=0.2)
    columns = np.flatnonzero(np.isfinite(truth.margins_px).all(axis=0))
    assert columns.size > 60
    for rows, line in zip(truth.margins_px, (phantom.upper_margin_px, phantom.lower_margin_px), strict=True):
        x, y = line[np.argsort(line[:, 0])].T
        assert np.median(np.abs(rows[columns] - np.interp(columns, x, y))) < 1.0
    for mask, expected in zip(
        traced.silhouettes, (phantom.upper_silhouette, phantom.lower_silhouette), strict=True
    ):
        assert dice_coefficient(mask, expected) > 0.96
    assert (truth.ends_px[:, 0] < truth.ends_px[:, 1]).all()


def test_its_layers_add_up_to_the_film(traced, phantom):
    attenuation = -np.log1p(-np.clip(phantom.radiograph.intensity, 0, 0.998))
    assert traced.layers.astype(np.float32).sum(axis=0) == pytest.approx(attenuation, abs=0.01)
    assert traced.layer_truth.sharing_known.all()
    assert np.array_equal(traced.layer_truth.upper_silhouette, traced.silhouettes[0])


def test_noise_is_not_believed(noise):
    assert noise.margins is None
    assert noise.silhouettes is None
    assert noise.layer_truth is None


def test_drawn_silhouettes_are_believed_anyway(noise, phantom):
    drawn = noise.with_silhouettes(phantom.upper_silhouette, phantom.lower_silhouette)
    assert np.array_equal(drawn.layer_truth.lower_silhouette, phantom.lower_silhouette)


def test_written_and_read_again(tmp_path, traced, noise):
    path = tmp_path / "traced.npz"
    save_traced_joints(path, [traced, noise])
    believed, not_believed = load_traced_joints(path)
    assert np.array_equal(believed.layers, traced.layers)
    assert np.array_equal(believed.margins.margins_px, traced.margins.margins_px, equal_nan=True)
    assert np.array_equal(believed.margins.ends_px, traced.margins.ends_px)
    assert np.array_equal(believed.silhouettes, traced.silhouettes)
    assert not_believed.margins is None
    assert not_believed.silhouettes is None


def copies_of(masks):
    return np.repeat(np.asarray(masks, np.float32)[None], len(COPIES), axis=0)


def boxes():
    masks = np.zeros((2, 256, 256), np.float32)
    masks[0, :120, 80:180] = 1
    masks[1, 130:, 80:180] = 1
    return masks


def test_silhouettes_that_one_copy_sees_otherwise_are_left_out():
    agreed = _agreed_silhouettes(copies_of(boxes()))
    assert np.array_equal(agreed, boxes() > 0.5)
    one_off = copies_of(boxes())
    one_off[3, 1, 130:140] = 0  # 10 of its 126 rows
    assert LEAST_DICE > 2 * 116 / (126 + 116)
    assert _agreed_silhouettes(one_off) is None
    nearly = copies_of(boxes())
    nearly[3, 1, 130:134] = 0
    assert _agreed_silhouettes(nearly) is not None


def test_silhouettes_in_pieces_or_empty_are_left_out_and_holes_are_filled():
    pieces = boxes()
    pieces[0, :20, 10:30] = 1
    assert _agreed_silhouettes(copies_of(pieces)) is None
    empty = boxes()
    empty[1] = 0
    assert _agreed_silhouettes(copies_of(empty)) is None
    hole = boxes()
    hole[0, 50:55, 100:105] = 0
    assert np.array_equal(_agreed_silhouettes(copies_of(hole)), boxes() > 0.5)


@pytest.fixture
def lines():
    """Return margins of five copies that agree: 12 px apart, columns 70 to 190."""
    rows = np.full((len(COPIES), 2, 256), np.nan)
    rows[:, 0, 70:191], rows[:, 1, 70:191] = 100, 112
    wobble = np.linspace(-0.4, 0.4, len(COPIES))
    return rows + wobble[:, None, None]


def agreed(lines, kind="MCP"):
    ends = np.tile([[60.0, 200.0], [58.0, 202.0]], (len(lines), 1, 1))
    return _agreed_margins(np.zeros((3, 256, 256), np.float16), lines, ends, kind)


def test_margins_that_copies_agree_on(lines):
    truth = agreed(lines)
    assert truth.gap_px == pytest.approx(12)
    assert np.isfinite(truth.margins_px[0]).sum() == 121
    assert truth.ends_px.tolist() == [[60, 200], [58, 202]]


def test_a_column_on_which_they_differ_is_unknown(lines):
    lines[0, 0, 100:110] += 5 * MOST_SPREAD_PX
    truth = agreed(lines)
    assert np.isnan(truth.margins_px[0, 100:110]).all()
    assert np.isfinite(truth.margins_px[1, 100:110]).all()
    lines[0, 0, 100:140] += 5 * MOST_SPREAD_PX
    assert agreed(lines) is None


def test_too_few_copies_or_a_gap_of_no_joint(lines):
    torn = lines.copy()
    torn[:2] = np.nan
    assert agreed(torn) is None
    torn = lines.copy()
    torn[0] = np.nan
    assert agreed(torn) is not None
    wide = lines.copy()
    wide[:, 1] += 18
    assert agreed(wide, "DIP") is None
    assert agreed(wide, "MCP").gap_px == pytest.approx(30)
    crossed = lines.copy()
    crossed[:, 1] -= 14
    assert agreed(crossed) is None


def test_a_gap_that_differs_from_copy_to_copy(lines):
    lines[:, 1] += np.linspace(-1.4, 1.4, len(COPIES))[:, None]
    assert agreed(lines) is None


def test_joints_of_a_joint_set(joint_set):
    joints = read_joint_set(joint_set, "train")
    poses = list(drawn_joint_poses(joints))
    assert len(poses) == 4
    film, pose, kind = poses[0]
    assert kind == "MCP"
    crop = JointCrop(film, pose)
    assert crop.unit == "mm"
    assert crop.canonical_image() == pytest.approx(joints[0].intensity, abs=1e-5)


def test_joints_of_a_hand_set(directed_hand_set):
    found = list(hand_joint_poses(directed_hand_set, ("train", "tune")))
    assert sorted((pose.name, kind) for _, pose, kind in found) == [("DIP3", "DIP"), ("PIP3", "PIP")]
    for film, pose, _ in found:
        crop = JointCrop(film, pose)
        assert crop.canonical_image().shape == (256, 256)
        assert pose.field_of_view_px * 0.2 == pytest.approx(21, abs=4)
    assert list(hand_joint_poses(directed_hand_set, ("train",))) == []


def test_a_hand_set_without_directions(directed_hand_set, tmp_path):
    (tmp_path / "joints.csv").write_text((directed_hand_set / "joints.csv").read_text())
    with pytest.raises(InputError, match=r"has no directions\.csv: it tells the directions of the fingers"):
        list(hand_joint_poses(tmp_path, ("tune",)))


def test_copies_differ_in_all_that_must_not_matter():
    for field in dataclasses.fields(COPIES[0]):
        assert len({getattr(copy, field.name) for copy in COPIES}) > 1
