"""The layer separation network (LSN): a radiograph of a joint in, silhouettes and attenuation shares out.

::

    image 256 x 256
      | pixel unshuffle: 4 channels at 128 x 128
      v
    [128] --> [64] --> [32] --> [16] --> [8]        shared encoder
      |         |        |        |       |
      |         |        |        |       +--> anatomy branch, narrow, ends at 64 x 64
      |         |        |        |                -> silhouettes of upper and lower bone
      |         |        |        |                   (two sigmoids: may overlap)
      |         |        |        |       +--> share branch, wide, ends at 128 x 128
      +---------+--------+--------+--------------> -> shares of soft tissue, upper, lower bone
                                                      (softmax: sum to 1)

Both branches end in a pixel shuffle, so that everything comes out at 256 x 256.

The idea of separating a joint into layers is that of the LSN paper (doi 10.1145/3746027.3755407). Shares in
place of layers make the recomposed image equal to the input for every radiograph: ``A_k = share_k * A`` and
the shares sum to 1.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn

from ..inference.blocks import Branch, Encoder, load_trained

ARCHITECTURE = "lsn-2"
"""Of a file of weights: two networks, named by the first part of their tensors' names."""
SEPARATION_PART, MARGINS_PART = "separation", "margins"
WIDTHS = (16, 48, 96, 160, 224)
ANATOMY_WIDTHS = (24, 48, 64)
SILHOUETTES = ("upper bone", "lower bone")
SHARES = ("soft tissue", "upper bone", "lower bone")


class Separation(NamedTuple):
    """What the network says of a batch of n canonical crops."""

    silhouette_logits: torch.Tensor
    """(n, 2, rows, columns): log-odds that a pixel lies in the silhouette of the upper, the lower bone."""
    shares: torch.Tensor
    """(n, 3, rows, columns), 0..1, sum 1: shares of attenuation of soft tissue, upper bone, lower bone."""


def scale_input(intensity: torch.Tensor) -> torch.Tensor:
    """Bring intensity 0..1 to -2..2, the range that the encoder was trained on."""
    return intensity * 4.0 - 2.0


class LayerSeparationNetwork(nn.Module):
    """Shared encoder, anatomy branch, share branch; see the diagram at the top of this file."""

    def __init__(self) -> None:
        super().__init__()
        self.unshuffle = nn.PixelUnshuffle(2)
        self.encoder = Encoder(WIDTHS)
        self.anatomy = Branch(WIDTHS, ANATOMY_WIDTHS, outputs=len(SILHOUETTES), blocks=1)
        self.sharing = Branch(WIDTHS, WIDTHS[:-1], outputs=len(SHARES), blocks=1)

    def forward(self, image: torch.Tensor) -> Separation:
        """Separate a batch of canonical crops.

        Parameters
        ----------
        image
            (n, 1, rows, columns), intensity 0..1, bone bright, distal up, 0.0820 mm/px; rows and columns are
            multiples of 32 (256 x 256 in use).
        """
        features = self.encoder(scale_input(self.unshuffle(image)))
        return Separation(self.anatomy(features), torch.softmax(self.sharing(features), dim=1))


class ProbabilityNetwork(LayerSeparationNetwork):
    """The network for use, with the same weights: silhouettes as probabilities."""

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:  # type: ignore[override]
        """(n, 1, h, w) -> silhouettes (n, 2, h, w) and shares (n, 3, h, w), all 0..1."""
        logits, shares = super().forward(image)
        return torch.sigmoid(logits), shares


def build_trained_network(state: dict[str, torch.Tensor], origin: str) -> LayerSeparationNetwork:
    """Build the network with trained weights, ready to be trained further.

    Raises
    ------
    WeightsError
        If the tensors do not fit the architecture; ``origin`` is named in the message.
    """
    network = LayerSeparationNetwork()
    load_trained(network, state, origin)
    return network
