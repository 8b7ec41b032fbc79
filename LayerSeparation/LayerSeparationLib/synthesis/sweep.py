"""A sweep: one joint with many gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from .gap_edit import GapEdit
from .synthetic_joint import SyntheticJoint

if TYPE_CHECKING:
    from ..separation import JointLayers


def sweep(
    layers: JointLayers, targets_mm: Sequence[float], base: GapEdit | None = None
) -> Iterator[SyntheticJoint]:
    """Yield the joint with each target JSW in mm; shift, tilt and the moving bone come from ``base``."""
    for target in targets_mm:
        yield (replace(base or GapEdit(), target_jsw_mm=target, change_mm=None)).apply(layers)
