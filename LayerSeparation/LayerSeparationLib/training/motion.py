"""Rigid motions of layers on the canonical grid, in batches, as torch tensors.

A motion is a (n, 2, 3) matrix that maps pixel positions (x, y), measured from the centre of the grid, from
before the motion to after it.
"""

from __future__ import annotations

import torch
from torch.nn import functional


def rigid(angle_rad: torch.Tensor, x_px: torch.Tensor, y_px: torch.Tensor) -> torch.Tensor:
    """Rotation about the grid's centre, then translation: three (n,) tensors to (n, 2, 3)."""
    cos, sin = torch.cos(angle_rad), torch.sin(angle_rad)
    return torch.stack([torch.stack([cos, -sin, x_px], dim=1), torch.stack([sin, cos, y_px], dim=1)], dim=1)


def similar(motion: torch.Tensor, scale: torch.Tensor, mirrored: torch.Tensor) -> torch.Tensor:
    """Return a motion that scales by (n,) and, where (n,) says so, mirrors left and right before it moves."""
    factors = torch.stack([torch.where(mirrored, -scale, scale), scale], dim=1)
    return torch.cat([motion[:, :, :2] * factors[:, None, :], motion[:, :, 2:]], dim=2)


def compose(second: torch.Tensor, first: torch.Tensor) -> torch.Tensor:
    """Return the motion that does ``first``, then ``second``."""
    linear = second[:, :, :2] @ first[:, :, :2]
    shift = second[:, :, :2] @ first[:, :, 2:] + second[:, :, 2:]
    return torch.cat([linear, shift], dim=2)


def invert(motion: torch.Tensor) -> torch.Tensor:
    """Return the motion back."""
    linear = torch.linalg.inv(motion[:, :, :2])
    return torch.cat([linear, -linear @ motion[:, :, 2:]], dim=2)


def move(layers: torch.Tensor, motion: torch.Tensor) -> torch.Tensor:
    """Move (n, c, rows, columns) layers; what comes in over the border repeats it (the shaft goes on)."""
    rows, columns = layers.shape[-2:]
    to_unit = torch.tensor([2.0 / columns, 2.0 / rows], device=layers.device)
    back = invert(motion)
    linear = back[:, :, :2] * to_unit[:, None] / to_unit[None, :]
    theta = torch.cat([linear, back[:, :, 2:] * to_unit[:, None]], dim=2)
    grid = functional.affine_grid(theta, list(layers.shape), align_corners=False)
    return functional.grid_sample(layers, grid, mode="bilinear", padding_mode="border", align_corners=False)
