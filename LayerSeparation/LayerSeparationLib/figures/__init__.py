"""What is seen on paper: films with their joints and widths, and sweeps of a joint; drawn by matplotlib."""

from .canvas import FIGURE_SUFFIXES
from .hand_figure import draw_hand
from .joints_figure import draw_joints
from .reference import Deviation, Reference, other_hand
from .sweep_figure import draw_sweep

__all__ = [
    "FIGURE_SUFFIXES",
    "Deviation",
    "Reference",
    "draw_hand",
    "draw_joints",
    "draw_sweep",
    "other_hand",
]
