from itertools import pairwise

import numpy as np
import pytest

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.phantom import FilmSettings, PhantomHand, make_hand

JOINTS = {f"MCP{n}" for n in range(1, 6)} | {"IP1"} | {f"{k}{n}" for k in ("PIP", "DIP") for n in range(2, 6)}


SPACING_MM = 0.3


@pytest.fixture(scope="module")
def left() -> PhantomHand:
    return make_hand(3, spacing_mm=SPACING_MM, side="L")


@pytest.fixture(scope="module")
def right() -> PhantomHand:
    return make_hand(3, spacing_mm=SPACING_MM, side="R")


def test_all_joints_are_on_the_film(left):
    assert set(left.joints) == JOINTS
    rows, columns = left.radiograph.shape
    assert (rows, columns) == (900, 740)
    for name, joint in left.joints.items():
        x, y = joint.pose.centre_px
        assert joint.pose.name == name
        assert joint.pose.side == "L"
        assert 20 < x < columns - 20
        assert 20 < y < rows - 20


@pytest.mark.parametrize("side", ["L", "R"])
def test_poses_point_to_the_next_joint(side, left, right):
    hand = left if side == "L" else right
    for digit in range(1, 6):
        chain = ("MCP1", "IP1") if digit == 1 else tuple(f"{kind}{digit}" for kind in ("MCP", "PIP", "DIP"))
        for near, far in pairwise(chain):
            here, there = hand.joints[near].pose, hand.joints[far].pose
            step = np.subtract(there.centre_px, here.centre_px)
            cosine = np.dot(step, here.distal) / np.hypot(*step)
            assert cosine > np.cos(np.radians(12)), f"{near} to {far}"


def test_phalanges_have_the_proportions_of_a_hand(left):
    def length(near: str, far: str) -> float:
        return float(
            np.hypot(*np.subtract(left.joints[far].pose.centre_px, left.joints[near].pose.centre_px))
            * SPACING_MM
        )

    middle = length("MCP3", "PIP3")
    assert 38 < middle < 52
    assert 0.5 < length("PIP3", "DIP3") / middle < 0.75
    assert length("MCP5", "PIP5") < length("MCP4", "PIP4") < middle


def test_the_thumb_is_on_the_right_of_a_left_hand(left, right):
    assert left.joints["MCP1"].pose.centre_px[0] > left.joints["MCP2"].pose.centre_px[0]
    assert left.joints["MCP2"].pose.centre_px[0] > left.joints["MCP5"].pose.centre_px[0]
    assert right.joints["MCP1"].pose.centre_px[0] < right.joints["MCP2"].pose.centre_px[0]


def test_layers_add_up_within_every_region(left):
    for joint in left.joints.values():
        total = joint.soft_tissue + joint.upper_bone + joint.lower_bone + left.noise[joint.region.slices]
        assert np.abs(total - left.radiograph.attenuation[joint.region.slices]).max() < 1e-5
        assert joint.upper_silhouette.shape == joint.soft_tissue.shape
        assert joint.soft_tissue.min() > -1e-5


def test_bones_lie_on_their_sides_of_the_joint(left):
    for name, joint in left.joints.items():
        origin = np.array(joint.region.origin_px)
        for silhouette, sign in ((joint.upper_silhouette, 1.0), (joint.lower_silhouette, -1.0)):
            rows, columns = np.nonzero(silhouette)
            middle = np.array([columns.mean(), rows.mean()]) + origin - joint.pose.centre_px
            assert sign * np.dot(middle, joint.pose.distal) * SPACING_MM > 2.0, name


def test_margins_face_each_other_along_the_pose(left):
    for joint in left.joints.values():
        along = np.asarray(joint.pose.distal)
        across = np.array([-along[1], along[0]])
        upper, lower = (
            margin - joint.pose.centre_px for margin in (joint.upper_margin_px, joint.lower_margin_px)
        )
        first = max((upper @ across).min(), (lower @ across).min())
        last = min((upper @ across).max(), (lower @ across).max())
        at = np.linspace(first + (last - first) / 4, last - (last - first) / 4, 101)
        gap = np.interp(at, upper @ across, upper @ along) - np.interp(at, lower @ across, lower @ along)
        assert gap.mean() * SPACING_MM == pytest.approx(joint.jsw_mean_mm, abs=0.01)
        assert (first + last) / 2 == pytest.approx(0.0, abs=0.02)


def test_the_same_seed_gives_the_same_bytes(left):
    again = make_hand(3, spacing_mm=SPACING_MM, side="L")
    assert again.radiograph.intensity.tobytes() == left.radiograph.intensity.tobytes()
    assert again.joints["DIP4"].lower_bone.tobytes() == left.joints["DIP4"].lower_bone.tobytes()


def test_a_clean_film_has_no_letter_and_no_noise():
    hand = make_hand(5, spacing_mm=0.6, film=FilmSettings.clean())
    assert np.abs(hand.noise).max() < 1e-5
    assert hand.radiograph.intensity.max() < 0.97


@pytest.mark.parametrize("seed", range(40, 45))
def test_every_seed_fits_on_the_smallest_film_that_is_promised(seed):
    hand = make_hand(seed, spacing_mm=0.6, shape=(317, 359))
    assert set(hand.joints) == JOINTS


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": -1}, "seed"),
        ({"side": "left"}, "side"),
        ({"spacing_mm": 0.0}, "spacing_mm"),
        ({"shape": (300, 300)}, "rows"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        make_hand(**{"seed": 0, **arguments})
