"""Two visits."""
from .registration import JointRegistration, register_joint
