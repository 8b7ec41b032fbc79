"""Edited joints of the scene into files, as the command line writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..dataset import DatasetOptions, FilmDataset, make_film_dataset
from ..errors import InputError
from ..export import JointExport, choose_joint_formats, collection_formats, export_joints, joint_formats
from ..translation import tr as _

if TYPE_CHECKING:
    from .scene_joint import SceneJoint

Progress = Callable[[int, int], None]
MADE_BY = "3D Slicer, module Layer Separation"
"""What the card of a data set says of the command that made it."""


def export_formats() -> list[tuple[str, str]]:
    """List name and label of every format, in the order in which they are offered."""
    labels = translate_format_labels()
    return [(one.name, labels.get(one.name, one.label)) for one in joint_formats()]


def data_set_formats() -> list[tuple[str, str]]:
    """List name and label of every format of data sets, in the order in which they are offered."""
    labels = translate_data_set_labels()
    return [(one.name, labels.get(one.name, one.label)) for one in collection_formats()]


def translate_format_labels() -> dict[str, str]:
    """Return name -> label of the formats in the user's language.

    The labels of the library stand here once more, where an extraction for translation finds them.
    """
    return {
        "png": _("PNG, 16 bit"),
        "nrrd": _("NRRD"),
        "seg.nrrd": _("Segmentation (.seg.nrrd)"),
        "json": _("JSON record"),
        "masks": _("PNG masks"),
        "preview": _("PNG preview in colour"),
        "dicom": _("DICOM image and segmentation"),
    }


def translate_data_set_labels() -> dict[str, str]:
    """Return name -> label of the formats of data sets in the user's language."""
    return {
        "png": _("PNG (image, masks) and JSON"),
        "png+preview": _("PNG with colour preview, and JSON"),
        "nrrd": _("NRRD, .seg.nrrd and JSON"),
        "dicom": _("DICOM image and segmentation"),
        "nnunet": _("nnU-Net v2"),
        "coco": _("COCO (instances, RLE)"),
        "yolo": _("YOLO segmentation"),
        "webdataset": _("WebDataset (tar shards)"),
    }


def usual_formats() -> list[str]:
    """Return the names of the formats that are written where nobody chose."""
    return [one.name for one in choose_joint_formats()]


def current_exports(joints: Sequence[SceneJoint]) -> list[JointExport]:
    """Return the joints that have layers, with their edits; free of MRML, for work in another thread.

    Raises
    ------
    InputError
        If no joint has layers.
    """
    found = [(joint.layers, joint.edit, joint.film_findings) for joint in joints]
    exports = [JointExport(layers, edit, findings) for layers, edit, findings in found if layers is not None]
    if not exports:
        raise InputError(_("There is nothing to export: separate a joint first."))
    return exports


def sweep_exports(joint: SceneJoint, targets: Sequence[float]) -> list[JointExport]:
    """Return one joint with every target JSW; shift, tilt and the moving bone are those of its edit.

    Raises
    ------
    InputError
        If the joint has no layers, or there are no targets.
    """
    edits, layers = joint.edits_to(targets), joint.layers
    if layers is None or not edits:
        raise InputError(_("There is nothing to export: give at least one joint space width."))
    return [JointExport(layers, edit, joint.film_findings) for edit in edits]


def export_current(
    joints: Sequence[SceneJoint],
    folder: Path,
    formats: Sequence[str] | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> list[Path]:
    """Write the current edit of joints; see `LayerSeparationLib.export.export_joints`.

    Raises
    ------
    InputError
        If no joint has layers, or a format is not known.
    OutputError
        If a folder exists and ``overwrite`` is false, or can't be written.
    """
    exports = current_exports(joints)
    return export_joints(exports, Path(folder), formats=formats, overwrite=overwrite, progress=progress)


def export_sweep(
    joint: SceneJoint,
    targets: Sequence[float],
    folder: Path,
    formats: Sequence[str] | None = None,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> list[Path]:
    """Write one joint with every target JSW, in mm or in px of the film; one folder each.

    Raises
    ------
    InputError
        If the joint has no layers, a width can't be reached, or a format is not known.
    OutputError
        If a folder exists and ``overwrite`` is false, or can't be written.
    """
    exports = sweep_exports(joint, targets)
    return export_joints(exports, Path(folder), formats=formats, overwrite=overwrite, progress=progress)


def export_data_set(
    joints: Sequence[SceneJoint],
    folder: Path,
    options: DatasetOptions,
    progress: Progress | None = None,
) -> FilmDataset:
    """Make a data set of joints of one film, or go on with it; see `make_film_dataset`.

    Raises
    ------
    InputError
        If no joint has layers, or none can be used.
    OutputError
        If the folder can't be written.
    """
    exports = current_exports(joints)
    return make_film_dataset(exports, options, Path(folder), command=MADE_BY, progress=progress)
