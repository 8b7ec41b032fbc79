"""What the plan of a data set says, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..dataset import Plan, RunEstimate

_BYTES_A_MB = 1e6


def describe_splits(plan: Plan) -> Iterator[str]:
    """Yield what is wrong with how the joints of a plan were dealt to the splits."""
    missing = plan.missing_splits
    if missing:
        series = len({joint.series for joint in plan.joints})
        known_by = " and ".join(plan.count_series())
        yield (
            f"No samples for {' and '.join(missing)}: the films are of {series} series (told by {known_by}), "
            "and none is torn apart. Give more films, another --split, or --series file if every file is "
            "another patient's."
        )


def describe_plan(plan: Plan, estimate: RunEstimate, workers: int) -> Iterator[str]:
    """Yield what will be made, what it will take, and how series were told apart."""
    dealt = ", ".join(f"{split} {count}" for split, count in plan.samples_of_split.items())
    yield f"{plan.samples} samples of {len(plan.joints)} joints: {dealt}"
    known_by = ", ".join(f"{source} {count}" for source, count in plan.count_series().items())
    yield f"series, by what told them: {known_by}"
    if estimate.tried:
        yield (
            f"about {_size_text(estimate.bytes)} and {_time_text(estimate.seconds)} on {workers} "
            f"process{'es' * (workers > 1)}, by {estimate.tried} samples that were made for trial"
        )
    else:
        yield "size and time are not known: none of the samples that were tried can be made"


def summarize_plan(plan: Plan, estimate: RunEstimate) -> dict[str, Any]:
    """Return the same in JSON's own types."""
    return {
        "joints": len(plan.joints),
        "samples": plan.samples,
        "splits": plan.samples_of_split,
        "series": plan.count_series(),
        "bytes": estimate.bytes,
        "seconds": round(estimate.seconds, 1),
    }


def _size_text(size: int) -> str:
    megabytes = size / _BYTES_A_MB
    return f"{megabytes:.1f} MB" if megabytes < 1000 else f"{megabytes / 1000:.1f} GB"


def _time_text(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
