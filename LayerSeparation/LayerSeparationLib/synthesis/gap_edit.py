"""The gap edit: what is asked of a joint."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from ..errors import InputError
from ..measurement import JointSpaceWidth
from ..radiograph import LengthUnit

MovingBone = Literal["upper", "lower", "both"]
UNITS: tuple[LengthUnit, ...] = get_args(LengthUnit)
MOVING_BONES: tuple[MovingBone, ...] = get_args(MovingBone)
Moving = Literal["upper", "lower", "both", "joint"]
"""What moves: bones against each other, or the joint as one."""

GREATEST_TILT_DEG = 30.0
GREATEST_MOTION_PX = 48.0
"""A bone moves at most this far on the canonical crop (3.9 mm at its usual scale): more would leave the
crop's material behind, or fold the taper of a whole film."""
_ROOM = 0.99
"""Share of the greatest motion that limits offer: a shift or a tilt beside a target costs a little of it."""


@dataclass(frozen=True)
class EditLimits:
    """The least and the greatest value that can be asked of a joint, each by itself.

    Examples
    --------
    >>> from LayerSeparationLib import Separator, make_joint
    >>> from LayerSeparationLib.measurement import measure_jsw
    >>> phantom = make_joint("MCP", seed=3, jsw_mm=1.6)
    >>> layers = Separator(device="cpu").separate(phantom.radiograph, phantom.pose)
    >>> limits = GapEdit.limits(measure_jsw(layers), layers.crop.unit_per_px)
    >>> limits.target_jsw[0], round(limits.change[1], 2), limits.unit
    (0.0, 3.9, 'mm')
    """

    target_jsw: tuple[float, float] | None
    """In ``unit``; None where the film's JSW is not known, so that only changes can be asked for."""
    change: tuple[float, float]
    """In ``unit``."""
    shift: tuple[float, float]
    """In ``unit``."""
    tilt_deg: tuple[float, float]
    unit: LengthUnit
    """Of all lengths."""


