"""What the two networks that find joints are trained to say, and how far they are from it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from ..joints.finder_sizes import HAND_STEP_PX, JOINT_STEP_PX, VIEW_PX
from .hand_views import Appearance, View

_CENTRE_SIGMA = 1.5
"""Width of the peak at a hand's centre, cells of the hand network."""
_JOINT_SIGMA = 1.0
"""Width of the peak at a joint, cells of the joint network."""
_FEWEST_JOINTS = 5
"""With fewer joints in the picture, it is left open whether there is a hand."""
_VECTOR_REACH = 3.0


def hand_loss(
    centre_logits: torch.Tensor, vectors: torch.Tensor, views: Sequence[View]
) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Return the loss of the hand network, and each of its terms, as scalars.

    Parameters
    ----------
    centre_logits
        (n, 2, 64, 64): where centres of left and right hands are. Focal loss of CornerNet,
        doi 10.1007/s11263-019-01204-1, eq. 1.
    vectors
        (n, 2, 64, 64): (x, y) of a hand's distal direction, in edges of the view. Mean absolute error.
    views
        What is in the n pictures.
    """
    targets = [_hand_target(view.hands) for view in views]
    centres, weights, wanted, near = (
        torch.as_tensor(np.stack(arrays), device=vectors.device) for arrays in zip(*targets, strict=True)
    )
    probability = torch.sigmoid(centre_logits).clamp(1e-5, 1 - 1e-5)
    peak = centres > 0.999
    found = (1 - probability) ** 2 * torch.log(probability) * peak
    rest = (1 - centres) ** 4 * probability**2 * torch.log(1 - probability) * ~peak * weights
    hands = peak.sum().clamp_min(1)
    centre = -(found.sum() + rest.sum()) / hands
    vector = ((vectors - wanted).abs() * near).sum() / near.sum().clamp_min(1)
    return centre + 10 * vector, {"centre": centre.detach(), "vector": vector.detach()}


def joint_loss(logits: torch.Tensor, views: Sequence[View]) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Return the loss of the joint network, and each of its terms, as scalars.

    Cross-entropy of each joint's place less the least it can be; 'not in the picture' is one of the places.

    Parameters
    ----------
    logits
        (n, 14, 128 * 128 + 1).
    views
        What is in the n pictures.
    """
    cells = VIEW_PX // JOINT_STEP_PX
    targets = torch.as_tensor(
        np.stack([_joint_target(view.hands, logits.shape[1], cells) for view in views]), device=logits.device
    )
    log_probability = functional.log_softmax(logits.float(), dim=2)
    entropy = -(torch.xlogy(targets, targets)).sum(dim=2)
    divergence = -(targets * log_probability).sum(dim=2) - entropy
    loss = divergence.mean()
    present = targets[:, :, -1] < 0.5
    return loss, {
        "joints": loss.detach(),
        "present": (divergence * present).sum().detach() / present.sum().clamp_min(1),
        "absent": (divergence * ~present).sum().detach() / (~present).sum().clamp_min(1),
    }


def _hand_target(hands: Sequence[Appearance]) -> tuple[NDArray[np.float32], ...]:
    """Return centres (2, 64, 64), their weights, vectors (2, 64, 64) and where they count (1, 64, 64)."""
    cells = VIEW_PX // HAND_STEP_PX
    y, x = np.mgrid[:cells, :cells].astype(np.float32)
    centres = np.zeros((2, cells, cells), np.float32)
    weights = np.ones_like(centres)
    vectors = np.zeros_like(centres)
    near = np.zeros((1, cells, cells), np.float32)
    for hand in hands:
        column, row = (np.array(hand.frame.centre_px) + 0.5) / HAND_STEP_PX - 0.5
        distance2 = (x - column) ** 2 + (y - row) ** 2
        seen = int(hand.visible.sum())
        middle = -0.5 <= column <= cells - 0.5 and -0.5 <= row <= cells - 0.5
        if seen < _FEWEST_JOINTS or not middle:
            if seen:
                reach = 0.35 * hand.frame.length_px / HAND_STEP_PX
                weights *= np.where(distance2 < reach**2, 0.0, 1.0).astype(np.float32)
            continue
        own = np.exp(-distance2 / (2 * _CENTRE_SIGMA**2))
        own[round(row.clip(0, cells - 1)), round(column.clip(0, cells - 1))] = 1.0
        side = int(hand.frame.mirrored)
        centres[side] = np.maximum(centres[side], own)
        close = distance2 < _VECTOR_REACH**2
        near[0] = np.maximum(near[0], close)
        vectors[:, close] = (np.array(hand.frame.distal_px) / VIEW_PX)[:, None]
    return centres, weights, vectors, near


def _joint_target(hands: Sequence[Appearance], joints: int, cells: int) -> NDArray[np.float32]:
    """Return the wanted probabilities, (joints, cells * cells + 1)."""
    target = np.zeros((joints, cells * cells + 1), np.float32)
    target[:, -1] = 1.0
    for hand in hands:
        places = (hand.joints_px + 0.5) / JOINT_STEP_PX - 0.5
        steps = np.arange(cells)
        for number in np.flatnonzero(hand.visible):
            across, down = (
                np.exp(-((steps - place) ** 2) / (2 * _JOINT_SIGMA**2)) for place in places[number]
            )
            peak = np.outer(down, across).ravel()
            target[number, :-1] = peak / peak.sum()
            target[number, -1] = 0.0
    return target
