"""Words of the command line as values; each raises `ArgumentTypeError`, which says what is wrong with a word.

Adding a type: a function from text to value, for ``type=`` of an `option`.
"""

from __future__ import annotations

import math
import re
from argparse import ArgumentTypeError
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..dataset.plan.series import SERIES_RULES
from ..errors import InputError
from ..joints import JOINT_KINDS, JOINT_NAMES, JointPose

Spacing = float | tuple[float, float]
"""Pixel spacing in mm, of square pixels or as (row, column)."""
_DEVICE = re.compile(r"auto|cpu|mps|cuda(:\d+)?")


@dataclass(frozen=True)
class JointArgument:
    """A joint as given with --joint: name, centre and direction, x right and y down, in px or mm."""

    name: str
    centre: tuple[float, float]
    distal: tuple[float, float]


def parse_number(text: str) -> float:
    """Read a finite number."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ArgumentTypeError(f"'{text}' is not a finite number")
    return value


def parse_width(text: str) -> float:
    """Read a joint space width, 0 or more."""
    value = parse_number(text)
    if value < 0:
        raise ArgumentTypeError(f"{text} is below 0: a width is 0 or more (use --change to narrow)")
    return value


def parse_positive_number(text: str) -> float:
    """Read a number above 0."""
    value = parse_number(text)
    if value <= 0:
        raise ArgumentTypeError(f"{text} must be above 0")
    return value


def parse_spacing(text: str) -> Spacing:
    """Read ``MM``, or ``ROW:COLUMN`` of pixels that are not square."""
    numbers = tuple(parse_positive_number(part) for part in text.split(":"))
    if len(numbers) == 1:
        return numbers[0]
    if len(numbers) != 2:
        raise ArgumentTypeError(f"'{text}' is not a number of mm, nor ROW:COLUMN, such as 0.2:0.1")
    return numbers[0], numbers[1]


def parse_count(text: str) -> int:
    """Read a whole number, 0 or more."""
    try:
        value = int(text)
    except ValueError as error:
        raise ArgumentTypeError(f"'{text}' is not a whole number") from error
    if value < 0:
        raise ArgumentTypeError(f"{text} is below 0")
    return value


def parse_positive_count(text: str) -> int:
    """Read a whole number, 1 or more."""
    value = parse_count(text)
    if value == 0:
        raise ArgumentTypeError("must be 1 or more")
    return value


def parse_device(text: str) -> str:
    """Read the name of a device, there or not."""
    if not _DEVICE.fullmatch(text):
        raise ArgumentTypeError(f"'{text}' is no device: use auto, cpu, cuda, cuda:1 (a second GPU) or mps")
    return text


def parse_device_count(text: str) -> int | str:
    """Read a number of devices, or 'auto'."""
    if text == "auto":
        return text
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"'{text}' is no number of devices: give 1 or more, or auto")
    return int(text)


def parse_joint_names(text: str) -> tuple[str, ...]:
    """Read names or kinds of joints, separated by commas."""
    names = tuple(dict.fromkeys(name.strip().upper() for name in text.split(",")))
    known = (*JOINT_NAMES, *JOINT_KINDS)
    unknown = [name for name in names if name.removesuffix("_L").removesuffix("_R") not in known]
    if unknown:
        raise ArgumentTypeError(
            f"'{', '.join(unknown)}' is none of {', '.join(JOINT_NAMES)} (1 is the thumb; _L or _R behind it "
            f"for one hand of two), nor a kind ({', '.join(JOINT_KINDS)}): give names with commas between "
            "them, such as MCP2,PIP3 or MCP,PIP"
        )
    return names


def parse_joint(text: str) -> JointArgument:
    """Read ``NAME:X,Y:DX,DY``."""
    try:
        name, centre, distal = text.split(":")
        x, y = (parse_number(part) for part in centre.split(","))
        dx, dy = (parse_number(part) for part in distal.split(","))
    except (ValueError, ArgumentTypeError) as error:
        raise ArgumentTypeError(f"'{text}' is not NAME:X,Y:DX,DY, such as MCP2:812,1430:0.1,-1") from error
    try:
        JointPose(name, (x, y), (dx, dy))
    except InputError as error:
        raise ArgumentTypeError(f"'{text}': {error}") from error
    return JointArgument(name, (x, y), (dx, dy))


def parse_figure_path(text: str) -> Path:
    """Read the name of a picture, or of a folder for pictures."""
    path = Path(text)
    if path.suffix.lower() in {".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".eps"}:
        raise ArgumentTypeError(f"{text}: pictures are written as .png, .pdf or .svg, or into a folder")
    return path


def parse_span(text: str) -> tuple[float, float]:
    """Read ``LOW:HIGH``."""
    low, high = _parse_numbers(text, 2)
    if low > high:
        raise ArgumentTypeError(f"'{text}': the smaller number comes first")
    return low, high


def parse_shares(text: str) -> tuple[float, float, float]:
    """Read ``TRAIN:VAL:TEST`` in any unit, such as 80:10:10."""
    numbers = _parse_numbers(text, 3)
    total = sum(numbers)
    if min(numbers) < 0 or total <= 0:
        raise ArgumentTypeError(f"'{text}' are no shares: three numbers of 0 or more, such as 80:10:10")
    train, val, test = (value / total for value in numbers)
    return train, val, test


def parse_normal_width(text: str) -> tuple[str, float]:
    """Read ``KIND=MM``, or ``MM`` for any joint ('*')."""
    kind, equals, value = text.rpartition("=")
    (width_mm,) = _parse_numbers(value, 1)
    return (kind.upper() if equals else "*"), width_mm


def parse_series_rule(text: str) -> str:
    """Read a rule of `series_label`."""
    if text not in SERIES_RULES:
        try:
            re.compile(text)
        except re.error as error:
            rules = ", ".join(SERIES_RULES)
            raise ArgumentTypeError(
                f"'{text}' is none of {rules}, nor a regular expression: {error}"
            ) from error
    return text


def names_parser(known: Sequence[str]) -> Callable[[str], tuple[str, ...]]:
    """Return the type of a list of ``known`` names, separated by commas."""

    def parse_names(text: str) -> tuple[str, ...]:
        chosen = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
        unknown = sorted(set(chosen) - set(known))
        if unknown or not chosen:
            raise ArgumentTypeError(f"choose among {', '.join(known)}, not '{', '.join(unknown) or text}'")
        return chosen

    return parse_names


def _parse_numbers(text: str, how_many: int) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(":")]
    except ValueError:
        numbers = []
    if len(numbers) != how_many or not all(map(math.isfinite, numbers)):
        raise ArgumentTypeError(f"'{text}' is not {how_many} number{'s' * (how_many > 1)} separated by ':'")
    return numbers
