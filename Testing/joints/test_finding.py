"""Joints found on whole hands, of phantoms; and nothing where there is nothing."""

from dataclasses import replace

import numpy as np
import pytest

from LayerSeparationLib import find_joints, make_hand, make_joint, read_radiograph
from LayerSeparationLib.errors import WeightsError
from LayerSeparationLib.joints import JOINT_NAMES, JointCrop, JointFinder
from LayerSeparationLib.radiograph import Origin, PixelSpacing, Radiograph, SpacingSource

MM = 0.25


@pytest.fixture(scope="module")
def finder():
    return JointFinder("cpu")


@pytest.fixture(scope="module")
def left_hand():
    return make_hand(5, spacing_mm=MM, side="L")


@pytest.fixture(scope="module")
def right_hand():
    return make_hand(6, spacing_mm=MM, side="R")


def hand_length(hand):
    return 4.2 * np.hypot(
        *np.subtract(hand.joints["MCP3"].pose.centre_px, hand.joints["PIP3"].pose.centre_px)
    )


def film_of(image, **changes):
    return Radiograph.from_array(np.ascontiguousarray(image, dtype=np.float32), **changes)


def assert_found(poses, expected, length, side=None):
    """Every expected joint is there, by name, within 2 % of the hand's length."""
    by_name = {pose.name: pose for pose in poses}
    assert set(by_name) == set(expected)
    for name, centre in expected.items():
        assert np.hypot(*np.subtract(by_name[name].centre_px, centre)) < 0.02 * length, name
    assert side is None or {pose.side for pose in poses} == {side}


def centres(hand):
    return {name: truth.pose.centre_px for name, truth in hand.joints.items()}


@pytest.mark.parametrize("side", ["L", "R"])
def test_all_joints_of_a_phantom_hand(finder, left_hand, right_hand, side):
    hand = left_hand if side == "L" else right_hand
    poses = find_joints(hand.radiograph, finder)
    assert [pose.name for pose in poses] == list(JOINT_NAMES)
    assert_found(poses, centres(hand), hand_length(hand), side)
    assert min(pose.confidence for pose in poses) > 0.8
    turns = [
        np.degrees(np.arccos(np.clip(np.dot(p.distal, hand.joints[p.name].pose.distal), -1, 1)))
        for p in poses
    ]
    assert np.median(turns) < 3
    assert max(turns) < 12


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_turned_film(finder, left_hand, quarters):
    image, expected = left_hand.radiograph.intensity, centres(left_hand)
    for _ in range(quarters):
        expected = {name: (y, image.shape[1] - 1 - x) for name, (x, y) in expected.items()}
        image = np.rot90(image)
    assert_found(finder.find(film_of(image, spacing_mm=MM)), expected, hand_length(left_hand), "L")


def test_mirrored_film_shows_the_other_side(finder, left_hand):
    columns = left_hand.radiograph.shape[1]
    mirrored = film_of(left_hand.radiograph.intensity[:, ::-1], spacing_mm=MM)
    expected = {name: (columns - 1 - x, y) for name, (x, y) in centres(left_hand).items()}
    assert_found(finder.find(mirrored), expected, hand_length(left_hand), "R")


def test_laterality_of_the_file_overrides_what_is_seen(finder, left_hand):
    film = replace(left_hand.radiograph, origin=Origin(laterality="R"))
    assert {pose.side for pose in finder.find(film)} == {"R"}


def test_two_hands_on_one_film(finder, left_hand, right_hand):
    left, right = left_hand.radiograph.intensity, right_hand.radiograph.intensity
    film = film_of(np.hstack([right, left]), spacing_mm=MM)
    poses = finder.find(film)
    assert len(poses) == 28
    assert_found(poses[:14], centres(right_hand), hand_length(right_hand), "R")
    shifted = {name: (x + right.shape[1], y) for name, (x, y) in centres(left_hand).items()}
    assert_found(poses[14:], shifted, hand_length(left_hand), "L")


