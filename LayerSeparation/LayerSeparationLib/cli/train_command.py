"""``layer-separation train``: from a joint set to weights."""

from __future__ import annotations

import argparse

from ..errors import DependencyError, InputError
from ..export import explained_output
from ..inference.weights import require_torch


def run(options: argparse.Namespace) -> int:
    """Train (or go on training) and write the weights."""
    require_torch()
    try:
        from ..training.run import Hardware, run_training
        from ..training.train import TrainingPlan
    except ImportError as error:
        raise DependencyError(
            f"Training needs more packages ({error.name}): pip install 'layer-separation[torch,train]'"
        ) from error
    given = {"steps": options.steps, "seed": options.seed}
    plan = TrainingPlan(**{name: value for name, value in given.items() if value is not None})
    if options.pairs is not None:
        plan = plan.with_pairs_a_step(options.pairs)
    hardware = Hardware(
        options.accelerator, _devices(options.devices), options.precision, options.threads, options.logger
    )
    output = options.output.resolve()
    with explained_output(output):
        weights = run_training(
            options.data,
            output,
            plan,
            hardware,
            resume=options.resume,
            phantoms=options.phantoms,
            start=options.start,
        )
    print(f"weights: {weights.path} (sha256 {weights.sha256})")
    return 0


def _devices(text: str) -> int | str:
    if text == "auto":
        return text
    if not text.isdecimal() or int(text) == 0:
        raise InputError(f"--devices {text} is no number of devices: give 1 or more, or auto.")
    return int(text)
