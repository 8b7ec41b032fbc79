"""Another posture of a hand on a film: fingers turned, drifted, stretched; the picture follows smoothly.

Each place of the new picture takes its pixels from where the segments of the fingers near it came from, a
weighted mean of their motions (linear blend skinning, backwards).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..joints.pose import JOINT_NAMES

_INDEX = {name: number for number, name in enumerate(JOINT_NAMES)}
_WRIST = np.array([0.03, 0.48])
_CARPOMETACARPAL = {1: (0.17, 0.42), 2: (0.08, 0.36), 3: (0.02, 0.36), 4: (-0.04, 0.37), 5: (-0.09, 0.39)}
"""Bases of the metacarpals in the hand's frame, lengths of the hand: by eye on the mean hand."""
_FOREARM_END = np.array([0.03, 0.9])
_TIP_OF_LAST = 0.75
"""A distal phalanx beyond its joint, in lengths of the segment before it (0.55 for the thumb)."""
_TIP_OF_THUMB = 0.55
_NEARNESS = 0.012


@dataclass(frozen=True, eq=False)
class PostureChange:
    """Joints before and after, and the way back for every place; all in the hand's frame."""

    joints: NDArray[np.float64]
    """(14, 2) positions after."""
    starts: NDArray[np.float64]
    """(k, 2): where each segment begins after the change."""
    ends: NDArray[np.float64]
    """(k, 2): where each segment ends after the change."""
    sources: NDArray[np.float64]
    """(k, 2): where each segment began before."""
    back: NDArray[np.float64]
    """(k, 2, 2): from an offset after to the offset before."""

    def to_source(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map points (..., 2) of the changed hand to those of the hand as it is on the film."""
        offsets = points[..., None, :] - self.starts
        along = self.ends - self.starts
        share = np.clip((offsets * along).sum(-1) / np.maximum((along**2).sum(-1), 1e-9), 0, 1)
        distance2 = ((offsets - share[..., None] * along) ** 2).sum(-1)
        weight = (distance2 + _NEARNESS**2) ** -2.0
        weight /= weight.sum(-1, keepdims=True)
        before = self.sources + np.einsum("kij,...kj->...ki", self.back, offsets)
        source: NDArray[np.float64] = (weight[..., None] * before).sum(-2)
        return source


def change_posture(joints: NDArray[np.float64], rng: np.random.Generator) -> PostureChange:
    """Draw another posture of a hand whose joints (14, 2) lie in its own frame."""
    drift = np.radians(rng.normal(0, 3)) + (np.radians(rng.uniform(8, 35)) if rng.random() < 0.12 else 0.0)
    if rng.random() < 0.7:
        drift = -drift  # towards the ulna, as in rheumatoid arthritis
    spread = rng.normal(0, 0.12)
    foreshortened = rng.uniform(0.6, 0.9) if rng.random() < 0.1 else 1.0
    deformed = 0.3 if rng.random() < 0.12 else 0.0
    starts, ends, sources, backs = [], [], [], []
    after = joints.copy()

    def add(
        start: NDArray[np.float64],
        end: NDArray[np.float64],
        source: NDArray[np.float64],
        back: NDArray[np.float64],
    ) -> None:
        starts.append(start)
        ends.append(end)
        sources.append(source)
        backs.append(back)

    add(_WRIST, _FOREARM_END, _WRIST, np.eye(2))
    for finger in range(1, 6):
        chain = [_INDEX[f"MCP{finger}"]]
        chain += [_INDEX["IP1"]] if finger == 1 else [_INDEX[f"PIP{finger}"], _INDEX[f"DIP{finger}"]]
        base = np.array(_CARPOMETACARPAL[finger])
        angle = 0.0
        if finger == 1:
            angle = np.radians(rng.normal(0, 9))
            turn = _rotation(angle)
            after[chain[0]] = base + turn @ (joints[chain[0]] - base)
            add(base, after[chain[0]], base, turn.T)
        else:
            add(base, joints[chain[0]], base, np.eye(2))
            angle = drift + spread * (3.2 - finger) + np.radians(rng.normal(0, 4))
        length = np.exp(rng.normal(0, 0.05)) * foreshortened
        for number, joint in enumerate(chain):
            last = number == len(chain) - 1
            if number:
                bend = 3 + (25 if rng.random() < deformed else 0)
                angle += np.radians(rng.normal(0, bend))
            if last:
                before = joints[chain[number - 1]]
                reach = _TIP_OF_THUMB if finger == 1 else _TIP_OF_LAST
                segment = reach * (joints[joint] - before)
            else:
                segment = joints[chain[number + 1]] - joints[joint]
            stretch = length * np.exp(rng.normal(0, 0.03))
            turn = _rotation(angle)
            end = after[joint] + stretch * (turn @ segment)
            axis = segment / max(np.hypot(*segment), 1e-9)
            along = np.outer(axis, axis)
            add(after[joint], end, joints[joint], (along / stretch + np.eye(2) - along) @ turn.T)
            if not last:
                after[chain[number + 1]] = end
    return PostureChange(after, np.array(starts), np.array(ends), np.array(sources), np.array(backs))


def _rotation(angle_rad: float) -> NDArray[np.float64]:
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    return np.array([[cos, -sin], [sin, cos]])
