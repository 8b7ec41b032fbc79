"""Lengths as users read them: with their unit, two decimals in mm, none in pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..translation import tr as _

if TYPE_CHECKING:
    from ..measurement import JointSpaceWidth
    from ..scene import SceneJoint

NOTHING = "\N{EN DASH}"


def decimals_of(unit: str) -> int:
    """Return how many decimals a length has."""
    return 2 if unit == "mm" else 0


def length_text(value: float | None, unit: str) -> str:
    """Return '0.80 mm', '12 px', or a dash where there is no value."""
    return NOTHING if value is None else f"{value:.{decimals_of(unit)}f} {unit}"


def joint_title(joint: SceneJoint) -> str:
    """Return 'MCP3 L'; a joint of two hands, whose name has the side, is called by its name: 'MCP3_L'."""
    named = joint.side is None or joint.name.endswith(f"_{joint.side}")
    return joint.name if named else f"{joint.name} {joint.side}"


def width_text(jsw: JointSpaceWidth) -> str:
    """Return mean and minimum of a joint space, or why there is none."""
    if jsw.mean is None:
        return _("not measurable: {reason}").format(reason=jsw.reason or "")
    return _("{mean} (minimum {minimum})").format(
        mean=length_text(jsw.mean, jsw.unit), minimum=length_text(jsw.minimum, jsw.unit)
    )
