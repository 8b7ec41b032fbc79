"""The formats of data sets, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import InputError
from .collection import CollectionFormat
from .formats.coco import CocoFormat
from .formats.nnunet import NnunetFormat
from .formats.sample_folders import FolderFormat
from .formats.webdataset import WebDatasetFormat
from .formats.yolo import YoloFormat


def collection_formats() -> list[CollectionFormat]:
    """List the formats of data sets."""
    return [
        FolderFormat("png", "PNG (image, masks) and JSON", ("png", "masks", "json")),
        FolderFormat("png+preview", "PNG with colour preview, and JSON", ("png", "masks", "preview", "json")),
        FolderFormat("nrrd", "NRRD, .seg.nrrd and JSON", ("nrrd", "seg.nrrd", "json")),
        FolderFormat("dicom", "DICOM image and segmentation", ("dicom", "json")),
        NnunetFormat(),
        CocoFormat(),
        YoloFormat(),
        WebDatasetFormat(),
    ]


def chosen_collections(names: Sequence[str]) -> list[CollectionFormat]:
    """Return the formats of these names, in the order of the list.

    Raises
    ------
    InputError
        If there is no such format, or none was asked for.
    """
    known = collection_formats()
    unknown = set(names) - {one.name for one in known}
    if unknown or not names:
        offered = ", ".join(one.name for one in known)
        raise InputError(
            f"Choose formats of a data set among {offered}, not {', '.join(sorted(unknown)) or 'none'}."
        )
    return [one for one in known if one.name in names]
