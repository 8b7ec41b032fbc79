"""The files of a joint, as the commands write them."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from ..export import (
    joint_record,
    joint_segments,
    write_joint_record,
    write_nrrd,
    write_png,
    write_segmentation,
)
from ..joints import CANONICAL_SIZE_PX, JointPose
from ..measurement import JointSpaceWidth
from ..separation import JointLayers
from ..synthesis import GapEdit, JointMasks, SyntheticJoint


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
    _write_truth(folder, joint, edit=None)


def write_synthetic(folder: Path, joint: SyntheticJoint, seed: int | None = None) -> None:
    """Write an edited joint: image (NRRD and 16-bit PNG), segments and record."""
    _write_image(folder / "image.nrrd", joint.image, joint.layers, synthetic=joint.is_synthetic)
    write_png(folder / "image.png", joint.image, synthetic=joint.is_synthetic)
    if not joint.layers.crop.covers_film:
        write_png(folder / "film.png", joint.film, synthetic=joint.is_synthetic)
    _write_truth(folder, joint, edit=_edit_fields(joint.edit), seed=seed)


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


def _write_truth(
    folder: Path, joint: SyntheticJoint, edit: dict[str, Any] | None, seed: int | None = None
) -> None:
    layers = joint.layers
    write_masks(folder / "segmentation.seg.nrrd", joint.masks, layers, synthetic=joint.is_synthetic)
    write_joint_record(
        folder / "joint.json",
        joint_record(
            pose=_full_pose(layers),
            spacing=layers.radiograph.spacing,
            synthetic=joint.is_synthetic,
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
