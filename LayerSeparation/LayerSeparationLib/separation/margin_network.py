"""The margin network: where the articular margins of a joint lie, column by column, as distributions.

::

    canonical crop 256 x 256 --> central window 176 x 192, its own brightness and contrast taken out
      | pixel unshuffle: 4 channels at 88 x 96
      v
    [88 x 96] --> [44 x 48] --> [22 x 24] --> [11 x 12]     encoder
      +--------------+--------------+-------------+------> decoder, pixel shuffle: 3 maps of 176 x 192
                                                             softmax of a column: margin of the upper bone
                                                             softmax of a column: margin of the lower bone
                                                             mean of a column: do both bones end beyond it?

It sees nothing but the film: neither silhouettes nor layers, so that an error there does not reach the joint
space width. An affine change of intensity (a veil, a wide window, less exposure) changes nothing at all.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from ..inference.blocks import Branch, Encoder
from ..joints.crop import CANONICAL_SIZE_PX

WIDTHS = (16, 32, 64, 96)
FIRST_ROW, ROWS = 40, 176
"""The window: margins lie well within 7 mm of the joint's centre."""
FIRST_COLUMN, COLUMNS = 32, 192
BELL_PX = 0.8
"""Standard deviation of the bell that stood for a margin's row in training: films show edges no sharper."""
NEAR_PX = 4
"""A margin's row is the mean of its distribution so near to the likeliest row."""
_FLATTEST = 0.004
"""Standard deviation of intensity below which a window shows nothing: one grey value of 255."""
_FARTHEST = 4.0
"""Standardised intensity is clipped there: letters, metal, air."""


class MarginMaps(NamedTuple):
    """What the network says of a batch of n windows, as logits."""

    rows: torch.Tensor
    """(n, 2, ROWS, COLUMNS): of the upper, the lower margin's row, in every column."""
    shared: torch.Tensor
    """(n, COLUMNS): that the column lies between the ends of both bones."""


class MarginNetwork(nn.Module):
    """Encoder and decoder; see the diagram at the top of this file."""

    def __init__(self) -> None:
        super().__init__()
        self.unshuffle = nn.PixelUnshuffle(2)
        self.encoder = Encoder(WIDTHS)
        self.decoder = Branch(WIDTHS, WIDTHS[:-1], outputs=3, blocks=1)

    def forward(self, image: torch.Tensor) -> MarginMaps:
        """(n, 1, 256, 256) intensity 0..1, distal up -> logits on the window."""
        maps = self.decoder(self.encoder(self.unshuffle(standardise(window(image)))))
        return MarginMaps(maps[:, :2], maps[:, 2].mean(dim=1))


class MarginReader(MarginNetwork):
    """The network for use, with the same weights: rows with standard deviations."""

    def forward(  # type: ignore[override]
        self, image: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(n, 1, 256, 256) -> rows (n, 2, 256), standard deviations (n, 2, 256), shared (n, 256).

        Beyond the window rows go on as at its border, and nothing is shared; ``shared`` is a probability. Of
        a window that shows nothing at all the network knows nothing: no column is shared.
        """
        shows = window(image).std(dim=(1, 2, 3)) > _FLATTEST
        maps = super().forward(image)
        beside = (FIRST_COLUMN, CANONICAL_SIZE_PX - FIRST_COLUMN - COLUMNS)
        rows, sd = (functional.pad(x, beside, mode="replicate") for x in read_rows(maps.rows))
        shared = torch.sigmoid(maps.shared) * shows[:, None]
        return rows, sd, functional.pad(shared, beside)


def window(image: torch.Tensor) -> torch.Tensor:
    """(n, c, 256, 256) -> its central window (n, c, ROWS, COLUMNS)."""
    return image[:, :, FIRST_ROW : FIRST_ROW + ROWS, FIRST_COLUMN : FIRST_COLUMN + COLUMNS]


def standardise(image: torch.Tensor) -> torch.Tensor:
    """Take each image's own mean and standard deviation out of it: (n, 1, h, w) to the same."""
    mean = image.mean(dim=(2, 3), keepdim=True)
    sd = image.std(dim=(2, 3), keepdim=True).clamp_min(_FLATTEST)
    return ((image - mean) / sd).clamp(-_FARTHEST, _FARTHEST)


def read_rows(logits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Row and standard deviation, both (n, 2, COLUMNS), of distributions (n, 2, ROWS, COLUMNS).

    The standard deviation is what a distribution has beyond the bell of a row that is known.
    """
    probability = torch.softmax(logits.float(), dim=2)
    places = torch.arange(probability.shape[2], device=logits.device, dtype=torch.float32)[:, None]
    mode = probability.argmax(dim=2, keepdim=True)
    near = probability * ((places - mode).abs() <= NEAR_PX)
    row = (near * places).sum(dim=2) / near.sum(dim=2)
    variance = (probability * (places - row[:, :, None]).square()).sum(dim=2)
    return row + FIRST_ROW, (variance - BELL_PX**2).clamp_min(0.0).sqrt()
