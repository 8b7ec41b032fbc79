"""Whether changes add up: from the first visit to the third, straight and by way of the second."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..follow_up import JointChange, Verdict, measure_change
from ..joints import CANONICAL_MM_PER_PX, JointPose
from ..radiograph import Radiograph
from ..separation import JointLayers, Separator
from .evaluate import Progress
from .joint_set import DrawnJoint

_MOST_SERIES = 60
"""Series that are looked at, evenly spread over the set: each takes some seconds."""


def measure_closure(
    joints: Sequence[DrawnJoint], separator: Separator, progress: Progress | None = None
) -> dict[str, Any]:
    """Measure how far the changes between three visits of one joint are from adding up.

    The residual is (a to b) + (b to c) - (a to c), in mm of the first. It tells how well registration agrees
    with itself on real films of different days; an error that belongs to one film cancels in it.

    Parameters
    ----------
    joints
        Of a joint set, whose series are visits of one joint each; the first three of a series are taken.
    separator
        With the weights that are measured.
    progress
        Called with what is done, how much of it, and of how much.

    Returns
    -------
    The figures: plain numbers by name. Changes without a verdict don't count.
    """
    ordered = sorted(joints, key=lambda joint: joint.series)
    series = [list(visits)[:3] for _, visits in groupby(ordered, key=lambda joint: joint.series)]
    series = [visits for visits in series if len(visits) == 3]
    chosen = series[:: max(1, -(-len(series) // _MOST_SERIES))]
    residuals: list[float] = []
    for number, visits in enumerate(chosen):
        a, b, c = separate_crops([visit.intensity for visit in visits], separator)
        residual = _residual(measure_change(a, b), measure_change(b, c), measure_change(a, c))
        if residual is not None:
            residuals.append(residual)
        if progress:
            progress("series of three visits", number + 1, len(chosen))
    absolute = np.abs(residuals)
    return {
        "series": len(chosen),
        "with_three_verdicts": len(residuals),
        "median_mm": float(np.median(absolute)) if residuals else None,
        "percentile_90_mm": float(np.percentile(absolute, 90)) if residuals else None,
    }


def separate_crops(images: Sequence[NDArray[np.float32]], separator: Separator) -> list[JointLayers]:
    """Separate the joint crops (256, 256) of a joint set."""
    films = [Radiograph.from_array(image, spacing_mm=CANONICAL_MM_PER_PX) for image in images]
    return separator.separate_many([(film, JointPose.whole_crop(film)) for film in films])


def _residual(a_to_b: JointChange, b_to_c: JointChange, a_to_c: JointChange) -> float | None:
    if any(change.verdict is Verdict.UNKNOWN for change in (a_to_b, b_to_c, a_to_c)):
        return None
    assert a_to_b.change is not None
    assert b_to_c.change is not None
    assert a_to_c.change is not None
    assert a_to_b.scale is not None
    return a_to_b.change + b_to_c.change / a_to_b.scale - a_to_c.change
