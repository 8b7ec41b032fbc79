"""Whether lengths on two films mean the same, and what has to be said about it."""

from __future__ import annotations

from typing import NamedTuple

from ..radiograph import PixelSpacing, SpacingSource

_PLANES = {
    SpacingSource.CALIBRATED: "in the plane of the hand",
    SpacingSource.CORRECTED: "in the plane of the hand",
    SpacingSource.DETECTOR: "in the plane of the detector",
    SpacingSource.USER: "as the user says",
}


class ScaleComparison(NamedTuple):
    """What the pixel spacings of two films say of each other."""

    reason: str
    """Why lengths can't be compared; '' where they can."""
    note: str
    """What has to be known when they are; '' where nothing."""


def compare_scales(baseline: PixelSpacing, follow_up: PixelSpacing) -> ScaleComparison:
    """Compare the spacings of two films.

    Examples
    --------
    >>> from LayerSeparationLib.radiograph import UNKNOWN_SPACING, PixelSpacing, SpacingSource
    >>> detector = PixelSpacing(0.15, 0.15, SpacingSource.DETECTOR)
    >>> compare_scales(detector, UNKNOWN_SPACING).reason
    'the pixel spacing of the follow-up is unknown'
    >>> compare_scales(detector, PixelSpacing(0.1, 0.1, SpacingSource.CALIBRATED)).note
    'spacing in the plane of the detector on the baseline, in the plane of the hand on the follow-up'
    """
    if baseline.known != follow_up.known:
        missing = "follow-up" if baseline.known else "baseline"
        return ScaleComparison(f"the pixel spacing of the {missing} is unknown", "")
    if not baseline.known:
        return ScaleComparison("", "lengths in px of the baseline: no film has a pixel spacing")
    planes = _PLANES[baseline.source], _PLANES[follow_up.source]
    if planes[0] == planes[1]:
        return ScaleComparison("", "")
    return ScaleComparison("", f"spacing {planes[0]} on the baseline, {planes[1]} on the follow-up")
