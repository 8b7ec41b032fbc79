"""Phantom joints as training material: exact layers of MCP, PIP, DIP and IP joints."""

from __future__ import annotations

import itertools

import numpy as np

from ..phantom import JointKind, PhantomJoint, make_joint
from .layer_truth import LayerTruth

_KINDS: tuple[JointKind, ...] = ("MCP", "PIP", "DIP", "IP")
FIRST_SEED = 100_000
"""Seeds below are left to samples, tests and figures."""


def make_phantom_truths(count: int) -> list[LayerTruth]:
    """Make ``count`` phantom joints, of each kind in turn."""
    return [
        _truth(make_joint(kind, FIRST_SEED + number))
        for number, kind in enumerate(itertools.islice(itertools.cycle(_KINDS), count))
    ]


def _truth(joint: PhantomJoint) -> LayerTruth:
    return LayerTruth(
        soft_tissue=joint.soft_tissue,
        upper_bone=joint.upper_bone,
        lower_bone=joint.lower_bone,
        upper_silhouette=joint.upper_silhouette,
        lower_silhouette=joint.lower_silhouette,
        sharing_known=np.ones(joint.soft_tissue.shape, bool),
    )
