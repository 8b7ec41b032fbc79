"""Phantom joints as training material: exact layers of MCP, PIP, DIP and IP joints."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from ..joints import CANONICAL_SIZE_PX
from ..phantom import JointKind, PhantomJoint, make_joint
from .layer_truth import LayerTruth
from .margin_pairs import MarginTruth

_KINDS: tuple[JointKind, ...] = ("MCP", "PIP", "DIP", "IP")
_GAPS_MM = (0.2, 2.6)
_FEWEST_COLUMNS = 30
FIRST_SEED = 100_000
"""Seeds below are left to samples, tests and figures."""


def make_phantom_truths(count: int) -> list[LayerTruth]:
    """Make ``count`` phantom joints, of each kind in turn."""
    return [_truth(joint) for joint in _make_joints(count)]


def make_phantom_margins(count: int) -> list[MarginTruth]:
    """Make ``count`` phantom joints, of each kind in turn, with their true margins."""
    return [truth for joint in _make_joints(count) if (truth := _margin_truth(joint)) is not None]


def _make_joints(count: int) -> Iterator[PhantomJoint]:
    """Every other joint has a gap from closed to wide, the others as the kind has it."""
    gaps = np.random.default_rng(FIRST_SEED).uniform(*_GAPS_MM, size=count)
    for number, kind in enumerate(itertools.islice(itertools.cycle(_KINDS), count)):
        jsw_mm = float(gaps[number]) if (number // len(_KINDS)) % 2 else None
        yield make_joint(kind, FIRST_SEED + number, jsw_mm=jsw_mm)


def _margin_truth(joint: PhantomJoint) -> MarginTruth | None:
    """Return the margins on the columns of the crop; None where they share too few of them."""
    columns = np.arange(CANONICAL_SIZE_PX, dtype=float)
    rows, ends = [], []
    for line in (joint.upper_margin_px, joint.lower_margin_px):
        x, y = line[np.argsort(line[:, 0])].T
        rows.append(np.interp(columns, x, y, left=np.nan, right=np.nan))
        ends.append((x[0], x[-1]))
    if np.isfinite(rows).all(axis=0).sum() < _FEWEST_COLUMNS:
        return None
    layers = np.stack([joint.soft_tissue, joint.upper_bone, joint.lower_bone]).astype(np.float16)
    return MarginTruth(layers, np.array(rows, np.float32), np.array(ends, np.float32))


def _truth(joint: PhantomJoint) -> LayerTruth:
    return LayerTruth(
        soft_tissue=joint.soft_tissue,
        upper_bone=joint.upper_bone,
        lower_bone=joint.lower_bone,
        upper_silhouette=joint.upper_silhouette,
        lower_silhouette=joint.lower_silhouette,
        sharing_known=np.ones(joint.soft_tissue.shape, bool),
    )
