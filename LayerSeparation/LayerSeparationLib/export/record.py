"""`joint.json`: what was done to one joint; `schemas/joint-record-3.json` describes every key.

The record holds no patient identifier and no path: of the source only the file's name is kept.

Records are validated where they are read and where single joints are written. A check takes 0.42 ms, all of a
sample of a data set (edit, PNG image and masks, record) 8 ms: data sets, whose records come from the same
function a million times, write them unchecked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files import plain, read_json, validate_json, write_json
from ..joints import CANONICAL_SIZE_PX, JointPose
from ..measurement import JointSpaceWidth
from ..radiograph import PixelSpacing, Radiograph
from ..radiograph.polarity import Polarity
from ..separation import JointLayers
from ..synthesis import GapEdit, SyntheticJoint
from ..version import __version__

FORMAT = "LayerSeparation joint record 3"
SCHEMA = Path(__file__).parent / "schemas" / "joint-record-3.json"


def make_joint_record(  # noqa: PLR0913 - one keyword a part of the record
    *,
    pose: JointPose,
    spacing: PixelSpacing,
    synthetic: bool,
    polarity: Polarity | None = None,
    edit: GapEdit | None = None,
    jsw_before: Mapping[str, Any] | None = None,
    jsw_after: Mapping[str, Any] | None = None,
    exposure: Mapping[str, float] | None = None,
    weights_sha256: str | None = None,
    seed: int | None = None,
    source: str | Path | None = None,
) -> dict[str, Any]:
    """Build the record of one joint in JSON's own types.

    Parameters
    ----------
    pose, spacing
        Where the joint is and how large a pixel is.
    synthetic
        True for an edited image, false for the layers of a radiograph as it was taken.
    polarity
        Whether the source stores bone dark (the images of the joint never do), and how that was found out;
        None for a film that has no source.
    edit
        None if nothing was edited.
    jsw_before, jsw_after
        As `describe_jsw` returns them. None if not measured.
    exposure
        `attenuation_factor` and `noise_sd` (of intensity) where the exposure was varied; None where it is the
        film's own.
    weights_sha256
        Of the weights that made the layers; None for layers known without a network (phantoms).
    seed
        Of whatever was drawn at random; None if nothing was.
    source
        File that the joint comes from, of which only the name is kept; the film's name where that is another.

    Examples
    --------
    >>> joint = make_joint("MCP", seed=1)
    >>> pose, spacing = joint.pose, joint.radiograph.spacing
    >>> record = make_joint_record(pose=pose, spacing=spacing, synthetic=True, source="films/hand.png")
    >>> record["format"], record["source"], record["edit"]
    ('LayerSeparation joint record 3', 'hand.png', None)
    """
    record: dict[str, Any] = plain(
        {
            "format": FORMAT,
            "version": __version__,
            "synthetic": synthetic,
            "source": None if source is None else _file_name(source),
            "joint": pose.name,
            "side": pose.side,
            "pose": {key: value for key, value in pose.as_json().items() if key not in ("name", "side")},
            "spacing": spacing.as_json(),
            "polarity": polarity
            and {
                "inverted": polarity.inverted,
                "decided_by": polarity.decided_by,
            },
            "edit": edit and edit.as_json(),
            "jsw_before": jsw_before,
            "jsw_after": jsw_after,
            "exposure": exposure,
            "weights_sha256": weights_sha256,
            "seed": seed,
        }
    )
    return record


def describe_joint(joint: SyntheticJoint, *, edited: bool = True, seed: int | None = None) -> dict[str, Any]:
    """Return the record of a joint; unless it counts as edited, that of the film as it was taken."""
    layers = joint.layers
    return make_joint_record(
        pose=_full_pose(layers),
        spacing=layers.radiograph.spacing,
        synthetic=joint.is_synthetic,
        polarity=layers.radiograph.polarity,
        edit=joint.edit if edited else None,
        jsw_before=describe_jsw(joint.jsw_before),
        jsw_after=describe_jsw(joint.jsw_after) if edited else None,
        weights_sha256=layers.weights_sha256,
        seed=seed,
        source=source_name(layers.radiograph),
    )


def describe_jsw(jsw: JointSpaceWidth) -> dict[str, Any]:
    """Return mean and minimum of a JSW with their intervals, unit, quality and findings, as in files."""
    return {
        "mean": jsw.mean,
        "interval": jsw.interval,
        "minimum": jsw.minimum,
        "minimum_interval": jsw.minimum_interval,
        "unit": jsw.unit,
        "quality": jsw.quality.value,
        "findings": jsw.findings,
    }


def write_joint_record(path: str | Path, record: Mapping[str, Any]) -> None:
    """Write a record as strict JSON.

    Raises
    ------
    InputError
        The record is not one; the message names the key.

    Examples
    --------
    >>> joint = make_joint("MCP", seed=1)
    >>> record = make_joint_record(pose=joint.pose, spacing=joint.radiograph.spacing, synthetic=True)
    >>> write_joint_record("joint.json", record)
    >>> read_joint_record("joint.json") == record
    True
    >>> write_joint_record("joint.json", {**record, "seed": "7"})
    Traceback (most recent call last):
    LayerSeparationLib.errors.InputError: seed: '7' is not of type 'integer', 'null'
    """
    validate_joint_record(record)
    write_json(path, record)


def read_joint_record(path: str | Path) -> dict[str, Any]:
    """Read and check a record.

    Raises
    ------
    InputError
        The file is missing, not JSON, or not a record; the message names the key.

    Examples
    --------
    >>> _ = Path("joint.json").write_text('{"format": "LayerSeparation joint record 1"}')
    >>> read_joint_record("joint.json")
    Traceback (most recent call last):
    LayerSeparationLib.errors.InputError: joint.json can't be read as a joint record: format is
    'LayerSeparation joint record 1', this version reads 'LayerSeparation joint record 3'.
    """
    try:
        record = read_json(path)
        validate_joint_record(record)
    except InputError as error:
        raise InputError(f"{path} can't be read as a joint record: {error}") from error
    return dict(record)


def validate_joint_record(record: Mapping[str, Any]) -> None:
    """Check a record's format, and everything else by its schema; see `validate_json` for where it can't.

    Raises
    ------
    InputError
        It is not a record of this format; or a key is missing, unknown, or can't have its value.
    """
    check_record(record, "joint record", FORMAT, SCHEMA)


def check_record(record: object, title: str, expected_format: str, schema: Path) -> None:
    """Check that a record is JSON's object of a format, and everything else by its schema.

    Raises
    ------
    InputError
        See `validate_joint_record`.
    """
    if not isinstance(record, Mapping):
        raise InputError(f"A {title} is a JSON object.")
    if record.get("format") != expected_format:
        raise InputError(f"format is {record.get('format')!r}, this version reads {expected_format!r}.")
    validate_json(dict(record), schema)


def _full_pose(layers: JointLayers) -> JointPose:
    """Return the pose with the field of view that was used."""
    edge = layers.crop.unit_per_px * CANONICAL_SIZE_PX
    if layers.crop.unit == "mm":
        return replace(layers.pose, field_of_view_mm=edge)
    return replace(layers.pose, field_of_view_px=edge)


def source_name(radiograph: Radiograph) -> str | None:
    """Return the film's file; a film that was renamed may not be known by what its file is called."""
    path, name = radiograph.origin.path, radiograph.name
    if path is None:
        return None
    return path.name if path.name == name or path.name.startswith(f"{name}.") else name


def _file_name(source: str | Path) -> str:
    """Return the last part of a path of any system: records travel between Windows and the others."""
    return str(source).replace("\\", "/").rstrip("/").rpartition("/")[2]
