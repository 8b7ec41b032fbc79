"""How an edit moves the two bones: rigid motions on the canonical crop, and what they do to the margins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError
from ..joints import CANONICAL_SIZE_PX
from ..joints.crop import to_points
from ..measurement import Margins

if TYPE_CHECKING:
    from ..measurement import JointSpaceWidth
    from .gap_edit import GapEdit

_CENTRE = (CANONICAL_SIZE_PX - 1) / 2
GREATEST_MOTION_PX = 48.0
"""A bone moves at most this far on the canonical crop (3.9 mm at its usual scale): more would leave the
crop's material behind, or fold the taper of a whole film."""


@dataclass(frozen=True)
class RigidMotion:
    """Turn about the joint's centre (clockwise positive), then translation; canonical pixels, y down."""

    x_px: float = 0.0
    y_px: float = 0.0
    turn_deg: float = 0.0

    @property
    def is_none(self) -> bool:
        """Whether nothing moves."""
        return self.x_px == 0 and self.y_px == 0 and self.turn_deg == 0

    @cached_property
    def matrix(self) -> np.ndarray:
        """(2, 3): canonical (x, y, 1) before the motion to (x, y) after it."""
        angle = math.radians(self.turn_deg)
        linear = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        centre = np.array([_CENTRE, _CENTRE])
        return np.column_stack([linear, centre - linear @ centre + [self.x_px, self.y_px]])

    @cached_property
    def inverse(self) -> np.ndarray:
        """(2, 3): canonical (x, y, 1) after the motion to (x, y) before it."""
        linear = self.matrix[:, :2].T
        return np.column_stack([linear, -linear @ self.matrix[:, 2]])


@dataclass(frozen=True)
class BoneMotion:
    """The motion of either bone."""

    upper: RigidMotion
    lower: RigidMotion

    def margins(self, margins: Margins) -> Margins:
        """Return the margins after the motion: each moves with its bone."""
        upper, lower = (
            _ascending(to_points(motion.matrix, line))
            for motion, line in ((self.upper, margins.upper), (self.lower, margins.lower))
        )
        return Margins(
            upper=upper,
            lower=lower,
            upper_extent=_moved_extent(margins.upper_extent, self.upper),
            lower_extent=_moved_extent(margins.lower_extent, self.lower),
        )


def resolve(edit: GapEdit, jsw: JointSpaceWidth, unit_per_px: float) -> BoneMotion:
    """Turn an edit into motions; a target is met exactly, whatever shift and tilt go with it.

    Raises
    ------
    InputError
        If the edit's unit is not the film's, a target is asked for where there is no JSW, or the motion is
        too large.
    """
    if edit.unit not in (None, jsw.unit):
        raise InputError(
            "The film's pixel spacing is unknown, so the edit can't be in mm: "
            "give the spacing, or lengths in px."
            if edit.unit == "mm"
            else "The film's pixel spacing is known: give lengths in mm, not in px."
        )
    without_gap = _split(edit, 0.0, edit.shift / unit_per_px)
    change_px = (edit.change or 0.0) / unit_per_px
    if edit.target is not None:
        if jsw.margins is None or jsw.mean is None:
            raise InputError(
                f"A target JSW can't be reached because the film's JSW is not known ({jsw.reason}): "
                "ask for a change of the gap."
            )
        facing = without_gap.margins(jsw.margins).widths()[1]
        if not facing.size:
            raise InputError(
                "After this shift and tilt the bones no longer face each other: there is no joint space. "
                "Ask for less of them."
            )
        change_px = edit.target / unit_per_px - float(facing.mean())
    motion = _split(edit, change_px, edit.shift / unit_per_px)
    for bone in (motion.upper, motion.lower):
        if math.hypot(bone.x_px, bone.y_px) > GREATEST_MOTION_PX:
            raise InputError(
                f"The edit moves a bone by {math.hypot(bone.x_px, bone.y_px) * unit_per_px:.2f} {jsw.unit}; "
                f"the crop allows {GREATEST_MOTION_PX * unit_per_px:.2f} {jsw.unit}."
            )
    return motion


def _split(edit: GapEdit, change_px: float, shift_px: float) -> BoneMotion:
    """Share the motion out between the bones; the upper moves up and right, the lower the other way."""
    upper = {"upper": 1.0, "lower": 0.0, "both": 0.5}[edit.moves]
    lower = 1.0 - upper
    return BoneMotion(
        RigidMotion(upper * shift_px, -upper * change_px, upper * edit.tilt_deg),
        RigidMotion(-lower * shift_px, lower * change_px, -lower * edit.tilt_deg),
    )


def _moved_extent(extent: tuple[float, float], motion: RigidMotion) -> tuple[float, float]:
    ends = to_points(motion.matrix, np.array([[x, _CENTRE] for x in extent]))
    return float(ends[0, 0]), float(ends[1, 0])


def _ascending(line: np.ndarray) -> np.ndarray:
    """Keep the points that go on to the right; a tilted margin may turn back on itself."""
    return line[line[:, 0] >= np.maximum.accumulate(line[:, 0])]
