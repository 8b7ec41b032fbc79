"""Loading one file as a radiograph, whatever lies beside it."""

from __future__ import annotations

from pathlib import Path

import slicer
import vtk

from ..errors import InputError
from ..radiograph.file_format import DICOM_SUFFIXES, format_of
from ..translation import tr as _
from .film_geometry import check_is_film

FILM_SUFFIXES = (".dcm", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".nrrd", ".nii", ".nii.gz", ".mha")
"""Endings of file names that radiographs mostly have."""


def open_film(path: str | Path) -> vtk.vtkObject:
    """Load one file as one image, and return its volume node.

    Slicer's own loader takes a file for a slice of a series where files with similar names lie beside it.
    What the header of a DICOM file says is read from the file itself (`film_source`), as the DICOM database
    does not know it.

    Raises
    ------
    InputError
        If the file can't be opened or read, or is not one flat image; nothing is left in the scene then.
    """
    path = Path(path)
    if format_of(path) is None and path.suffix.lower() not in DICOM_SUFFIXES:
        raise InputError(
            _(
                "{name} is not an image that can be read. Choose a DICOM, PNG, JPEG, TIFF, BMP, NRRD, NIfTI "
                "or MetaImage file."
            ).format(name=path.name)
        )
    try:
        node = slicer.util.loadVolume(str(path), {"singleFile": True})
    except RuntimeError as error:
        raise InputError(
            _(
                "{name} could not be loaded: it may be damaged, or compressed in a way that the reader does "
                "not know. Import a DICOM file with the module DICOM, or save the image as PNG."
            ).format(name=path.name)
        ) from error
    try:
        check_is_film(node)
    except InputError:
        slicer.mrmlScene.RemoveNode(node)
        raise
    return node
