"""Find joints: a phantom hand's joints fill the list, are separated together, and can be changed."""

from __future__ import annotations

import sys

import numpy as np
import pytest
import slicer

from LayerSeparationLib.joints import JOINT_NAMES, JointFinder
from LayerSeparationLib.scene import JointStatus
from LayerSeparationLib.scene.sample_data import load_sample
from LayerSeparationLib.widgets.states import PanelState


@pytest.fixture
def hand(bench):
    """A bench with the phantom hand's film."""
    load_sample("PhantomHand")
    bench.host.process_events()
    return bench


def find(bench):
    bench.ui.findJointsButton.click()
    assert bench.panel.state is PanelState.FINDING
    assert not bench.ui.findJointsButton.enabled
    bench.wait(lambda: not bench.panel.state.busy)


def test_a_hand_in_three_clicks(hand):
    assert hand.ui.findJointsButton.default
    find(hand)
    assert hand.ui.jointTable.rowCount == 14
    assert [joint.name for joint in hand.session.joints.joints] == list(JOINT_NAMES)
    assert hand.cell(0, 0) == "MCP1 L"
    assert "confidence" in hand.ui.jointTable.item(0, 0).toolTip()
    assert hand.ui.messageLabel.text.startswith("14 joints found, 14 new.")
    assert hand.ui.separateButton.text == "Separate all (14)"
    assert hand.ui.separateButton.default

    hand.ui.separateButton.click()
    hand.wait(lambda: not hand.panel.state.busy)
    joints = hand.session.joints.joints
    assert {joint.status for joint in joints} == {JointStatus.READY}
    assert "\N{PLUS-MINUS SIGN}" in hand.cell(2, 1)

    moved, others = joints[3], [joint for joint in joints if joint is not joints[3]]
    kept = [joint.layers for joint in others]
    place = np.add(moved.line.GetNthControlPointPositionWorld(0), (1.0, 0.0, 0.0))
    moved.line.SetNthControlPointPositionWorld(0, *place)
    hand.host.process_events()
    assert hand.cell(3, 4) == "line moved"
    assert hand.ui.jointTable.item(3, 0).toolTip() == "MCP4 L"
    assert hand.ui.separateButton.text == "Separate"
    hand.ui.separateButton.click()
    hand.wait(lambda: not hand.panel.state.busy)
    assert moved.status is JointStatus.READY
    assert all(joint.layers is layers for joint, layers in zip(others, kept, strict=True))


def test_finding_again_leaves_the_users_joints_alone(hand):
    find(hand)
    first = hand.session.joints.joints[0]
    first.name = "my thumb"
    hand.session.joints.remove(hand.session.joints.joints[5])
    find(hand)
    names = [joint.name for joint in hand.session.joints.joints]
    assert sorted(names) == sorted([*JOINT_NAMES[1:], "my thumb"])
    assert hand.ui.messageLabel.text.startswith("14 joints found, 1 new.")


def test_no_hand_is_said_in_words(film):
    find(film)
    assert film.ui.jointTable.rowCount == 0
    assert film.ui.messageLabel.text == "No hand was found on this film: place its joints by hand."
    assert film.panel.state is PanelState.IDLE


def test_cancel_adds_nothing(hand, monkeypatch):
    import time

    real = JointFinder.find

    def slow(self, radiograph):
        time.sleep(0.5)
        return real(self, radiograph)

    monkeypatch.setattr(JointFinder, "find", slow)
    hand.ui.findJointsButton.click()
    hand.ui.cancelButton.click()
    assert hand.panel.state is PanelState.IDLE
    hand.wait(lambda: not hand.panel.jobs.busy)
    time.sleep(0.8)
    hand.host.process_events()
    assert hand.ui.jointTable.rowCount == 0
    find(hand)
    assert hand.ui.jointTable.rowCount == 14


def test_the_scene_may_be_closed_meanwhile(hand):
    hand.ui.findJointsButton.click()
    slicer.mrmlScene.Clear(0)
    hand.host.process_events()
    assert hand.panel.state is PanelState.IDLE
    assert hand.ui.jointTable.rowCount == 0


def test_weights_that_are_missing_are_named(hand, monkeypatch, tmp_path):
    monkeypatch.setattr(sys.modules["LayerSeparationLib.joints.finding"], "MODELS_FOLDER", tmp_path)
    hand.ui.findJointsButton.click()
    hand.wait(lambda: not hand.panel.state.busy)
    assert hand.panel.state is PanelState.FAILED
    assert "hands.safetensors" in hand.ui.messageLabel.text
    assert any("hands.safetensors" in text for text in hand.host.errors.take())
    assert hand.ui.placeJointButton.enabled


def test_from_a_script(hand):
    logic = hand.module.LayerSeparationLogic()
    added = logic.findJoints(hand.session.joints, "cpu")
    hand.host.process_events()
    assert len(added) == 14
    assert hand.ui.jointTable.rowCount == 14
