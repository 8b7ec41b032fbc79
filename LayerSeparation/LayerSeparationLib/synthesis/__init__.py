"""Gap edits: bones are moved, the radiograph is recomposed, the truth moves with them."""

from .bone_motion import BoneMotion, RigidMotion
from .corrected_layers import correct_layers
from .gap_edit import EditLimits, GapEdit
from .movable_joint import MovableJoint
from .recomposition import synthesize
from .synthetic_joint import JointMasks, SyntheticJoint

__all__ = [
    "BoneMotion",
    "EditLimits",
    "GapEdit",
    "JointMasks",
    "MovableJoint",
    "RigidMotion",
    "SyntheticJoint",
    "correct_layers",
    "synthesize",
]
