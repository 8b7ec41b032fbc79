"""A radiograph and a joint's pose go in, the layers of the joint come out."""

from .layers import JointLayers
from .separator import Separator, default_weights

__all__ = ["JointLayers", "Separator", "default_weights"]
