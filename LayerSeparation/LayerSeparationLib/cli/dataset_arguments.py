"""What can be said of a data set on the command line."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path

from ..dataset import BALANCES
from ..dataset.plan.narrowing_score import NORMAL_JSW_MM
from ..dataset.plan.series import SERIES_RULES
from ..export import chosen_formats, collection_formats, export_formats


def add_dataset_arguments(command: argparse.ArgumentParser) -> None:
    """Add the options of ``dataset`` beyond inputs and output."""
    command.add_argument("--verify", type=Path, metavar="DIR", help="check the files of a finished data set")
    command.add_argument("--per-joint", type=int, default=50, metavar="N", help="samples of each joint (50)")
    widths = command.add_mutually_exclusive_group()
    widths.add_argument("--jsw", type=span, metavar="MM:MM", help="joint space widths to ask for, e.g. 0:2.5")
    widths.add_argument("--change", type=span, metavar="MM:MM", help="or changes of them, e.g. --change=-1:1")
    command.add_argument(
        "--balance", choices=BALANCES, default="uniform", help="how widths are spread: evenly, "
        "SvdH-like scores evenly, or as those of the inputs"
    )  # fmt: skip
    command.add_argument(
        "--normal-jsw", type=normal_width, action="append", default=[], metavar="[KIND=]MM",
        help="JSW of a healthy joint for SvdH-like scores; without KIND, of any joint "
        f"({', '.join(f'{kind}={width:g}' for kind, width in NORMAL_JSW_MM.items())}; the method does not "
        "score DIP and IP joints); repeatable",
    )  # fmt: skip
    command.add_argument("--unit", choices=("mm", "px"), default="mm", help="of --jsw, --change, --shift")
    command.add_argument("--tilt", type=float, default=0.0, metavar="DEG", help="tilt, up to +-DEG")
    command.add_argument("--shift", type=float, default=0.0, metavar="MM", help="motion across, up to +-MM")
    command.add_argument(
        "--moves", choices=("upper", "lower", "both"), default="upper", help="bone that moves"
    )
    command.add_argument(
        "--exposure", type=float, default=0.0, metavar="SHARE", help="exposure, up to a factor of 1 + SHARE"
    )
    command.add_argument(
        "--noise", type=float, default=0.0, metavar="SD", help="added noise, up to SD of intensity 0..1"
    )
    names = ",".join(one.name for one in collection_formats())
    command.add_argument(
        "--format", type=names_of_formats, default=("png",), metavar="NAME,...", help=f"among {names} (png)"
    )
    command.add_argument("--seed", type=int, default=0)
    command.add_argument(
        "--split", type=shares, default=(0.8, 0.1, 0.1), metavar="A:B:C", help="train:val:test (80:10:10)"
    )
    command.add_argument(
        "--series", default="auto", metavar="RULE",
        help=f"what a split must not tear apart: {', '.join(SERIES_RULES)}, or a regular expression for the "
        "path whose group is the series (auto: the patient of DICOM files, else each file)",
    )  # fmt: skip
    command.add_argument("--workers", type=int, default=None, metavar="N", help="processes (all cores)")
    command.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster that shares the folders")
    command.add_argument(
        "--cache", type=Path, metavar="DIR", help="keep separated layers here, for other runs"
    )
    command.add_argument("--licence", default="", metavar="TEXT", help="for the data card")
    command.add_argument(
        "--keep-patient",
        action="store_true",
        help="keep patient and study of DICOM sources (left out otherwise)",
    )


def add_format_argument(command: argparse.ArgumentParser) -> None:
    """Add the choice of formats of single joints."""
    names = ",".join(one.name for one in export_formats())
    usual = ",".join(one.name for one in chosen_formats())
    command.add_argument(
        "--format", type=names_of_formats, metavar="NAME,...", help=f"among {names} ({usual})"
    )


def span(text: str) -> tuple[float, float]:
    """Read ``LOW:HIGH``."""
    low, high = _numbers(text, 2)
    if low > high:
        raise argparse.ArgumentTypeError(f"'{text}': the smaller number comes first")
    return low, high


def shares(text: str) -> tuple[float, float, float]:
    """Read ``TRAIN:VAL:TEST`` in any unit, such as 80:10:10."""
    numbers = _numbers(text, 3)
    total = sum(numbers)
    if min(numbers) < 0 or total <= 0:
        raise argparse.ArgumentTypeError(
            f"'{text}' are no shares: three numbers of 0 or more, such as 80:10:10"
        )
    train, val, test = (number / total for number in numbers)
    return train, val, test


def normal_width(text: str) -> tuple[str, float]:
    """Read ``KIND=MM``, or ``MM`` for any joint."""
    kind, equals, number = text.rpartition("=")
    (value,) = _numbers(number, 1)
    return (kind.upper() if equals else "*"), value


def names_of_formats(text: str) -> tuple[str, ...]:
    """Read names that are separated by commas."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def _numbers(text: str, count: int) -> list[float]:
    read: Callable[[str], float] = float
    try:
        numbers = [read(part) for part in text.split(":")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(map(math.isfinite, numbers)):
        raise argparse.ArgumentTypeError(
            f"'{text}' is not {count} number{'s' * (count > 1)} separated by ':'"
        )
    return numbers
