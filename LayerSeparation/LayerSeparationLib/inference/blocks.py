"""What the networks are built of: convolutions, an encoder, and decoders that climb from it."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn

from ..errors import WeightsError


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
        return torch.relu_(self.second(torch.relu_(self.first(x))) + x)


class Encoder(nn.Module):
    """(n, 4, h, w) -> features at h, h/2, h/4, h/8, h/16, finest first."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.stem = ConvNorm(4, widths[0])
        self.downs = nn.ModuleList(ConvNorm(fine, coarse, stride=2) for fine, coarse in pairwise(widths))
        self.blocks = nn.ModuleList(ResidualBlock(width) for width in widths[1:])

    def forward(self, x: torch.Tensor) -> list[torch.Tensor]:
        """Return one feature map a level."""
        features = [torch.relu_(self.stem(x))]
        for down, block in zip(self.downs, self.blocks, strict=True):
            features.append(block(torch.relu_(down(features[-1]))))
        return features


class Branch(nn.Module):
    """A decoder: encoder features -> (n, outputs, size h, size w), h x w being the encoder's finest level.

    ``widths`` names the branch's own widths, finest first; it may end before the encoder's finest level, the
    pixel shuffle then takes the larger step.
    """

    def __init__(
        self,
        encoder_widths: tuple[int, ...],
        widths: tuple[int, ...],
        outputs: int,
        blocks: int,
        size: float = 2,
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
        step = int(size * 2**self.first_level)
        self.head = nn.Conv2d(widths[0], outputs * step**2, 3, padding=1)
        self.shuffle = nn.PixelShuffle(step)

    def forward(self, features: list[torch.Tensor]) -> torch.Tensor:
        """Climb from the coarsest level to the branch's finest."""
        x = features[-1]
        for i in reversed(range(len(self.blocks))):
            x = nn.functional.interpolate(self.narrow[i](x), scale_factor=2.0, mode="nearest")
            x = self.blocks[i](torch.relu_(x + self.skips[i](features[self.first_level + i])))
        outputs: torch.Tensor = self.shuffle(self.head(x))
        return outputs


def fuse_normalisation(network: nn.Module) -> None:
    """Fold every batch normalisation into the convolution before it (evaluation only, in place)."""
    network.eval()
    for module in network.modules():
        if isinstance(module, ConvNorm):
            module.fuse()


def load_trained(network: nn.Module, state: dict[str, torch.Tensor], origin: str) -> None:
    """Put trained tensors into a network of the same architecture.

    Raises
    ------
    WeightsError
        If the tensors do not fit the network; ``origin`` is named in the message.
    """
    counters = {n: v for n, v in network.state_dict().items() if n.endswith("num_batches_tracked")}
    try:
        network.load_state_dict({**counters, **{name: value.float() for name, value in state.items()}})
    except RuntimeError as error:
        raise WeightsError(f"{origin} does not fit the network '{type(network).__name__}'.") from error
