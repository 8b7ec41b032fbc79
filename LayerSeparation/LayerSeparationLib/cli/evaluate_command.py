"""``layer-separation evaluate``: the figures of a file of weights."""

from __future__ import annotations

import argparse
import json
import sys

from ..export import output_file, refuse_existing_file, write_json
from ..inference.weights import require_torch
from ..separation import Separator
from .progress import ProgressLine


def run(options: argparse.Namespace) -> int:
    """Measure and print, or write, the figures."""
    require_torch()
    if options.json:
        refuse_existing_file(options.json, overwrite=options.overwrite)
    from ..training.evaluate import evaluate

    separator = Separator(options.device, options.weights, tell=lambda text: print(text, file=sys.stderr))
    figures = evaluate(options.data, options.split, separator, ProgressLine())
    if options.json:
        with output_file(options.json, overwrite=options.overwrite) as path:
            write_json(path, figures)
    else:
        print(json.dumps(figures, indent=2))
    return 0
