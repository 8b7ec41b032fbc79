"""Lengths and joints as users read them: two decimals in mm, one in pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ..radiograph import LengthUnit

if TYPE_CHECKING:
    from .scene_joint import SceneJoint

NOTHING = "\N{EN DASH}"
WIDEST: dict[LengthUnit, float] = {"mm": 10.0, "px": 200.0}
"""The widest joint space that can be typed."""
STEP: dict[LengthUnit, float] = {"mm": 0.1, "px": 1.0}
"""One step of a number box, and ten of a slider."""
_LONGEST_TITLE = 24
_HALF_TOLERANCE = 1e-6


def decimals_of(unit: LengthUnit) -> int:
    """Return how many decimals a length has."""
    return 2 if unit == "mm" else 1


def format_length(value: float | None, unit: LengthUnit) -> str:
    """Return '0.80 mm', '3.2 px', or a dash where there is no value."""
    if value is None:
        return NOTHING
    # 1.625 is 1.63 to people, whatever the last bit of the number says.
    return f"{value + math.copysign(_HALF_TOLERANCE, value):.{decimals_of(unit)}f} {unit}"


def format_interval(interval: tuple[float, float] | None, unit: LengthUnit) -> str:
    """Return '1.55-1.69', the ends of an interval without their unit; '' where there is none."""
    if interval is None:
        return ""
    low, high = (format_length(end, unit).partition(" ")[0] for end in interval)
    return f"{low}\N{EN DASH}{high}"


def joint_title(joint: SceneJoint) -> str:
    """Return 'MCP3 L'; a joint of two hands, whose name has the side, is called by its name: 'MCP3_L'."""
    is_told = joint.side is None or joint.name.endswith(f"_{joint.side}")
    return joint.name if is_told else f"{joint.name} {joint.side}"


def short_title(joint: SceneJoint) -> str:
    """Return the title cut to what a heading has room for."""
    title = joint_title(joint)
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "\N{HORIZONTAL ELLIPSIS}"
