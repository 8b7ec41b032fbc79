"""Real overlaps as material for pseudo pairs: what lies behind what is filled in by a trained network.

In a joint that overlaps on the film only the sharing inside the overlap is unknown. With the estimate of an
earlier network there, its bones can be moved like those of any other joint: whatever the estimate, the pair
made of it is exact, since the image is composed of the very layers that are its truth. Almost half of the
real joints overlap, and they are the narrow and damaged ones that the others do not stand for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from ..inference.arrays import as_array, as_tensor
from ..separation.network import LayerSeparationNetwork
from .layer_truth import LayerTruth


@torch.no_grad()
def estimate_overlaps(truths: Sequence[LayerTruth], network: LayerSeparationNetwork) -> list[LayerTruth]:
    """Fill in the sharing wherever it is unknown; the result counts as known everywhere."""
    network.eval()
    return [_fill_in(truth, network) for truth in truths]


def _fill_in(truth: LayerTruth, network: LayerSeparationNetwork) -> LayerTruth:
    bones = truth.upper_bone.astype(np.float32) + truth.lower_bone
    attenuation = bones + truth.soft_tissue
    shares = as_array(network(as_tensor(-np.expm1(-attenuation))[None, None]).shares[0])
    upper_share = shares[1] / np.maximum(shares[1] + shares[2], 1e-6)
    return replace(
        truth,
        upper_bone=np.where(truth.sharing_known, truth.upper_bone, bones * upper_share),
        lower_bone=np.where(truth.sharing_known, truth.lower_bone, bones * (1 - upper_share)),
        sharing_known=np.ones_like(truth.sharing_known),
    )
