"""Training of the silhouettes alone: more kinds of joints, more conditions of film, the shares as they were.

Only the anatomy branch learns; encoder and shares stay, so that the split of attenuation does not change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from ..separation.network import LayerSeparationNetwork, scale_input
from .film_conditions import FilmConditions, change_films
from .loop import Hardware, Process, Schedule, fit
from .losses import anatomy_loss
from .pseudo_pairs import PairBatch, PairMaker, PairSettings

SILHOUETTE_PAIRS = replace(PairSettings(), push_px=(-10.0, 14.0), unmoved=0.5, film_change=0.0)
"""Half of the joints as they are, the others with another gap; `film_conditions` changes the films."""
_CHANGED = 0.7
"""Share of films that are changed."""


@dataclass(frozen=True)
class SilhouettePlan(Schedule):
    """What decides a run, apart from its data."""

    steps: int = 1500
    muon_learning_rate: float | None = None
    learning_rate: float = 8e-4
    decay_from: float = 0.2
    averaging: float = 0.995
    joints_a_step: int = 8


class SilhouetteNetwork(torch.nn.Module):
    """Encoder, as it is, and anatomy branch, which learns, of a separation network."""

    def __init__(self, network: LayerSeparationNetwork) -> None:
        super().__init__()
        self.unshuffle = network.unshuffle
        self.encoder = network.encoder.requires_grad_(False)
        self.anatomy = network.anatomy

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """(n, 1, rows, columns) intensity -> (n, 2, rows, columns) log-odds of the silhouettes."""
        with torch.no_grad():
            features = self.encoder(scale_input(self.unshuffle(image)))
        logits: torch.Tensor = self.anatomy(features)
        return logits


def train_silhouettes(
    sources: Sequence[tuple[PairMaker, float]],
    plan: SilhouettePlan,
    folder: Path,
    hardware: Hardware,
    start: LayerSeparationNetwork,
    *,
    resume: bool = False,
) -> dict[str, torch.Tensor]:
    """Train the anatomy branch of ``start`` on, and return its tensors (``anatomy...``).

    ``sources`` are makers of pairs with their shares of a step.
    """

    def step_loss(network: torch.nn.Module, process: Process) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        batch = PairBatch.concatenate(
            [
                maker.make_batch(
                    torch.randint(len(maker), (count,), generator=process.generator), process.generator
                )
                for maker, share in sources
                if (count := round(plan.joints_a_step * share / process.count))
            ]
        )
        changed = change_films(batch.image, FilmConditions(), process.generator)
        which = torch.rand((len(changed), 1, 1, 1), generator=process.generator) < _CHANGED
        image = torch.where(which, changed, batch.image).to(process.device)
        logits = network(image.contiguous(memory_format=torch.channels_last))
        loss = anatomy_loss(logits, batch.silhouettes.to(process.device))
        return loss, {"anatomy": loss.detach()}

    state = fit(SilhouetteNetwork(start), step_loss, plan, folder, hardware, resume=resume, from_weights=True)
    return {name: value for name, value in state.items() if name.startswith("anatomy.")}
