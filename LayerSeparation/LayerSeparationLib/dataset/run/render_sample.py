"""A planned sample, rendered from its joint's layers and labelled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...export import Sample, make_sample
from ...measurement.length_text import table_number
from ...synthesis import synthesize
from ..plan.layer_cache import CachedJoint
from ..plan.narrowing_score import normal_width, score_of
from ..plan.options import DatasetOptions
from ..plan.plan import PlannedSample
from .exposure import expose

LABEL_COLUMNS = (
    *("number", "name", "split", "series", "film_sha256", "joint", "side", "index"),
    *("jsw_before", "jsw", "jsw_low", "jsw_high", "jsw_min", "jsw_min_low", "jsw_min_high", "jsw_change"),
    *("matched_real", "asked_jsw", "asked_change", "shift", "unit", "quality", "findings", "svdh_like"),
    *("tilt_deg", "moves"),
    *("attenuation_factor", "noise_sd", "spacing_row_mm", "spacing_column_mm", "spacing_source", "synthetic"),
)


def render_sample(
    planned: PlannedSample, cached: CachedJoint, options: DatasetOptions, uid_key: bytes = b""
) -> Sample:
    """Render a sample from its joint's layers: move the bones, vary the exposure, complete the record, label.

    Parameters
    ----------
    planned
        What the sample is to be.
    cached
        The joint; what it prepared for motion is kept for its next sample.
    options
        Of the plan.
    uid_key
        What keys UIDs.

    Raises
    ------
    InputError
        If the edit is too large for the crop.
    """
    joint = synthesize(cached.movable, planned.edit).with_findings(*planned.joint.doubts)
    sample = make_sample(joint, planned.noise_seed, with_film=False)
    changed = planned.attenuation_factor != 1 or planned.noise_sd > 0
    (x, y), (left, top) = cached.offset_px, sample.origin_px
    pose: dict[str, Any] = dict(sample.record["pose"])
    pose["centre_px"] = [pose["centre_px"][0] + x, pose["centre_px"][1] + y]
    exposure = {"attenuation_factor": planned.attenuation_factor, "noise_sd": planned.noise_sd}
    record = {
        **sample.record,
        "pose": pose,
        "exposure": exposure if changed else None,
        "synthetic": sample.synthetic or changed,
    }
    rendered = replace(
        sample,
        image=expose(sample.image, planned.attenuation_factor, planned.noise_sd, planned.noise_seed),
        record=record,
        origin_px=(left + x, top + y),
        film_key=cached.film,
        uid_key=uid_key,
        dicom_header=cached.dicom_header,
    )
    return replace(rendered, labels=_label_sample(planned, rendered, options))


def _label_sample(planned: PlannedSample, sample: Sample, options: DatasetOptions) -> dict[str, Any]:
    """Return a sample's row of ``labels.csv``; see `LABEL_COLUMNS`. Lengths are in the column ``unit``."""
    joint, unit, edit = planned.joint, planned.joint.unit, planned.edit
    before, after = sample.record["jsw_before"], sample.record["jsw_after"]
    mean, first = after["mean"], before["mean"]
    low, high = after["interval"] or (None, None)
    min_low, min_high = after["minimum_interval"] or (None, None)
    normal_mm = normal_width(joint.name, options.normal_jsw_mm)
    closed = mean is None and first is not None
    score = None
    if unit == "mm" and normal_mm is not None and (closed or mean is not None):
        # Margins that touch have no measured width; the width asked for is met all the same.
        width = edit.target_jsw if edit.target_jsw is not None else (0.0 if closed else mean)
        score = score_of(width, normal_mm)

    def length(value: float | None) -> float | None:
        return table_number(value, unit)

    return {
        "number": planned.number,
        "name": planned.name,
        "split": joint.split,
        "series": joint.series[:12],
        "film_sha256": joint.film,
        "joint": joint.name,
        "side": joint.side,
        "index": planned.index,
        "jsw_before": length(first),
        "jsw": length(mean),
        "jsw_low": length(low),
        "jsw_high": length(high),
        "jsw_min": length(after["minimum"]),
        "jsw_min_low": length(min_low),
        "jsw_min_high": length(min_high),
        "jsw_change": length(edit.change if first is None or mean is None else mean - first),
        "matched_real": str(edit.moves == "joint").lower(),
        "asked_jsw": length(edit.target_jsw),
        "asked_change": length(edit.change),
        "quality": after["quality"],
        "findings": "; ".join(after["findings"]),
        "svdh_like": score,
        "shift": length(edit.shift),
        "unit": unit,
        "tilt_deg": edit.tilt_deg,
        "moves": edit.moves,
        "attenuation_factor": planned.attenuation_factor,
        "noise_sd": planned.noise_sd,
        "spacing_row_mm": sample.spacing.row_mm,
        "spacing_column_mm": sample.spacing.column_mm,
        "spacing_source": sample.spacing.source.value,
        "synthetic": str(sample.synthetic).lower(),
    }
