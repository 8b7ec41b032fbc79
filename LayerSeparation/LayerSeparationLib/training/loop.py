"""The training loop that every network of this project goes through: resumable, one CPU or several GPUs."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from lightning_fabric.loggers.csv_logs import CSVLogger
from lightning_fabric.loggers.tensorboard import TensorBoardLogger
from tqdm import tqdm

from ..errors import InputError
from ..files import explain_output_errors, output_file, refuse_existing_file


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
    """'auto', 'cpu', 'cuda' or 'mps'."""
    devices: int | str = "auto"
    """Number of devices, or 'auto'."""
    precision: str = "auto"
    """'auto' (see `fabric_precision`), '32-true', 'bf16-mixed' or '16-mixed'."""
    threads: int = 2
    """Of the CPU, a process."""
    logger: str = "csv"
    """'csv' or 'tensorboard'."""

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
    """0 for the first process, which writes."""
    count: int
    """Of all processes."""
    generator: torch.Generator
    """Its own; seeded anew when a run is resumed."""


StepLoss = Callable[[torch.nn.Module, Process], tuple[torch.Tensor, dict[str, torch.Tensor]]]
"""Draws what this process contributes to a step; returns the loss, and its terms for the log."""


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

    The processes of torchrun share every step.

    Parameters
    ----------
    network
        What is trained; its own weights change as well.
    step_loss
        What a step is made of.
    schedule
        How long and how fast.
    folder
        Receives ``checkpoint.pt`` and the log.
    hardware
        Where the run takes place, and the kind of log.
    resume
        Go on from the checkpoint.
    from_weights
        The network was trained before. Its normalisation stays as it is: the statistics of a few films are
        noise by then.

    Raises
    ------
    InputError
        If ``folder`` holds a checkpoint and ``resume`` is not asked for, or the other way round; or if a run
        that started from weights is to be resumed without them, or the other way round.
    OutputError
        If the checkpoint can't be written.
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
    optimizer = _make_optimizer(network, schedule)
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
        try:
            # Tensors and plain numbers, nothing that a file could run.
            fabric.load(checkpoint, state, weights_only=True)
        except Exception as error:
            raise InputError(
                f"{checkpoint} is damaged or of another kind of run ({error}): begin anew, or take a copy."
            ) from error
        if state["from_weights"] != from_weights:
            raise InputError(
                f"{checkpoint} is of a run that started from weights: resume it with the same weights."
                if state["from_weights"]
                else f"{checkpoint} is of a run that started from scratch: resume it without such weights."
            )

    generator = torch.Generator().manual_seed(schedule.seed + 1000 * fabric.global_rank + state["step"])
    process = Process(fabric.device, fabric.global_rank, fabric.world_size, generator)
    steps = range(state["step"], schedule.steps)
    bar = tqdm(steps, initial=state["step"], total=schedule.steps, disable=not fabric.is_global_zero)
    for step in bar:
        for group, rate in zip(optimizer.param_groups, rates, strict=True):
            group["lr"] = rate * _rate_factor(schedule, step)
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
            _save_checkpoint(fabric, checkpoint, state)
    log.finalize("success")
    return {name: value.detach().cpu() for name, value in average.state_dict().items()}


def prepare_output(target: Path, resume: bool) -> None:
    """Make the folder for weights ``target``, before the work begins.

    Raises
    ------
    InputError
        If the folder holds the checkpoint of another run, or there is none to resume.
    OutputError
        If it holds weights already, which only a resumed run replaces, or can't be written.
    """
    check_checkpoint(target.parent, resume)
    refuse_existing_file(target, overwrite=resume)
    with explain_output_errors(target):
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
        raise InputError(f"There is no {checkpoint} to resume: start a new run.")
    if not resume and checkpoint.is_file():
        raise InputError(f"{checkpoint} exists: resume that run, or name another folder for a new one.")
    return checkpoint


def _save_checkpoint(fabric: Fabric, checkpoint: Path, state: dict[str, Any]) -> None:
    """Replace the checkpoint in one go: a run that is killed meanwhile keeps its last one."""
    if fabric.is_global_zero:
        with output_file(checkpoint, overwrite=True) as beside:
            fabric.save(beside, state)
    else:
        fabric.save(checkpoint, state)  # writes nothing, but the first process waits for it
    fabric.barrier()


def _rate_factor(schedule: Schedule, step: int) -> float:
    """Learning rate as a fraction: warm-up, plateau, linear decay."""
    rising = min(1.0, (step + 1) / schedule.warm_up_steps)
    falling = min(1.0, (schedule.steps - step) / max(1.0, schedule.steps * (1 - schedule.decay_from)))
    return rising * falling


def _make_optimizer(network: torch.nn.Module, schedule: Schedule) -> torch.optim.Optimizer:
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
