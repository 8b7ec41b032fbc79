"""Figures on phantoms, whose truth is exact: every kind of joint, and whole hands found without help."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, get_args

import numpy as np

from ..joints.finding import JointFinder
from ..measurement import measure_jsw
from ..phantom import JointKind, make_hand, make_joint
from ..phantom.truth import PhantomJointTruth
from ..separation import JointLayers, Separator
from .evaluate_finding import JointResult, compare, marked_hand, summarize

FIRST_SEED = 900_000
"""Far from the seeds of training."""
_SPACING_MM = 0.15


def evaluate_phantoms(
    count: int,
    separator: Separator,
    finder: JointFinder,
    show: Callable[[str, int, int], None] | None = None,
) -> dict[str, Any]:
    """Separate ``count`` phantom joints of each kind, and find and separate the joints of ``count`` hands."""
    kinds = get_args(JointKind)
    given: dict[str, list[tuple[float, float]]] = defaultdict(list)
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    width_errors_mm: list[float] = []
    results: list[JointResult] = []
    for number in range(count):
        for kind in kinds:
            joint = make_joint(kind, FIRST_SEED + number)
            given[kind].append(_dice(separator.separate(joint.radiograph, joint.pose), joint))
        hand = make_hand(FIRST_SEED + number, spacing_mm=_SPACING_MM, side="R" if number % 2 else "L")
        poses = finder.find(hand.radiograph)
        marks = marked_hand({name: truth.pose.centre_px for name, truth in hand.joints.items()})
        assert marks is not None, "a phantom hand has a middle finger"
        results += compare(hand.radiograph.name, marks, poses)[0]
        known = [pose for pose in poses if pose.name in hand.joints and pose.side == hand.side]
        for layers in separator.separate_many([(hand.radiograph, pose) for pose in known]):
            truth = hand.joints[layers.pose.name]
            found[truth.kind].append(_dice(layers, truth))
            jsw = measure_jsw(layers)
            if jsw.mean is not None:
                width_errors_mm.append(abs(jsw.mean - truth.jsw_mean_mm))
        if show:
            show("phantoms", number + 1, count)
    return {
        "phantoms": count,
        "first_seed": FIRST_SEED,
        "weights_sha256": {"separation": separator.weights.sha256, **finder.weights_sha256},
        "dice of single joints (upper, lower)": {kind: _mean(given[kind]) for kind in kinds},
        "dice of joints found on hands (upper, lower)": {kind: _mean(found[kind]) for kind in kinds},
        "jsw of joints found on hands, mean absolute error, mm": (
            round(float(np.mean(width_errors_mm)), 4) if width_errors_mm else None
        ),
        "jsw measurable": f"{len(width_errors_mm)} of {sum(map(len, found.values()))}",
        "finding": summarize(results),
    }


def _dice(layers: JointLayers, truth: PhantomJointTruth) -> tuple[float, float]:
    """Dice of both silhouettes, in the part of the joint's square where the truth is known."""
    common = layers.crop.region.intersection(truth.region)
    in_window, in_region = common.within(layers.crop.region).slices, common.within(truth.region).slices
    inside = layers.crop.inside[in_window]
    return (
        _overlap(layers.upper_silhouette[in_window] > 0.5, truth.upper_silhouette[in_region] & inside),
        _overlap(layers.lower_silhouette[in_window] > 0.5, truth.lower_silhouette[in_region] & inside),
    )


def _overlap(first: np.ndarray, second: np.ndarray) -> float:
    return float(2 * (first & second).sum() / max(first.sum() + second.sum(), 1))


def _mean(pairs: list[tuple[float, float]]) -> list[float] | None:
    return [round(float(value), 4) for value in np.mean(pairs, axis=0)] if pairs else None
