"""Where a joint lies on the film, and the canonical crop in which every joint looks alike."""

from .bones import BoneKey, bones_of_joint
from .crop import CANONICAL_MM_PER_PX, CANONICAL_SIZE_PX, JointCrop
from .finding import JointFinder, find_joints
from .pose import (
    JOINT_KINDS,
    JOINT_NAMES,
    JointKey,
    JointPose,
    anatomical_name,
    joint_key,
    joint_kind,
    unique_names,
)
from .position_check import check_positions

__all__ = [
    "CANONICAL_MM_PER_PX",
    "CANONICAL_SIZE_PX",
    "JOINT_KINDS",
    "JOINT_NAMES",
    "BoneKey",
    "JointCrop",
    "JointFinder",
    "JointKey",
    "JointPose",
    "anatomical_name",
    "bones_of_joint",
    "check_positions",
    "find_joints",
    "joint_key",
    "joint_kind",
    "unique_names",
]
