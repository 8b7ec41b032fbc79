"""Training material of the margin network: joints whose margins are known, with another gap, on other films.

A joint's bones are moved as layers, and their margins with them, so that the truth stays exact whatever the
motion; the recomposed film then goes through `film_conditions`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from ..inference.arrays import as_array
from ..joints.crop import CANONICAL_SIZE_PX
from ..separation.layers import BRIGHTEST
from .film_conditions import FilmConditions, change_films
from .motion import compose, move, rigid, similar


@dataclass(frozen=True, eq=False)
class MarginTruth:
    """One joint on the canonical grid: its layers, its margins, the ends of its bones."""

    layers: NDArray[np.float16]
    """(3, 256, 256) attenuation of soft tissue, upper bone, lower bone."""
    margins_px: NDArray[np.float32]
    """(2, 256): row of the upper, the lower margin in each column; NaN where it is not known."""
    ends_px: NDArray[np.float32]
    """(2, 2): columns of the left and the right end of the upper, the lower bone's articular end."""

    @property
    def gap_px(self) -> float:
        """Mean distance of the margins where both are known."""
        return float(np.nanmean(self.margins_px[1] - self.margins_px[0]))


@dataclass(frozen=True, eq=False)
class MarginBatch:
    """n films with the truth on them."""

    image: torch.Tensor
    """(n, 1, 256, 256) intensity 0..1."""
    rows_px: torch.Tensor
    """(n, 2, 256): row of the upper, the lower margin in each column, NaN where unknown."""
    shared: torch.Tensor
    """(n, 256): 1 where a column lies between the ends of both bones."""


@dataclass(frozen=True)
class MarginMotions:
    """How joints are moved. Angles in degrees, lengths in px of 256."""

    gap_px: tuple[float, float] = (-4.0, 32.0)
    """Mean gap after the motion, drawn evenly for half of the joints."""
    gap_change_px: float = 5.0
    """Greatest change of the gap of the other half."""
    sideways_px: float = 5.0
    bone_tilt_deg: float = 4.0
    rotation_deg: float = 8.0
    scale: tuple[float, float] = (0.82, 1.2)
    offset_px: float = 9.0


class MarginPairMaker:
    """Makes batches from joints whose margins are known."""

    def __init__(
        self,
        truths: Sequence[MarginTruth],
        motions: MarginMotions | None = None,
        conditions: FilmConditions | None = None,
    ) -> None:
        self._truths = list(truths)
        self._gaps = torch.tensor([truth.gap_px for truth in truths])
        self._motions = motions or MarginMotions()
        self._conditions = conditions or FilmConditions()

    def __len__(self) -> int:
        return len(self._truths)

    def make_batch(self, count: int, generator: torch.Generator) -> MarginBatch:
        """Draw ``count`` joints and move them; all that is random comes from ``generator``."""
        chosen = torch.randint(len(self), (count,), generator=generator)
        truths = [self._truths[i] for i in chosen]
        layers = torch.from_numpy(np.stack([truth.layers for truth in truths])).float()
        upper_motion, lower_motion, film_motion = self._draw_motions(self._gaps[chosen], generator)
        moved = [
            move(layers[:, k : k + 1], motion)
            for k, motion in enumerate((film_motion, upper_motion, lower_motion))
        ]
        image = -torch.expm1(-torch.cat(moved, dim=1).sum(dim=1, keepdim=True))
        image = change_films(image.clamp(0.0, BRIGHTEST), self._conditions, generator)
        motions = as_array(torch.stack([upper_motion, lower_motion], dim=1).double())
        rows, shared = zip(*(_move_truth(t, m) for t, m in zip(truths, motions, strict=True)), strict=True)
        return MarginBatch(
            image, torch.from_numpy(np.stack(rows)).float(), torch.from_numpy(np.stack(shared)).float()
        )

    def _draw_motions(
        self, gaps: torch.Tensor, generator: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        s, n = self._motions, len(gaps)

        def draw(low: float, high: float) -> torch.Tensor:
            return torch.rand(n, generator=generator) * (high - low) + low

        nearby = draw(-s.gap_change_px, s.gap_change_px)
        anywhere = draw(*s.gap_px) - gaps
        change = torch.where(draw(0, 1) < 0.5, nearby, anywhere)
        part = draw(0.2, 0.8)
        film = rigid(
            draw(-s.rotation_deg, s.rotation_deg) * math.pi / 180,
            draw(-s.offset_px, s.offset_px),
            draw(-s.offset_px, s.offset_px),
        )
        scale = torch.exp(draw(math.log(s.scale[0]), math.log(s.scale[1])))
        film = similar(film, scale, mirrored=draw(0, 1) < 0.5)
        bones = []
        for sign, share in ((-1, part), (1, 1 - part)):
            angle = draw(-s.bone_tilt_deg, s.bone_tilt_deg) * math.pi / 180
            own = rigid(angle, draw(-s.sideways_px, s.sideways_px) / 2, sign * change * share)
            bones.append(compose(film, own))
        return bones[0], bones[1], film


def _move_truth(
    truth: MarginTruth, motions: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows (2, 256) and shared columns (256,) of a joint whose bones moved by ``motions`` (2, 2, 3)."""
    centre = (CANONICAL_SIZE_PX - 1) / 2
    columns = np.arange(CANONICAL_SIZE_PX, dtype=float)
    rows = np.full((2, CANONICAL_SIZE_PX), np.nan)
    ends = np.empty((2, 2))
    for bone, (margin, motion) in enumerate(zip(truth.margins_px, motions, strict=True)):
        known = np.isfinite(margin)
        points = np.stack([columns[known], margin[known]]) - centre
        x, y = motion[:, :2] @ points + motion[:, 2:] + centre
        order = np.argsort(x)
        rows[bone] = np.interp(columns, x[order], y[order], left=np.nan, right=np.nan)
        level = np.full(2, np.nanmean(margin))
        moved = motion[:, :2] @ (np.stack([truth.ends_px[bone], level]) - centre) + motion[:, 2:] + centre
        ends[bone] = np.sort(moved[0])
    left, right = ends[:, 0].max(), ends[:, 1].min()
    return rows, ((columns >= left) & (columns <= right)).astype(float)
