"""Gap edits: bones are moved, the radiograph is recomposed, the truth moves with them."""

from .gap_edit import GapEdit
from .sweep import sweep
from .synthetic_joint import JointMasks, SyntheticJoint

__all__ = ["GapEdit", "JointMasks", "SyntheticJoint", "sweep"]
