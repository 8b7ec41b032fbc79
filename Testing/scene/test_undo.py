"""Undo and redo: what the steps were, and where one can't be carried out at the moment."""

import numpy as np
import pytest
from vtk.util import numpy_support

from LayerSeparationLib import GapEdit
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.scene.edit_history import EditKind, kind_of_step


def test_an_undo_that_is_refused_can_be_tried_again(joint):
    edits = [GapEdit(target_jsw=width) for width in (1.0, 0.8, 0.6)]
    for edit in edits:
        joint.set_edit(edit)
    upper = joint.references.find("segmentation").GetSegmentation().GetSegment("Upper_bone")
    labelmap = upper.GetRepresentation("Binary labelmap")
    whole = numpy_support.vtk_to_numpy(labelmap.GetPointData().GetScalars()).copy()
    scalars = numpy_support.vtk_to_numpy(labelmap.GetPointData().GetScalars())
    scalars[: scalars.size // 3] = 0
    labelmap.Modified()
    with pytest.raises(InputError, match="were repaired"):
        joint.undo()
    scalars[...] = whole
    labelmap.Modified()
    joint.undo()
    assert joint.edit == edits[1]


def test_a_step_says_what_it_was(joint):
    steps = [
        (GapEdit(target_jsw=1.0), EditKind.NARROWING),
        (GapEdit(target_jsw=1.3), EditKind.WIDENING),
        (GapEdit(target_jsw=1.3, shift=0.4), EditKind.SHIFT),
        (GapEdit(target_jsw=1.3, shift=0.4, tilt_deg=2.0), EditKind.TILT),
        (GapEdit(target_jsw=1.3, shift=0.4, tilt_deg=2.0, moves="lower"), EditKind.MOVING_BONE),
        (GapEdit(target_jsw=0.9, shift=0.2, tilt_deg=2.0, moves="lower"), EditKind.MOTION),
        (GapEdit(moves="lower"), EditKind.RESET),
    ]
    for edit, kind in steps:
        joint.set_edit(edit)
        assert (joint.undo_kind, joint.redo_kind) == (kind, None)
    for _edit, kind in reversed(steps):
        assert joint.undo_kind is kind
        joint.undo()
        assert joint.redo_kind is kind
    assert joint.undo_kind is None


def test_a_change_is_compared_with_the_target_before():
    kinds = [
        kind_of_step(GapEdit(target_jsw=0.8), GapEdit(change=change), film_width=1.6)
        for change in (-0.9, -0.7, -0.802)
    ]
    assert kinds == [EditKind.NARROWING, EditKind.WIDENING, EditKind.MOTION]


def test_corrected_silhouettes_can_be_undone_and_done_again(joint):
    joint.set_edit(GapEdit(target_jsw=1.0))
    separated, image = joint.layers, joint.result.image
    upper = joint.references.find("segmentation").GetSegmentation().GetSegment("Upper_bone")
    labelmap = upper.GetRepresentation("Binary labelmap")
    scalars = numpy_support.vtk_to_numpy(labelmap.GetPointData().GetScalars())
    scalars[: scalars.size // 3] = 0
    labelmap.Modified()
    joint.use_corrected_silhouettes()
    corrected, corrected_image = joint.layers, joint.result.image
    assert joint.undo_kind is EditKind.CORRECTION
    assert joint.editing.are_corrected
    joint.set_edit(GapEdit(target_jsw=0.8))
    joint.undo()
    joint.undo()
    np.testing.assert_array_equal(joint.layers.canonical.silhouettes, separated.canonical.silhouettes)
    np.testing.assert_array_equal(joint.result.image, image)
    assert not joint.editing.are_corrected
    assert joint.edit == GapEdit(target_jsw=1.0)
    assert (joint.undo_kind, joint.redo_kind) == (EditKind.NARROWING, EditKind.CORRECTION)
    joint.redo()
    np.testing.assert_array_equal(joint.layers.canonical.silhouettes, corrected.canonical.silhouettes)
    np.testing.assert_array_equal(joint.result.image, corrected_image)
    joint.redo()
    assert joint.edit == GapEdit(target_jsw=0.8)
