"""The files of a joint: what the command line and 3D Slicer write of it, in the same folders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import InputError
from ..joints import CANONICAL_SIZE_PX, JointPose
from ..measurement import JointSpaceWidth
from ..separation import JointLayers
from ..synthesis import GapEdit, JointMasks, SyntheticJoint
from .joint_record import joint_record, write_joint_record
from .joint_segments import joint_segments
from .nrrd import write_nrrd
from .png import write_png
from .segmentation import write_segmentation


@dataclass(frozen=True)
class ExportFormat:
    """One kind of file of an edited joint."""

    name: str
    """What scripts call it."""
    label: str
    """What people read."""
    write: Callable[[Path, SyntheticJoint, int | None], None]
    """Writes its files of a joint into a folder; the third argument is the record's seed."""


def export_formats() -> list[ExportFormat]:
    """List the formats of an edited joint, in the order in which they are offered."""
    return [
        ExportFormat("png", "PNG, 16 bit", _write_png),
        ExportFormat("nrrd", "NRRD", _write_nrrd),
        ExportFormat("seg.nrrd", "Segmentation (.seg.nrrd)", _write_segments),
        ExportFormat("json", "JSON record", _write_record),
    ]


def write_layers(folder: Path, layers: JointLayers) -> None:
    """Write the radiograph of a joint, its three layers, its segments and its record into ``folder``."""
    joint = layers.synthesize(GapEdit())
    images = {
        "image": layers.image,
        "soft_tissue": layers.soft_tissue,
        "upper_bone": layers.upper_bone,
        "lower_bone": layers.lower_bone,
    }
    for name, image in images.items():
        _write_image(folder / f"{name}.nrrd", image, layers, synthetic=False)
    _write_segments(folder, joint, None)
    _write_joint_json(folder, joint, edit=None)


def write_synthetic(
    folder: Path, joint: SyntheticJoint, seed: int | None = None, formats: Sequence[str] | None = None
) -> None:
    """Write an edited joint in some formats, by default in all.

    Raises
    ------
    InputError
        If there is no such format, or none was asked for.
    """
    for one in chosen_formats(formats):
        one.write(folder, joint, seed)


def chosen_formats(names: Sequence[str] | None = None) -> list[ExportFormat]:
    """Return the formats of these names, by default all.

    Raises
    ------
    InputError
        If there is no such format, or none was asked for.
    """
    known = export_formats()
    unknown = set(names or ()) - {one.name for one in known}
    if unknown or (names is not None and not names):
        offered = ", ".join(one.name for one in known)
        raise InputError(f"Choose formats among {offered}, not {', '.join(sorted(unknown)) or 'none'}.")
    return [one for one in known if names is None or one.name in names]


def jsw_fields(jsw: JointSpaceWidth) -> dict[str, Any]:
    """Return mean, minimum and status of a JSW with the unit in the keys."""
    fields: dict[str, Any] = {"mean_mm": None, "min_mm": None, "status": jsw.status}
    return {**fields, f"mean_{jsw.unit}": jsw.mean, f"min_{jsw.unit}": jsw.minimum}


def _edit_fields(edit: GapEdit) -> dict[str, Any]:
    """Return an edit with the units in its keys; px only where it was given in px."""
    fields = asdict(edit)
    if edit.unit == "px":
        return {**fields, "shift_mm": None}
    return {key: value for key, value in fields.items() if not key.endswith("_px")}


def _full_pose(layers: JointLayers) -> JointPose:
    """Return the pose with the field of view that was used."""
    edge = layers.crop.unit_per_px * CANONICAL_SIZE_PX
    if layers.crop.in_mm:
        return replace(layers.pose, field_of_view_mm=edge)
    return replace(layers.pose, field_of_view_px=edge)


def gap_folder(edit: GapEdit) -> str:
    """Return the folder of an edit: ``gap_0.80`` for a width, ``gap_+0.30`` for a change; px say so."""
    suffix = "px" if edit.unit == "px" else ""
    if edit.target is not None:
        return f"gap_{_decimal(edit.target)}{suffix}"
    change = edit.change or 0.0
    return f"gap_{'+' if change >= 0 else '-'}{_decimal(abs(change))}{suffix}"


def _decimal(value: float) -> str:
    """Two decimals, more where the value has more: different gaps get different folders."""
    short = f"{value:.2f}"
    return short if float(short) == value else repr(value)


def _write_png(folder: Path, joint: SyntheticJoint, _seed: int | None) -> None:
    write_png(folder / "image.png", joint.image, synthetic=joint.is_synthetic)
    if not joint.layers.crop.covers_film:
        write_png(folder / "film.png", joint.film, synthetic=joint.is_synthetic)


def _write_nrrd(folder: Path, joint: SyntheticJoint, _seed: int | None) -> None:
    _write_image(folder / "image.nrrd", joint.image, joint.layers, synthetic=joint.is_synthetic)


def _write_segments(folder: Path, joint: SyntheticJoint, _seed: int | None) -> None:
    write_masks(folder / "segmentation.seg.nrrd", joint.masks, joint.layers, synthetic=joint.is_synthetic)


def _write_record(folder: Path, joint: SyntheticJoint, seed: int | None) -> None:
    _write_joint_json(folder, joint, edit=_edit_fields(joint.edit), seed=seed)


def _write_joint_json(
    folder: Path, joint: SyntheticJoint, edit: dict[str, Any] | None, seed: int | None = None
) -> None:
    layers = joint.layers
    write_joint_record(
        folder / "joint.json",
        joint_record(
            pose=_full_pose(layers),
            spacing=layers.radiograph.spacing,
            synthetic=joint.is_synthetic,
            polarity=layers.radiograph.polarity,
            edit=edit,
            jsw_before=jsw_fields(joint.jsw_before),
            jsw_after=None if edit is None else jsw_fields(joint.jsw_after),
            weights_sha256=layers.weights_sha256,
            seed=seed,
            source=layers.radiograph.origin.path,
        ),
    )


def write_masks(path: Path, masks: JointMasks, layers: JointLayers, *, synthetic: bool) -> None:
    """Write the four overlapping segments of a joint."""
    side = layers.pose.side
    segments = joint_segments(
        masks.upper_bone,
        masks.lower_bone,
        masks.joint_space,
        masks.soft_tissue,
        joint=layers.pose.name,
        side="L" if side == "L" else "R" if side == "R" else None,
    )
    window = layers.crop.window
    write_segmentation(
        path, segments, layers.radiograph.spacing.mm, origin_px=(window.left, window.top), synthetic=synthetic
    )


def _write_image(path: Path, image: np.ndarray, layers: JointLayers, *, synthetic: bool) -> None:
    window = layers.crop.window
    write_nrrd(
        path, image, layers.radiograph.spacing.mm, origin_px=(window.left, window.top), synthetic=synthetic
    )
