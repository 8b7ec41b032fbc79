"""A hand tells a wrong pixel spacing."""

import re

import numpy as np
import pytest

from LayerSeparationLib import make_hand
from LayerSeparationLib.joints.hand_size import ADULT_HAND_MM, doubt_spacing, hand_length_mm
from LayerSeparationLib.radiograph import Radiograph

MM = 0.4


@pytest.fixture(scope="module")
def hands():
    return {side: make_hand(3, spacing_mm=MM, side=side) for side in "LR"}


def poses_of(hand):
    return [joint.pose for joint in hand.joints.values()]


@pytest.mark.parametrize("side", ["L", "R"])
def test_length_by_the_middle_finger(hands, side):
    """The hand's length is 4.2 times the proximal phalanx of its middle finger."""
    hand = hands[side]
    near, far = (np.array(hand.joints[name].pose.centre_px) for name in ("MCP3", "PIP3"))
    expected = 4.2 * np.hypot(*(near - far)) * MM
    assert hand_length_mm(hand.radiograph, poses_of(hand)) == pytest.approx(expected, rel=0.1)


@pytest.mark.parametrize(
    ("factor", "is_doubted"), [(1, False), (0.06, True), (0.5, False), (2.1, True), (10, True)]
)
def test_a_hand_of_12_or_400_mm_is_a_wrong_spacing(hands, factor, is_doubted):
    hand = hands["L"]
    film = hand.radiograph.with_spacing(MM * factor)
    doubt = doubt_spacing(film, poses_of(hand))
    assert (doubt is not None) is is_doubted
    if doubt is not None:
        fitting = float(re.search(r"it would be ([\d.]+) x", doubt).group(1))
        repaired = hand.radiograph.with_spacing(fitting)
        assert hand_length_mm(repaired, poses_of(hand)) == pytest.approx(ADULT_HAND_MM, rel=0.01)
        assert doubt_spacing(repaired, poses_of(hand)) is None


def test_too_little_to_tell(hands):
    poses = poses_of(hands["L"])
    in_px = Radiograph.from_array(hands["L"].radiograph.intensity)
    assert hand_length_mm(in_px, poses) is None
    assert doubt_spacing(hands["L"].radiograph.with_spacing(5.0), poses[:3]) is None
    assert doubt_spacing(hands["L"].radiograph, []) is None
