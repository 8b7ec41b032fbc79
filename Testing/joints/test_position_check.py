"""Names against the lengths of the segments: sound hands pass, those that are shifted are told."""

from dataclasses import replace

import numpy as np
import pytest

from LayerSeparationLib import JointPose, Radiograph, make_hand
from LayerSeparationLib.joints import JOINT_NAMES, check_positions
from LayerSeparationLib.joints.finding import DOUBTFUL_CONFIDENCE, _lower_doubtful
from LayerSeparationLib.joints.position_check import TOO_FAR_OUT, TOO_NEAR_TO_WRIST

FILM = Radiograph.from_array(np.full((40, 30), 0.5, np.float32))
FINGERS = range(2, 6)


@pytest.fixture(scope="module")
def hands():
    return [
        {name: joint.pose for name, joint in make_hand(seed, spacing_mm=0.6).joints.items()}
        for seed in range(20, 26)
    ]


def findings(poses):
    return dict(zip((pose.name for pose in poses), check_positions(poses, FILM), strict=True))


def at(pose, name, xy):
    return replace(pose, name=name, centre_px=(float(xy[0]), float(xy[1])))


def shifted_out(hand):
    """Every finger named so that each joint lies one joint nearer to the tip, the last near the fingertip."""
    poses = []
    for finger in FINGERS:
        pip, dip = hand[f"PIP{finger}"], hand[f"DIP{finger}"]
        middle = np.subtract(dip.centre_px, pip.centre_px)
        share = {2: 0.71, 3: 0.66, 4: 0.67, 5: 0.88}[finger]
        tip = dip.centre_px + share * middle
        poses += [at(pip, f"MCP{finger}", pip.centre_px), at(dip, f"PIP{finger}", dip.centre_px)]
        poses.append(at(dip, f"DIP{finger}", tip))
    return poses


def shifted_in(hand):
    """Every finger named so that each joint lies one joint nearer to the wrist, the first in the carpus."""
    poses = []
    for finger in FINGERS:
        mcp, pip = hand[f"MCP{finger}"], hand[f"PIP{finger}"]
        proximal = np.subtract(pip.centre_px, mcp.centre_px)
        share = {2: 1.71, 3: 1.45, 4: 1.40, 5: 1.64}[finger]
        base = mcp.centre_px - share * proximal
        poses += [at(mcp, f"MCP{finger}", base), at(mcp, f"PIP{finger}", mcp.centre_px)]
        poses.append(at(pip, f"DIP{finger}", pip.centre_px))
    return poses


def test_sound_hands_pass_whole_or_in_part(hands):
    for hand in hands:
        whole = list(hand.values())
        assert not any(check_positions(whole, FILM))
        for part in (whole[:10], [pose for pose in whole if pose.name[-1] in "23"], whole[:3]):
            assert not any(check_positions(part, FILM))


def test_pixels_that_are_not_square_are_no_reason_to_doubt(hands):
    spacing = replace(FILM.spacing, aspect=4.0)  # rows four times as far apart as columns: heights are halved
    film = replace(FILM, spacing=spacing)
    for hand in hands:
        poses = [at(pose, name, np.multiply(pose.centre_px, (2.0, 0.5))) for name, pose in hand.items()]
        assert not any(check_positions(poses, film))
        assert any(check_positions(poses, FILM))


def test_too_few_fingers_are_not_judged(hands):
    assert not any(check_positions([pose for pose in shifted_out(hands[0]) if pose.name[-1] in "23"], FILM))
    assert not any(check_positions([pose for pose in shifted_in(hands[0]) if "DIP" not in pose.name], FILM))


def test_doubtful_names_lower_the_confidence_of_what_was_found(hands):
    sure = [replace(pose, confidence=0.997) for pose in shifted_out(hands[0])]
    assert {pose.confidence for pose in _lower_doubtful(sure, FILM)} == {DOUBTFUL_CONFIDENCE}
    sound = [replace(pose, confidence=0.997) for pose in hands[0].values()]
    assert _lower_doubtful(sound, FILM) == sound


