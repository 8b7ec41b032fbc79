"""Samples from all over a data set, for what looks at some of them only."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..plan.layer_cache import CachedJoint, LayerCache
from ..plan.plan import Plan, PlannedSample


def spread_samples(plan: Plan, cache: LayerCache, most: int) -> Iterator[tuple[PlannedSample, CachedJoint]]:
    """Yield at most so many samples, spread evenly over the plan, and the joints that they are made of.

    The plan alone decides which. Joints that are not cached are left out.
    """
    key, cached = "", None
    numbers = np.linspace(0, plan.samples - 1, min(most, plan.samples)).round().astype(int)
    for number in numbers:
        planned = plan.sample(int(number))
        if planned.joint.key != key:
            key, cached = planned.joint.key, cache.load(planned.joint.key)
        if cached is not None:
            yield planned, cached
