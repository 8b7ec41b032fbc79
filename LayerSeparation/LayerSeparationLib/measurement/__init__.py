"""Joint space width: margins, profile, and what is derived from them."""

from .film_check import MeasuredJoint, check_film, measure_film, measure_separated
from .jsw import JointSpaceWidth, joint_space, jsw_of_margins, measure_jsw, measure_margins, without_jsw
from .margins import Margins, MarginsNotFoundError, find_margins
from .quality import Quality

__all__ = [
    "JointSpaceWidth",
    "Margins",
    "MarginsNotFoundError",
    "MeasuredJoint",
    "Quality",
    "check_film",
    "find_margins",
    "joint_space",
    "jsw_of_margins",
    "measure_film",
    "measure_jsw",
    "measure_margins",
    "measure_separated",
    "without_jsw",
]
