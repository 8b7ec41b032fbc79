"""The training of the layer separation network: resumable, on one CPU or several GPUs."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
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

    steps: int = 5000
    pseudo_pairs_a_step: int = 14
    estimated_overlaps_a_step: int = 5
    """Only where the run starts from weights; otherwise these are pseudo pairs."""
    real_overlaps_a_step: int = 3
    phantoms_a_step: int = 2
    learning_rate: float = 0.012
    """Of convolutions (Muon: a step's length relative to the weights)."""
    scale_learning_rate: float = 1.5e-3
    """Of normalisations, biases, and the first and last convolutions (AdamW)."""
    warm_up_steps: int = 100
    decay_from: float = 0.1
    """Fraction of the steps after which the learning rate falls linearly to zero."""
    averaging: float = 0.998
    """Decay of the moving average of the weights; the average is what is kept."""
    checkpoint_every_steps: int = 100
    seed: int = 7

    def with_pairs_a_step(self, pairs: int) -> TrainingPlan:
        """Return the plan with so many pairs a step: the same proportions, at least one of a kind."""
        names = [name for name in self.__dataclass_fields__ if name.endswith("_a_step")]
        planned = sum(getattr(self, name) for name in names)
        others = {name: max(1, round(getattr(self, name) * pairs / planned)) for name in names[1:]}
        return replace(self, **others, **{names[0]: max(1, pairs - sum(others.values()))})


@dataclass(frozen=True, eq=False)
class TrainingSources:
    """Where pairs come from; ``phantoms`` and ``estimated`` may be None."""

    pseudo: PairMaker
    overlaps: PairMaker
    phantoms: PairMaker | None = None
    estimated: PairMaker | None = None
    """Real overlaps whose hidden parts were filled in by a trained network."""


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

    ``folder`` receives ``checkpoint.pt`` and a log ('csv' or 'tensorboard'). The pairs of a step are dealt
    out to the processes of torchrun, each of which makes its own. A run that starts from weights keeps their
    normalisation as it is: the statistics of a few films are noise by then.

    Raises
    ------
    InputError
        If ``folder`` holds a checkpoint and ``resume`` is not asked for, or the other way round; or if a run
        that started from weights is to be resumed without them, or the other way round.
    """
    checkpoint = check_checkpoint(folder, resume)
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
    optimizer = _optimizer(network, plan)
    rates = [group["lr"] for group in optimizer.param_groups]
    average = copy.deepcopy(network).eval().requires_grad_(False)
    network, optimizer = fabric.setup(network, optimizer)
    average = fabric.to_device(average)
    state: dict[str, Any] = {
        "network": network,
        "optimizer": optimizer,
        "average": average,
        "step": 0,
        "from_weights": start is not None,
    }
    if resume:
        fabric.load(checkpoint, state)
        if state["from_weights"] != (start is not None):
            raise InputError(
                f"{checkpoint} is of a run that started from weights: add --start FILE, the same weights."
                if state["from_weights"]
                else f"{checkpoint} is of a run that started from scratch: leave --start out."
            )

    generator = torch.Generator().manual_seed(plan.seed + 1000 * fabric.global_rank + state["step"])
    steps = range(state["step"], plan.steps)
    bar = tqdm(steps, initial=state["step"], total=plan.steps, disable=not fabric.is_global_zero)
    for step in bar:
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * _rate(plan, step)
        counts = _share_of_step(plan, sources, fabric.global_rank, fabric.world_size)
        batch = PairBatch.joined(list(_draw(counts, generator))).to(fabric.device)
        network.train(mode=start is None)
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


def check_checkpoint(folder: Path, resume: bool) -> Path:
    """Return where the checkpoint is, or is to be.

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
    return checkpoint


def _save(fabric: Fabric, checkpoint: Path, state: dict[str, Any]) -> None:
    """Write beside, then rename: a run that is killed meanwhile keeps its last checkpoint."""
    beside = checkpoint.with_suffix(".part")
    try:
        fabric.save(beside, state)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    if fabric.is_global_zero:
        beside.replace(checkpoint)
    fabric.barrier()


def _rate(plan: TrainingPlan, step: int) -> float:
    """Learning rate as a fraction: warm-up, plateau, linear decay."""
    rising = min(1.0, (step + 1) / plan.warm_up_steps)
    falling = min(1.0, (plan.steps - step) / max(1.0, plan.steps * (1 - plan.decay_from)))
    return rising * falling


def _optimizer(network: LayerSeparationNetwork, plan: TrainingPlan) -> torch.optim.Optimizer:
    """Muon for the convolutions between features, AdamW for the rest.

    Against AdamW alone, Muon reaches the same loss in two thirds of the steps here.
    """
    from pytorch_optimizer import Muon

    hidden: list[torch.nn.Parameter] = []
    rest: list[torch.nn.Parameter] = []
    for name, parameter in network.named_parameters():
        outermost = "stem" in name or "head" in name
        (rest if outermost or parameter.ndim < 2 else hidden).append(parameter)
    return Muon(
        [
            {"params": hidden, "use_muon": True, "lr": plan.learning_rate, "weight_decay": 0.01},
            {"params": rest, "use_muon": False, "lr": plan.scale_learning_rate, "weight_decay": 0.01},
        ]
    )


def _share_of_step(
    plan: TrainingPlan, sources: TrainingSources, process: int, processes: int
) -> list[tuple[PairMaker, int]]:
    """Deal a step's pairs out to the processes; return this process's."""
    kinds: list[tuple[PairMaker | None, int]] = [
        (sources.pseudo, plan.pseudo_pairs_a_step),
        (sources.estimated or sources.pseudo, plan.estimated_overlaps_a_step),
        (sources.overlaps, plan.real_overlaps_a_step),
        (sources.phantoms, plan.phantoms_a_step),
    ]
    dealt = [maker for maker, count in kinds for _ in range(count)][process::processes]
    return [(maker, dealt.count(maker)) for maker in dict.fromkeys(dealt) if maker is not None]


def _draw(counts: Sequence[tuple[PairMaker, int]], generator: torch.Generator) -> Iterator[PairBatch]:
    for maker, count in counts:
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
