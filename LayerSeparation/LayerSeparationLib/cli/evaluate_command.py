"""``layer-separation evaluate``: the figures of the weights."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from ..errors import InputError
from ..files import output_file, refuse_existing_file, write_json
from ..inference.weights import require_torch
from ..joints import JointFinder
from ..radiograph import find_radiographs, read_radiograph
from ..separation import Separator
from .progress import ProgressLine


def run(options: argparse.Namespace) -> int:
    """Measure and print, or write, the figures."""
    require_torch()
    if options.json:
        refuse_existing_file(options.json, overwrite=options.overwrite)
    figures = _figures(options)
    if options.json:
        with output_file(options.json, overwrite=options.overwrite) as path:
            write_json(path, figures)
    else:
        print(json.dumps(figures, indent=2))
    return 0


def _figures(options: argparse.Namespace) -> dict[str, Any]:
    def tell(text: str) -> None:
        print(text, file=sys.stderr)

    finds = options.phantoms is not None or (options.data / "joints.csv").is_file()
    if options.without_hand and (options.phantoms is not None or not finds):
        raise InputError("--without-hand goes with a hand set: --data DIR with joints.csv.")
    if not finds or options.phantoms is not None:
        separator = Separator(options.device, options.weights, tell=tell)
    if not finds:
        from ..training.evaluate import evaluate

        return evaluate(options.data, options.split, separator, ProgressLine())
    finder = JointFinder(options.device, tell=tell)
    if options.phantoms is not None:
        from ..training.evaluate_phantoms import evaluate_phantoms

        return evaluate_phantoms(options.phantoms, separator, finder, ProgressLine())
    from ..training.evaluate_finding import evaluate_finding, false_joints

    figures = evaluate_finding(options.data, options.split, finder, ProgressLine())
    others = find_radiographs(options.without_hand) if options.without_hand else []
    figures["false joints on films without a hand"] = false_joints(
        {path.name: read_radiograph(path) for path in others}, finder
    )
    figures["weights_sha256"] = finder.weights_sha256
    return figures
