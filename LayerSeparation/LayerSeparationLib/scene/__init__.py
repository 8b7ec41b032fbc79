"""Radiographs, joints, layers and edits as MRML nodes of 3D Slicer. No Qt."""

from .events import JointEvent
from .film import Film, films_in
from .scene_joint import JointStatus, SceneJoint
from .scene_joints import SceneJoints

__all__ = ["Film", "JointEvent", "JointStatus", "SceneJoint", "SceneJoints", "films_in"]
