"""The files of a joint: what the command line and 3D Slicer write of it, in the same folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..separation import JointLayers
from ..synthesis import GapEdit, SyntheticJoint, synthesize
from .export_formats import chosen_formats
from .formats.nrrd import write_nrrd
from .formats.seg_nrrd import write_segmentation
from .record import write_joint_record
from .sample import record_of, sample_of


def write_layers(folder: Path, layers: JointLayers) -> None:
    """Write the radiograph of a joint, its three layers, its segments and its record into ``folder``."""
    joint = synthesize(layers, GapEdit())
    sample = sample_of(joint, with_film=False)
    images = {
        "image": layers.image,
        "soft_tissue": layers.soft_tissue,
        "upper_bone": layers.upper_bone,
        "lower_bone": layers.lower_bone,
    }
    for name, image in images.items():
        write_nrrd(
            folder / f"{name}.nrrd", image, sample.spacing.mm, origin_px=sample.origin_px, synthetic=False
        )
    write_segmentation(
        folder / "segmentation.seg.nrrd",
        sample.segments,
        sample.spacing.mm,
        origin_px=sample.origin_px,
        synthetic=False,
    )
    write_joint_record(folder / "joint.json", record_of(joint, edit=None))


def write_synthetic(
    folder: Path, joint: SyntheticJoint, seed: int | None = None, formats: Sequence[str] | None = None
) -> None:
    """Write an edited joint in some formats, by default in those that `synthesize` writes.

    Raises
    ------
    InputError
        If there is no such format, or none was asked for.
    """
    sample = sample_of(joint, seed)
    for one in chosen_formats(formats):
        one.write(folder, sample)


def gap_folder(edit: GapEdit) -> str:
    """Return the folder of an edit: ``gap_0.80`` for a width, ``gap_+0.30`` for a change; px say so."""
    suffix = "px" if edit.unit == "px" else ""
    if edit.target_jsw is not None:
        return f"gap_{_decimal(edit.target_jsw)}{suffix}"
    change = edit.change or 0.0
    return f"gap_{'+' if change >= 0 else '-'}{_decimal(abs(change))}{suffix}"


def _decimal(value: float) -> str:
    """Two decimals, more where the value has more: different gaps get different folders."""
    short = f"{value:.2f}"
    return short if float(short) == value else repr(value)
