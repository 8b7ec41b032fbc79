"""The command line: ``layer-separation`` and ``python -m LayerSeparationLib``."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from ..errors import LayerSeparationError
from .arguments import parse
from .termination import TerminationError, sigterm_raises

EXIT_FAILED = 1
EXIT_INTERRUPTED = 128 + signal.SIGINT
EXIT_TERMINATED = 128 + signal.SIGTERM


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0; 1 (some inputs failed); 2 (usage, through argparse); 130 (Ctrl-C) or 143 (SIGTERM).
    """
    options = parse(arguments)
    try:
        with sigterm_raises():
            return int(options.run(options))
    except LayerSeparationError as error:
        print(f"layer-separation: {error}", file=sys.stderr)
        return EXIT_FAILED
    except TerminationError:
        return _ended("ended by SIGTERM", EXIT_TERMINATED)
    except KeyboardInterrupt:
        return _ended("interrupted", EXIT_INTERRUPTED)
    except BrokenPipeError:
        # The reader of the output (such as `head`) has gone; closing stderr keeps Python from complaining
        # at exit.
        sys.stderr.close()
        return EXIT_FAILED


def _ended(how: str, code: int) -> int:
    print(f"layer-separation: {how}. What was finished is complete, the rest is not there.", file=sys.stderr)
    return code
