"""Training of the two networks that find joints, from whole-hand films to weights."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from ..errors import InputError
from ..inference.arrays import as_tensor
from ..inference.weights import WeightsFile, save_weights
from ..joints.finder_network import HAND_ARCHITECTURE, JOINT_ARCHITECTURE, HandNetwork, JointNetwork
from ..radiograph import find_radiographs, read_radiograph
from .finder_losses import hand_loss, joint_loss
from .hand_set import DrawnHand, make_phantom_hands, read_hand_set
from .hand_views import ViewMaker
from .loop import Hardware, Process, Schedule, fit, prepare_output

NetworkName = Literal["hands", "joints"]
"""The network that finds hands on a film, and the one that finds joints on a hand."""
_MOST_OTHERS = 200
"""So many films without a hand are enough."""


@dataclass(frozen=True)
class FinderPlan(Schedule):
    """What decides a training run of one of the two networks, apart from its data."""

    views_a_step: int = 16
    muon_learning_rate: float | None = None
    learning_rate: float = 2.5e-3
    decay_from: float = 0.2


def train_finder(
    name: NetworkName,
    data: Path,
    output: Path,
    plan: FinderPlan,
    hardware: Hardware,
    *,
    resume: bool = False,
    phantoms: int = 120,
    others: Path | None = None,
) -> WeightsFile:
    """Train one of the networks on split 'train' and phantoms; write ``output/<name>.safetensors``.

    Parameters
    ----------
    name
        Which network.
    data
        Hand set, see `read_hand_set`.
    output
        Folder for checkpoint, log and weights.
    plan
        What decides the run, apart from its data.
    hardware
        Where it takes place.
    resume
        Go on from the checkpoint in ``output``.
    phantoms
        So many phantom hands are trained on as well.
    others
        Folder of films without a whole hand, such as crops of single joints.

    Raises
    ------
    InputError
        If there are no films, ``output`` holds the checkpoint of another run, or there is none to resume.
    OutputError
        If ``output`` holds weights already or can't be written; that is found out before the work begins.
    """
    torch.set_num_threads(hardware.threads)
    prepare_output(output / f"{name}.safetensors", resume)
    hands = read_hand_set(data, "train")
    if not hands:
        raise InputError(f"{data} has no film in split 'train'.")
    return train_on(
        name, hands, make_phantom_hands(phantoms), _read_others(others), output, plan, hardware, resume
    )


def train_on(
    name: NetworkName,
    hands: list[DrawnHand],
    phantoms: list[DrawnHand],
    others: list[NDArray[np.float32]],
    output: Path,
    plan: FinderPlan,
    hardware: Hardware,
    resume: bool = False,
) -> WeightsFile:
    """Train one of the networks on films that were read already."""
    maker = ViewMaker([*hands, *phantoms], others, len(phantoms))
    draw = maker.draw_film if name == "hands" else maker.draw_hand

    def step_loss(network: torch.nn.Module, process: Process) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        seed = int(torch.randint(2**62, (1,), generator=process.generator))
        rng = np.random.default_rng(seed)
        own = len(range(process.rank, plan.views_a_step, process.count))
        views = [draw(rng) for _ in range(own)]
        images = as_tensor(np.stack([view.image for view in views])[:, None]).to(process.device)
        answer = network(images.contiguous(memory_format=torch.channels_last))
        if name == "hands":
            centres, vectors = answer
            return hand_loss(centres, vectors, views)
        return joint_loss(answer, views)

    network = HandNetwork() if name == "hands" else JointNetwork()
    state = fit(network, step_loss, plan, output, hardware, resume=resume)
    summary: dict[str, Any] = {
        "plan": asdict(plan),
        "hands": len(hands),
        "phantoms": len(phantoms),
        "films without a hand": len(others),
        "torch": torch.__version__,
    }
    architecture = HAND_ARCHITECTURE if name == "hands" else JOINT_ARCHITECTURE
    return save_weights(output / f"{name}.safetensors", state, architecture, summary)


def _read_others(folder: Path | None) -> list[NDArray[np.float32]]:
    """Read films without a hand, spread evenly over the folder."""
    if folder is None:
        return []
    paths = [path for path in find_radiographs([folder]) if not path.stem.endswith("_mask")]
    step = max(1, len(paths) // _MOST_OTHERS)
    return [read_radiograph(path).intensity for path in paths[::step]]
