"""Radiographs, joints, layers and edits as MRML nodes of 3D Slicer. No Qt."""

from .film import Film, films_in
from .scene_joint import JointStatus, SceneJoint
from .scene_joints import SceneJoints

__all__ = ["Film", "JointStatus", "SceneJoint", "SceneJoints", "films_in"]
