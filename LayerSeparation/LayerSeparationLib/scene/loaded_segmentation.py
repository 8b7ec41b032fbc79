"""The segmentation of a radiograph out of a file: Slicer's own readers know none of a projection.

DICOM segmentations of radiographs have no position in space, and a `.seg.nrrd` that was written beside a PNG
knows pixels only. Here segments go where the film's pixels are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray

from ..errors import InputError
from ..export import Segment, read_segments
from ..radiograph import Rectangle
from ..translation import tr as _
from .film import Film
from .hierarchy import put_beside
from .joint_segmentation import LABELMAP, empty_labelmap, labelmap_voxels

_NAMES_NOTHING = "segmentation"


def load_segmentation(path: str | Path, film: Film) -> vtk.vtkObject:
    """Read a `.seg.nrrd` or a DICOM segmentation, and add it to the scene in the film's place.

    Parameters
    ----------
    path
        File to read.
    film
        The radiograph that was segmented, or a larger one that the segmented part was taken from.

    Returns
    -------
    vtkMRMLSegmentationNode
        On the film's grid, with the file's names, colours and codes.

    Raises
    ------
    InputError
        The file is no segmentation of a radiograph, or does not fit the film.
    DependencyError
        The file is DICOM and pydicom is missing.
    """
    path = Path(path)
    geometry = film.geometry
    segments = read_segments(path, geometry.shape, film.spacing.mm)
    if not segments:
        raise InputError(_("{path} holds no segments.").format(path=path))
    rows, columns = geometry.shape
    matrix = geometry.region_matrix(Rectangle.whole((rows, columns)))
    node = film.node.GetScene().AddNewNodeByClass("vtkMRMLSegmentationNode", _name(path))
    node.GetSegmentation().SetSourceRepresentationName(LABELMAP)
    node.SetReferenceImageGeometryParameterFromVolumeNode(film.node)
    for index, segment in enumerate(segments):
        node.GetSegmentation().AddSegment(_vtk_segment(segment, matrix), f"Segment_{index + 1}")
    _show(node, segments)
    put_beside(node, film.node)
    return node


def _vtk_segment(described: Segment, ijk_to_ras: NDArray[np.float64]) -> vtk.vtkObject:
    segment = slicer.vtkSegment()
    segment.SetName(described.name)
    segment.SetColor(*described.color)
    if described.terminology:
        segment.SetTag(segment.GetTerminologyEntryTagName(), described.terminology)
    labelmap = empty_labelmap(described.mask.shape, ijk_to_ras)
    labelmap_voxels(labelmap, described.mask.shape)[...] = described.mask
    segment.AddRepresentation(LABELMAP, labelmap)
    return segment


def _show(node: vtk.vtkObject, segments: Sequence[Segment]) -> None:
    """Show outlines; what covers nearly all of the film would only frame it."""
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    if display is None:
        return
    display.SetAllSegmentsVisibility2DFill(False)
    display.SetVisibility3D(False)
    for index, segment in enumerate(segments):
        display.SetSegmentVisibility(f"Segment_{index + 1}", segment.key != "soft_tissue")


def _name(path: Path) -> str:
    """Return a name for the node: the file's own, or those of its folders where it says nothing."""
    stem = path.name.removesuffix(".seg.nrrd").removesuffix(path.suffix)
    if stem.lower() != _NAMES_NOTHING:
        return stem
    return " ".join(part.name for part in (path.parent.parent, path.parent) if part.name) or stem
