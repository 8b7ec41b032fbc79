"""``layer-separation train``: from a joint set, or a set of hands, to weights."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ..errors import DependencyError
from ..files import explain_output_errors
from ..inference.weights import WeightsFile, require_torch
from .option_types import parse_count, parse_device_count, parse_positive_count
from .options import Command, option, switch
from .usage import UsageError

if TYPE_CHECKING:
    from ..training.loop import Hardware

_PHANTOM_JOINTS = 240
_PHANTOM_HANDS = 120


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is trained, on what, and how."""

    data: Path = option(
        type=Path,
        metavar="DIR",
        help="joint set with index.csv, or with --part: hand set with joints.csv and images/",
    )
    part: Literal["separation", "margins", "silhouettes", "hands", "joints"] = option(
        default="separation",
        choices=("separation", "margins", "silhouettes", "hands", "joints"),
        help="the separation (default), the margins or silhouettes of trained weights, or one of the two "
        "networks that find hands and their joints",
    )
    hands: Path | None = option(
        default=None,
        type=Path,
        metavar="DIR",
        help="hand set with directions.csv: joints of all kinds (--part margins, silhouettes)",
    )
    without_hand: Path | None = option(
        default=None, type=Path, metavar="DIR", help="films without a whole hand (--part hands, joints)"
    )
    output: Path = option(type=Path, metavar="DIR", help="checkpoint, log and weights")
    resume: bool = switch("go on from the checkpoint in --output")
    start: Path | None = option(
        default=None,
        type=Path,
        metavar="FILE",
        help="weights to start from (.safetensors; --part separation, margins, silhouettes)",
    )
    steps: int | None = option(default=None, type=parse_count, metavar="N", help="steps in all")
    pairs: int | None = option(
        default=None,
        type=parse_positive_count,
        metavar="N",
        help="training pairs, or views of hands, a step over all devices",
    )
    phantoms: int | None = option(
        default=None,
        type=parse_count,
        metavar="N",
        help=f"phantoms to train on as well ({_PHANTOM_JOINTS} joints, or {_PHANTOM_HANDS} hands)",
    )
    seed: int | None = option(default=None, type=parse_count, metavar="N", help="of everything that is drawn")
    accelerator: str = option(default="auto", choices=("auto", "cpu", "cuda", "mps"), help="kind of device")
    devices: int | str = option(
        default="auto",
        type=parse_device_count,
        metavar="N",
        help="number of devices (torchrun sets its own)",
    )
    precision: str = option(
        default="auto", choices=("auto", "32-true", "bf16-mixed", "16-mixed"), help="of the arithmetic"
    )
    threads: int = option(default=2, type=parse_positive_count, metavar="N", help="CPU threads (2)")
    logger: str = option(default="csv", choices=("csv", "tensorboard"), help="kind of log")

    def __post_init__(self) -> None:
        finders, taught = ("hands", "joints"), ("margins", "silhouettes")
        if self.start and self.part in finders:
            raise UsageError(
                f"argument --start: goes with --part separation; --part {self.part} starts from scratch"
            )
        if not self.start and self.part in taught:
            raise UsageError(f"argument --start: --part {self.part} needs trained weights to start from")
        if self.without_hand and self.part not in finders:
            raise UsageError("argument --without-hand: goes with --part hands or --part joints")
        if self.hands and self.part not in taught:
            raise UsageError("argument --hands: goes with --part margins or --part silhouettes")


def run(options: Options) -> int:
    """Train (or go on training) and write the weights."""
    require_torch()
    try:
        from ..training.loop import Hardware
    except ImportError as error:
        raise DependencyError(
            f"Training needs more packages ({error.name}): pip install "
            "lightning-fabric pytorch-optimizer safetensors"
        ) from error
    hardware = Hardware(
        options.accelerator, options.devices, options.precision, options.threads, options.logger
    )
    output = options.output.resolve()
    with explain_output_errors(output):
        weights = _train(options, output, hardware)
    print(f"weights: {weights.path} (sha256 {weights.sha256})")
    return 0


def _train(options: Options, output: Path, hardware: Hardware) -> WeightsFile:
    if options.part == "separation":
        return _train_separation(options, output, hardware)
    if options.start is not None:
        return _train_part(options, options.start, output, hardware)
    from ..training.finder_training import FinderPlan, train_finder

    views = {} if options.pairs is None else {"views_a_step": options.pairs}
    return train_finder(
        "hands" if options.part == "hands" else "joints",
        options.data,
        output,
        FinderPlan(**_schedule(options), **views),
        hardware,
        resume=options.resume,
        phantoms=_PHANTOM_HANDS if options.phantoms is None else options.phantoms,
        others=options.without_hand,
    )


def _train_separation(options: Options, output: Path, hardware: Hardware) -> WeightsFile:
    from ..training.run import run_training
    from ..training.train import TrainingPlan

    plan = TrainingPlan(**_schedule(options))
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


def _train_part(options: Options, start: Path, output: Path, hardware: Hardware) -> WeightsFile:
    from ..training.margin_training import MarginPlan
    from ..training.part_training import RealJoints, run_margin_training, run_silhouette_training
    from ..training.silhouette_training import SilhouettePlan

    real = RealJoints(options.data, options.hands)
    pairs = {} if options.pairs is None else {"joints_a_step": options.pairs}
    given = {} if options.phantoms is None else {"phantoms": options.phantoms}
    if options.part == "margins":
        plan = MarginPlan(**_schedule(options), **pairs)
        return run_margin_training(real, start, output, plan, hardware, resume=options.resume, **given)
    silhouettes = SilhouettePlan(**_schedule(options), **pairs)
    return run_silhouette_training(real, start, output, silhouettes, hardware, resume=options.resume, **given)


def _schedule(options: Options) -> dict[str, int]:
    """Return steps and seed where they were given; otherwise the plan has its own."""
    given = {"steps": options.steps, "seed": options.seed}
    return {name: value for name, value in given.items() if value is not None}


COMMAND = Command("train", "train the separation network, or one that finds joints", Options, run)
