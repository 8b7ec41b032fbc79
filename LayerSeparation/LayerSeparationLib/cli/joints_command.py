"""``layer-separation joints``: the finger joints of whole-hand films, as a table and as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import HandNotFoundError
from ..figures import draw_joints
from ..files import output_file, refuse_existing_file, write_table
from ..joints import CANONICAL_SIZE_PX, JointCrop, JointFinder, JointPose, check_positions
from ..joints.hand_size import doubt_spacing
from ..radiograph import Radiograph
from .figure_files import name_figures
from .film_inputs import find_inputs, read_film
from .option_types import parse_figure_path
from .options import Command, option
from .progress import say, track
from .run_report import RunReport, say_done
from .shared_options import DeviceOptions, InputOptions, OverwriteOptions, SpacingOptions, SummaryOptions

_COLUMNS = ("file", "side", "joint", "x_px", "y_px", "dx", "dy", "size_px", "confidence", "findings")


@dataclass(frozen=True, kw_only=True)
class Options(InputOptions, SpacingOptions, DeviceOptions, OverwriteOptions, SummaryOptions):
    """Which films, and where table and pictures go."""

    csv: Path | None = option(default=None, type=Path, metavar="FILE", help="table to write")
    figure: Path | None = option(
        default=None,
        type=parse_figure_path,
        metavar="FILE|DIR",
        help="draw the joints: a .png, .pdf or .svg for one input, else a folder for <stem>_joints.png of "
        "each",
    )


def run(options: Options) -> int:
    """List the joints that are found on every input."""
    report = RunReport()
    paths = find_inputs(options.inputs, report)
    figures = name_figures(options.figure, paths, "joints", overwrite=options.overwrite)
    if options.csv:
        refuse_existing_file(options.csv, overwrite=options.overwrite)
    finder = JointFinder(options.device, tell=say)
    for path in track(paths, "radiographs"):
        with report.failures_of(path):
            radiograph = read_film(path, options.spacing)
            poses = finder.find(radiograph)
            doubt = doubt_spacing(radiograph, poses)
            if doubt is not None:
                say(f"{path}: {doubt}")
            if not poses:
                raise HandNotFoundError(
                    f"No hand was found on {path}: a whole hand has to be on it. The other commands take "
                    "a film whose joints you name (measure --joint), or a joint crop (measure --crop)."
                )
            doubts = check_positions(poses, radiograph)
            report.results += [
                _row(path, radiograph, pose, found) for pose, found in zip(poses, doubts, strict=True)
            ]
            if figures:
                with output_file(figures[path], overwrite=options.overwrite) as file:
                    draw_joints(file, radiograph, poses)
    if options.csv and report.results:
        with output_file(options.csv, overwrite=options.overwrite) as file:
            write_table(file, _COLUMNS, report.results)
    elif not options.json:
        for row in report.results:
            say_done(
                f"{row['file']}  {row['side']} {row['joint']:<4}  "
                f"centre ({row['x_px']:.1f}, {row['y_px']:.1f}) px, "
                f"direction ({row['dx']:.3f}, {row['dy']:.3f}), confidence {row['confidence']:.2f}"
                + (f"  check: {row['findings']}" if row["findings"] else "")
            )
    return report.close(options, options.csv or options.figure)


def _row(path: Path, radiograph: Radiograph, pose: JointPose, findings: Sequence[str]) -> dict[str, Any]:
    crop = JointCrop(radiograph, pose)
    row, column = radiograph.spacing.relative
    return {
        "file": str(path),
        "side": pose.side,
        "joint": pose.name,
        "x_px": round(pose.centre_px[0], 2),
        "y_px": round(pose.centre_px[1], 2),
        "dx": round(pose.distal[0], 4),
        "dy": round(pose.distal[1], 4),
        "size_px": round(CANONICAL_SIZE_PX * crop.unit_per_px / (row * column) ** 0.5, 1),
        "confidence": pose.confidence,
        "findings": "; ".join(findings),
    }


COMMAND = Command("joints", "find the finger joints of whole hands", Options, run)
