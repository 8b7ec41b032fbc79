"""The command line: ``layer-separation`` and ``python -m LayerSeparationLib``."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from .hints import PROGRAM
from .options import EXIT_FAILED
from .parser import build_parser
from .termination import TerminationError, sigterm_raises

__all__ = ["build_parser", "main"]

EXIT_INTERRUPTED = 128 + signal.SIGINT
EXIT_TERMINATED = 128 + signal.SIGTERM


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0; 1 (some inputs failed); 130 (Ctrl-C) or 143 (SIGTERM).

    Raises
    ------
    SystemExit
        With 2 for wrong usage, 0 for ``--help`` and ``--version``; by argparse.
    """
    words = tuple(sys.argv[1:] if arguments is None else arguments)
    namespace = build_parser().parse_args(words)
    namespace.words = words
    try:
        with sigterm_raises():
            return int(namespace.run_command(namespace))
    except TerminationError:
        return _print_end("ended by SIGTERM", EXIT_TERMINATED)
    except KeyboardInterrupt:
        return _print_end("interrupted", EXIT_INTERRUPTED)
    except BrokenPipeError:
        # The reader of the output (such as `head`) has gone; closing stderr keeps Python from complaining
        # at exit.
        sys.stderr.close()
        return EXIT_FAILED


def _print_end(how: str, code: int) -> int:
    print(f"{PROGRAM}: {how}. What was finished is complete, the rest is not there.", file=sys.stderr)
    return code