@dataclass(frozen=True)
class GapEdit:
    """A rigid motion of the bones of one joint. Nothing given: the joint stays as it is.

    Raises
    ------
    InputError
        If both a target and a change are given, or a value is out of range.

    Examples
    --------
    >>> edit = GapEdit(target_jsw=0.8, tilt_deg=2)
    >>> edit.with_target(1.2)
    GapEdit(target_jsw=1.2, change=None, shift=0.0, tilt_deg=2, moves='upper', unit='mm')
    >>> GapEdit.from_json(edit.as_json()) == edit
    True
    >>> edit.is_neutral, edit.without_motion().is_neutral
    (False, True)
    """

    target_jsw: float | None = None
    """Mean JSW after the edit, in ``unit``; 0 or more."""
    change: float | None = None
    """Change of the mean JSW, in ``unit``; positive widens the joint space."""
    shift: float = 0.0
    """Motion across the joint, in ``unit``: of the upper bone to the right of the canonical crop, or of the
    lower bone to the left."""
    tilt_deg: float = 0.0
    """Turn of the upper bone about the joint, clockwise on the canonical crop, or of the lower bone against
    it."""
    moves: Moving = "upper"
    """Which bone moves: 'upper', 'lower', or 'both', each half of the way. Or 'joint': both bones go all of
    the way in the soft tissue, as one, and the gap stays as it is. A film of that has gone the way of an
    edit, and shows the joint space that it was taken with."""
    unit: LengthUnit = "mm"
    """Of all lengths: 'mm', or 'px' of the film where its pixel spacing is unknown."""

    def __post_init__(self) -> None:
        for name in ("target_jsw", "change", "shift", "tilt_deg"):
            value = getattr(self, name)
            if value is None and name in ("target_jsw", "change"):
                continue
            if value is None or not math.isfinite(value):
                raise InputError(f"{name} must be a finite number, not {value}.")
        if self.target_jsw is not None and self.change is not None:
            raise InputError("Give either a target JSW or a change of the gap, not both.")
        if self.target_jsw is not None and self.target_jsw < 0:
            raise InputError(
                f"A joint space of {self.target_jsw} can't be: ask for 0 or more, or for a change."
            )
        if abs(self.tilt_deg) > GREATEST_TILT_DEG:
            raise InputError(
                f"tilt_deg must lie within +-{GREATEST_TILT_DEG:g} degrees, not {self.tilt_deg:g}."
            )
        if self.moves not in get_args(Moving):
            raise InputError(f"moves must be one of {', '.join(get_args(Moving))}, not '{self.moves}'.")
        if self.moves == "joint" and (self.target_jsw is not None or self.change):
            raise InputError("A joint that moves as one keeps its gap: ask for no target and no change.")
        if self.unit not in UNITS:
            raise InputError(f"unit must be one of {', '.join(UNITS)}, not '{self.unit}'.")

    @property
    def is_neutral(self) -> bool:
        """Whether the joint stays as it is."""
        return self.target_jsw is None and not self.change and not self.shift and not self.tilt_deg

    @property
    def has_lengths(self) -> bool:
        """Whether a length is asked for, so that the unit matters."""
        return self.target_jsw is not None or self.change is not None or self.shift != 0

    def with_target(self, target_jsw: float) -> GapEdit:
        """Return the same edit with another target JSW, in ``unit``, in place of its target or change."""
        return replace(self, target_jsw=target_jsw, change=None)

    def with_change(self, change: float) -> GapEdit:
        """Return the same edit with another change of the JSW, in ``unit``, in place of target or change."""
        return replace(self, target_jsw=None, change=change)

    def without_motion(self) -> GapEdit:
        """Return the edit that leaves the joint as it is; which bone moves, and the unit, stay."""
        return GapEdit(moves=self.moves, unit=self.unit)

    def in_unit(self, unit: LengthUnit, length: float) -> GapEdit:
        """Return the same edit in another unit.

        Parameters
        ----------
        unit
            The unit that is wanted.
        length
            Of one of the present unit, in ``unit``.

        Examples
        --------
        >>> GapEdit(target_jsw=10, shift=4, unit="px").in_unit("mm", 0.1)
        GapEdit(target_jsw=1.0, change=None, shift=0.4, tilt_deg=0.0, moves='upper', unit='mm')
        """
        target = None if self.target_jsw is None else self.target_jsw * length
        change = None if self.change is None else self.change * length
        return replace(self, target_jsw=target, change=change, shift=self.shift * length, unit=unit)

    @staticmethod
    def limits(jsw: JointSpaceWidth, unit_per_px: float) -> EditLimits:
        """Return what can be asked of a joint.

        Parameters
        ----------
        jsw
            Of the joint on the film.
        unit_per_px
            Length of a canonical pixel in the joint's unit (`JointCrop.unit_per_px`).
        """
        reach = _ROOM * GREATEST_MOTION_PX * unit_per_px
        target = None if jsw.mean is None else (max(0.0, jsw.mean - reach), jsw.mean + reach)
        return EditLimits(
            target, (-reach, reach), (-reach, reach), (-GREATEST_TILT_DEG, GREATEST_TILT_DEG), jsw.unit
        )

    def as_json(self) -> dict[str, Any]:
        """Return the edit in JSON's own types, a key a field."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> GapEdit:
        """Return the edit of `as_json`; a key that is left out has the value of an edit without motion.

        Raises
        ------
        InputError
            If it is none: the message says why.
        """
        known = {field.name for field in fields(cls)}
        try:
            unknown = values.keys() - known
            if unknown:
                raise InputError(f"An edit has no {', '.join(sorted(unknown))}; it has {', '.join(known)}.")
            return cls(**values)
        except (AttributeError, OverflowError, TypeError) as error:
            raise InputError(f"This is no edit: {values!r} ({error}).") from error