def test_all_fingers_one_joint_off_are_told(hands):
    for shift, finding in ((shifted_out, TOO_FAR_OUT), (shifted_in, TOO_NEAR_TO_WRIST)):
        told = [findings(shift(hand)) for hand in hands]
        caught = [all(one and one[0].startswith(finding) for one in hand.values()) for hand in told]
        assert np.mean(caught) >= 5 / 6


def test_one_finger_one_joint_off_is_told_and_the_others_are_not(hands):
    for hand in hands:
        poses = {pose.name: pose for pose in hand.values()}
        poses.update({pose.name: pose for pose in shifted_out(hand) if pose.name.endswith("3")})
        told = findings(list(poses.values()))
        assert {name for name, found in told.items() if found} == {"MCP3", "PIP3", "DIP3"}
        assert told["PIP3"][0].startswith(TOO_FAR_OUT)


def test_a_joint_out_of_its_place_is_told_with_its_neighbour(hands):
    poses = dict(hands[0])
    far = np.array(poses["DIP4"].centre_px) - poses["PIP4"].centre_px
    poses["DIP4"] = replace(poses["DIP4"], centre_px=tuple(poses["PIP4"].centre_px + 1.7 * far))
    told = findings(list(poses.values()))
    assert {name for name, found in told.items() if found} == {"DIP4", "PIP4"}
    assert told["DIP4"][0].startswith("too long a way to PIP4")


def found(poses):
    return [replace(pose, confidence=0.99) for pose in poses]


def film_to(hand, below_mcp3):
    """Return a film that ends some proximal phalanges below the middle finger's knuckle."""
    knuckle, next_one = hand["MCP3"].centre_px, hand["PIP3"].centre_px
    phalanx = np.hypot(*np.subtract(next_one, knuckle))
    return Radiograph.from_array(
        np.random.default_rng(1).random((int(knuckle[1] + below_mcp3 * phalanx), 1000))
    )


def test_names_that_nothing_confirms_are_doubted_where_the_film_ends_at_the_metacarpals(hands):
    for hand in hands:
        film = film_to(hand, 0.3)
        whole = found(hand.values())
        assert not any(check_positions(whole, film))
        # Phalanges alone: the joints are PIP and DIP, or MCP and PIP named one joint too far out.
        shifted = [pose for pose in found(shifted_out(hand)) if pose.name[:3] != "DIP"]
        assert all(check_positions(shifted, film))
        by_a_person = [replace(pose, confidence=None) for pose in shifted]
        assert not any(check_positions(by_a_person, film))


def test_a_film_without_wrist_confirms_few_joints_no_more(hands):
    part = [pose for pose in found(hands[0].values()) if pose.name[:3] in ("PIP", "DIP")]
    told = check_positions(part, film_to(hands[0], -0.2))
    assert all(one[0].startswith(f"{TOO_FAR_OUT} (the film ends before the wrist") for one in told)
    assert not any(check_positions(part, film_to(hands[0], 2.5)))


def test_a_finger_named_too_far_out_without_its_tip_is_told(hands):
    for hand in hands:
        poses = {name: pose for name, pose in hand.items() if not name.endswith("3")}
        poses.update({pose.name: pose for pose in shifted_out(hand) if pose.name in ("MCP3", "PIP3")})
        told = findings(list(poses.values()))
        assert {name for name, one in told.items() if one} == {"MCP3", "PIP3"}


def test_hands_are_judged_each_for_itself_and_other_names_not_at_all(hands):
    left = [replace(pose, side="L") for pose in hands[0].values()]
    right = [replace(pose, side="R") for pose in shifted_out(hands[1])]
    own = JointPose("my joint", (3, 4), (0, -1), side="L")
    found = check_positions([*left, own, *right], FILM)
    assert not any(found[: len(left) + 1])
    assert all(found[len(left) + 1 :])
    assert check_positions([own], FILM) == [()]
    twice = [*left, replace(left[0], name=f"{JOINT_NAMES[0]}_L")]
    assert not any(check_positions(twice, FILM))
