"""The training loop that every network of this project goes through: resumable, one CPU or several GPUs."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from lightning_fabric.loggers import CSVLogger, TensorBoardLogger
from tqdm import tqdm

from ..errors import InputError


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a network learns."""

    steps: int = 5000
    muon_learning_rate: float | None = 0.012
    """Of the convolutions between features (a step's length relative to the weights); None: AdamW."""
    learning_rate: float = 1.5e-3
    """Of everything else (AdamW)."""
    warm_up_steps: int = 100
    decay_from: float = 0.1
    """Fraction of the steps after which the learning rate falls linearly to zero."""
    averaging: float = 0.998
    """Decay of the moving average of the weights; the average is what is kept."""
    checkpoint_every_steps: int = 100
    seed: int = 7


@dataclass(frozen=True)
class Hardware:
    """Where a run takes place, in the words of Lightning Fabric."""

    accelerator: str = "auto"
    devices: int | str = "auto"
    precision: str = "auto"
    threads: int = 2
    logger: str = "csv"

    @property
    def fabric_precision(self) -> str:
        """bfloat16 wherever the hardware multiplies in it; float32 elsewhere, where bfloat16 is slower."""
        if self.precision != "auto":
            return self.precision
        if self.accelerator != "cpu" and torch.cuda.is_available():
            return "bf16-mixed" if torch.cuda.is_bf16_supported() else "32-true"
        return "bf16-mixed" if cpu_multiplies_bfloat16() else "32-true"


@dataclass(frozen=True, eq=False)
class Process:
    """One of the processes that share a step."""

    device: torch.device
    rank: int
    count: int
    generator: torch.Generator
    """Its own; seeded anew when a run is resumed."""


StepLoss = Callable[[torch.nn.Module, Process], tuple[torch.Tensor, dict[str, torch.Tensor]]]
"""Draws this process's part of a step; returns the loss and its parts, for the log."""


def cpu_multiplies_bfloat16() -> bool:
    """Whether this CPU has AVX512-BF16 or AMX (else bfloat16 is emulated, four times slower than float32)."""
    check: Callable[[], bool] | None = getattr(torch.cpu, "_is_avx512_bf16_supported", None)
    return bool(check and check())


def fit(
    network: torch.nn.Module,
    step_loss: StepLoss,
    schedule: Schedule,
    folder: Path,
    hardware: Hardware,
    *,
    resume: bool = False,
    from_weights: bool = False,
) -> dict[str, torch.Tensor]:
    """Train until ``schedule.steps`` and return the averaged weights (a state dict on the CPU).

    ``folder`` receives ``checkpoint.pt`` and a log ('csv' or 'tensorboard'). The processes of torchrun share
    every step. A run that starts ``from_weights`` keeps their normalisation as it is: the statistics of a few
    films are noise by then.

    Raises
    ------
    InputError
        If ``folder`` holds a checkpoint and ``resume`` is not asked for, or the other way round; or if a run
        that started from weights is to be resumed without them, or the other way round.
    """
    checkpoint = check_checkpoint(folder, resume)
    log: CSVLogger | TensorBoardLogger = (
        TensorBoardLogger(folder, name="log")
        if hardware.logger == "tensorboard"
        else CSVLogger(folder, name="log", flush_logs_every_n_steps=1)
    )
    precision: Any = hardware.fabric_precision
    fabric = Fabric(
        accelerator=hardware.accelerator, devices=hardware.devices, precision=precision, loggers=log
    )
    fabric.launch()
    fabric.seed_everything(schedule.seed)
    network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = _optimizer(network, schedule)
    rates = [group["lr"] for group in optimizer.param_groups]
    average = copy.deepcopy(network).eval().requires_grad_(False)
    network, optimizer = fabric.setup(network, optimizer)
    average = fabric.to_device(average)
    state: dict[str, Any] = {
        "network": network,
        "optimizer": optimizer,
        "average": average,
        "step": 0,
        "from_weights": from_weights,
    }
    if resume:
        fabric.load(checkpoint, state)
        if state["from_weights"] != from_weights:
            raise InputError(
                f"{checkpoint} is of a run that started from weights: start from the same weights."
                if state["from_weights"]
                else f"{checkpoint} is of a run that started from scratch: name no weights to start from."
            )

    generator = torch.Generator().manual_seed(schedule.seed + 1000 * fabric.global_rank + state["step"])
    process = Process(fabric.device, fabric.global_rank, fabric.world_size, generator)
    steps = range(state["step"], schedule.steps)
    bar = tqdm(steps, initial=state["step"], total=schedule.steps, disable=not fabric.is_global_zero)
    for step in bar:
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * _rate(schedule, step)
        network.train(mode=not from_weights)
        loss, levels = step_loss(network, process)
        optimizer.zero_grad(set_to_none=True)
        fabric.backward(loss)
        fabric.clip_gradients(network, optimizer, max_norm=2.0)
        optimizer.step()
        _update_average(average, network, min(schedule.averaging, (step + 1) / (step + 10)))
        state["step"] = step + 1
        if step % 10 == 0:
            fabric.log_dict({name: float(value) for name, value in levels.items()}, step=step)
            bar.set_postfix(loss=f"{loss.item():.3f}")
        if state["step"] % schedule.checkpoint_every_steps == 0 or state["step"] == schedule.steps:
            _save(fabric, checkpoint, state)
    log.finalize("success")
    return {name: value.detach().cpu() for name, value in average.state_dict().items()}


