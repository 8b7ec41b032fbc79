"""Lengths and joints as users read them: two decimals in mm, one in pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..measurement.length_text import number_text
from ..radiograph import LengthUnit

if TYPE_CHECKING:
    from .scene_joint import SceneJoint

NOTHING = "\N{EN DASH}"
WIDEST: dict[LengthUnit, float] = {"mm": 10.0, "px": 200.0}
"""The widest joint space that can be typed."""
STEP: dict[LengthUnit, float] = {"mm": 0.1, "px": 1.0}
"""One step of a number box, and ten of a slider."""
_LONGEST_TITLE = 24


def format_length(value: float | None, unit: LengthUnit) -> str:
    """Return '0.80 mm', '3.2 px', or a dash where there is no value."""
    if value is None:
        return NOTHING
    return f"{number_text(value, unit)} {unit}"


def format_interval(interval: tuple[float, float] | None, unit: LengthUnit) -> str:
    """Return '1.55-1.69', the ends of an interval without their unit; '' where there is none."""
    if interval is None:
        return ""
    low, high = (number_text(end, unit) for end in interval)
    return f"{low}\N{EN DASH}{high}"


def joint_title(joint: SceneJoint) -> str:
    """Return 'MCP3 L'; a joint of two hands, whose name has the side, is called by its name: 'MCP3_L'."""
    is_told = joint.side is None or joint.name.endswith(f"_{joint.side}")
    return joint.name if is_told else f"{joint.name} {joint.side}"


def short_title(joint: SceneJoint) -> str:
    """Return the title cut to what a heading has room for."""
    title = joint_title(joint)
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1] + "\N{HORIZONTAL ELLIPSIS}"
