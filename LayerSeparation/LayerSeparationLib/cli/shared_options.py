"""Options that several commands have."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ..radiograph import LengthUnit
from .option_types import (
    JointArgument,
    Spacing,
    parse_device,
    parse_joint,
    parse_joint_names,
    parse_positive_number,
    parse_spacing,
)
from .options import Exclusive, option, switch
from .usage import UsageError

_WHERE = Exclusive()
INPUTS_HELP = "radiographs, or folders of them"


@dataclass(frozen=True, kw_only=True)
class SpacingOptions:
    """The scale of films."""

    spacing: Spacing | None = option(
        default=None,
        type=parse_spacing,
        metavar="MM",
        help="pixel spacing, if you know better; ROW:COLUMN where pixels are not square",
    )


@dataclass(frozen=True, kw_only=True)
class DeviceOptions:
    """Where networks run."""

    device: str = option(
        default="auto", type=parse_device, metavar="NAME", help="auto, cpu, cuda, cuda:1, ..., mps"
    )


@dataclass(frozen=True, kw_only=True)
class NetworkOptions(DeviceOptions):
    """The separation network."""

    weights: Path | None = option(
        default=None, type=Path, metavar="FILE", help="other weights (.safetensors)"
    )


@dataclass(frozen=True, kw_only=True)
class PoseOptions(SpacingOptions):
    """Where the joints of films are."""

    crop: bool = option(
        default=False,
        exclusive=_WHERE,
        action="store_true",
        help="each input already is a joint crop, distal up",
    )
    joint: tuple[JointArgument, ...] = option(
        default=(),
        exclusive=_WHERE,
        type=parse_joint,
        action="append",
        metavar="NAME:X,Y:DX,DY",
        help="a joint: centre and direction to the fingertip in pixels, x right, y down; repeatable",
    )
    joints: tuple[str, ...] = option(
        default=(),
        exclusive=_WHERE,
        type=parse_joint_names,
        metavar="NAMES",
        help="of the joints found on a whole hand only these, such as MCP2,PIP3_L, or all of a kind, such as "
        "MCP,PIP (default: all)",
    )
    joint_unit: LengthUnit = option(
        default="px", choices=("px", "mm"), help="unit of --joint, from the film's upper left"
    )
    joint_width: float | None = option(
        default=None,
        type=parse_positive_number,
        metavar="PX",
        help="edge of the joint's square, without spacing",
    )

    def __post_init__(self) -> None:
        named = Counter(one.name for one in self.joint)
        twice = [name for name, times in named.items() if times > 1]
        if twice:
            raise UsageError(f"argument --joint: a joint is named twice: {', '.join(twice)}")
        if self.joint_unit == "mm" and not self.joint:
            raise UsageError("argument --joint-unit: is about --joint, which is not given")


@dataclass(frozen=True, kw_only=True)
class InputOptions:
    """Which radiographs."""

    inputs: tuple[Path, ...] = option("inputs", type=Path, nargs="+", metavar="IN", help=INPUTS_HELP)


@dataclass(frozen=True, kw_only=True)
class FilmOptions(InputOptions, PoseOptions, NetworkOptions):
    """Films whose joints are separated."""


@dataclass(frozen=True, kw_only=True)
class OverwriteOptions:
    """Whether results may be replaced."""

    overwrite: bool = switch("replace results that exist")


@dataclass(frozen=True, kw_only=True)
class OutputOptions(OverwriteOptions):
    """A folder for results."""

    output: Path = option(type=Path, metavar="DIR", help="folder for the results")


@dataclass(frozen=True, kw_only=True)
class SummaryOptions:
    """What is printed."""

    json: bool = switch("print a summary as JSON")
