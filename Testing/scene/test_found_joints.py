"""Joints that were found become lines that the user can move, rename and remove like any other."""

from dataclasses import replace

import numpy as np
import pytest

from LayerSeparationLib.joints import JOINT_NAMES
from LayerSeparationLib.scene import JointStatus, SceneJoints


@pytest.fixture
def poses(hand_phantom):
    return [replace(hand_phantom.joints[name].pose, confidence=0.91) for name in JOINT_NAMES]


@pytest.fixture
def joints(hand_film):
    joints = SceneJoints(hand_film)
    yield joints
    joints.close()


def move(joint, by_mm):
    place = np.array(joint.line.GetNthControlPointPositionWorld(1)) + by_mm
    joint.line.SetNthControlPointPositionWorld(1, *place)


def test_each_pose_becomes_a_line_of_the_same_pose(joints, poses):
    added = joints.add_found(poses)
    assert [joint.name for joint in joints.joints] == list(JOINT_NAMES)
    for joint, pose in zip(added, poses, strict=True):
        assert joint.pose.centre_px == pytest.approx(pose.centre_px, abs=1e-3)
        assert joint.pose.distal == pytest.approx(pose.distal, abs=1e-5)
        assert joint.pose.confidence == joint.confidence == 0.91
        assert joint.side == pose.side
        assert joint.status is JointStatus.NOT_SEPARATED
    assert joints.table.GetTable().GetNumberOfRows() == 14


def test_the_users_own_joints_stay_as_they_are(joints, poses, hand_film, hand_phantom, make):
    own = make.joint(joints, hand_phantom.joints["MCP3"], "MCP3")
    before = own.pose
    elsewhere = make.joint(joints, hand_phantom.joints["PIP4"], "my joint")
    added = joints.add_found(poses)
    assert len(added) == 12
    assert own.pose == before
    assert own.confidence is None
    assert elsewhere in joints.joints
    assert joints.add_found(poses) == []


def test_a_joint_that_the_user_moves_is_no_longer_a_found_one(joints, poses):
    first, second = joints.add_found(poses)[:2]
    move(first, [2.0, 0.0, 0.0])
    assert first.confidence is None
    assert second.confidence == 0.91


def test_only_a_joint_that_moved_is_to_be_separated_again(joints, poses, hand_film, hand_phantom, make):
    first, second = joints.add_found(poses[:2])
    for joint in (first, second):
        joint.set_layers(make.layers(hand_film, joint.pose, hand_phantom.joints[joint.name]))
    move(first, [2.0, 0.0, 0.0])
    assert first.status is JointStatus.OUTDATED
    assert second.status is JointStatus.READY


def test_joints_of_two_hands_have_names_of_their_own(joints, poses, hand_phantom):
    other = [
        replace(pose, side="R", centre_px=(pose.centre_px[0] + 60, pose.centre_px[1])) for pose in poses[:2]
    ]
    joints.add_found([*poses[:2], *other])
    side = hand_phantom.side
    assert [joint.name for joint in joints.joints] == [
        *(f"MCP1_{letter}" for letter in sorted((side, "R"))),
        *(f"MCP2_{letter}" for letter in sorted((side, "R"))),
    ]
    assert joints.joints[0].bone_names[1] == "Metacarpal"


def test_found_joints_without_pixel_spacing_keep_their_size(make, poses, joints):
    found = replace(poses[0], field_of_view_px=90.0)
    (joint,) = joints.add_found([found])
    # With spacing known the square is 21 mm, whatever the size that was found.
    assert joint.pose.field_of_view_px is None
