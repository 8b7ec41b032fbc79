"""The command line: ``layer-separation`` and ``python -m LayerSeparationLib``."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence

from ..errors import LayerSeparationError
from .arguments import parse

EXIT_FAILED = 1
EXIT_INTERRUPTED = 128 + signal.SIGINT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 1 (some inputs failed), 2 (usage, through argparse) or 130 (Ctrl-C)."""
    options = parse(arguments)
    try:
        return int(options.run(options))
    except LayerSeparationError as error:
        print(f"layer-separation: {error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        print(
            "layer-separation: interrupted. What was finished is complete, the rest is not there.",
            file=sys.stderr,
        )
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # The reader of the output (such as `head`) has gone; closing stderr keeps Python from complaining
        # at exit.
        sys.stderr.close()
        return EXIT_FAILED
