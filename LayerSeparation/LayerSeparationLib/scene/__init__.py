"""Radiographs, joints, layers and edits as MRML nodes of 3D Slicer. No Qt."""

from .events import JointEvent
from .film import Film, films_in
from .joint_status import JointStatus, OutdatedReason, status_hint, status_text
from .scene_joint import SceneJoint
from .scene_joints import SceneJoints

__all__ = [
    "Film",
    "JointEvent",
    "JointStatus",
    "OutdatedReason",
    "SceneJoint",
    "SceneJoints",
    "films_in",
    "status_hint",
    "status_text",
]
