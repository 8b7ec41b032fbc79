"""A pose says where a joint is, or why it can't be one."""

import json
import math

import numpy as np
import pytest

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.joints import JOINT_NAMES, JointPose
from LayerSeparationLib.radiograph import UNKNOWN_SPACING, Radiograph


def test_a_hand_has_fourteen_joints():
    assert len(set(JOINT_NAMES)) == 14
    assert {"MCP1", "IP1", "PIP5", "DIP2"} <= set(JOINT_NAMES)
    assert not {"PIP1", "DIP1", "IP2"} & set(JOINT_NAMES)


def test_direction_becomes_a_unit_vector():
    pose = JointPose("MCP2", (10, 20), (3.0, -4.0))
    assert pose.distal == pytest.approx((0.6, -0.8))


def test_line_from_proximal_to_distal():
    pose = JointPose.along_line("PIP3", (100, 300), (110, 200))
    assert pose.centre_px == (105, 250)
    assert pose.distal == pytest.approx((10 / math.hypot(10, 100), -100 / math.hypot(10, 100)))


def test_pose_in_mm():
    spacing = Radiograph.from_array(np.eye(64, dtype=np.float32) * 0.5, (0.1, 0.2)).spacing
    pose = JointPose.from_mm("MCP2", (4.0, 3.0), (1.0, -1.0), spacing)
    assert pose.centre_px == (20, 30)
    assert pose.distal == pytest.approx((5 / math.hypot(5, 10), -10 / math.hypot(5, 10)))
    with pytest.raises(InputError, match="use px"):
        JointPose.from_mm("MCP2", (4.0, 3.0), (1.0, -1.0), UNKNOWN_SPACING)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": ""}, "can't name"),
        ({"name": "../up"}, "can't name"),
        ({"name": "a/b"}, "can't name"),
        ({"name": "dot."}, "can't name"),
        ({"centre_px": (math.nan, 1)}, "finite"),
        ({"distal": (0, 0)}, "no length"),
        ({"distal": (math.inf, 0)}, "finite"),
        ({"field_of_view_px": 0}, "above 0 px"),
        ({"field_of_view_mm": -1}, "above 0 mm"),
    ],
)
def test_what_is_no_pose_is_refused(values, message):
    with pytest.raises(InputError, match=message):
        JointPose(**{"name": "MCP2", "centre_px": (1, 1), "distal": (0, -1), **values})


def test_a_pose_goes_through_json_and_comes_back():
    pose = JointPose("MCP2", (20.25, 30.1), (0.6, -0.8), field_of_view_px=250.0, side="L", confidence=0.75)
    assert JointPose.from_json(json.loads(json.dumps(pose.as_json()))) == pose


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"name": "MCP2", "centre_px": [1], "distal": [0, -1]},
        {"name": 5, "centre_px": [1, 1], "distal": [0, -1]},
    ],
)
def test_what_is_no_pose_in_json_is_refused(values):
    with pytest.raises(InputError, match="no pose"):
        JointPose.from_json(values)


@pytest.mark.parametrize(("spacing", "field"), [(0.1, ("mm", 25.0)), (None, ("px", 250.0))])
def test_whole_crop_takes_the_longer_edge(spacing, field):
    film = Radiograph.from_array(np.tile(np.linspace(0.1, 0.8, 200, dtype=np.float32), (250, 1)), spacing)
    pose = JointPose.whole_crop(film)
    assert pose.centre_px == (99.5, 124.5)
    assert getattr(pose, f"field_of_view_{field[0]}") == pytest.approx(field[1])
