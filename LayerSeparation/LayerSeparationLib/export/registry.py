"""Every format that can be chosen, in the order in which they are offered."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import InputError
from .collection import CollectionFormat, CollectionSettings
from .encoding.dicom_header import require_highdicom
from .formats.coco import CocoFormat
from .formats.dicom import DicomFormat
from .formats.joint_json import JointJsonFormat
from .formats.nnunet import NnunetFormat
from .formats.nrrd import NrrdFormat
from .formats.png import PngFormat
from .formats.png_masks import PngMasksFormat
from .formats.png_preview import PngPreviewFormat
from .formats.sample_folders import SampleFoldersFormat
from .formats.seg_nrrd import SegNrrdFormat
from .formats.webdataset import WebDatasetFormat
from .formats.yolo import YoloFormat
from .joint_format import JointFormat
from .segments import SEGMENT_KEYS


def joint_formats() -> list[JointFormat]:
    """List the formats of one edited joint.

    Examples
    --------
    >>> [one.name for one in joint_formats()]
    ['png', 'nrrd', 'seg.nrrd', 'json', 'masks', 'preview', 'dicom']
    """
    return [
        PngFormat(),
        NrrdFormat(),
        SegNrrdFormat(),
        JointJsonFormat(),
        PngMasksFormat(),
        PngPreviewFormat(),
        DicomFormat(),
    ]


def collection_formats(settings: CollectionSettings | None = None) -> list[CollectionFormat]:
    """List the formats of data sets.

    Parameters
    ----------
    settings
        What they share; by default that of `CollectionSettings`.

    Examples
    --------
    >>> [one.name for one in collection_formats()]
    ['png', 'png+preview', 'nrrd', 'dicom', 'nnunet', 'coco', 'yolo', 'webdataset']
    """
    settings = settings or CollectionSettings()
    png, masks, preview, json = PngFormat(), PngMasksFormat(), PngPreviewFormat(), JointJsonFormat()
    pictures = {"image": "image.png", **{key: f"{key}.png" for key in SEGMENT_KEYS}}
    nrrd = {"image": "image.nrrd", "segmentation": "segmentation.seg.nrrd"}
    dicom = {"image": "image.dcm", "segmentation": "segmentation.dcm"}
    return [
        SampleFoldersFormat("png", "PNG (image, masks) and JSON", (png, masks, json), pictures),
        SampleFoldersFormat(
            "png+preview", "PNG with colour preview, and JSON", (png, masks, preview, json), pictures
        ),
        SampleFoldersFormat("nrrd", "NRRD, .seg.nrrd and JSON", (NrrdFormat(), SegNrrdFormat(), json), nrrd),
        SampleFoldersFormat("dicom", "DICOM image and segmentation", (DicomFormat(), json), dicom),
        NnunetFormat(),
        CocoFormat(settings),
        YoloFormat(settings),
        WebDatasetFormat(settings),
    ]


def choose_joint_formats(names: Sequence[str] | None = None) -> list[JointFormat]:
    """Return the formats of one joint that have these names, in the order of the list.

    Parameters
    ----------
    names
        Names of `joint_formats`; None for those that are written where nobody chose.

    Raises
    ------
    InputError
        If there is no such format, or none was asked for.

    Examples
    --------
    >>> [one.name for one in choose_joint_formats(["json", "png"])]
    ['png', 'json']
    >>> [one.name for one in choose_joint_formats()]
    ['png', 'nrrd', 'seg.nrrd', 'json']
    """
    known = joint_formats()
    if names is None:
        return [one for one in known if one.is_default]
    _check_names("formats", names, [one.name for one in known])
    return [one for one in known if one.name in names]


def choose_collection_formats(
    names: Sequence[str], settings: CollectionSettings | None = None
) -> list[CollectionFormat]:
    """Return the formats of data sets that have these names, in the order of the list.

    Parameters
    ----------
    names
        Of `collection_formats`.
    settings
        What they share; by default that of `CollectionSettings`.

    Raises
    ------
    InputError
        If there is no such format, or none was asked for.

    Examples
    --------
    >>> [one.name for one in choose_collection_formats(["yolo", "coco"])]
    ['coco', 'yolo']
    """
    known = collection_formats(settings)
    _check_names("formats of a data set", names, [one.name for one in known])
    return [one for one in known if one.name in names]


def require_packages(names: Sequence[str]) -> None:
    """Look whether every package is there that formats of these names need.

    Raises
    ------
    DependencyError
        With what to install.

    Examples
    --------
    >>> require_packages(["png", "coco"])
    """
    if DicomFormat.name in names:
        require_highdicom()


def _check_names(what: str, names: Sequence[str], known: Sequence[str]) -> None:
    unknown = sorted(set(names) - set(known))
    if unknown or not names:
        raise InputError(f"Choose {what} among {', '.join(known)}, not {', '.join(unknown) or 'none'}.")
