"""How an edit moves the two bones: rigid motions on the canonical crop, and what they do to the margins."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, UnknownSpacingError
from ..joints import CANONICAL_SIZE_PX
from ..joints.affine import map_points
from ..measurement import JointSpaceWidth, Margins
from .gap_edit import GREATEST_MOTION_PX, GapEdit

_CENTRE = (CANONICAL_SIZE_PX - 1) / 2


@dataclass(frozen=True)
class RigidMotion:
    """Turn about the joint's centre, then translation, on the canonical crop.

    Examples
    --------
    >>> motion = RigidMotion(x_px=2, y_px=-5, turn_deg=90)
    >>> (motion.matrix @ (127.5, 27.5, 1)).round(6)
    array([229.5, 122.5])
    """

    x_px: float = 0.0
    """To the right."""
    y_px: float = 0.0
    """Down."""
    turn_deg: float = 0.0
    """Clockwise."""

    @property
    def is_none(self) -> bool:
        """Whether nothing moves."""
        return self.x_px == 0 and self.y_px == 0 and self.turn_deg == 0

    @cached_property
    def matrix(self) -> NDArray[np.float64]:
        """(2, 3): canonical (x, y, 1) before the motion to (x, y) after it."""
        angle = math.radians(self.turn_deg)
        linear = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        centre = np.array([_CENTRE, _CENTRE])
        return np.column_stack([linear, centre - linear @ centre + [self.x_px, self.y_px]])

    @cached_property
    def inverse(self) -> NDArray[np.float64]:
        """(2, 3): canonical (x, y, 1) after the motion to (x, y) before it; exact for a rotation."""
        linear = self.matrix[:, :2].T
        return np.column_stack([linear, -linear @ self.matrix[:, 2]])


@dataclass(frozen=True)
class BoneMotion:
    """The motion of either bone.

    Examples
    --------
    >>> motion = BoneMotion(upper=RigidMotion(y_px=-5), lower=RigidMotion())
    >>> motion.is_none, motion.lower.is_none
    (False, True)
    """

    upper: RigidMotion
    lower: RigidMotion

    @classmethod
    def of_edit(cls, edit: GapEdit, jsw: JointSpaceWidth, unit_per_px: float) -> BoneMotion:
        """Return the motions that an edit asks for; a target is met whatever shift and tilt go with it.

        Parameters
        ----------
        edit
            What is asked for.
        jsw
            Of the joint on the film.
        unit_per_px
            Length of a canonical pixel in the joint's unit.

        Raises
        ------
        InputError
            If the edit's unit is not the film's, a target is asked for where there is no JSW, or the motion
            is too large.
        """
        if edit.has_lengths and edit.unit != jsw.unit:
            if edit.unit == "mm":
                raise UnknownSpacingError(
                    "The film's pixel spacing is unknown, so the edit can't be in mm: "
                    "give the spacing, or lengths in px."
                )
            raise InputError("The film's pixel spacing is known: give lengths in mm, not in px.")
        shift_px, change_px = edit.shift / unit_per_px, (edit.change or 0.0) / unit_per_px
        if edit.target_jsw is not None:
            target_px = edit.target_jsw / unit_per_px
            change_px = target_px - _width_px(jsw, cls._share_out(edit, 0.0, shift_px))
        motion = cls._share_out(edit, change_px, shift_px)
        for bone in (motion.upper, motion.lower):
            way_px = math.hypot(bone.x_px, bone.y_px)
            if way_px > GREATEST_MOTION_PX:
                raise InputError(
                    f"The edit moves a bone by {way_px * unit_per_px:.2f} {jsw.unit}; "
                    f"the crop allows {GREATEST_MOTION_PX * unit_per_px:.2f} {jsw.unit}."
                )
        return motion

    @classmethod
    def _share_out(cls, edit: GapEdit, change_px: float, shift_px: float) -> BoneMotion:
        """Share the motion out between the bones; the upper moves up and right, the lower the other way."""
        if edit.moves == "joint":
            together = RigidMotion(shift_px, 0.0, edit.tilt_deg)
            return cls(together, together)
        upper = {"upper": 1.0, "lower": 0.0, "both": 0.5}[edit.moves]
        lower = 1.0 - upper
        return cls(
            RigidMotion(upper * shift_px, -upper * change_px, upper * edit.tilt_deg),
            RigidMotion(-lower * shift_px, lower * change_px, -lower * edit.tilt_deg),
        )

    @property
    def is_none(self) -> bool:
        """Whether nothing moves."""
        return self.upper.is_none and self.lower.is_none

    def move_margins(self, margins: Margins) -> Margins:
        """Return the margins after the motion: each moves with its bone."""
        upper, lower = (
            map_points(motion.matrix, line)
            for motion, line in ((self.upper, margins.upper), (self.lower, margins.lower))
        )
        kept_upper, kept_lower = _ascending(upper), _ascending(lower)
        return Margins(
            upper=upper[kept_upper],
            lower=lower[kept_lower],
            upper_extent=_move_extent(margins.upper_extent, self.upper),
            lower_extent=_move_extent(margins.lower_extent, self.lower),
            upper_sd_px=margins.upper_sd_px[kept_upper],
            lower_sd_px=margins.lower_sd_px[kept_lower],
        )


def _width_px(jsw: JointSpaceWidth, motion: BoneMotion) -> float:
    """Return the mean width that the film's joint space has after a motion, canonical pixels."""
    if jsw.margins is None or jsw.mean is None:
        raise InputError(
            f"A target JSW can't be reached because the film's JSW is not known ({jsw.reason}): "
            "ask for a change of the gap."
        )
    widths = motion.move_margins(jsw.margins).widths()[1]
    if not widths.size:
        raise InputError(
            "After this shift and tilt the bones no longer face each other: there is no joint space. "
            "Ask for less of them."
        )
    return float(widths.mean())


def _move_extent(extent: tuple[float, float], motion: RigidMotion) -> tuple[float, float]:
    ends = map_points(motion.matrix, [[x, _CENTRE] for x in extent])
    return float(ends[0, 0]), float(ends[1, 0])


def _ascending(line: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell the points that go on to the right; a tilted margin may turn back on itself."""
    going_on: NDArray[np.bool_] = line[:, 0] >= np.maximum.accumulate(line[:, 0])
    return going_on
