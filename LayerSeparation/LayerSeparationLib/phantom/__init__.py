"""Procedural finger joints and hands with exact truth: layers, silhouettes, joint space, pose."""

from LayerSeparationLib.phantom.film import FilmSettings
from LayerSeparationLib.phantom.hand import PhantomHand, make_hand
from LayerSeparationLib.phantom.joint import make_joint
from LayerSeparationLib.phantom.joint_kind import JointKind
from LayerSeparationLib.phantom.truth import PhantomJoint, PhantomJointTruth

__all__ = [
    "FilmSettings",
    "JointKind",
    "PhantomHand",
    "PhantomJoint",
    "PhantomJointTruth",
    "make_hand",
    "make_joint",
]
