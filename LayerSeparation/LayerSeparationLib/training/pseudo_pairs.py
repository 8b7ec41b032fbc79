"""Training pairs with exact truth: bones of a real joint pushed together, moved apart, tilted; films changed.

From the layers of a joint without overlap every overlap can be made, and what lies behind what is known.
Joints that overlap on the film come as they are: their silhouettes and their soft tissue are known, and the
sharing wherever only one bone lies in the beam.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import torch
from numpy.typing import NDArray

from ..separation.layers import BRIGHTEST
from .film_conditions import blur
from .layer_truth import LayerTruth
from .motion import compose, move, rigid, similar

_BLUR_REACH_PX = 3


@dataclass(frozen=True)
class PairSettings:
    """How far pairs stray from the film that they are made of. Angles in degrees, lengths in px of 256."""

    push_px: tuple[float, float] = (-8.0, 28.0)
    """Each bone's motion towards the other."""
    sideways_px: float = 7.0
    """Each bone's motion across the joint, at most."""
    bone_tilt_deg: float = 6.0
    """Each bone's turn, at most."""
    unmoved: float = 0.08
    """Share of joints whose bones stay where they are."""
    rotation_deg: float = 10.0
    """Turn of the whole film, at most."""
    scale: tuple[float, float] = (0.85, 1.15)
    offset_px: float = 8.0
    """Shift of the whole film along each axis, at most."""
    film_change: float = 0.5
    """Share of pairs whose exposure, look-up table and sharpness change."""
    exposure: tuple[float, float] = (0.75, 1.3)
    """Factor on attenuation."""
    gamma: tuple[float, float] = (0.75, 1.35)
    """Exponent on intensity."""
    blur_px: tuple[float, float] = (0.0, 1.2)
    """Standard deviation of the blur."""
    noise: tuple[float, float] = (0.0, 0.02)
    """Standard deviation of the noise of intensity."""


UNCHANGED_FILM = PairSettings(
    rotation_deg=0, scale=(1, 1), offset_px=0, film_change=0, noise=(0, 0), unmoved=0
)


@dataclass(frozen=True, eq=False)
class PairBatch:
    """n training pairs on the canonical grid."""

    image: torch.Tensor
    """(n, 1, rows, columns) intensity 0..1: what the network sees."""
    layers: torch.Tensor
    """(n, 3, rows, columns) attenuation of soft tissue, upper bone, lower bone, free of noise."""
    silhouettes: torch.Tensor
    """(n, 2, rows, columns) 0..1: upper, lower bone."""
    sharing_known: torch.Tensor
    """(n, 1, rows, columns) 0..1: where the sharing between the two bones is known."""

    def to(self, device: torch.device) -> PairBatch:
        """Copy to a device."""
        return PairBatch(**{f.name: getattr(self, f.name).to(device) for f in fields(self)})

    @staticmethod
    def concatenate(batches: Sequence[PairBatch]) -> PairBatch:
        """Put batches behind each other."""
        return PairBatch(
            **{f.name: torch.cat([getattr(batch, f.name) for batch in batches]) for f in fields(PairBatch)}
        )


