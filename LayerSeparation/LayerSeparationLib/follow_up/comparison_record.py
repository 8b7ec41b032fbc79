"""`changes.json` and `changes.csv`: two visits compared; `schemas/comparison-1.json` describes every key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..files import plain, validate_json
from ..measurement import JointSpaceWidth
from ..measurement.length_text import table_number
from ..radiograph import Radiograph
from ..version import __version__
from .joint_change import JointChange
from .verdict import DETECTABLE_CHANGE_MM

FORMAT = "LayerSeparation comparison 1"
SCHEMA = Path(__file__).parent / "schemas" / "comparison-1.json"
_RATIO_DECIMALS = 4
"""Of correlation and scale in the table."""
TABLE_COLUMNS = (
    *(
        "joint",
        "side",
        *("baseline_jsw", "baseline_low", "baseline_high", "baseline_unit", "baseline_quality"),
        *("follow_up_jsw", "follow_up_low", "follow_up_high", "follow_up_unit", "follow_up_quality"),
        "change",
        "change_low",
        "change_high",
        "unit",
        "verdict",
    ),
    *("reason", "note", "measured_difference", "correlation", "scale", "grey_scale", "detectable_change"),
)


def make_comparison_record(changes: Sequence[JointChange]) -> dict[str, Any]:
    """Return two visits compared, in JSON's own types; no folder and no patient is in it.

    Raises
    ------
    InputError
        If it is not as the schema says.

    Examples
    --------
    >>> from LayerSeparationLib import Separator, make_joint
    >>> phantom = make_joint("MCP", seed=3)
    >>> layers = Separator("cpu").separate(phantom.radiograph, phantom.pose)
    >>> record = make_comparison_record([measure_change(layers, layers)])
    >>> record["joints"][0]["verdict"]
    'unchanged'
    """
    pairs = [change.crops for change in changes if change.crops is not None]
    weights = [change.weights_sha256 for change in changes if change.weights_sha256 is not None]
    record: dict[str, Any] = plain(
        {
            "format": FORMAT,
            "version": __version__,
            "detectable_change_mm": DETECTABLE_CHANGE_MM,
            "weights_sha256": weights[0][0] if weights else None,
            "baseline": _describe_films([pair[0].radiograph for pair in pairs]),
            "follow_up": _describe_films([pair[1].radiograph for pair in pairs]),
            "joints": [_describe_joint(change) for change in changes],
        }
    )
    validate_json(record, SCHEMA)
    return record


def make_table_row(change: JointChange) -> dict[str, Any]:
    """Return the row of a joint, a value for each of `TABLE_COLUMNS`; lengths are rounded."""
    low, high = change.interval or (None, None)
    described = _describe_joint(change)
    lengths = {"change": change.change, "change_low": low, "change_high": high}
    lengths |= {key: described[key] for key in ("measured_difference", "detectable_change")}
    return {
        **{key: described[key] for key in TABLE_COLUMNS if key in described},
        **_width_columns("baseline", change.baseline),
        **_width_columns("follow_up", change.follow_up),
        **{key: table_number(length, change.unit) for key, length in lengths.items()},
        **{key: _ratio(described[key]) for key in ("correlation", "scale")},
    }


def _ratio(value: float | None) -> float | None:
    return None if value is None else round(value, _RATIO_DECIMALS)


def _width_columns(visit: str, jsw: JointSpaceWidth | None) -> dict[str, Any]:
    """Return the width on one film, in that film's own unit."""
    if jsw is None:
        return {}
    low, high = jsw.interval or (None, None)
    return {
        f"{visit}_jsw": table_number(jsw.mean, jsw.unit),
        f"{visit}_low": table_number(low, jsw.unit),
        f"{visit}_high": table_number(high, jsw.unit),
        f"{visit}_unit": jsw.unit,
        f"{visit}_quality": jsw.quality.value,
    }


def _describe_joint(change: JointChange) -> dict[str, Any]:
    return {
        "joint": change.name,
        "side": change.side,
        "baseline": _describe_width(change.baseline),
        "follow_up": _describe_width(change.follow_up),
        "change": change.change,
        "interval": change.interval,
        "unit": change.unit,
        "verdict": change.verdict.value,
        "reason": change.reason,
        "note": change.note,
        "measured_difference": change.measured_difference,
        "correlation": change.correlation,
        "scale": change.scale,
        "grey_scale": change.grey_scale,
        "detectable_change": change.detectable_change,
    }


def _describe_width(jsw: JointSpaceWidth | None) -> Mapping[str, Any] | None:
    if jsw is None:
        return None
    return {
        "mean": jsw.mean,
        "interval": jsw.interval,
        "minimum": jsw.minimum,
        "unit": jsw.unit,
        "status": jsw.status,
    }


def _describe_films(films: Sequence[Radiograph]) -> list[dict[str, Any]]:
    once = {id(film): film for film in films}.values()
    return [
        {"file": film.origin.path.name if film.origin.path else film.name, **film.spacing.as_json()}
        for film in once
    ]