def prepare_output(target: Path, resume: bool) -> None:
    """Make the folder for weights ``target``, before the work begins.

    Raises
    ------
    InputError
        If the folder holds what a new run would replace, or nothing to resume from.
    OSError
        If it can't be written.
    """
    check_checkpoint(target.parent, resume)
    if target.exists() and not resume:
        raise InputError(f"{target} exists and is left as it is: name another folder.")
    target.parent.mkdir(parents=True, exist_ok=True)


def check_checkpoint(folder: Path, resume: bool) -> Path:
    """Return where the checkpoint is, or is to be.

    Raises
    ------
    InputError
        If ``folder`` holds a checkpoint and ``resume`` is not asked for, or the other way round.
    """
    checkpoint = folder / "checkpoint.pt"
    if resume and not checkpoint.is_file():
        raise InputError(f"There is no {checkpoint} to resume from: start a new run.")
    if not resume and checkpoint.is_file():
        raise InputError(f"{checkpoint} exists: resume the run to go on with it, or name another folder.")
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


def _rate(schedule: Schedule, step: int) -> float:
    """Learning rate as a fraction: warm-up, plateau, linear decay."""
    rising = min(1.0, (step + 1) / schedule.warm_up_steps)
    falling = min(1.0, (schedule.steps - step) / max(1.0, schedule.steps * (1 - schedule.decay_from)))
    return rising * falling


def _optimizer(network: torch.nn.Module, schedule: Schedule) -> torch.optim.Optimizer:
    """Muon for the convolutions between features if the schedule says so, AdamW for the rest.

    Against AdamW alone, Muon reaches the same loss of the layer separation in two thirds of the steps. It
    orthogonalises in bfloat16, which takes longer than a small network's step where the CPU has none.
    """
    decay = 0.01
    if schedule.muon_learning_rate is None:
        return torch.optim.AdamW(network.parameters(), schedule.learning_rate, weight_decay=decay)
    from pytorch_optimizer import Muon

    hidden: list[torch.nn.Parameter] = []
    rest: list[torch.nn.Parameter] = []
    for name, parameter in network.named_parameters():
        outermost = "stem" in name or "head" in name
        (rest if outermost or parameter.ndim < 2 else hidden).append(parameter)
    return Muon(
        [
            {"params": hidden, "use_muon": True, "lr": schedule.muon_learning_rate, "weight_decay": decay},
            {"params": rest, "use_muon": False, "lr": schedule.learning_rate, "weight_decay": decay},
        ]
    )


@torch.no_grad()
def _update_average(average: torch.nn.Module, network: torch.nn.Module, decay: float) -> None:
    current = network.state_dict()
    for name, value in average.state_dict().items():
        if value.dtype.is_floating_point:
            value.lerp_(current[name], 1 - decay)
        else:
            value.copy_(current[name])
