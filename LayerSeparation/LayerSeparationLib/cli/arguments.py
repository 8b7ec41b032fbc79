"""What can be said on the command line."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from ..joints import JOINT_KINDS, JOINT_NAMES
from ..version import __version__
from .dataset_arguments import add_dataset_arguments, add_format_argument


@dataclass(frozen=True)
class JointArgument:
    """A joint as given with --joint: name, centre and direction in pixels (x right, y down)."""

    name: str
    centre: tuple[float, float]
    distal: tuple[float, float]


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse; wrong usage ends the program with exit code 2."""
    parser = argparse.ArgumentParser(
        prog="layer-separation",
        description="Separate finger-joint radiographs into soft tissue and two bones; "
        "synthesize any joint space width. For research only.",
    )
    parser.add_argument("--version", action="version", version=f"layer-separation {__version__}")
    commands = parser.add_subparsers(metavar="command", required=True)
    for add in (
        *(_joints, _separate, _synthesize, _measure, _dataset),
        *(_train, _evaluate, _phantom, _sample_data, _demo),
    ):
        add(commands)
    options = parser.parse_args(arguments)
    options.words = list(sys.argv[1:] if arguments is None else arguments)
    if hasattr(options, "crop") and bool(options.crop) + bool(options.joint) + bool(options.joints) > 1:
        parser.error("--crop, --joint and --joints each say where the joints are: use one of them")
    return options


