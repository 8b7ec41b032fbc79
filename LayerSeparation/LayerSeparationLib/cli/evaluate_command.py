"""``layer-separation evaluate``: the figures of the weights."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ..files import output_file, refuse_existing_file, write_json
from ..inference.weights import require_torch
from ..joints import JointFinder, JointPose
from ..radiograph import Radiograph, find_radiographs, read_radiograph
from .film_inputs import make_separator
from .option_types import parse_positive_count
from .options import Command, Exclusive, option, switch
from .progress import Progress, say, track
from .shared_options import NetworkOptions, OverwriteOptions
from .usage import UsageError

_SOURCE = Exclusive(required=True)


@dataclass(frozen=True, kw_only=True)
class Options(OverwriteOptions, NetworkOptions):
    """What the weights are measured on, and where the figures go."""

    data: Path | None = option(
        default=None,
        exclusive=_SOURCE,
        type=Path,
        metavar="DIR",
        help="joint set with index.csv (separation), or hand set with joints.csv (finding of joints)",
    )
    phantoms: int | None = option(
        default=None,
        exclusive=_SOURCE,
        type=parse_positive_count,
        metavar="N",
        help="N phantom hands and N joints of each kind",
    )
    changes: Path | None = option(
        default=None,
        exclusive=_SOURCE,
        type=Path,
        metavar="DIR",
        help="joint set with index.csv: each joint and an edit of it, taken anew, and compared",
    )
    telling: Path | None = option(
        default=None,
        exclusive=_SOURCE,
        type=Path,
        metavar="DIR",
        help="joint set with index.csv: how well a classifier can tell edited joints from unedited ones",
    )
    classifier: Literal["small", "densenet121"] = option(
        default="small",
        choices=("small", "densenet121"),
        help="with --telling: seven convolutions, or a large network (MONAI)",
    )
    exposures: Path | None = option(
        default=None,
        exclusive=_SOURCE,
        type=Path,
        metavar="DIR",
        help="films whose copies in other exposures (veil, gamma, darker) should have the same JSW",
    )
    crop: bool = switch("with --exposures: the films are joint crops, distal up")
    without_hand: tuple[Path, ...] = option(
        default=(),
        type=Path,
        nargs="+",
        metavar="PATH",
        help="films that show no hand: joints found there are counted (hand sets)",
    )
    split: str = option(default="val", metavar="NAME", help="split of the joint set")
    json: Path | None = option(default=None, type=Path, metavar="FILE", help="file for the figures")


def run(options: Options) -> int:
    """Measure and print, or write, the figures."""
    if options.without_hand and not _is_hand_set(options.data):
        raise UsageError("argument --without-hand: goes with a hand set: --data DIR with joints.csv")
    if options.crop and options.exposures is None:
        raise UsageError("argument --crop: goes with --exposures DIR")
    require_torch()
    if options.json:
        refuse_existing_file(options.json, overwrite=options.overwrite)
    with Progress() as progress:
        figures = _figures(options, progress)
    if options.json:
        with output_file(options.json, overwrite=options.overwrite) as path:
            write_json(path, figures)
    else:
        print(json.dumps(figures, indent=2))
    return 0


def _is_hand_set(folder: Path | None) -> bool:
    return folder is not None and (folder / "joints.csv").is_file()


def _figures(options: Options, progress: Progress) -> dict[str, Any]:
    if options.phantoms is not None:
        from ..training.evaluate_phantoms import evaluate_phantoms

        separator, finder = make_separator(options), JointFinder(options.device, tell=say)
        return evaluate_phantoms(options.phantoms, separator, finder, progress)
    if options.changes is not None:
        from ..training.evaluate_changes import evaluate_changes

        return evaluate_changes(options.changes, options.split, make_separator(options), progress)
    if options.telling is not None:
        from ..training.evaluate_telling import evaluate_telling

        return evaluate_telling(
            options.telling, options.split, make_separator(options), progress, options.classifier
        )
    if options.exposures is not None:
        return _figures_of_exposures(options.exposures, options, progress)
    assert options.data is not None, "the parser asks for one source"
    if not _is_hand_set(options.data):
        from ..training.evaluate import evaluate

        return evaluate(options.data, options.split, make_separator(options), progress)
    from ..training.evaluate_finding import count_false_joints, evaluate_finding

    finder = JointFinder(options.device, tell=say)
    figures = evaluate_finding(options.data, options.split, finder, progress)
    others = find_radiographs(options.without_hand, say) if options.without_hand else []
    films = {path.name: read_radiograph(path) for path in track(others, "films without a hand")}
    figures["films_without_a_hand"] = count_false_joints(films, finder)
    figures["weights_sha256"] = finder.weights_sha256
    if (options.data / "directions.csv").is_file():
        from ..training.evaluate_repeatability import evaluate_repeatability

        separator = make_separator(options)
        figures["weights_sha256"]["separation"] = separator.weights.sha256
        figures["jsw"] = evaluate_repeatability(options.data, options.split, separator, progress)
    return figures


def _figures_of_exposures(folder: Path, options: Options, progress: Progress) -> dict[str, Any]:
    from ..training.evaluate_exposures import evaluate_exposures

    separator = make_separator(options)
    locate = _whole_crop if options.crop else JointFinder(options.device, tell=say).find
    paths = find_radiographs(folder, say)
    films = (read_radiograph(path) for path in track(paths, "films"))
    return evaluate_exposures(films, separator, locate)


def _whole_crop(radiograph: Radiograph) -> list[JointPose]:
    return [JointPose.whole_crop(radiograph)]


COMMAND = Command("evaluate", "measure the figures of the weights", Options, run)
