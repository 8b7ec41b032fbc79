"""Joint space width: margins, profile, and what is derived from them."""

from .jsw import JointSpaceWidth, joint_space, jsw_of_margins, measure_jsw, without_jsw
from .margins import Margins, MarginsNotFound, find_margins

__all__ = [
    "JointSpaceWidth",
    "Margins",
    "MarginsNotFound",
    "find_margins",
    "joint_space",
    "jsw_of_margins",
    "measure_jsw",
    "without_jsw",
]