def _joints(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("joints", help="find the finger joints of whole hands")
    command.add_argument("inputs", type=Path, nargs="+", metavar="IN", help="radiographs, or folders of them")
    command.add_argument("--csv", type=Path, metavar="FILE", help="table to write")
    command.add_argument(
        "--figure",
        type=_figure,
        metavar="FILE|DIR",
        help="draw the joints: a .png for one input, else a folder for <stem>_joints.png of each",
    )
    command.add_argument("--overwrite", action="store_true", help="replace what exists")
    command.add_argument(
        "--spacing", type=_spacing, default=None, metavar="MM", help="pixel spacing, where the file has none"
    )
    command.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, ..., mps")
    _json(command)
    command.set_defaults(run=_runner("joints"))


def _separate(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("separate", help="write the layers and silhouettes of joints")
    _inputs(command)
    _output(command)
    _json(command)
    command.set_defaults(run=_runner("separate"))


def _synthesize(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser(
        "synthesize", help="write radiographs with edited gaps and their ground truth"
    )
    _inputs(command)
    gaps = command.add_mutually_exclusive_group(required=True)
    gaps.add_argument("--gap", type=_length, nargs="+", metavar="MM", help="joint space widths to make")
    gaps.add_argument(
        "--change", type=_number, nargs="+", metavar="MM", help="changes of the joint space; 0 is none"
    )
    command.add_argument("--shift", type=_number, default=0.0, metavar="MM", help="motion across the joint")
    command.add_argument("--tilt", type=_number, default=0.0, metavar="DEG", help="turn about the joint")
    command.add_argument(
        "--moves", choices=("upper", "lower", "both"), default="upper", help="bone that moves"
    )
    command.add_argument(
        "--unit",
        choices=("mm", "px"),
        default="mm",
        help="unit of --gap, --change, --shift; films without pixel spacing need px",
    )
    add_format_argument(command)
    _output(command)
    _json(command)
    command.set_defaults(run=_runner("synthesize"))


def _measure(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("measure", help="measure joint space widths")
    _inputs(command)
    command.add_argument("--csv", type=Path, metavar="FILE", help="table to write")
    command.add_argument("--overwrite", action="store_true", help="replace an existing table")
    _json(command)
    command.set_defaults(run=_runner("measure"))


def _dataset(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("dataset", help="make a data set of synthetic joints with ground truth")
    command.add_argument("inputs", type=Path, nargs="*", metavar="IN", help="radiographs, or folders of them")
    _pose(command)
    _network(command)
    command.add_argument(
        "--output", type=Path, metavar="DIR", help="folder of the data set; begun or gone on with"
    )
    add_dataset_arguments(command)
    _json(command)
    command.set_defaults(run=_runner("dataset"))


def _train(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("train", help="train the separation network, or one that finds joints")
    command.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="DIR",
        help="joint set with index.csv, or with --part: hand set with joints.csv and images/",
    )
    command.add_argument(
        "--part",
        choices=("separation", "hands", "joints"),
        default="separation",
        help="the separation (default), or one of the two networks that find hands and their joints",
    )
    command.add_argument(
        "--without-hand", type=Path, metavar="DIR", help="films without a whole hand (--part hands, joints)"
    )
    command.add_argument(
        "--output", type=Path, required=True, metavar="DIR", help="checkpoint, log and weights"
    )
    command.add_argument("--resume", action="store_true", help="go on from the checkpoint in --output")
    command.add_argument("--start", type=Path, metavar="FILE", help="weights to start from (.safetensors)")
    command.add_argument("--steps", type=_count, default=None, help="steps in all")
    command.add_argument(
        "--pairs", type=_positive_count, help="training pairs, or views of hands, a step over all devices"
    )
    command.add_argument(
        "--phantoms", type=_count, help="phantoms to train on as well (240 joints, or 120 hands)"
    )
    command.add_argument("--seed", type=_count, default=None)
    command.add_argument("--accelerator", choices=("auto", "cpu", "cuda", "mps"), default="auto")
    command.add_argument("--devices", default="auto", help="number of devices (torchrun sets its own)")
    command.add_argument(
        "--precision",
        choices=("auto", "32-true", "bf16-mixed", "16-mixed"),
        default="auto",
        help="of the arithmetic",
    )
    command.add_argument("--threads", type=_positive_count, default=2, help="CPU threads")
    command.add_argument("--logger", choices=("csv", "tensorboard"), default="csv")
    command.set_defaults(run=_runner("train"))


def _evaluate(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("evaluate", help="measure the figures of the weights")
    source = command.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="joint set with index.csv (separation), or hand set with joints.csv (finding of joints)",
    )
    source.add_argument(
        "--phantoms", type=_positive_count, metavar="N", help="N phantom hands and N joints of each kind"
    )
    command.add_argument(
        "--without-hand",
        type=Path,
        nargs="+",
        default=[],
        metavar="PATH",
        help="films that show no hand: joints found there are counted (hand sets)",
    )
    command.add_argument("--split", default="val", help="split of the joint set")
    command.add_argument("--json", type=Path, metavar="FILE", help="file for the figures")
    command.add_argument("--overwrite", action="store_true", help="replace an existing file")
    _network(command)
    command.set_defaults(run=_runner("evaluate"))


def _phantom(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("phantom", help="make phantom radiographs with exact truth")
    command.add_argument("--kind", choices=("MCP", "PIP", "DIP", "IP", "hand"), default="MCP")
    command.add_argument("--count", type=_positive_count, default=1)
    command.add_argument("--seed", type=_count, default=0, help="of the first phantom")
    command.add_argument(
        "--jsw", type=_number, default=None, metavar="MM", help="joint space width (crops only)"
    )
    command.add_argument("--spacing", type=_spacing, default=None, metavar="MM", help="pixel spacing")
    command.add_argument("--side", choices=("L", "R"), default="L", help="side (hands only)")
    _output(command)
    _json(command)
    command.set_defaults(run=_runner("phantom"))


def _sample_data(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("sample-data", help="make the phantoms that come with the package")
    _output(command)
    command.set_defaults(run=_runner("sample_data"))


def _demo(commands: argparse._SubParsersAction) -> None:
    command = commands.add_parser("demo", help="the main job with a table and a figure")
    command.add_argument("radiograph", type=Path, nargs="?", help="a radiograph; without it a phantom")
    _pose(command)
    _network(command)
    _output(command)
    command.set_defaults(run=_runner("demo"))


def _inputs(command: argparse.ArgumentParser) -> None:
    command.add_argument("inputs", type=Path, nargs="+", metavar="IN", help="radiographs, or folders of them")
    _pose(command)
    _network(command)


def _pose(command: argparse.ArgumentParser) -> None:
    command.add_argument("--crop", action="store_true", help="each input already is a joint crop, distal up")
    command.add_argument(
        "--joint",
        type=_joint,
        action="append",
        default=[],
        metavar="NAME:X,Y:DX,DY",
        help="a joint: centre and direction to the fingertip in pixels, x right, y down; repeatable",
    )
    command.add_argument(
        "--joints",
        type=_joint_names,
        default=(),
        metavar="NAMES",
        help="of the joints found on a whole hand only these, such as MCP2,PIP3_L, or all of a kind, such as "
        "MCP,PIP (default: all)",
    )
    command.add_argument(
        "--joint-unit", choices=("px", "mm"), default="px", help="unit of --joint, from the film's upper left"
    )
    command.add_argument(
        "--joint-width",
        type=_spacing,
        default=None,
        metavar="PX",
        help="edge of the joint's square, without spacing",
    )
    command.add_argument(
        "--spacing", type=_spacing, default=None, metavar="MM", help="pixel spacing, if you know better"
    )


def _network(command: argparse.ArgumentParser) -> None:
    command.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:1, ..., mps")
    command.add_argument(
        "--weights", type=Path, default=None, metavar="FILE", help="other weights (.safetensors)"
    )


def _output(command: argparse.ArgumentParser) -> None:
    command.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder for the results")
    command.add_argument("--overwrite", action="store_true", help="replace results that exist")


def _json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print a summary as JSON")


def _runner(name: str) -> Callable[[argparse.Namespace], int]:
    """Load a command's own file only when it runs."""

    def run(options: argparse.Namespace) -> int:
        return int(import_module(f".{name}_command", __package__).run(options))

    return run


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"'{text}' is not a finite number")
    return value


def _length(text: str) -> float:
    value = _number(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0: a width is 0 or more (use --change to narrow)")
    return value


def _spacing(text: str) -> float:
    value = _number(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} must be above 0")
    return value


def _count(text: str) -> int:
    try:
        value = int(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not a whole number") from error
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0")
    return value


def _positive_count(text: str) -> int:
    value = _count(text)
    if value == 0:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value


def _joint_names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(name.strip().upper() for name in text.split(",")))
    known = (*JOINT_NAMES, *JOINT_KINDS)
    unknown = [name for name in names if name.removesuffix("_L").removesuffix("_R") not in known]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"'{', '.join(unknown)}' is none of {', '.join(JOINT_NAMES)} (1 is the thumb; _L or _R behind it "
            f"for one hand of two), nor a kind ({', '.join(JOINT_KINDS)}): give names with commas between "
            "them, such as MCP2,PIP3 or MCP,PIP"
        )
    return names


def _figure(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() in {".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".pdf", ".svg"}:
        raise argparse.ArgumentTypeError(f"{text}: pictures are written as .png, or into a folder")
    return path


def _joint(text: str) -> JointArgument:
    try:
        name, centre, distal = text.split(":")
        x, y = (_number(part) for part in centre.split(","))
        dx, dy = (_number(part) for part in distal.split(","))
    except (ValueError, argparse.ArgumentTypeError) as error:
        raise argparse.ArgumentTypeError(
            f"'{text}' is not NAME:X,Y:DX,DY, such as MCP2:812,1430:0.1,-1"
        ) from error
    return JointArgument(name, (x, y), (dx, dy))
