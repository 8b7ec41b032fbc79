"""Undo and redo where an edit can't be carried out at the moment."""

import pytest
from vtk.util import numpy_support

from LayerSeparationLib import GapEdit
from LayerSeparationLib.errors import InputError


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
