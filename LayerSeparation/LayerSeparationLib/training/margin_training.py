"""What a step of training the margin network is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn import functional

from ..separation.margin_network import (
    BELL_PX,
    COLUMNS,
    FIRST_COLUMN,
    FIRST_ROW,
    ROWS,
    MarginMaps,
    MarginNetwork,
)
from .loop import Hardware, Process, Schedule, fit
from .margin_pairs import MarginBatch, MarginPairMaker

_SHARED_WEIGHT = 0.5


@dataclass(frozen=True)
class MarginPlan(Schedule):
    """What decides a run, apart from its data."""

    steps: int = 2400
    muon_learning_rate: float | None = None
    learning_rate: float = 2.5e-3
    decay_from: float = 0.25
    averaging: float = 0.997
    joints_a_step: int = 16


def train_margins(
    sources: Sequence[tuple[MarginPairMaker, float]],
    plan: MarginPlan,
    folder: Path,
    hardware: Hardware,
    *,
    resume: bool = False,
    start: MarginNetwork | None = None,
) -> dict[str, torch.Tensor]:
    """Train the margin network, from scratch or from ``start``; see `fit`.

    ``sources`` are makers of pairs with their shares of a step.
    """

    def step_loss(network: torch.nn.Module, process: Process) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        batches = [
            maker.make_batch(count, process.generator)
            for maker, share in sources
            if (count := round(plan.joints_a_step * share / process.count))
        ]
        image = torch.cat([batch.image for batch in batches]).to(process.device)
        rows = torch.cat([batch.rows_px for batch in batches]).to(process.device)
        shared = torch.cat([batch.shared for batch in batches]).to(process.device)
        found = network(image.contiguous(memory_format=torch.channels_last))
        return margin_loss(MarginMaps(*found), MarginBatch(image, rows, shared))

    network = start or MarginNetwork()
    return fit(network, step_loss, plan, folder, hardware, resume=resume, from_weights=start is not None)


def margin_loss(found: MarginMaps, truth: MarginBatch) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Cross-entropy of rows against a bell about the true row, and of shared columns; with both terms."""
    part = slice(FIRST_COLUMN, FIRST_COLUMN + COLUMNS)
    rows = truth.rows_px[:, :, part] - FIRST_ROW
    shared = truth.shared[:, part]
    near = functional.max_pool1d(shared[:, None], 17, 1, 8)
    known = torch.isfinite(rows) & (rows > 0) & (rows < ROWS - 1) & (near > 0)
    rows = torch.where(known, rows, 0.0)
    places = torch.arange(ROWS, device=rows.device, dtype=torch.float32)[:, None]
    bell = torch.exp(-0.5 * ((places - rows[:, :, None]) / BELL_PX).square())
    bell = bell / bell.sum(dim=2, keepdim=True)
    log_probability = torch.log_softmax(found.rows.float(), dim=2)
    divergence = -(bell * log_probability).sum(dim=2)
    margins = (divergence * known).sum() / known.sum().clamp_min(1)
    ends = functional.binary_cross_entropy_with_logits(found.shared.float(), shared)
    return margins + _SHARED_WEIGHT * ends, {"margins": margins.detach(), "ends": ends.detach()}
