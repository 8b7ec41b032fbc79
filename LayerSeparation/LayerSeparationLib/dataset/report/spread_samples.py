"""Samples from all over a data set, for what looks at some of them only."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from ..plan.layer_cache import CachedJoint, LayerCache
from ..plan.plan import Plan, PlannedSample


def spread_numbers(plan: Plan, most: int) -> frozenset[int]:
    """Return the numbers of at most so many samples, spread evenly over the plan, which alone decides."""
    numbers = np.linspace(0, plan.samples - 1, min(most, plan.samples)).round()
    return frozenset(int(number) for number in numbers)


def load_samples(
    plan: Plan, cache: LayerCache, numbers: Collection[int]
) -> Iterator[tuple[PlannedSample, CachedJoint]]:
    """Yield samples in their order, and the joints that they are made of; each joint is loaded once.

    Joints that are not cached are left out.
    """
    key, cached = "", None
    for number in sorted(numbers):
        planned = plan.sample(number)
        if planned.joint.key != key:
            key, cached = planned.joint.key, cache.load(planned.joint.key)
        if cached is not None:
            yield planned, cached
