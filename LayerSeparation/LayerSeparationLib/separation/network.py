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

from ..errors import WeightsError

ARCHITECTURE = "lsn-shares-1"
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


class ConvNorm(nn.Module):
    """3 x 3 convolution and batch normalisation (one convolution after `fuse_normalisation`)."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.normalisation: nn.BatchNorm2d | None = nn.BatchNorm2d(outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, inputs, h, w) -> (n, outputs, h / stride, w / stride)."""
        x = self.convolution(x)
        return x if self.normalisation is None else self.normalisation(x)

    def fuse(self) -> None:
        """Fold the normalisation into the convolution (evaluation only)."""
        if self.normalisation is not None:
            self.convolution = nn.utils.fusion.fuse_conv_bn_eval(self.convolution, self.normalisation)
            self.normalisation = None


class ResidualBlock(nn.Module):
    """Two convolutions with a shortcut: (n, c, h, w) -> (n, c, h, w)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = ConvNorm(channels, channels)
        self.second = ConvNorm(channels, channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Add what two convolutions find to their input."""
        return torch.relu(x + self.second(torch.relu(self.first(x))))


class Encoder(nn.Module):
    """(n, 4, h, w) -> features at h, h/2, h/4, h/8, h/16, finest first."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.stem = ConvNorm(4, widths[0])
        self.downs = nn.ModuleList(
            ConvNorm(fine, coarse, stride=2) for fine, coarse in zip(widths[:-1], widths[1:], strict=True)
        )
        self.blocks = nn.ModuleList(ResidualBlock(width) for width in widths[1:])

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Return one feature map a level."""
        features = [torch.relu(self.stem(x))]
        for down, block in zip(self.downs, self.blocks, strict=True):
            features.append(block(torch.relu(down(features[-1]))))
        return features


class Branch(nn.Module):
    """A decoder: encoder features -> (n, outputs, 2 h, 2 w), h being the size of the finest input level.

    ``widths`` names the branch's own widths, finest first; it may end before the encoder's finest level, the
    pixel shuffle then takes the larger step.
    """

    def __init__(
        self, encoder_widths: tuple[int, ...], widths: tuple[int, ...], outputs: int, blocks: int
    ) -> None:
        super().__init__()
        levels = len(encoder_widths) - 1
        self.first_level = levels - len(widths)
        coarser = (*widths[1:], encoder_widths[-1])
        self.narrow = nn.ModuleList(
            nn.Conv2d(coarse, own, 1) for own, coarse in zip(widths, coarser, strict=True)
        )
        self.skips = nn.ModuleList(
            nn.Conv2d(encoder_widths[self.first_level + i], own, 1) for i, own in enumerate(widths)
        )
        self.blocks = nn.ModuleList(
            nn.Sequential(*(ResidualBlock(own) for _ in range(blocks))) for own in widths
        )
        step = 2 ** (self.first_level + 1)
        self.head = nn.Conv2d(widths[0], outputs * step**2, 3, padding=1)
        self.shuffle = nn.PixelShuffle(step)

    def forward(self, features: list[torch.Tensor]) -> torch.Tensor:
        """Climb from the coarsest level to the branch's finest."""
        x = features[-1]
        for i in reversed(range(len(self.blocks))):
            x = nn.functional.interpolate(self.narrow[i](x), scale_factor=2.0, mode="nearest")
            x = self.blocks[i](torch.relu(x + self.skips[i](features[self.first_level + i])))
        return self.shuffle(self.head(x))


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
        features = self.encoder(self.unshuffle(image) * 4.0 - 2.0)
        return Separation(self.anatomy(features), torch.softmax(self.sharing(features), dim=1))


def fuse_normalisation(network: LayerSeparationNetwork) -> LayerSeparationNetwork:
    """Fold every batch normalisation into the convolution before it (evaluation only, in place)."""
    network.eval()
    for module in network.modules():
        if isinstance(module, ConvNorm):
            module.fuse()
    return network


class _Probabilities(nn.Module):
    """The network for use: silhouettes as probabilities."""

    def __init__(self, network: LayerSeparationNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, 1, h, w) -> silhouettes (n, 2, h, w) and shares (n, 3, h, w), all 0..1."""
        logits, shares = self.network(image)
        return torch.sigmoid(logits), shares


def trained_network(state: dict[str, torch.Tensor], origin: str) -> LayerSeparationNetwork:
    """Build the network with trained weights, ready to be trained further.

    Raises
    ------
    WeightsError
        If the tensors do not fit the architecture; ``origin`` is named in the message.
    """
    network = LayerSeparationNetwork()
    counters = {n: v for n, v in network.state_dict().items() if n.endswith("num_batches_tracked")}
    try:
        network.load_state_dict({**counters, **{name: value.float() for name, value in state.items()}})
    except RuntimeError as error:
        raise WeightsError(f"{origin} does not fit the architecture '{ARCHITECTURE}'.") from error
    return network


def separation_network(state: dict[str, torch.Tensor], origin: str) -> nn.Module:
    """Build the network for use from trained weights: image -> (silhouettes, shares).

    Raises
    ------
    WeightsError
        As `trained_network`.
    """
    return _Probabilities(fuse_normalisation(trained_network(state, origin))).eval()
