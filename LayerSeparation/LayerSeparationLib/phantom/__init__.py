"""Procedural finger joints and hands with exact truth: layers, silhouettes, joint space, pose."""

from .film import FilmSettings
from .hand import PhantomHand, make_hand
from .joint import make_joint
from .joint_kind import JointKind
from .truth import PhantomJoint, PhantomJointTruth

__all__ = [
    "FilmSettings",
    "JointKind",
    "PhantomHand",
    "PhantomJoint",
    "PhantomJointTruth",
    "make_hand",
    "make_joint",
]
