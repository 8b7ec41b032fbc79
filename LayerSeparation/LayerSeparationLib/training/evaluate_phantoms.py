"""Figures of all networks on phantoms, whose truth is exact: joints of every kind, and whole hands."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, get_args

import numpy as np

from ..joints import JointFinder
from ..measurement import measure_jsw
from ..phantom import JointKind, PhantomJointTruth, make_hand, make_joint
from ..separation import JointLayers, Separator
from .dice import dice_coefficient, mean_dice
from .evaluate import Progress
from .evaluate_finding import JointResult, MarkedHand, compare, summarize

FIRST_SEED = 900_000
"""Far from the seeds of training."""
_SPACING_MM = 0.15


def evaluate_phantoms(
    count: int,
    separator: Separator,
    finder: JointFinder,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Separate phantom joints, and find and separate the joints of phantom hands.

    Parameters
    ----------
    count
        So many joints of each kind, and so many hands.
    separator, finder
        With the weights that are measured.
    progress
        Called with what is done, how much of it, and of how much.

    Returns
    -------
    The figures: plain numbers by name, in groups.
    """
    kinds = get_args(JointKind)
    given: dict[str, list[tuple[float, float]]] = defaultdict(list)
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    width_errors_mm: list[float] = []
    covered: list[bool] = []
    results: list[JointResult] = []
    for number in range(count):
        for kind in kinds:
            joint = make_joint(kind, FIRST_SEED + number)
            given[kind].append(_dice(separator.separate(joint.radiograph, joint.pose), joint))
        hand = make_hand(FIRST_SEED + number, spacing_mm=_SPACING_MM, side="R" if number % 2 else "L")
        poses = finder.find(hand.radiograph)
        marks = MarkedHand.of({name: truth.pose.centre_px for name, truth in hand.joints.items()})
        assert marks is not None, "a phantom hand has a middle finger"
        results += compare(hand.radiograph.name, marks, poses)[0]
        known = [pose for pose in poses if pose.name in hand.joints and pose.side == hand.side]
        for layers in separator.separate_many([(hand.radiograph, pose) for pose in known]):
            truth = hand.joints[layers.pose.name]
            found[truth.kind].append(_dice(layers, truth))
            jsw = measure_jsw(layers)
            if jsw.mean is not None and jsw.interval is not None:
                width_errors_mm.append(abs(jsw.mean - truth.jsw_mean_mm))
                covered.append(jsw.interval[0] <= truth.jsw_mean_mm <= jsw.interval[1])
        if progress:
            progress("phantoms", number + 1, count)
    return {
        "phantoms": count,
        "first_seed": FIRST_SEED,
        "weights_sha256": {"separation": separator.weights.sha256, **finder.weights_sha256},
        "dice_of_single_joints": {kind: mean_dice(given[kind]) for kind in kinds},
        "dice_of_joints_found_on_hands": {kind: mean_dice(found[kind]) for kind in kinds},
        "jsw_of_joints_found_on_hands": {
            "joints": sum(map(len, found.values())),
            "joints_measured": len(width_errors_mm),
            "mean_absolute_error_mm": float(np.mean(width_errors_mm)) if width_errors_mm else None,
            "intervals_that_cover": float(np.mean(covered)) if covered else None,
        },
        "finding": summarize(results),
    }


def _dice(layers: JointLayers, truth: PhantomJointTruth) -> tuple[float, float]:
    """Return the Dice coefficient of (upper, lower) bone where the joint's square has a known truth."""
    common = layers.crop.region.intersection(truth.region)
    in_square, in_region = common.within(layers.crop.region).slices, common.within(truth.region).slices
    inside = layers.crop.inside[in_square]
    return (
        dice_coefficient(
            layers.upper_silhouette[in_square] > 0.5, truth.upper_silhouette[in_region] & inside
        ),
        dice_coefficient(
            layers.lower_silhouette[in_square] > 0.5, truth.lower_silhouette[in_region] & inside
        ),
    )
