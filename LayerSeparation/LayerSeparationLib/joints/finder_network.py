"""Two small networks that find the joints of hands, one after the other.

::

    film, 256 x 256  --> HandNetwork   where hands are, how they lie, how large they are, left or right
      | each hand cut out upright, thumb to the right
      v
    hand, 256 x 256  --> JointNetwork  14 maps: where this joint is; and whether it is there at all

Both look at one channel of intensity, bone bright, brought to mean 0 and standard deviation 1.
"""

from __future__ import annotations

import torch
from torch import nn

from ..inference.blocks import Branch, Encoder, ResidualBlock
from .pose import JOINT_NAMES

HAND_ARCHITECTURE = "hand-finder-1"
JOINT_ARCHITECTURE = "joint-finder-1"

_HAND_WIDTHS = (16, 32, 48, 80, 112)
_JOINT_WIDTHS = (16, 32, 64, 112, 160)


class HandNetwork(nn.Module):
    """Film -> where the centres of left and right hands are, and the vector of a hand at each cell."""

    def __init__(self) -> None:
        super().__init__()
        self.unshuffle = nn.PixelUnshuffle(2)
        self.encoder = Encoder(_HAND_WIDTHS)
        self.deep = ResidualBlock(_HAND_WIDTHS[-1])
        self.branch = Branch(_HAND_WIDTHS, (48, 56, 80), outputs=4, blocks=1, size=0.5)

    def forward(self, film: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, 1, 256, 256) -> log-odds of a centre (n, 2, 64, 64), vector (n, 2, 64, 64).

        The two maps of centres are of hands whose thumb is to the right, to the left, when the fingers point
        up. The vector (dx, dy) leads from wrist to fingertips and is as long as the hand, in edges of the
        view.
        """
        features = self.encoder(self.unshuffle(film))
        features[-1] = self.deep(features[-1])
        maps = self.branch(features)
        return maps[:, :2] - 4.0, maps[:, 2:]


class JointNetwork(nn.Module):
    """Upright hand -> the probability of each cell, and of none, for each joint."""

    def __init__(self) -> None:
        super().__init__()
        self.unshuffle = nn.PixelUnshuffle(2)
        self.encoder = Encoder(_JOINT_WIDTHS)
        self.deep = ResidualBlock(_JOINT_WIDTHS[-1])
        self.branch = Branch(_JOINT_WIDTHS, (32, 64, 80), outputs=len(JOINT_NAMES), blocks=1, size=1)
        self.absent = nn.Linear(_JOINT_WIDTHS[-1], len(JOINT_NAMES))

    def forward(self, hand: torch.Tensor) -> torch.Tensor:
        """(n, 1, 256, 256) -> logits (n, 14, 128 * 128 + 1); the last one stands for 'not in the picture'."""
        features = self.encoder(self.unshuffle(hand))
        features[-1] = self.deep(features[-1])
        cells = self.branch(features).flatten(2)
        absent = self.absent(features[-1].mean(dim=(2, 3)))[:, :, None]
        return torch.cat([cells, absent + 8.0], dim=2)
