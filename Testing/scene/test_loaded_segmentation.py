"""A segmentation that was exported comes back in its film's place, with names, colours and codes."""

from __future__ import annotations

import numpy as np
import pytest
import vtk

from LayerSeparationLib import GapEdit
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.export import Segment, write_segmentation
from LayerSeparationLib.scene.export_edit import export_current
from LayerSeparationLib.scene.film_geometry import to_numpy
from LayerSeparationLib.scene.loaded_segmentation import load_segmentation


def centre_ras(node, index):
    """Return where the middle of a segment lies, and how many voxels it has."""
    segmentation = node.GetSegmentation()
    segment = segmentation.GetSegment(segmentation.GetNthSegmentID(index))
    labelmap = segment.GetRepresentation("Binary labelmap")
    columns, rows, _ = labelmap.GetDimensions()
    voxels = vtk.util.numpy_support.vtk_to_numpy(labelmap.GetPointData().GetScalars()).reshape(rows, columns)
    y, x = np.nonzero(voxels)
    matrix = vtk.vtkMatrix4x4()
    labelmap.GetImageToWorldMatrix(matrix)
    return (to_numpy(matrix) @ [x.mean(), y.mean(), 0, 1])[:3], len(x)


@pytest.mark.parametrize(
    ("file", "format_"), [("segmentation.seg.nrrd", "seg.nrrd"), ("segmentation.dcm", "dicom")]
)
def test_an_exported_segmentation_comes_back(joint, tmp_path, file, format_):
    joint.set_edit(GapEdit(target_jsw=0.8))
    (folder,) = export_current([joint], tmp_path, formats=[format_])
    node = load_segmentation(folder / file, joint.film)
    segmentation = node.GetSegmentation()
    assert segmentation.GetNumberOfSegments() == 4
    assert node.GetName() == "MCP3 gap_0.80"
    for index, described in enumerate(joint.result.masks.__dict__.values()):
        y, x = np.nonzero(described)
        where, count = centre_ras(node, index)
        assert count == len(x)
        region = joint.layers.crop.region
        expected = joint.film.to_ras(np.array([[x.mean() + region.left, y.mean() + region.top]]))[0]
        np.testing.assert_allclose(where, expected, atol=1e-3)
    upper = segmentation.GetSegment("Segment_1")
    assert upper.GetName() == "Upper bone"
    assert upper.GetColor() == pytest.approx((0.902, 0.624, 0.0), abs=0.01)
    text = vtk.reference("")
    assert upper.GetTag(upper.GetTerminologyEntryTagName(), text)
    assert "28641004" in str(text)


def test_what_does_not_fit_is_refused_and_adds_nothing(joint, scene, tmp_path):
    path = tmp_path / "large.seg.nrrd"
    mask = np.ones((2000, 3000), bool)
    write_segmentation(path, [Segment("a", mask, (1, 0, 0))], (0.1, 0.1), synthetic=False)
    before = scene.GetNumberOfNodes()
    with pytest.raises(InputError, match="choose the radiograph"):
        load_segmentation(path, joint.film)
    with pytest.raises(InputError, match="can't be read"):
        load_segmentation(tmp_path / "missing.seg.nrrd", joint.film)
    assert scene.GetNumberOfNodes() == before
