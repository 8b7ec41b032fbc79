"""Whether lengths on two films mean the same, and what has to be said about it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, NamedTuple

import numpy as np

from ..errors import InputError
from ..radiograph import IntensityMap, PixelSpacing, Radiograph, SpacingSource, common_intensity_map

GreyScale = Literal["common", "own"]
"""Of the two films of a change: one map from grey values to intensity for both, or one for each."""
LARGEST_DIFFERENCE_OF_SCALES = 0.05
"""Of intensity, between the own grey scales of two films that share one. Films that differ by more were
exposed, windowed or stored otherwise, and one scale would fit neither. A choice: a gamma of 0.85 to 1.15,
which moves intensities by up to 0.06, hardly moves a margin."""
_TISSUE = (0.15, 0.85)
"""Intensities between which the scales are compared: beyond them lie air, letters and metal."""

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


def share_grey_scale(baseline: Radiograph, follow_up: Radiograph) -> tuple[Radiograph, Radiograph]:
    """Return two films of one hand on one grey scale, where they have one in common; else as they are.

    Each film's own scale follows from its tissue, so that two nearly equal films get scales that differ a
    little. Films in the same numbers whose scales differ no more than that are mapped by their mean.

    Examples
    --------
    >>> import numpy as np
    >>> film = Radiograph.from_array(np.full((200, 100), 0.5))
    >>> share_grey_scale(film, film)[1].intensity_map == film.intensity_map
    True
    """
    if baseline.intensity_map == follow_up.intensity_map:
        return baseline, follow_up
    try:
        common = common_intensity_map(baseline, follow_up)
    except InputError:
        return baseline, follow_up
    if _difference(baseline.intensity_map, follow_up.intensity_map) > LARGEST_DIFFERENCE_OF_SCALES:
        return baseline, follow_up
    return baseline.with_intensity_map(common), follow_up.with_intensity_map(common)


def describe_grey_scales(scales: Collection[GreyScale | None]) -> str:
    """Say in plain words how bright and dark were made comparable on two visits' films.

    Parameters
    ----------
    scales
        Of each joint, as `JointChange.grey_scale` has it.

    Examples
    --------
    >>> describe_grey_scales(["common", None])
    'Brightness: both films were read alike, so their JSW can be compared, too.'
    >>> describe_grey_scales([])
    ''
    """
    if "own" not in scales:
        alike = "Brightness: both films were read alike, so their JSW can be compared, too."
        return alike if "common" in scales else ""
    whose = "some films were" if "common" in scales else "each film was"
    return (
        f"Brightness: {whose} adjusted by itself, since the two visits were exposed or stored differently. "
        "Go by the change, which follows from the bones; a JSW may differ a little for the brightness alone."
    )


def _difference(first: IntensityMap, second: IntensityMap) -> float:
    """Return how far two scales are apart where there is tissue."""
    knots = np.union1d(first.native, second.native)
    a, b = (np.interp(knots, one.native, one.intensity) for one in (first, second))
    tissue = ((a > _TISSUE[0]) & (a < _TISSUE[1])) | ((b > _TISSUE[0]) & (b < _TISSUE[1]))
    return float(np.abs(a - b)[tissue].max(initial=0.0))


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