class PairMaker:
    """Makes batches from the layers of real or phantom joints.

    Parameters
    ----------
    truths
        Layers of the joints, all of the same shape.
    settings
        How far the pairs stray from the films.
    """

    def __init__(self, truths: Sequence[LayerTruth], settings: PairSettings) -> None:
        self.settings = settings
        self._layers = torch.stack([_stack(t.soft_tissue, t.upper_bone, t.lower_bone) for t in truths])
        self._masks = torch.stack(
            [_stack(t.upper_silhouette, t.lower_silhouette, t.sharing_known) for t in truths]
        )
        self._movable = torch.tensor([bool(t.sharing_known.all()) for t in truths])

    def __len__(self) -> int:
        return len(self._layers)

    def make_batch(self, indices: torch.Tensor, generator: torch.Generator) -> PairBatch:
        """Make one pair of each of the joints named; all that is random comes from ``generator``."""
        layers, masks = self._layers[indices].float(), self._masks[indices].float()
        n = len(indices)
        draw = _Draw(n, generator)
        still = (~self._movable[indices] | (draw.uniform(0, 1) < self.settings.unmoved)).float()
        film_motion = self._draw_film_motion(draw)
        upper_motion = compose(film_motion, self._draw_bone_motion(draw, +1, 1 - still))
        lower_motion = compose(film_motion, self._draw_bone_motion(draw, -1, 1 - still))

        changed = draw.uniform(0, 1) < self.settings.film_change
        layers = _change_film(layers, changed, self.settings, draw)
        soft_tissue = move(torch.cat([layers[:, :1], masks[:, 2:]], dim=1), film_motion)
        upper = move(torch.cat([layers[:, 1:2], masks[:, :1]], dim=1), upper_motion)
        lower = move(torch.cat([layers[:, 2:], masks[:, 1:2]], dim=1), lower_motion)
        moved = torch.cat([soft_tissue[:, :1], upper[:, :1], lower[:, :1]], dim=1)
        moved = blur(moved, torch.where(changed, draw.uniform(*self.settings.blur_px), 0.0), _BLUR_REACH_PX)
        image = -torch.expm1(-moved.sum(dim=1, keepdim=True))
        image = image + draw.noise(image.shape[-2:]) * torch.where(
            changed, draw.uniform(*self.settings.noise), 0.0
        ).reshape(-1, 1, 1, 1)
        return PairBatch(
            image=image.clamp(0.0, BRIGHTEST),
            layers=moved,
            silhouettes=torch.cat([upper[:, 1:], lower[:, 1:]], dim=1),
            sharing_known=soft_tissue[:, 1:],
        )

    def _draw_film_motion(self, draw: _Draw) -> torch.Tensor:
        s = self.settings
        angle = draw.uniform(-s.rotation_deg, s.rotation_deg) * math.pi / 180
        motion = rigid(
            angle, draw.uniform(-s.offset_px, s.offset_px), draw.uniform(-s.offset_px, s.offset_px)
        )
        scale = torch.exp(draw.uniform(math.log(s.scale[0]), math.log(s.scale[1])))
        return similar(motion, scale, mirrored=draw.uniform(0, 1) < 0.5)

    def _draw_bone_motion(self, draw: _Draw, down: int, moves: torch.Tensor) -> torch.Tensor:
        s = self.settings
        angle = draw.uniform(-s.bone_tilt_deg, s.bone_tilt_deg) * math.pi / 180
        sideways = draw.uniform(-s.sideways_px, s.sideways_px)
        return rigid(angle * moves, sideways * moves, draw.uniform(*s.push_px) * down * moves)


class _Draw:
    """Random numbers for a batch of n."""

    def __init__(self, n: int, generator: torch.Generator) -> None:
        self._n, self._generator = n, generator

    def uniform(self, low: float, high: float) -> torch.Tensor:
        return torch.rand(self._n, generator=self._generator) * (high - low) + low

    def noise(self, shape: Sequence[int]) -> torch.Tensor:
        """Grain of unit variance, as coarse as the detector's own pixels (about 1.8 px of 256)."""
        white = torch.randn((self._n, 1, *shape), generator=self._generator)
        grain = blur(white, torch.full((self._n,), 0.8), _BLUR_REACH_PX)
        return grain / grain.std()


def _stack(*images: NDArray[np.float32] | NDArray[np.bool_]) -> torch.Tensor:
    return torch.from_numpy(np.stack(images).astype(np.float16))


def _change_film(
    layers: torch.Tensor, changed: torch.Tensor, settings: PairSettings, draw: _Draw
) -> torch.Tensor:
    """Change exposure (factor on attenuation) and look-up table (gamma on intensity) of separated layers.

    The changed film is split anew: soft tissue is the changed soft tissue, a bone what it adds to it.
    """
    shape = (-1, 1, 1, 1)
    exposure = torch.where(changed, draw.uniform(*settings.exposure), 1.0).reshape(shape)
    gamma = torch.where(changed, draw.uniform(*settings.gamma), 1.0).reshape(shape)

    def change(attenuation: torch.Tensor) -> torch.Tensor:
        intensity = -torch.expm1(-attenuation * exposure)
        return -torch.log1p(-(intensity.clamp_min(1e-6) ** gamma).clamp_max(BRIGHTEST))

    soft_tissue = change(layers[:, :1])
    bones = [(change(layers[:, :1] + layers[:, k : k + 1]) - soft_tissue).clamp_min(0) for k in (1, 2)]
    return torch.where(changed.reshape(shape), torch.cat([soft_tissue, *bones], dim=1), layers)
