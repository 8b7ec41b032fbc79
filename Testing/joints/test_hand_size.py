"""A hand tells a wrong pixel spacing, and joints that are too wide or too narrow for it."""

import re

import numpy as np
import pytest

from LayerSeparationLib import make_hand
from LayerSeparationLib.joints.hand_size import (
    _USUAL_WIDTHS,
    ADULT_HAND_MM,
    check_spacing,
    doubt_spacing,
    doubt_widths,
    hand_length_mm,
)
from LayerSeparationLib.joints.position_check import SEGMENTS, USUAL_LENGTHS
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


@pytest.mark.parametrize(("factor", "start"), [(1, None), (0.55, "is the pixel"), (2.1, "the pixel")])
def test_lengths_in_mm_are_doubted_where_the_hand_is_not_that_long(hands, factor, start):
    hand = hands["L"]
    found = check_spacing(hand.radiograph.with_spacing(MM * factor), poses_of(hand))
    assert [told.startswith(start) for told in found] == ([True] if start else [])
    assert check_spacing(Radiograph.from_array(hand.radiograph.intensity), poses_of(hand)) == ()


def test_too_little_to_tell(hands):
    poses = poses_of(hands["L"])
    in_px = Radiograph.from_array(hands["L"].radiograph.intensity)
    assert hand_length_mm(in_px, poses) is None
    assert doubt_spacing(hands["L"].radiograph.with_spacing(5.0), poses[:3]) is None
    assert doubt_spacing(hands["L"].radiograph, []) is None


def test_the_joints_of_a_sound_hand_are_as_wide_as_it_lets_expect():
    hand = make_hand(7, spacing_mm=MM)
    poses = [joint.pose for joint in hand.joints.values()]
    segments_mm = [
        MM * np.hypot(*np.subtract(hand.joints[near].pose.centre_px, hand.joints[far].pose.centre_px))
        for near, far in SEGMENTS
    ]
    size = np.mean(np.log(segments_mm) - USUAL_LENGTHS)
    widths = [
        float(np.exp(size + _USUAL_WIDTHS[pose.name] + 0.04 * (-1) ** number))
        for number, pose in enumerate(poses)
    ]
    assert not any(doubt_widths(poses, widths, hand.radiograph))
    number = [pose.name for pose in poses].index("PIP3")
    for factor, word in ((0.6, "too narrow"), (1.6, "too wide")):
        off = [w * factor if k == number else w for k, w in enumerate(widths)]
        told = doubt_widths(poses, off, hand.radiograph)
        assert [bool(one) for one in told] == [k == number for k in range(len(poses))]
        assert told[number][0].startswith(f"its bones are {word} for the hand's other PIP joints")
        alone = [w if k == number else None for k, w in enumerate(off)]
        assert doubt_widths(poses, alone, hand.radiograph)[number][0].startswith(
            f"its bones are {word} for the length of its finger"
        )
