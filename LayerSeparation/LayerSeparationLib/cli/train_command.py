"""``layer-separation train``: from a joint set, or a set of hands, to weights."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ..errors import DependencyError, InputError
from ..inference.weights import WeightsFile, require_torch

if TYPE_CHECKING:
    from ..training.loop import Hardware

_PHANTOM_JOINTS = 240
_PHANTOM_HANDS = 120


def run(options: argparse.Namespace) -> int:
    """Train (or go on training) and write the weights."""
    require_torch()
    try:
        from ..training.loop import Hardware
    except ImportError as error:
        raise DependencyError(
            f"Training needs more packages ({error.name}): pip install 'layer-separation[torch,train]'"
        ) from error
    devices = int(options.devices) if options.devices.isdigit() else options.devices
    hardware = Hardware(options.accelerator, devices, options.precision, options.threads, options.logger)
    train = _separation if options.part == "separation" else _finder
    weights = train(options, hardware)
    print(f"weights: {weights.path} (sha256 {weights.sha256})")
    return 0


def _separation(options: argparse.Namespace, hardware: Hardware) -> WeightsFile:
    from ..training.run import run_training
    from ..training.train import TrainingPlan

    plan = TrainingPlan(**_given(options))
    if options.pairs is not None:
        plan = plan.with_pairs_a_step(options.pairs)
    return run_training(
        options.data,
        options.output,
        plan,
        hardware,
        resume=options.resume,
        phantoms=_PHANTOM_JOINTS if options.phantoms is None else options.phantoms,
        start=options.start,
    )


def _finder(options: argparse.Namespace, hardware: Hardware) -> WeightsFile:
    from ..training.finder_training import FinderPlan, train_finder

    if options.start:
        raise InputError(f"--start goes with --part separation; --part {options.part} starts from scratch.")
    views = {} if options.pairs is None else {"views_a_step": options.pairs}
    return train_finder(
        options.part,
        options.data,
        options.output,
        FinderPlan(**_given(options), **views),
        hardware,
        resume=options.resume,
        phantoms=_PHANTOM_HANDS if options.phantoms is None else options.phantoms,
        others=options.without_hand,
    )


def _given(options: argparse.Namespace) -> dict[str, int]:
    given = {"steps": options.steps, "seed": options.seed}
    return {name: value for name, value in given.items() if value is not None}
