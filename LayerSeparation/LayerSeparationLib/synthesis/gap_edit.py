"""The gap edit: what is asked of a joint."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from ..errors import InputError
from .synthetic_joint import SyntheticJoint, synthesize

if TYPE_CHECKING:
    from ..separation import JointLayers

MOVES = ("upper", "lower", "both")
GREATEST_TILT_DEG = 30.0


@dataclass(frozen=True)
class GapEdit:
    """A rigid motion of the bones of one joint. Nothing given: the joint stays as it is.

    Lengths come in mm, or in pixels of the film where its pixel spacing is unknown; not in both.

    Raises
    ------
    InputError
        If both a target and a change are given, mm are mixed with px, or a value is out of range.
    """

    target_jsw_mm: float | None = None
    """Mean JSW after the edit, 0 or more."""
    change_mm: float | None = None
    """Change of the mean JSW; positive widens the joint space."""
    shift_mm: float = 0.0
    """Motion across the joint: of the upper bone to the right of the canonical crop, or of the lower bone to
    the left."""
    tilt_deg: float = 0.0
    """Turn of the upper bone about the joint, clockwise on the canonical crop, or of the lower bone against
    it."""
    moves: str = "upper"
    """Which bone moves: 'upper', 'lower', or 'both', each half of the way."""
    target_jsw_px: float | None = None
    change_px: float | None = None
    shift_px: float = 0.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, (int, float)) and not math.isfinite(value):
                raise InputError(f"{field.name} must be a finite number, not {value}.")
        asked = [self.target_jsw_mm, self.change_mm, self.target_jsw_px, self.change_px]
        if sum(value is not None for value in asked) > 1:
            raise InputError("Give one of a target JSW and a change of the gap, in mm or in px, not several.")
        in_px = self.target_jsw_px is not None or self.change_px is not None or self.shift_px != 0
        in_mm = self.target_jsw_mm is not None or self.change_mm is not None or self.shift_mm != 0
        if in_px and in_mm:
            raise InputError("Give lengths either in mm or in px, not in both.")
        target = self.target_jsw_mm if self.target_jsw_mm is not None else self.target_jsw_px
        if target is not None and target < 0:
            raise InputError(f"A joint space of {target} can't be: ask for 0 or more, or for a change.")
        if abs(self.tilt_deg) > GREATEST_TILT_DEG:
            raise InputError(
                f"tilt_deg must lie within +-{GREATEST_TILT_DEG:g} degrees, not {self.tilt_deg:g}."
            )
        if self.moves not in MOVES:
            raise InputError(f"moves must be one of {', '.join(MOVES)}, not '{self.moves}'.")

    @property
    def unit(self) -> str | None:
        """'mm', 'px', or None when no length is given."""
        if self.target_jsw_px is not None or self.change_px is not None or self.shift_px != 0:
            return "px"
        if self.target_jsw_mm is not None or self.change_mm is not None or self.shift_mm != 0:
            return "mm"
        return None

    @property
    def target(self) -> float | None:
        """Target JSW in `unit`."""
        return self.target_jsw_mm if self.target_jsw_mm is not None else self.target_jsw_px

    @property
    def change(self) -> float | None:
        """Change of the gap in `unit`."""
        return self.change_mm if self.change_mm is not None else self.change_px

    @property
    def shift(self) -> float:
        """Motion across the joint in `unit`."""
        return self.shift_mm + self.shift_px

    def apply(self, layers: JointLayers) -> SyntheticJoint:
        """Make the edited joint; see `SyntheticJoint`.

        Raises
        ------
        InputError
            If a target is asked for and the JSW of the joint can't be measured, lengths are in mm and the
            film's pixel spacing is unknown (or the other way round), or the motion is too large for the crop.
        """
        return synthesize(layers, self)
