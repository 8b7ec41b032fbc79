"""The command line: ``layer-separation`` and ``python -m LayerSeparationLib``."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from .hints import PROGRAM
from .options import EXIT_FAILED
from .parser import build_parser
from .termination import TerminationError, signals_raise
from .words import mend_words

__all__ = ["build_parser", "main"]

EXIT_INTERRUPTED = 128 + signal.SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0; 1 (some inputs failed); 130 (Ctrl-C), 143 (SIGTERM) or 129 (SIGHUP).

    Raises
    ------
    SystemExit
        With 2 for wrong usage, 0 for ``--help`` and ``--version``; by argparse.
    """
    words = tuple(sys.argv[1:] if arguments is None else arguments)
    namespace = build_parser().parse_args(mend_words(words))
    namespace.words = words
    try:
        with signals_raise():
            return int(namespace.run_command(namespace))
    except TerminationError as error:
        return _print_end(f"ended by {error.signal.name}", 128 + error.signal)
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
