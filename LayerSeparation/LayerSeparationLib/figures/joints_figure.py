"""A film with the joints that were found on it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..joints import CANONICAL_SIZE_PX, JointCrop, JointPose, unique_names
from ..joints.affine import map_points
from ..radiograph import Radiograph
from .canvas import BACKGROUND, FAINT, LOWER_COLOUR, SPACE_COLOUR, UPPER_COLOUR, dark_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH_INCHES = 9.0
_SURE = 0.9
_SIDE_COLOURS = {"L": UPPER_COLOUR, "R": LOWER_COLOUR, None: SPACE_COLOUR}


def draw_joints(
    path: Path, radiograph: Radiograph, poses: Sequence[JointPose], notes: Sequence[str] | None = None
) -> None:
    """Write a picture (PNG, PDF or SVG) of a film with each joint's square, direction and name.

    Parameters
    ----------
    notes
        A line for each joint, under its name; by default its confidence where that is below 0.9.

    Raises
    ------
    DependencyError
        If matplotlib is not installed.
    """
    rows, columns = radiograph.shape
    row, column = radiograph.spacing.relative
    height = _WIDTH_INCHES * rows * row / (columns * column)
    figure = dark_figure((_WIDTH_INCHES, height + 0.5))
    axes = figure.add_axes((0, 0.5 / (height + 0.5), 1, height / (height + 0.5)))
    axes.imshow(radiograph.intensity, cmap="gray", vmin=0, vmax=1, aspect=row / column)
    axes.set_axis_off()
    for number, (label, pose) in enumerate(zip(unique_names(poses), poses, strict=True)):
        note = notes[number] if notes else _confidence(pose)
        _draw_joint(axes, JointCrop(radiograph, pose), label, note)
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    sides = " and ".join(sorted({pose.side for pose in poses if pose.side}))
    figure.text(
        0.012,
        0.16 / (height + 0.5),
        f"{radiograph.name} · {len(poses)} joints · side {sides or 'unknown'} · research only",
        color=FAINT,
        fontsize=10,
    )
    save_figure(figure, path)


def _confidence(pose: JointPose) -> str:
    if pose.confidence is None or pose.confidence >= _SURE:
        return ""
    return f"{100 * pose.confidence:.0f} %"


def _draw_joint(axes: Axes, crop: JointCrop, label: str, note: str) -> None:
    from matplotlib.patheffects import Normal, Stroke

    edge = CANONICAL_SIZE_PX - 0.5
    corners = np.array([[-0.5, -0.5], [edge, -0.5], [edge, edge], [-0.5, edge], [-0.5, -0.5]])
    square = map_points(crop.canonical_to_film, corners)
    middle, tip = map_points(crop.canonical_to_film, np.array([[127.5, 127.5], [127.5, 70.0]]))
    pose = crop.pose
    sure = pose.confidence is None or pose.confidence >= _SURE
    colour = _SIDE_COLOURS.get(pose.side, SPACE_COLOUR)
    axes.plot(*square.T, color=colour, linewidth=1.0, linestyle="-" if sure else "--")
    axes.plot([middle[0], tip[0]], [middle[1], tip[1]], color=colour, linewidth=1.2)
    axes.plot(*middle, "o", color=colour, markersize=2.5)
    x, y = square[:4].mean(axis=0) + (square[:4].max(axis=0) - square[:4].mean(axis=0)) * (0, 1)
    text = f"{label}\n{note}" if note else label
    outlined = [Stroke(linewidth=2.2, foreground=BACKGROUND), Normal()]
    axes.text(x, y, text, color=colour, fontsize=8, ha="center", va="top", path_effects=outlined)
