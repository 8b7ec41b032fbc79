"""`joint.json`: what was done to one joint, with every unit in its key's name.

The record holds no patient identifier and no path: of the source only the file's name is kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import InputError
from ..files import plain, write_json
from ..version import __version__

if TYPE_CHECKING:
    from ..joints import JointPose
    from ..radiograph import PixelSpacing
    from ..radiograph.polarity import Polarity

FORMAT = "LayerSeparation joint record 2"

_Types: TypeAlias = tuple[type, ...]

_NUMBER: _Types = (int, float, type(None))
_TEXT: _Types = (str, type(None))
_POINT: _Types = (list,)

_POSE: dict[str, _Types] = {
    "centre_px": _POINT,
    "distal": _POINT,
    "field_of_view_px": _NUMBER,
    "field_of_view_mm": _NUMBER,
}
# Records of versions that could not find joints do not have it; null where the user said where the joint is.
_FOUND: dict[str, _Types] = {"confidence": _NUMBER}
_SPACING: dict[str, _Types] = {
    "row_mm": _NUMBER,
    "column_mm": _NUMBER,
    "source": (str,),
    "magnification": _NUMBER,
}
_POLARITY: dict[str, _Types] = {"inverted": (bool,), "decided_by": (str,)}
_EDIT: dict[str, _Types] = {
    "target_jsw": _NUMBER,
    "change": _NUMBER,
    "shift": _NUMBER,
    "tilt_deg": _NUMBER,
    "moves": (str,),
    "unit": _TEXT,
}
_JSW: dict[str, _Types] = {"mean": _NUMBER, "minimum": _NUMBER, "unit": _TEXT, "status": (str,)}

_EXPOSURE: dict[str, _Types] = {"attenuation_factor": _NUMBER, "noise_sd": _NUMBER}

_PLAIN_KEYS: dict[str, _Types] = {
    "format": (str,),
    "version": (str,),
    "synthetic": (bool,),
    "joint": (str,),
    "side": _TEXT,
    "weights_sha256": _TEXT,
    "seed": (int, type(None)),
    "source": _TEXT,
}
# Part -> (keys that must be there, keys that may be there, whether the whole part may be null).
_PARTS: dict[str, tuple[dict[str, _Types], dict[str, _Types], bool]] = {
    "pose": (_POSE, _FOUND, False),
    "spacing": (_SPACING, {}, False),
    "polarity": (_POLARITY, {}, True),
    "edit": (_EDIT, {}, True),
    "jsw_before": (_JSW, {}, True),
    "jsw_after": (_JSW, {}, True),
    "exposure": (_EXPOSURE, {}, True),
}
_ORDER = (
    *("format", "version", "synthetic", "source", "joint", "side", "pose", "spacing", "polarity"),
    *("edit", "jsw_before", "jsw_after", "exposure", "weights_sha256", "seed"),
)


def joint_record(  # noqa: PLR0913 - keyword-only, one for each key of the record
    *,
    pose: JointPose,
    spacing: PixelSpacing,
    synthetic: bool,
    polarity: Polarity | None = None,
    edit: Mapping[str, Any] | None = None,
    jsw_before: Mapping[str, Any] | None = None,
    jsw_after: Mapping[str, Any] | None = None,
    exposure: Mapping[str, Any] | None = None,
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
        `GapEdit.as_json`. None if nothing was edited.
    jsw_before, jsw_after
        `mean`, `minimum`, `unit` and `status`. None if not measured.
    exposure
        `attenuation_factor` and `noise_sd` (of intensity) where the exposure was varied; None where it is the
        film's own.
    weights_sha256
        Of the weights that made the layers; None for layers known without a network (phantoms).
    seed
        Of whatever was drawn at random; None if nothing was.
    source
        File that the joint comes from; only its name is kept.

    Raises
    ------
    InputError
        A value does not belong into the record; the message names the key.
    """
    record = {
        "format": FORMAT,
        "version": __version__,
        "synthetic": synthetic,
        "joint": pose.name,
        "side": pose.side,
        "pose": {key: getattr(pose, key) for key in {**_POSE, **_FOUND}},
        "spacing": {key: getattr(spacing, key) for key in _SPACING},
        "polarity": None if polarity is None else {key: getattr(polarity, key) for key in _POLARITY},
        "edit": _completed(edit, _EDIT),
        "jsw_before": _completed(jsw_before, _JSW),
        "jsw_after": _completed(jsw_after, _JSW),
        "exposure": _completed(exposure, _EXPOSURE),
        "weights_sha256": weights_sha256,
        "seed": seed,
        "source": None if source is None else _file_name(source),
    }
    simple: dict[str, Any] = plain({key: record[key] for key in _ORDER})
    validate_joint_record(simple)
    return simple


def write_joint_record(path: str | Path, record: Mapping[str, Any]) -> None:
    """Write a record as strict JSON.

    Raises
    ------
    InputError
        The record is not one; the message names the key.
    """
    validate_joint_record(record)
    write_json(path, record)


def read_joint_record(path: str | Path) -> dict[str, Any]:
    """Read and check a record.

    Raises
    ------
    InputError
        The file is missing, not JSON, or not a record; the message names the key.
    """
    try:
        record = json.loads(Path(path).read_text(encoding="utf-8"))
        validate_joint_record(record)
    except (OSError, ValueError, InputError) as error:
        raise InputError(f"{path} can't be read as a joint record: {error}") from error
    return dict(record)


def validate_joint_record(record: Mapping[str, Any]) -> None:
    """Check keys, types and the file name.

    Raises
    ------
    InputError
        A key is missing, unknown, or of the wrong type; or the source is a path.
    """
    if not isinstance(record, Mapping):
        raise InputError("A joint record is a JSON object.")
    _check_keys("record", record, {**_PLAIN_KEYS, **dict.fromkeys(_PARTS, (dict, type(None)))}, {})
    if record["format"] != FORMAT:
        raise InputError(f"format is {record['format']!r}, this version reads {FORMAT!r}.")
    for part, (needed, allowed, may_be_null) in _PARTS.items():
        if record[part] is None:
            if not may_be_null:
                raise InputError(f"{part} is null but is needed.")
        else:
            _check_keys(part, record[part], needed, allowed)
    for key in ("centre_px", "distal"):
        point = record["pose"][key]
        if len(point) != len("xy") or not all(isinstance(value, (int, float)) for value in point):
            raise InputError(f"pose.{key} must be [x, y], not {point}.")
    if record["source"] is not None and record["source"] != _file_name(record["source"]):
        raise InputError("source must be a file name without its folder.")


def _check_keys(
    where: str,
    values: Mapping[str, Any],
    needed: Mapping[str, _Types],
    allowed: Mapping[str, _Types],
) -> None:
    types = {**needed, **allowed}
    missing, unknown = needed.keys() - values.keys(), values.keys() - types.keys()
    if missing or unknown:
        raise InputError(f"{where}: missing keys {sorted(missing)}, unknown keys {sorted(unknown)}.")
    for key, value in values.items():
        # In Python a bool is an int; in a record true is not a length.
        if not isinstance(value, types[key]) or (isinstance(value, bool) and bool not in types[key]):
            raise InputError(f"{where}.{key} can't be {value!r}.")


def _completed(values: Mapping[str, Any] | None, needed: Mapping[str, object]) -> dict[str, Any] | None:
    return None if values is None else {**dict.fromkeys(needed), **values}


def _file_name(source: str | Path) -> str:
    """Return the last part of a path of any system: records travel between Windows and the others."""
    return str(source).replace("\\", "/").rstrip("/").rpartition("/")[2]
