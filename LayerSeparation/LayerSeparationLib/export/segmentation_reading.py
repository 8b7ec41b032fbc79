"""Reading the segmentation of a radiograph, whatever its format."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .encoding.dicom_segmentation import is_dicom, read_dicom_segmentation
from .encoding.seg_nrrd import read_seg_nrrd
from .segments import Segment


def read_segments(
    path: str | Path,
    shape: tuple[int, int] | None = None,
    spacing_mm: tuple[float, float] | None = None,
) -> list[Segment]:
    """Read the segments of a radiograph from a `.seg.nrrd` or a DICOM segmentation; the content decides.

    Parameters
    ----------
    path
        File to read.
    shape
        Shape (rows, columns) of the image that was segmented, if it is to be checked; see `read_seg_nrrd`.
    spacing_mm
        Its pixel spacing (row, column), if that is to be checked, too.

    Returns
    -------
    list of Segment
        With masks of shape (rows, columns), colours and codes, in the file's order.

    Raises
    ------
    InputError
        The file is missing, damaged, no segmentation, of several images, or does not fit `shape`.
    DependencyError
        The file is DICOM and pydicom is not installed.

    Examples
    --------
    >>> from LayerSeparationLib.export import write_segmentation
    >>> bone = Segment("Upper bone", np.eye(3, dtype=bool), color=(0.9, 0.6, 0.0))
    >>> write_segmentation("segmentation.seg.nrrd", [bone], (0.15, 0.15), synthetic=True)
    >>> [(one.name, one.mask.shape) for one in read_segments("segmentation.seg.nrrd")]
    [('Upper bone', (3, 3))]
    """
    if not is_dicom(path):
        return read_seg_nrrd(path, shape, spacing_mm)
    segments = read_dicom_segmentation(path)
    found = segments[0].mask.shape
    if shape is not None and found != tuple(shape):
        raise InputError(
            f"{path} segments an image of {found[0]} x {found[1]} pixels, not {shape[0]} x {shape[1]}: "
            "choose the radiograph that was segmented."
        )
    return segments


def read_segmentation(path: str | Path, shape: tuple[int, int] | None = None) -> dict[str, NDArray[np.bool_]]:
    """Return name -> mask of `read_segments`.

    Examples
    --------
    >>> from LayerSeparationLib.export import write_segmentation
    >>> bone = Segment("Upper bone", np.eye(3, dtype=bool), color=(0.9, 0.6, 0.0))
    >>> write_segmentation("segmentation.seg.nrrd", [bone], (0.15, 0.15), synthetic=True)
    >>> int(read_segmentation("segmentation.seg.nrrd", shape=(3, 3))["Upper bone"].sum())
    3
    """
    return {segment.name: segment.mask for segment in read_segments(path, shape)}
