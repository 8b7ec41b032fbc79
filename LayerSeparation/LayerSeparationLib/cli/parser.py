"""The commands, and the parser of their command line.

A new command is a file that ends in a `Command`, and its place in `COMMANDS`. Files of commands import torch,
matplotlib, training and phantoms only where they run: the parser reads all of these files.
"""

from __future__ import annotations

import argparse
from typing import Any

from ..version import __version__
from . import (
    compare_command,
    dataset_command,
    demo_command,
    evaluate_command,
    joints_command,
    measure_command,
    phantom_command,
    sample_data_command,
    separate_command,
    synthesize_command,
    train_command,
)
from .hints import PROGRAM
from .options import Command

COMMANDS: tuple[Command[Any], ...] = (
    joints_command.COMMAND,
    separate_command.COMMAND,
    synthesize_command.COMMAND,
    measure_command.COMMAND,
    compare_command.COMMAND,
    dataset_command.COMMAND,
    train_command.COMMAND,
    evaluate_command.COMMAND,
    phantom_command.COMMAND,
    sample_data_command.COMMAND,
    demo_command.COMMAND,
)
"""In the order of ``layer-separation --help``."""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; wrong usage ends the program with exit code 2.

    What it reads has an attribute ``run_command``, which runs the command and returns the exit code.
    """
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="Separate finger-joint radiographs into soft tissue and two bones; "
        "synthesize any joint space width. For research only.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = parser.add_subparsers(metavar="command", required=True)
    for command in COMMANDS:
        command.add_to(commands)
    return parser
