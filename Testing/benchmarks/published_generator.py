"""A yardstick: a TransUNet of the size of the published layer generator.

The LSN paper (doi 10.1145/3746027.3755407) generates layers with a TransUNet (arXiv 2102.04306) of 66.8 M
parameters that takes the image and three masks. This is that layout at about that size, written anew and
untrained: three stages of a ResNet-50, a transformer on 16 x 16 tokens, a decoder with skip connections.
Only its speed is of interest.
"""

from __future__ import annotations

import torch
from torch import nn

TOKENS = 768
LAYERS = 6


class Bottleneck(nn.Module):
    """ResNet-50's block."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        middle = outputs // 4
        self.body = nn.Sequential(
            *(nn.Conv2d(inputs, middle, 1, bias=False), nn.BatchNorm2d(middle), nn.ReLU(inplace=True)),
            nn.Conv2d(middle, middle, 3, stride, 1, bias=False),
            *(nn.BatchNorm2d(middle), nn.ReLU(inplace=True)),
            *(nn.Conv2d(middle, outputs, 1, bias=False), nn.BatchNorm2d(outputs)),
        )
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else nn.Conv2d(inputs, outputs, 1, stride, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, inputs, h, w) -> (n, outputs, h / stride, w / stride)."""
        return torch.relu(self.body(x) + self.shortcut(x))


class PublishedGenerator(nn.Module):
    """(n, 4, 256, 256) -> (n, 3, 256, 256)."""

    def __init__(self) -> None:
        super().__init__()
        stem = nn.Conv2d(4, 64, 7, 2, 3, bias=False)
        self.stem = nn.Sequential(stem, nn.BatchNorm2d(64), nn.ReLU(inplace=True))
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.stages = nn.ModuleList(
            nn.Sequential(
                Bottleneck(inputs, outputs, stride),
                *(Bottleneck(outputs, outputs, 1) for _ in range(count - 1)),
            )
            for inputs, outputs, stride, count in ((64, 256, 1, 3), (256, 512, 2, 4), (512, 1024, 2, 9))
        )
        self.embed = nn.Conv2d(1024, TOKENS, 1)
        self.position = nn.Parameter(torch.zeros(1, 256, TOKENS))
        layer = nn.TransformerEncoderLayer(
            TOKENS, 12, 3072, activation="gelu", batch_first=True, norm_first=True
        )
        self.transformer = nn.TransformerEncoder(layer, LAYERS, enable_nested_tensor=False)
        self.first = self._double(TOKENS, 512)
        self.decoder = nn.ModuleList(
            self._double(inputs, outputs)
            for inputs, outputs in ((512 + 512, 256), (256 + 256, 128), (128 + 64, 64), (64, 16))
        )
        self.head = nn.Conv2d(16, 3, 3, padding=1)

    @staticmethod
    def _double(inputs: int, outputs: int) -> nn.Sequential:
        parts: list[nn.Module] = []
        for width in (inputs, outputs):
            parts += [nn.Conv2d(width, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs)]
            parts.append(nn.ReLU(inplace=True))
        return nn.Sequential(*parts)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Generate three layers."""
        skips = [self.stem(x)]
        y = self.pool(skips[0])
        for stage in self.stages:
            y = stage(y)
            skips.append(y)
        tokens = self.embed(y).flatten(2).transpose(1, 2) + self.position
        y = self.first(self.transformer(tokens).transpose(1, 2).reshape(-1, TOKENS, 16, 16))
        for block, skip in zip(self.decoder, (skips[2], skips[1], skips[0], None), strict=True):
            y = nn.functional.interpolate(y, scale_factor=2.0, mode="bilinear")
            y = block(y if skip is None else torch.cat([y, skip], dim=1))
        return torch.sigmoid(self.head(y))
