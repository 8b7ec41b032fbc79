"""How joint space widths are spread: a width for each stratum (equal part) of a distribution."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...errors import DoubtfulJointError, InputError, UnknownSpacingError
from ...measurement import Quality
from .narrowing_score import normal_width, why_not_scored, width_bins
from .options import DatasetOptions


def width_at(
    options: DatasetOptions,
    joint: str,
    measured: NDArray[np.float64],
    stratum: int,
    within: float,
    rotation: int,
) -> float:
    """Return the mean JSW that a sample asks for, in the options' unit.

    Parameters
    ----------
    options
        Its `jsw`, `balance`, `per_joint` and `normal_jsw_mm` count.
    joint
        Name of the joint.
    measured
        (n,) mean JSW of all inputs, in the same unit, ascending, for 'as-is'.
    stratum
        0..per_joint - 1: which stratum of the distribution.
    within
        0..1: where within the stratum.
    rotation
        Any whole number of 0 or more that differs from joint to joint: where scores can't be spread evenly
        within a joint (fewer samples than scores), it spreads them over the joints.

    Raises
    ------
    ValueError
        If the options ask for changes, not for widths.
    """
    if options.jsw is None:
        raise ValueError("These options ask for no widths.")
    low, high = options.jsw
    share = (stratum + within) / options.per_joint
    if options.balance == "uniform":
        return low + share * (high - low)
    if options.balance == "as-is":
        inside = measured[(measured >= low) & (measured <= high)]
        return float(np.quantile(inside, share))
    normal_mm = normal_width(joint, options.normal_jsw_mm)
    if normal_mm is None:
        raise ValueError(why_not_scored(joint))
    bins = list(width_bins(normal_mm, (low, high)).values())
    first, last = bins[(stratum + rotation) % len(bins)]
    strata_a_bin = -(-options.per_joint // len(bins))
    return first + (stratum // len(bins) + within) / strata_a_bin * (last - first)


def refuse_impossible(options: DatasetOptions, joint: str, unit: str, jsw: float | None, why: str) -> None:
    """Refuse a joint of which the samples that are asked for can't be made.

    Parameters
    ----------
    options
        What is asked for.
    joint
        Its name.
    unit
        Of its lengths.
    jsw
        Mean JSW of the film, in `unit`; None where it can't be told.
    why
        Why it can't.

    Raises
    ------
    InputError
        With the reason.
    """
    if unit != options.unit:
        if unit == "px":
            raise UnknownSpacingError(
                "the film's pixel spacing is unknown, so nothing can be asked for in mm: "
                "give the spacing, or lengths in px."
            )
        raise InputError("the film's pixel spacing is known: ask for lengths in mm, not in px.")
    if options.jsw is None:
        return
    if jsw is None:
        raise InputError(
            f"its joint space width is not known ({why}), so samples can't be balanced by it: "
            "ask for changes of the width."
        )
    if options.balance == "svdh" and normal_width(joint, options.normal_jsw_mm) is None:
        raise InputError(why_not_scored(joint))


def refuse_doubtful(options: DatasetOptions, quality: Quality, findings: Sequence[str]) -> None:
    """Refuse a joint whose JSW is to be checked, unless it is asked for: as all such, or by its own edits.

    Raises
    ------
    DoubtfulJointError
        With what to look at.
    """
    if quality is Quality.CHECK and not (options.with_doubtful or options.edits_given):
        raise DoubtfulJointError(
            f"its joint space width is to be checked: {'; '.join(findings)}. "
            "Look at the joint, or ask for doubtful joints too."
        )


def refuse_empty(options: DatasetOptions, measured: NDArray[np.float64]) -> None:
    """Refuse 'as-is' where no input's width lies in the range.

    Raises
    ------
    InputError
        If so; it names the range.
    """
    if options.balance != "as-is" or options.jsw is None:
        return
    low, high = options.jsw
    if not ((measured >= low) & (measured <= high)).any():
        raise InputError(f"No input has a joint space width within {low:g}..{high:g} {options.unit}.")