def test_without_pixel_spacing_the_hand_gives_the_scale(finder, left_hand):
    film = film_of(left_hand.radiograph.intensity)
    poses = finder.find(film)
    edges = {pose.field_of_view_px for pose in poses}
    assert len(edges) == 1
    # The phantom's joints, seen at 21 mm, would have this edge; hands differ in their proportions.
    assert edges.pop() == pytest.approx(21 / MM, rel=0.15)
    assert JointCrop(film, poses[0]).unit == "px"


def test_pixels_that_are_not_square(finder, left_hand):
    image = left_hand.radiograph.intensity[::2]
    poses = finder.find(film_of(image, spacing_mm=(2 * MM, MM)))
    expected = {name: (x, (y - 0.5) / 2 + 0.25) for name, (x, y) in centres(left_hand).items()}
    assert_found(poses, expected, hand_length(left_hand), "L")
    dx, dy = next(pose.distal for pose in poses if pose.name == "PIP2")
    u, v = left_hand.joints["PIP2"].pose.distal
    assert np.degrees(np.arctan2(2 * dy, dx) - np.arctan2(v, u)) == pytest.approx(0, abs=8)
    # Where only the ratio is known, the joints lie in the same places, and their squares are as large in mm.
    unknown = PixelSpacing(None, None, SpacingSource.UNKNOWN, aspect=2.0)
    by_ratio = finder.find(replace(film_of(image), spacing=unknown))
    assert [pose.centre_px for pose in by_ratio] == [pytest.approx(pose.centre_px) for pose in poses]
    assert by_ratio[0].field_of_view_px == pytest.approx(21 / (MM * np.sqrt(2)), rel=0.15)


@pytest.mark.parametrize(("share", "count"), [(0.5, 8), (1.1, 13)])
def test_part_of_a_hand_gives_all_of_its_own_joints_and_no_other(finder, left_hand, share, count):
    """The film ends between the PIP joints and the knuckles, or just below these: nothing is invented."""
    pip = max(left_hand.joints[f"PIP{finger}"].pose.centre_px[1] for finger in (2, 3, 4))
    knuckle = max(left_hand.joints[f"MCP{finger}"].pose.centre_px[1] for finger in (2, 3, 4, 5))
    last = int(pip + share * (knuckle - pip))
    film = film_of(left_hand.radiograph.intensity[:last], spacing_mm=MM)
    expected = {name: centre for name, centre in centres(left_hand).items() if centre[1] < last}
    assert len(expected) == count
    assert_found(finder.find(film), expected, hand_length(left_hand), "L")


@pytest.mark.parametrize(
    "image",
    [
        pytest.param(np.full((600, 500), 0.3, np.float32), id="constant"),
        pytest.param(np.random.default_rng(0).random((600, 500), dtype=np.float32), id="noise"),
        pytest.param(np.linspace(0, 1, 300 * 200, dtype=np.float32).reshape(300, 200), id="gradient"),
        pytest.param(np.zeros((3, 5), np.float32), id="tiny"),
        pytest.param(np.zeros((1, 1), np.float32), id="one pixel"),
    ],
)
def test_no_hand_no_joints(finder, image):
    assert finder.find(film_of(image)) == []


@pytest.mark.parametrize("kind", ["MCP", "PIP", "DIP", "IP"])
def test_a_single_joint_is_no_hand(finder, kind):
    assert finder.find(make_joint(kind, 11).radiograph) == []


def test_forearm_is_no_hand(finder, left_hand):
    last = int(left_hand.joints["MCP1"].pose.centre_px[1]) + 100
    assert finder.find(film_of(left_hand.radiograph.intensity[last:], spacing_mm=MM)) == []


def test_same_film_same_joints(finder, left_hand):
    assert finder.find(left_hand.radiograph) == finder.find(left_hand.radiograph)


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(WeightsError, match=r"hands\.safetensors"):
        JointFinder("cpu", tmp_path)


def test_other_body_parts_have_no_joints(finder, data_folder):
    films = sorted((data_folder / "dicom").glob("*.dcm"))
    assert films
    assert [len(finder.find(read_radiograph(film))) for film in films] == [0] * len(films)
