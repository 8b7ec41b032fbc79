"""The training of the layer separation network: resumable, on one CPU or several GPUs."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning_fabric import Fabric
from lightning_fabric.loggers import CSVLogger, TensorBoardLogger
from tqdm import tqdm

from ..errors import InputError
from ..separation.network import LayerSeparationNetwork
from .joint_set import DrawnJoint
from .losses import LossWeights, hierarchical_loss
from .pseudo_pairs import PairBatch, PairMaker


@dataclass(frozen=True)
class TrainingPlan:
    """What decides a training run, apart from its data."""

    steps: int = 3700
    pseudo_pairs_a_step: int = 8
    real_overlaps_a_step: int = 3
    phantoms_a_step: int = 1
    learning_rate: float = 1.5e-3
    warm_up_steps: int = 100
    decay_from: float = 0.5
    """Fraction of the steps after which the learning rate falls linearly to zero."""
    averaging: float = 0.998
    """Decay of the moving average of the weights; the average is what is kept."""
    checkpoint_every_steps: int = 100
    seed: int = 7


@dataclass(frozen=True, eq=False)
class TrainingSources:
    """Where pairs come from; ``phantoms`` may be None."""

    pseudo: PairMaker
    overlaps: PairMaker
    phantoms: PairMaker | None = None


def split_by_series(
    joints: Sequence[DrawnJoint], held_out: float, seed: int
) -> tuple[list[DrawnJoint], list[DrawnJoint]]:
    """Set whole series aside (at least one): (for training, held out). For choices made while training."""
    series = sorted({joint.series for joint in joints})
    chosen = np.random.default_rng(seed).permutation(len(series))[: max(1, round(held_out * len(series)))]
    aside = {series[i] for i in chosen}
    return [j for j in joints if j.series not in aside], [j for j in joints if j.series in aside]


def train(
    sources: TrainingSources,
    plan: TrainingPlan,
    folder: Path,
    *,
    accelerator: str = "auto",
    devices: int | str = "auto",
    precision: Any = "32-true",
    resume: bool = False,
    logger: str = "csv",
    start: LayerSeparationNetwork | None = None,
) -> dict[str, torch.Tensor]:
    """Train until ``plan.steps`` and return the averaged weights (a state dict on the CPU).

    ``folder`` receives ``checkpoint.pt`` and a log ('csv' or 'tensorboard'). Under torchrun every process
    makes its own pairs; the batch of a step is then the plan's times the number of processes.

    Raises
    ------
    InputError
        If ``folder`` holds a checkpoint and ``resume`` is not asked for, or the other way round.
    """
    checkpoint = folder / "checkpoint.pt"
    if resume and not checkpoint.is_file():
        raise InputError(f"There is no {checkpoint} to resume from: start without --resume.")
    if not resume and checkpoint.is_file():
        raise InputError(f"{checkpoint} exists: add --resume to go on with it, or name another folder.")
    log: CSVLogger | TensorBoardLogger = (
        TensorBoardLogger(folder, name="log")
        if logger == "tensorboard"
        else CSVLogger(folder, name="log", flush_logs_every_n_steps=10)
    )
    fabric = Fabric(accelerator=accelerator, devices=devices, precision=precision, loggers=log)
    fabric.launch()
    fabric.seed_everything(plan.seed)
    network = start or LayerSeparationNetwork()
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(network.parameters(), lr=plan.learning_rate, weight_decay=0.01)
    average = copy.deepcopy(network).eval().requires_grad_(False)
    network, optimizer = fabric.setup(network, optimizer)
    average = fabric.to_device(average)
    state: dict[str, Any] = {"network": network, "optimizer": optimizer, "average": average, "step": 0}
    if resume:
        fabric.load(checkpoint, state)

    generator = torch.Generator().manual_seed(plan.seed + 1000 * fabric.global_rank + state["step"])
    steps = range(state["step"], plan.steps)
    bar = tqdm(steps, initial=state["step"], total=plan.steps, disable=not fabric.is_global_zero)
    for step in bar:
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * _rate(plan, step)
        batch = _next_batch(sources, plan, generator).to(fabric.device)
        network.train()
        found = network(batch.image.contiguous(memory_format=torch.channels_last))
        loss, levels = hierarchical_loss(found, batch, LossWeights(), generator)
        optimizer.zero_grad(set_to_none=True)
        fabric.backward(loss)
        fabric.clip_gradients(network, optimizer, max_norm=2.0)
        optimizer.step()
        _update_average(average, network, min(plan.averaging, (step + 1) / (step + 10)))
        state["step"] = step + 1
        if step % 10 == 0:
            fabric.log_dict({name: float(value) for name, value in levels.items()}, step=step)
            bar.set_postfix(loss=f"{loss.item():.3f}")
        if state["step"] % plan.checkpoint_every_steps == 0 or state["step"] == plan.steps:
            _save(fabric, checkpoint, state)
    log.finalize("success")
    return {name: value.detach().cpu() for name, value in average.state_dict().items()}


def _save(fabric: Fabric, checkpoint: Path, state: dict[str, Any]) -> None:
    """Write beside, then rename: a run that is killed meanwhile keeps its last checkpoint."""
    beside = checkpoint.with_suffix(".part")
    fabric.save(beside, state)
    if fabric.is_global_zero:
        beside.replace(checkpoint)
    fabric.barrier()


def _rate(plan: TrainingPlan, step: int) -> float:
    """Learning rate as a fraction: warm-up, plateau, linear decay."""
    rising = min(1.0, (step + 1) / plan.warm_up_steps)
    falling = min(1.0, (plan.steps - step) / max(1.0, plan.steps * (1 - plan.decay_from)))
    return rising * falling


def _next_batch(sources: TrainingSources, plan: TrainingPlan, generator: torch.Generator) -> PairBatch:
    counts = [
        (sources.pseudo, plan.pseudo_pairs_a_step),
        (sources.overlaps, plan.real_overlaps_a_step),
        (sources.phantoms, plan.phantoms_a_step),
    ]
    return PairBatch.joined(list(_draw(counts, generator)))


def _draw(counts: Sequence[tuple[PairMaker | None, int]], generator: torch.Generator) -> Iterator[PairBatch]:
    for maker, count in counts:
        if maker is not None and count:
            indices = torch.randint(len(maker), (count,), generator=generator)
            yield maker.batch(indices, generator)


@torch.no_grad()
def _update_average(average: torch.nn.Module, network: torch.nn.Module, decay: float) -> None:
    current = network.state_dict()
    for name, value in average.state_dict().items():
        if value.dtype.is_floating_point:
            value.lerp_(current[name], 1 - decay)
        else:
            value.copy_(current[name])
