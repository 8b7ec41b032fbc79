"""Joint space widths as users read them: with their 90 % interval, and what they are worth."""

from __future__ import annotations

from ..measurement import JointSpaceWidth, Quality
from ..radiograph import LengthUnit
from ..translation import tr as _
from .length_format import NOTHING, format_interval, format_length

_TO_CHECK = "?"
"""Behind a width that is to be looked at before it is used."""
_THIN = "\N{THIN SPACE}"
Interval = tuple[float, float]


def half_interval(value: float, interval: Interval) -> float:
    """Return the farther end of an interval from a value: one that stops at 0 is no narrower for it."""
    return max(value - interval[0], interval[1] - value)


def format_uncertain(value: float | None, interval: Interval | None, unit: LengthUnit) -> str:
    """Return '1.62 ± 0.08 mm', a length with half its 90 % interval; a dash where there is no value."""
    if value is None or interval is None:
        return format_length(value, unit)
    half = format_length(half_interval(value, interval), unit)
    return f"{format_length(value, unit).removesuffix(f' {unit}')}{_THIN}\N{PLUS-MINUS SIGN}{_THIN}{half}"


def format_mean(jsw: JointSpaceWidth | None) -> str:
    """Return '1.62 ± 0.08 mm', the mean of a joint space; '1.62 ± 0.08 mm ?' where it is to be checked."""
    return NOTHING if jsw is None else _marked(format_uncertain(jsw.mean, jsw.interval, jsw.unit), jsw)


def format_minimum(jsw: JointSpaceWidth | None) -> str:
    """Return the minimum of a joint space as `format_mean` has the mean."""
    if jsw is None:
        return NOTHING
    return _marked(format_uncertain(jsw.minimum, jsw.minimum_interval, jsw.unit), jsw)


def without_unit(text: str, unit: LengthUnit) -> str:
    """Return a length without a unit that stands in the head of its column."""
    return text.replace(f" {unit}", "")


def format_jsw(jsw: JointSpaceWidth) -> str:
    """Return mean and minimum of a joint space with their intervals, or in short why there is none."""
    if jsw.mean is None:
        return _("not measurable: {reason}").format(reason=jsw.short_findings)
    text = _("{mean}, minimum {minimum}").format(
        mean=format_uncertain(jsw.mean, jsw.interval, jsw.unit),
        minimum=format_uncertain(jsw.minimum, jsw.minimum_interval, jsw.unit),
    )
    return _("check: {width}").format(width=text) if jsw.findings else text


def quality_text(quality: Quality) -> str:
    """Return what a width is worth, in the user's language."""
    return {
        Quality.MEASURED: _("measured"),
        Quality.CHECK: _("check"),
        Quality.NOT_MEASURABLE: _("not measurable"),
    }[quality]


def explain_mean(jsw: JointSpaceWidth) -> str:
    """Return what the mean of a joint space is worth, and why, for a tooltip.

    'measured, 90 % interval 1.54-1.70 mm'; what to look at before the width is used; or why there is none.
    """
    return _explain(jsw, jsw.interval)


def explain_minimum(jsw: JointSpaceWidth) -> str:
    """Return what the minimum of a joint space is worth, as `explain_mean` does of the mean."""
    return _explain(jsw, jsw.minimum_interval)


def _explain(jsw: JointSpaceWidth, interval: Interval | None) -> str:
    findings = "; ".join(jsw.findings)
    if jsw.mean is None:
        return _("not measurable: {findings}").format(findings=findings)
    told = _("90 % interval {interval} {unit}").format(
        interval=format_interval(interval, jsw.unit), unit=jsw.unit
    )
    if not findings:
        return _("measured, {interval}").format(interval=told)
    return _("Look at the joint before the width is used: {findings}; {interval}").format(
        findings=findings, interval=told
    )


def _marked(text: str, jsw: JointSpaceWidth) -> str:
    return f"{text} {_TO_CHECK}" if jsw.mean is not None and jsw.findings else text
