"""Layers and their edits, without nodes: prepared once, renamed without another synthesis, refused whole."""

import numpy as np
import pytest

from LayerSeparationLib import GapEdit, MovableJoint
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.scene.joint_editing import JointEditing
from LayerSeparationLib.scene.joint_identity import JointIdentity
from LayerSeparationLib.scene.sweep_sequences import make_sweep
from LayerSeparationLib.synthesis import movable_joint


@pytest.fixture
def prepared(monkeypatch):
    """Return the bones that are prepared for motion, as they are prepared."""
    bones = []

    class Counted(movable_joint.MovableBone):
        def __init__(self, *arguments):
            bones.append(self)
            super().__init__(*arguments)

    monkeypatch.setattr(movable_joint, "MovableBone", Counted)
    return bones


def test_a_bone_is_prepared_once_for_all_edits_and_sweeps(joint, prepared):
    for width in (1.2, 1.1, 1.0, 0.9):
        joint.set_edit(GapEdit(target_jsw=width), finished=False)
    joint.undo()
    joint.set_edit(GapEdit(target_jsw=0.8))
    make_sweep(joint, [0.4, 0.8, 1.2])
    assert len(prepared) == 1
    joint.set_edit(GapEdit(target_jsw=0.8, moves="both"))
    assert len(prepared) == 2
    joint.set_layers(joint.layers)
    assert len(prepared) == 4


def test_without_layers_nothing_can_be_carried_out():
    editing = JointEditing(GapEdit(target_jsw=0.8))
    assert (editing.layers, editing.result, editing.jsw_before, editing.jsw_after) == (None,) * 4
    with pytest.raises(InputError, match="not separated"):
        editing.synthesize(GapEdit())
    assert editing.edit == GapEdit(target_jsw=0.8)


def test_layers_that_can_not_have_the_edit_take_it_back(joint):
    editing = JointEditing(GapEdit(change=30.0, moves="both"))
    movable = MovableJoint(joint.layers)
    editing.replace_layers(movable, editing.edit_of(movable), are_corrected=True)
    assert editing.edit == GapEdit(moves="both")
    assert editing.are_corrected
    assert editing.undo_kind is None
    np.testing.assert_array_equal(editing.result.image, joint.layers.image)


def test_a_result_is_taken_over_only_when_it_is_told_to(joint):
    editing = JointEditing(GapEdit())
    editing.restore(joint.layers, are_corrected=False)
    result = editing.synthesize(GapEdit(target_jsw=0.8))
    assert editing.edit.is_neutral
    editing.take(result, finished=True)
    assert editing.synthesize(GapEdit(target_jsw=0.8)) is result
    assert editing.jsw_after.mean == pytest.approx(0.8, abs=1e-6)
    assert editing.undo_kind is not None


def test_layers_under_another_name_keep_their_edit(joint, prepared):
    joint.set_edit(GapEdit(target_jsw=0.8))
    image, count = joint.result.image, len(prepared)
    joint.name = "PIP2"
    assert joint.layers.pose.name == "PIP2"
    assert joint.result.layers is joint.layers
    assert joint.result.image is image
    assert len(prepared) == count
    assert JointIdentity(joint.film, joint.line).give_to(joint.layers) is joint.layers
