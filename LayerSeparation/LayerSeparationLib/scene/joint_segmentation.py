"""The segmentation of a joint: four overlapping segments, each on the whole region, rewritten in place."""

from __future__ import annotations

from typing import Any

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray
from vtk.util import numpy_support

from ..export import SEGMENT_KINDS, Segment, describe_segments
from ..radiograph import Rectangle
from ..synthesis import JointMasks
from .film_geometry import to_numpy, to_vtk
from .new_nodes import new_node
from .node_attributes import grouped_changes

SEGMENT_IDS = tuple(kind.slicer_id for kind in SEGMENT_KINDS)
UPPER_BONE, LOWER_BONE, JOINT_SPACE, SOFT_TISSUE = SEGMENT_IDS
ALGORITHM = "LayerSeparation"
AUTOMATIC, SEMIAUTOMATIC = "AUTOMATIC", "SEMIAUTOMATIC"
LABELMAP = "Binary labelmap"
_SURFACE = "Closed surface"


class JointSegmentation:
    """Writes masks into a segmentation node on one grid.

    Parameters
    ----------
    node
        vtkMRMLSegmentationNode.
    shape, ijk_to_ras
        Grid of the masks: (rows, columns), and its matrix (4, 4).
    """

    def __init__(self, node: vtk.vtkObject, shape: tuple[int, int], ijk_to_ras: NDArray[np.float64]) -> None:
        self.node = node
        self._shape = shape
        self._matrix = ijk_to_ras
        self._written: dict[str, int] = {}

    def set_up(self, masks: JointMasks, joint: str, side: str | None, algorithm: str, version: str) -> None:
        """Give the segmentation its four segments, with codes, colours and tags, and write the masks.

        Segments that the user added stay.
        """
        segmentation = self.node.GetSegmentation()
        segmentation.SetSourceRepresentationName(LABELMAP)
        if segmentation.ContainsRepresentation(_SURFACE):
            # It would be made anew with every step of an edit.
            self.node.RemoveClosedSurfaceRepresentation()
        for segment_id, described in zip(SEGMENT_IDS, _describe(masks, joint, side), strict=True):
            segment = segmentation.GetSegment(segment_id)
            if segment is None:
                segment = slicer.vtkSegment()
                segment.SetName(described.name)
                segment.SetColor(*described.color)
                segment.AddRepresentation(LABELMAP, self._new_labelmap())
                segmentation.AddSegment(segment, segment_id)
            segment.SetTag("DICOM.SegmentAlgorithmType", algorithm)
            segment.SetTag("DICOM.SegmentAlgorithmName", f"{ALGORITHM} {version}")
        self.describe(masks, joint, side)
        self.write(masks)

    def describe(self, masks: JointMasks, joint: str, side: str | None) -> None:
        """Give the segments the codes that belong to a joint's name and side."""
        for segment_id, described in zip(SEGMENT_IDS, _describe(masks, joint, side), strict=True):
            segment = self.node.GetSegmentation().GetSegment(segment_id)
            if segment is not None:
                segment.SetTag(segment.GetTerminologyEntryTagName(), described.terminology)

    def set_reference(self, volume: vtk.vtkObject) -> None:
        """Edit and save on the grid of a volume."""
        self.node.SetReferenceImageGeometryParameterFromVolumeNode(volume)

    def write(self, masks: JointMasks, part: Rectangle | None = None) -> None:
        """Rewrite the masks, or rows and columns of them.

        Labelmaps that are not ours alone on the whole grid (after loading, or work in the Segment Editor) are
        replaced.
        """
        # One redraw for all segments.
        with grouped_changes(self.node):
            for segment_id, mask in zip(SEGMENT_IDS, _in_order(masks), strict=True):
                self._write_segment(segment_id, mask, part)

    def _write_segment(self, segment_id: str, mask: NDArray[np.bool_], part: Rectangle | None) -> None:
        segment = self.node.GetSegmentation().GetSegment(segment_id)
        if segment is None:
            return
        labelmap = segment.GetRepresentation(LABELMAP)
        if self._is_own(segment_id, labelmap):
            # Work in the Segment Editor may reach beyond the part.
            untouched = self._written.get(segment_id) == labelmap.GetMTime()
            # The joint space ends where the bones face each other, which may be beyond what moves.
            within = part is not None and untouched and segment_id != JOINT_SPACE
            region: Any = part.slices if within and part is not None else ...
            voxels = self._voxels(labelmap)
            if np.array_equal(voxels[region], mask[region]):
                return
            voxels[region] = mask[region]
        else:
            labelmap = self._new_labelmap()
            self._voxels(labelmap)[...] = mask
            segment.SetLabelValue(1)
            segment.AddRepresentation(LABELMAP, labelmap)
        labelmap.GetPointData().GetScalars().Modified()
        labelmap.Modified()
        self._written[segment_id] = labelmap.GetMTime()

    def differs(self, segment_id: str, mask: NDArray[np.bool_]) -> bool:
        """Tell whether a segment was worked on since it was written: it then holds another mask."""
        segment = self.node.GetSegmentation().GetSegment(segment_id)
        labelmap = segment.GetRepresentation(LABELMAP) if segment is not None else None
        if labelmap is None or self._written.get(segment_id) == labelmap.GetMTime():
            return False
        found = self.read(segment_id)
        return found is not None and not np.array_equal(found, mask)

    def read(self, segment_id: str) -> NDArray[np.bool_] | None:
        """Return a segment's mask on the grid, bool (rows, columns), whatever grid its labelmap has."""
        segment = self.node.GetSegmentation().GetSegment(segment_id)
        labelmap = segment.GetRepresentation(LABELMAP) if segment is not None else None
        if labelmap is None:
            return None
        if labelmap.IsEmpty():
            return np.zeros(self._shape, bool)
        own = slicer.vtkOrientedImageData()
        slicer.vtkOrientedImageDataResample.ResampleOrientedImageToReferenceOrientedImage(
            labelmap, self._new_labelmap(), own, False, False
        )
        mask: NDArray[np.bool_] = labelmap_voxels(own, self._shape) == segment.GetLabelValue()
        return mask

    def _is_own(self, segment_id: str, labelmap: vtk.vtkObject | None) -> bool:
        if labelmap is None or self._is_shared(segment_id, labelmap):
            return False
        rows, columns = self._shape
        if labelmap.GetExtent() != (0, columns - 1, 0, rows - 1, 0, 0):
            return False
        if labelmap.GetScalarType() != vtk.VTK_UNSIGNED_CHAR:
            return False
        if self.node.GetSegmentation().GetSegment(segment_id).GetLabelValue() != 1:
            return False
        matrix = vtk.vtkMatrix4x4()
        labelmap.GetImageToWorldMatrix(matrix)
        return np.allclose(to_numpy(matrix), self._matrix, atol=1e-4)

    def _is_shared(self, segment_id: str, labelmap: vtk.vtkObject) -> bool:
        """Tell whether another segment has the same labelmap, as after loading a saved scene."""
        segmentation = self.node.GetSegmentation()
        ids = [segmentation.GetNthSegmentID(n) for n in range(segmentation.GetNumberOfSegments())]
        return any(
            segmentation.GetSegment(other).GetRepresentation(LABELMAP) is labelmap
            for other in ids
            if other != segment_id
        )

    def _new_labelmap(self) -> vtk.vtkObject:
        return empty_labelmap(self._shape, self._matrix)

    def _voxels(self, labelmap: vtk.vtkObject) -> NDArray[np.uint8]:
        return labelmap_voxels(labelmap, self._shape)


