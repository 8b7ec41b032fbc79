"""The kinds of finger joints, and how wide they are in health."""

from typing import Literal

JointKind = Literal["MCP", "PIP", "DIP", "IP"]

USUAL_JSW_MM: dict[JointKind, tuple[float, float]] = {
    "MCP": (1.2, 2.0),
    "PIP": (0.8, 1.1),
    "DIP": (0.7, 1.0),
    "IP": (0.8, 1.2),
}
"""Joint space width of healthy joints in mm, least and greatest."""
