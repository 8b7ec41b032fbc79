"""Training of the layer separation network, from a folder of joints to a file of weights."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from ..inference.weights import WeightsFile, find_weights, load_state, read_tensors, save_weights
from ..separation.network import (
    ARCHITECTURE,
    MARGINS_PART,
    SEPARATION_PART,
    LayerSeparationNetwork,
    build_trained_network,
)
from .estimated_overlaps import estimate_overlaps
from .joint_set import read_joint_set
from .loop import Hardware, prepare_output
from .phantom_truths import make_phantom_truths
from .pseudo_pairs import PairMaker, PairSettings
from .train import TrainingPlan, TrainingSources, split_by_series, train
from .truth_cache import load_layer_truths

HELD_OUT = 0.05
"""Share of the training series that is set aside for choices made while training."""


def run_training(
    data: Path,
    output: Path,
    plan: TrainingPlan,
    hardware: Hardware,
    *,
    resume: bool = False,
    phantoms: int = 240,
    start: Path | None = None,
) -> WeightsFile:
    """Train the separation network; write ``output/lsn.safetensors`` and its manifest.

    Parameters
    ----------
    data
        Joint set, see `read_joint_set`; its split 'train' is trained on.
    output
        Folder for cache, checkpoint, log and weights.
    plan
        What decides the run, apart from its data.
    hardware
        Where it takes place.
    resume
        Go on from the checkpoint in ``output``.
    phantoms
        So many phantom joints are trained on as well.
    start
        Weights to start from; None: from scratch.

    Raises
    ------
    InputError
        If the joint set can't be read, ``output`` holds the checkpoint of another run, or there is none to
        resume.
    OutputError
        If ``output`` holds weights already or can't be written; that is found out before the work begins.
    WeightsError
        If the weights to start from can't be read.
    """
    torch.set_num_threads(hardware.threads)
    target = output / "lsn.safetensors"
    prepare_output(target, resume)
    joints = read_joint_set(data, "train")
    used = {joint.name for joint in split_by_series(joints, HELD_OUT, plan.seed)[0]}
    all_truths = load_layer_truths(joints, output / "cache", hardware.threads)
    truths = [truth for joint, truth in zip(joints, all_truths, strict=True) if joint.name in used]
    settings = PairSettings()
    overlaps = [t for t in truths if not t.sharing_known.all()]
    earlier = _read_network(start) if start else None
    sources = TrainingSources(
        pseudo=PairMaker([t for t in truths if t.sharing_known.all()], settings),
        overlaps=PairMaker(overlaps, settings),
        phantoms=PairMaker(make_phantom_truths(phantoms), settings) if phantoms else None,
        estimated=PairMaker(estimate_overlaps(overlaps, earlier), settings) if earlier else None,
    )
    state = train(sources, plan, output, hardware, resume=resume, start=earlier)
    summary: dict[str, Any] = {
        "plan": asdict(plan),
        "joints": {"pseudo pairs": len(sources.pseudo), "real overlaps": len(sources.overlaps)},
        "phantoms": phantoms,
        "started_from_sha256": find_weights(start).sha256 if start else None,
        "torch": torch.__version__,
    }
    named = {f"{SEPARATION_PART}.{name}": value for name, value in state.items()}
    return save_weights(target, {**named, **_margins_of(start)}, ARCHITECTURE, summary)


def _read_network(path: Path) -> LayerSeparationNetwork:
    return build_trained_network(load_state(find_weights(path), ARCHITECTURE, SEPARATION_PART), str(path))


def _margins_of(start: Path | None) -> dict[str, torch.Tensor]:
    """Return the margin network of the weights that were started from: it is trained apart."""
    if start is None:
        return {}
    tensors = read_tensors(find_weights(start).path)
    return {name: value for name, value in tensors.items() if name.startswith(f"{MARGINS_PART}.")}
