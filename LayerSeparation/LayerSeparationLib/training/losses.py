"""Hierarchical pixel-wise supervision: anatomy, layer, shadow, recomposed image.

The hierarchy (image, layer, region) is that of the LSN paper (doi 10.1145/3746027.3755407, section 3). Its
first level, reconstruction of the unedited image, is zero by construction here.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional

from ..separation.network import Separation
from .layer_truth import SOFT_TISSUE_MARGIN_PX
from .motion import move, rigid
from .pseudo_pairs import PairBatch

_TINY = 1e-6


@dataclass(frozen=True)
class LossWeights:
    """Weights of the levels in the sum."""

    anatomy: float = 0.2
    overlap: float = 10.0
    bone: float = 5.0
    soft_tissue: float = 1.0
    shadow: float = 1.0
    recomposed: float = 1.0


def hierarchical_loss(
    found: Separation, truth: PairBatch, weights: LossWeights, generator: torch.Generator
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Return the weighted sum and every level of it, as scalars.

    The images that are compared are intensities, because that is what a reader sees: a bone with its soft
    tissue, ``1 - exp(-(A_soft + A_bone))``, and the soft tissue alone.
    """
    attenuation = -torch.log1p(-truth.image)
    layers = found.shares * attenuation
    upper_mask, lower_mask = truth.silhouettes[:, :1], truth.silhouettes[:, 1:]
    known = truth.sharing_known
    overlap = _grow(upper_mask) * _grow(lower_mask) * known
    either = torch.maximum(upper_mask, lower_mask)

    errors = _bone_with_soft_tissue(layers) - _bone_with_soft_tissue(truth.layers)
    soft_error = torch.expm1(-truth.layers[:, :1]) - torch.expm1(-layers[:, :1])
    levels = {
        "anatomy": anatomy_loss(found.silhouette_logits, truth.silhouettes),
        "overlap": _region_rmse(errors, overlap),
        "bone": _region_rmse(errors, known),
        "soft_tissue": _region_rmse(soft_error, torch.ones_like(known)),
        "shadow": _shadow_loss(soft_error, either),
        "recomposed": _recomposed_loss(layers, truth, generator),
    }
    total = torch.stack([getattr(weights, name) * value for name, value in levels.items()]).sum()
    return total, {name: value.detach() for name, value in levels.items()}


def _grow(masks: torch.Tensor) -> torch.Tensor:
    """Silhouettes with the rim that outlines drawn by hand leave out."""
    return functional.max_pool2d(masks, 2 * SOFT_TISSUE_MARGIN_PX + 1, 1, SOFT_TISSUE_MARGIN_PX)


def _bone_with_soft_tissue(layers: torch.Tensor) -> torch.Tensor:
    """(n, 3, ...) attenuation -> (n, 2, ...) intensity of upper, lower bone, each with the soft tissue."""
    return -torch.expm1(-(layers[:, :1] + layers[:, 1:]))


def _region_rmse(errors: torch.Tensor, region: torch.Tensor) -> torch.Tensor:
    """Root mean square error in each image's region (n, 1, ...), averaged over images that have one."""
    area = region.sum(dim=(1, 2, 3))
    mean_square = (errors.square() * region).sum(dim=(1, 2, 3)) / (area * errors.shape[1]).clamp_min(1.0)
    present = (area > 0).to(errors.dtype)
    return (torch.sqrt(mean_square + _TINY) * present).sum() / present.sum().clamp_min(1.0)


def anatomy_loss(logits: torch.Tensor, silhouettes: torch.Tensor) -> torch.Tensor:
    """Binary cross-entropy and soft Dice of the two silhouettes."""
    cross_entropy = functional.binary_cross_entropy_with_logits(logits, silhouettes)
    probability = torch.sigmoid(logits)
    shared = (probability * silhouettes).sum(dim=(2, 3))
    total = probability.sum(dim=(2, 3)) + silhouettes.sum(dim=(2, 3))
    return cross_entropy + (1 - (2 * shared + 1) / (total + 1)).mean()


def _shadow_loss(soft_error: torch.Tensor, bones: torch.Tensor) -> torch.Tensor:
    """Edges of bone left in, or cut into, the soft-tissue layer: its error's gradient inside the bones."""
    down = (soft_error[:, :, 1:] - soft_error[:, :, :-1]).abs() * bones[:, :, 1:]
    across = (soft_error[:, :, :, 1:] - soft_error[:, :, :, :-1]).abs() * bones[:, :, :, 1:]
    return (down.sum() + across.sum()) / bones.sum().clamp_min(1.0)


def _recomposed_loss(layers: torch.Tensor, truth: PairBatch, generator: torch.Generator) -> torch.Tensor:
    """Error of the image recomposed after a random motion of the upper bone, where the sharing is known."""
    n = len(layers)

    def draw(reach: float) -> torch.Tensor:
        return ((torch.rand(n, generator=generator) * 2 - 1) * reach).to(layers.device)

    motion = rigid(draw(0.06), draw(6.0), draw(16.0))
    difference = (layers - truth.layers) * truth.sharing_known
    moved_difference = move(difference[:, 1:2], motion)
    moved_truth = move(truth.layers[:, 1:2], motion)
    rest = truth.layers[:, :1] + truth.layers[:, 2:]
    change = moved_difference + difference[:, :1] + difference[:, 2:]
    error = torch.exp(-(rest + moved_truth)) * torch.expm1(-change.clamp(-2.0, 2.0))
    return _region_rmse(error, torch.ones_like(rest))
