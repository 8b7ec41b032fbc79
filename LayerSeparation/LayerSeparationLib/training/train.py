"""What a step of training the layer separation network is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from ..separation.network import LayerSeparationNetwork
from .joint_set import DrawnJoint
from .loop import Hardware, Process, Schedule, fit
from .losses import LossWeights, hierarchical_loss
from .pseudo_pairs import PairBatch, PairMaker


@dataclass(frozen=True)
class TrainingPlan(Schedule):
    """What decides a training run, apart from its data."""

    pseudo_pairs_a_step: int = 14
    estimated_overlaps_a_step: int = 5
    """Only where the run starts from weights; otherwise these are pseudo pairs."""
    real_overlaps_a_step: int = 3
    phantoms_a_step: int = 2

    def with_pairs_a_step(self, pairs: int) -> TrainingPlan:
        """Return the plan with so many pairs a step: the same proportions, at least one of a kind."""
        names = [name for name in self.__dataclass_fields__ if name.endswith("_a_step")]
        planned = sum(getattr(self, name) for name in names)
        others = {name: max(1, round(getattr(self, name) * pairs / planned)) for name in names[1:]}
        return replace(self, **others, **{names[0]: max(1, pairs - sum(others.values()))})


@dataclass(frozen=True, eq=False)
class TrainingSources:
    """Where pairs come from."""

    pseudo: PairMaker
    """Real joints without overlap."""
    overlaps: PairMaker
    """Real joints whose bones overlap on the film."""
    phantoms: PairMaker | None = None
    """Phantom joints, if any."""
    estimated: PairMaker | None = None
    """Real overlaps whose hidden parts were filled in by a trained network, if one is at hand."""


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
    hardware: Hardware,
    *,
    resume: bool = False,
    start: LayerSeparationNetwork | None = None,
) -> dict[str, torch.Tensor]:
    """Train the layer separation network, from scratch or from ``start``; see `fit`.

    The pairs of a step are dealt out to the processes of torchrun, each of which makes its own.
    """

    def step_loss(network: torch.nn.Module, process: Process) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        counts = _share_of_step(plan, sources, process.rank, process.count)
        batch = PairBatch.concatenate(list(_draw_batches(counts, process.generator))).to(process.device)
        found = network(batch.image.contiguous(memory_format=torch.channels_last))
        return hierarchical_loss(found, batch, LossWeights(), process.generator)

    network = start or LayerSeparationNetwork()
    return fit(network, step_loss, plan, folder, hardware, resume=resume, from_weights=start is not None)


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


def _draw_batches(counts: Sequence[tuple[PairMaker, int]], generator: torch.Generator) -> Iterator[PairBatch]:
    for maker, count in counts:
        indices = torch.randint(len(maker), (count,), generator=generator)
        yield maker.make_batch(indices, generator)
