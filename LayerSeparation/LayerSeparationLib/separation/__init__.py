"""A radiograph and a joint's pose go in, the layers of the joint come out."""

from .batches import SeparatedJoint, SeparationFailure, select_joints, separate_files
from .layers import JointLayers
from .margin_rows import MarginRows
from .separator import Separator, default_weights

__all__ = [
    "JointLayers",
    "MarginRows",
    "SeparatedJoint",
    "SeparationFailure",
    "Separator",
    "default_weights",
    "select_joints",
    "separate_files",
]
