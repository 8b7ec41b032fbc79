"""A joint that is separated again keeps what can be undone, and its edit in the film's new unit."""

from __future__ import annotations

import numpy as np
import pytest
from scene_fixtures import add_film, true_layers

from LayerSeparationLib import GapEdit
from LayerSeparationLib.scene import Film, JointStatus, SceneJoints
from LayerSeparationLib.scene.edit_history import EditKind


def test_edits_can_be_undone_and_done_again(joint, joint_phantom):
    for width in (1.2, 0.9, 0.6):
        joint.set_edit(GapEdit(target_jsw=width))
    joint.undo()
    joint.set_layers(true_layers(joint.film, joint.pose, joint_phantom, weights="1" * 64))
    assert joint.layers.weights_sha256 == "1" * 64
    assert joint.edit == GapEdit(target_jsw=0.9)
    assert (joint.undo_kind, joint.redo_kind) == (EditKind.NARROWING, EditKind.NARROWING)
    joint.redo()
    assert joint.edit == GapEdit(target_jsw=0.6)
    for _ in range(3):
        joint.undo()
    assert joint.undo_kind is None
    assert joint.status is JointStatus.READY
    assert joint.layers.weights_sha256 == "1" * 64


@pytest.fixture
def in_px(scene, joint_phantom):
    """A separated joint on a film without pixel spacing."""
    film = Film(add_film(scene, joint_phantom.radiograph.native(), 1.0, "film"))
    joints = SceneJoints(film)
    joint = joints.add(film.to_ras(np.array([[127.5, 255.5], [127.5, -0.5]])), "MCP3")
    joint.set_layers(true_layers(film, joint.pose, joint_phantom))
    yield joint
    joints.close()


def test_edits_in_px_become_edits_in_mm_and_back(in_px, joint_phantom):
    in_px.set_edit(GapEdit(target_jsw=15.0, unit="px"))
    in_px.set_edit(GapEdit(target_jsw=12.0, shift=2.0, tilt_deg=3.0, unit="px"))
    in_px.film.calibrate(100.0, 8.0)
    in_px.set_layers(true_layers(in_px.film, in_px.pose, joint_phantom))
    edit = in_px.edit
    assert (edit.unit, edit.tilt_deg) == ("mm", 3.0)
    assert (edit.target_jsw, edit.shift) == pytest.approx((0.96, 0.16))
    assert in_px.jsw_after.mean == pytest.approx(0.96, abs=1e-3)
    in_px.undo()
    assert (in_px.edit.unit, in_px.edit.target_jsw) == ("mm", pytest.approx(1.2))
    in_px.film.clear_calibration()
    in_px.set_layers(true_layers(in_px.film, in_px.pose, joint_phantom))
    assert (in_px.edit.unit, in_px.edit.target_jsw) == ("px", pytest.approx(15.0))
    in_px.redo()
    assert in_px.edit.target_jsw == pytest.approx(12.0)


def test_edits_that_the_layers_can_not_have_are_left_out(in_px, joint_phantom):
    in_px.set_edit(GapEdit(target_jsw=16.0, unit="px"))
    in_px.set_edit(GapEdit(change=-18.0, unit="px"))
    in_px.film.calibrate(100.0, 40.0)
    in_px.set_layers(true_layers(in_px.film, in_px.pose, joint_phantom))
    assert in_px.edit == GapEdit(unit="mm")
    assert in_px.undo_kind is EditKind.RESET
    in_px.undo()
    assert (in_px.edit.unit, in_px.edit.target_jsw) == ("mm", pytest.approx(6.4))
