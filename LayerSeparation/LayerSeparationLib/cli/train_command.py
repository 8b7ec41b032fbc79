"""``layer-separation train``: from a joint set, or a set of hands, to weights."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DependencyError, InputError
from ..files import explained_output
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
    hardware = Hardware(
        options.accelerator, _devices(options.devices), options.precision, options.threads, options.logger
    )
    train = _separation if options.part == "separation" else _finder
    output = options.output.resolve()
    with explained_output(output):
        weights = train(options, output, hardware)
    print(f"weights: {weights.path} (sha256 {weights.sha256})")
    return 0


def _separation(options: argparse.Namespace, output: Path, hardware: Hardware) -> WeightsFile:
    from ..training.run import run_training
    from ..training.train import TrainingPlan

    plan = TrainingPlan(**_given(options))
    if options.pairs is not None:
        plan = plan.with_pairs_a_step(options.pairs)
    return run_training(
        options.data,
        output,
        plan,
        hardware,
        resume=options.resume,
        phantoms=_PHANTOM_JOINTS if options.phantoms is None else options.phantoms,
        start=options.start,
    )


def _finder(options: argparse.Namespace, output: Path, hardware: Hardware) -> WeightsFile:
    from ..training.finder_training import FinderPlan, train_finder

    if options.start:
        raise InputError(f"--start goes with --part separation; --part {options.part} starts from scratch.")
    views = {} if options.pairs is None else {"views_a_step": options.pairs}
    return train_finder(
        options.part,
        options.data,
        output,
        FinderPlan(**_given(options), **views),
        hardware,
        resume=options.resume,
        phantoms=_PHANTOM_HANDS if options.phantoms is None else options.phantoms,
        others=options.without_hand,
    )


def _devices(text: str) -> int | str:
    if text == "auto":
        return text
    if not text.isdecimal() or int(text) == 0:
        raise InputError(f"--devices {text} is no number of devices: give 1 or more, or auto.")
    return int(text)


def _given(options: argparse.Namespace) -> dict[str, int]:
    given = {"steps": options.steps, "seed": options.seed}
    return {name: value for name, value in given.items() if value is not None}
