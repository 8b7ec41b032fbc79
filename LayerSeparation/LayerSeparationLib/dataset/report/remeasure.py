"""JSW remeasured on samples, as a check of the widths that the labels give.

The labels' JSW is the distance of the margins that were found in the source film and moved with the bones, so
that it is what was asked for by construction. Here the margins are found again, in the recomposed film of the
sample. Both rely on the same network: what it does wrong on both films, this check can't see.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...measurement import JointSpaceWidth, measure_margins
from ...radiograph import LengthUnit
from ...separation import Separator
from ...synthesis import SyntheticJoint


@dataclass
class RemeasuredWidths:
    """Widths asked for, and found again in the samples' films; all in `unit`."""

    unit: LengthUnit
    pairs: list[tuple[float, float]] = field(default_factory=list)
    """(asked for, found) of every sample that has both."""
    closed: int = 0
    """Samples without a joint space, by the moved margins and by those found again."""
    not_measurable: int = 0
    """Samples without a width asked for, or in which none was found although there should be one."""
    other_weights: int = 0
    """Samples that were not looked at: their layers are of other weights than those that remeasure."""

    def add(self, joint: SyntheticJoint, found: JointSpaceWidth) -> None:
        """Count a sample that was remeasured."""
        moved = joint.jsw_after
        if moved.margins is None:
            self.not_measurable += 1
        elif found.mean is not None:
            asked = joint.edit.target_jsw
            self.pairs.append((float(moved.profile.mean()) if asked is None else asked, found.mean))
        elif found.margins is not None and moved.mean is None:
            self.closed += 1
        else:
            self.not_measurable += 1

    @property
    def samples(self) -> int:
        """Number of samples that were looked at."""
        return len(self.pairs) + self.closed + self.not_measurable

    @property
    def mean_difference(self) -> float | None:
        """Mean absolute difference of found and asked for."""
        return float(self._differences.mean()) if self.pairs else None

    @property
    def greatest_difference(self) -> float | None:
        """Greatest absolute difference of found and asked for."""
        return float(self._differences.max()) if self.pairs else None

    @property
    def _differences(self) -> NDArray[np.float64]:
        return np.array([abs(found - asked) for asked, found in self.pairs])

    def as_json(self) -> dict[str, Any]:
        """Return the figures in JSON's own types."""
        return {
            "unit": self.unit,
            "samples": self.samples,
            "count": len(self.pairs),
            "mean_absolute_difference": _rounded(self.mean_difference),
            "greatest_absolute_difference": _rounded(self.greatest_difference),
            "closed": self.closed,
            "not_measurable": self.not_measurable,
            "other_weights": self.other_weights,
        }


def _rounded(length: float | None) -> float | None:
    """Return a length to 0.0001: the last digits of a network depend on how its threads shared the work."""
    return None if length is None else round(length, 4)


def remeasure_jsw(joint: SyntheticJoint, separator: Separator) -> JointSpaceWidth:
    """Find the margins of an edited joint on its recomposed film, before noise, and measure between them."""
    crop = joint.layers.crop
    recomposed = replace(joint.layers.radiograph, intensity=joint.film, native_pixels=None)
    return measure_margins(crop, separator.find_margins(recomposed, joint.layers.pose))
