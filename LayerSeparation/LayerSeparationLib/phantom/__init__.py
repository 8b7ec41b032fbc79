"""Procedural finger joints and hands with exact truth: layers, silhouettes, joint space, pose."""

from .film import FilmSettings
from .hand import PhantomHand, make_hand
from .joint import make_joint
from .joint_kind import JointKind
from .samples import SampleFilm, find_sample_film, sample_films
from .truth import PhantomJoint, PhantomJointTruth

__all__ = [
    "FilmSettings",
    "JointKind",
    "PhantomHand",
    "PhantomJoint",
    "PhantomJointTruth",
    "SampleFilm",
    "find_sample_film",
    "make_hand",
    "make_joint",
    "sample_films",
]
