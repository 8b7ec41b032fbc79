"""Remove asks where the user's work would go, and leaves the selection where it was."""

from __future__ import annotations

import numpy as np
import pytest
import slicer

from LayerSeparationLib import GapEdit
from LayerSeparationLib.scene import JointStatus


def questions(bench):
    return [text for kind, text in bench.host.messages if kind == "question"]


def test_a_joint_without_work_goes_at_once(ready):
    ready.ui.removeButton.click()
    assert questions(ready) == []
    assert ready.session.all_joints == []


@pytest.mark.parametrize("answer", [True, False])
def test_an_edit_is_asked_for(ready, answer):
    joint = ready.joint
    joint.set_edit(GapEdit(target_jsw=0.8))
    ready.host.confirm_answer = answer
    ready.ui.removeButton.click()
    [question] = questions(ready)
    assert question.startswith("Remove MCP3")
    assert (ready.session.all_joints == []) is answer
    assert answer or joint.status is JointStatus.EDITED


def test_a_correction_is_asked_for_before_and_after_it_is_used(ready):
    joint = ready.joint
    segmentation = joint.references.find("segmentation")
    upper = slicer.util.arrayFromSegmentInternalBinaryLabelmap(segmentation, "Upper_bone")
    upper[:, : upper.shape[1] // 3] = 0
    segmentation.GetSegmentation().GetSegment("Upper_bone").GetRepresentation("Binary labelmap").Modified()
    assert joint.holds_work
    joint.use_corrected_silhouettes()
    assert joint.edit.is_neutral
    assert joint.holds_work


def test_the_neighbour_is_selected(film):
    joints = film.session.joints
    to_ras = film.session.film.to_ras
    for index, name in enumerate(("MCP2", "MCP3", "MCP4")):
        x = 60.0 + 60 * index
        joints.add(to_ras(np.array([[x, 170.0], [x, 90.0]])), name)
    film.session.select(film.session.all_joints[1])
    for name in ("MCP4", "MCP2"):
        film.ui.removeButton.click()
        assert film.joint.name == name
    film.ui.removeButton.click()
    assert film.joint is None
