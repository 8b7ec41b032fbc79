"""What the command line says of errors: the library's message, and which option would help."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from ..errors import (
    DeviceError,
    DoubtfulJointError,
    HandNotFoundError,
    JointNotFoundError,
    LayerSeparationError,
    NotRadiographError,
    OutputExistsError,
    UnknownJointSizeError,
    UnknownSpacingError,
    VisitMismatchError,
)
from ..files.visible_text import visible

PROGRAM = "layer-separation"
_HINTS: dict[type[LayerSeparationError], tuple[str, str]] = {
    OutputExistsError: ("overwrite", "--overwrite replaces what exists."),
    VisitMismatchError: (
        "despite_headers",
        "--despite-headers compares them all the same, such as exports whose IDs or dates were changed.",
    ),
    UnknownSpacingError: (
        "unit",
        "--spacing MM says how large a pixel is; --unit px takes lengths in px.",
    ),
    UnknownJointSizeError: (
        "joint_width",
        "--spacing MM says how large a pixel is, --joint-width PX how wide a joint's crop is.",
    ),
    HandNotFoundError: (
        "joint",
        "--joint NAME:X,Y:DX,DY says where a joint is, --crop that each image is a joint crop, distal up.",
    ),
    JointNotFoundError: ("joint", "--joint NAME:X,Y:DX,DY says where a joint is."),
    NotRadiographError: (
        "crop",
        "--crop reads each image as the radiograph of a joint, whatever its header says.",
    ),
    DoubtfulJointError: ("with_doubtful", "--with-doubtful takes joints that are to be checked too."),
    DeviceError: ("device", "--device auto takes the best that this machine has."),
}
"""Class of an error -> the option that helps, and what it does."""


def print_error(error: Exception) -> None:
    """Print why the program ends."""
    print(visible(f"{PROGRAM}: {error}"), file=sys.stderr)


def print_hints(errors: Iterable[LayerSeparationError], options: object) -> None:
    """Print which of the command's ``options`` help against errors, each once."""
    classes = [type(error) for error in errors]
    for cause, (option, text) in _HINTS.items():
        if hasattr(options, option) and cause in classes:
            print(f"hint: {text}", file=sys.stderr)