def outline_display(scene: vtk.vtkObject) -> vtk.vtkObject:
    """Return the display node of a segmentation: outlines only, hidden; it is not in the scene yet."""
    display = new_node(scene, "vtkMRMLSegmentationDisplayNode")
    # What is not seen is not computed; that of the selected joint is shown when it is asked for.
    display.SetVisibility(False)
    display.SetVisibility2DFill(False)
    display.SetVisibility3D(False)
    display.SetSliceIntersectionThickness(1)
    return display


def hide_soft_tissue(node: vtk.vtkObject) -> None:
    """Leave out the outline that would frame the whole picture."""
    display = node.GetDisplayNode()
    if display is not None:
        display.SetSegmentVisibility(SOFT_TISSUE, False)


def empty_labelmap(shape: tuple[int, int], ijk_to_ras: NDArray[np.float64]) -> vtk.vtkObject:
    """Return a labelmap of one slice (rows, columns) of zeros."""
    rows, columns = shape
    labelmap = slicer.vtkOrientedImageData()
    labelmap.SetExtent(0, columns - 1, 0, rows - 1, 0, 0)
    labelmap.AllocateScalars(vtk.VTK_UNSIGNED_CHAR, 1)
    labelmap.GetPointData().GetScalars().Fill(0)
    labelmap.SetImageToWorldMatrix(to_vtk(ijk_to_ras))
    return labelmap


def labelmap_voxels(labelmap: vtk.vtkObject, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the voxels of a labelmap of one slice, (rows, columns); writing to them changes it."""
    voxels: NDArray[np.uint8] = numpy_support.vtk_to_numpy(labelmap.GetPointData().GetScalars())
    return voxels.reshape(shape)


def _in_order(
    masks: JointMasks,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    return masks.upper_bone, masks.lower_bone, masks.joint_space, masks.soft_tissue


def _describe(masks: JointMasks, joint: str, side: str | None) -> list[Segment]:
    return describe_segments(masks, joint=joint, side="L" if side == "L" else "R" if side == "R" else None)
