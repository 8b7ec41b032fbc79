"""``layer-separation joints``: the finger joints of whole-hand films, as a table and as pictures."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..files import output_file, refuse_existing_file, write_table
from ..joints import CANONICAL_SIZE_PX, JointCrop, JointPose
from ..radiograph import Radiograph
from .joint_jobs import Report, existing_inputs, joint_finder, read_film
from .joints_figure import draw_joints
from .progress import ProgressLine

_COLUMNS = ("file", "side", "joint", "x_px", "y_px", "dx", "dy", "size_px", "confidence")


def run(options: argparse.Namespace) -> int:
    """List the joints that are found on every input."""
    report = Report()
    paths = existing_inputs(options.inputs, report)
    figures = _figures(options.figure, paths)
    for target in ([options.csv] if options.csv else []) + list(figures.values()):
        refuse_existing_file(target, overwrite=options.overwrite)
    finder = joint_finder(options.device)
    show = ProgressLine()
    for number, path in enumerate(paths):
        with report.failures_of(path):
            radiograph = read_film(path, options.spacing)
            poses = finder.find(radiograph)
            if not poses:
                raise InputError(f"No hand was found on {path}.")
            report.results += [_row(path, radiograph, pose) for pose in poses]
            if figures:
                figures[path].parent.mkdir(parents=True, exist_ok=True)
                with output_file(figures[path], overwrite=options.overwrite) as file:
                    draw_joints(file, radiograph, poses)
        show("radiographs", number + 1, len(paths))
    if options.csv and report.results:
        with output_file(options.csv, overwrite=options.overwrite) as file:
            write_table(file, _COLUMNS, report.results)
    elif not options.json:
        for row in report.results:
            print(
                f"{row['file']}  {row['side']} {row['joint']:<4}  "
                f"centre ({row['x_px']:.1f}, {row['y_px']:.1f}) px, "
                f"direction ({row['dx']:.3f}, {row['dy']:.3f}), confidence {row['confidence']:.2f}"
            )
    return report.close(options.json)


def _row(path: Path, radiograph: Radiograph, pose: JointPose) -> dict[str, Any]:
    crop = JointCrop(radiograph, pose)
    row_mm, column_mm = radiograph.spacing.mm or (1.0, 1.0)
    return {
        "file": str(path),
        "side": pose.side,
        "joint": pose.name,
        "x_px": round(pose.centre_px[0], 2),
        "y_px": round(pose.centre_px[1], 2),
        "dx": round(pose.distal[0], 4),
        "dy": round(pose.distal[1], 4),
        "size_px": round(CANONICAL_SIZE_PX * crop.unit_per_px / (row_mm * column_mm) ** 0.5, 1),
        "confidence": pose.confidence,
    }


def _figures(target: Path | None, paths: Sequence[Path]) -> dict[Path, Path]:
    """Return the picture's file for each input; none where no pictures are asked for."""
    if target is None:
        return {}
    if target.suffix.lower() == ".png":
        if len(paths) > 1:
            raise InputError(
                f"{len(paths)} inputs don't fit into one {target}: name a folder for the pictures."
            )
        return dict.fromkeys(paths, target)
    files = {path: target / f"{path.stem}_joints.png" for path in paths}
    if len(set(files.values())) < len(files):
        raise InputError("Two inputs have the same name, and so would their pictures: run them singly.")
    return files
