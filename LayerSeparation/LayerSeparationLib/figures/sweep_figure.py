"""The figure of the demo: radiograph, three layers, five gaps, their masks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..radiograph import intensity_from_attenuation
from ..separation import JointLayers
from ..synthesis import JointMasks, SyntheticJoint
from .canvas import FAINT, INK, LOWER_COLOUR, SPACE_COLOUR, UPPER_COLOUR, dark_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_FIGURE_INCHES = (15.0, 10.2)


def draw_sweep(path: Path, layers: JointLayers, joints: Sequence[SyntheticJoint]) -> None:
    """Draw the layers of a joint above its edited versions and write them as PNG, PDF or SVG.

    Raises
    ------
    DependencyError
        If matplotlib is not installed.
    """
    figure = dark_figure(_FIGURE_INCHES)
    figure.subplots_adjust(left=0.01, right=0.99, top=0.91, bottom=0.045, wspace=0.03, hspace=0.14)
    count = len(joints)
    grid = figure.add_gridspec(3, 4 * count)
    top = [figure.add_subplot(grid[0, column * count : (column + 1) * count]) for column in range(4)]
    first = joints[0].jsw_before
    _show(top[0], layers.image, _title("radiograph", first.mean, first.unit))
    _draw_margins(top[0], joints[0], before=True)
    for axes, (title, layer) in zip(
        top[1:],
        (
            ("soft tissue", layers.soft_tissue),
            ("upper bone", layers.upper_bone),
            ("lower bone", layers.lower_bone),
        ),
        strict=True,
    ):
        _show(axes, intensity_from_attenuation(layer), title)
    for column, joint in enumerate(joints):
        image_axes = figure.add_subplot(grid[1, column * 4 : column * 4 + 4])
        _show(image_axes, joint.image, _title("synthetic", joint.jsw_after.mean, joint.jsw_after.unit))
        mask_axes = figure.add_subplot(grid[2, column * 4 : column * 4 + 4])
        _show(mask_axes, joint.image, "")
        _draw_masks(mask_axes, joint.masks)
        _draw_margins(mask_axes, joint, before=False)
    spacing = layers.radiograph.spacing
    figure.text(0.012, 0.955, f"Layers of {layers.pose.name}", color=INK, fontsize=19, weight="bold")
    scale = (
        f"{spacing.row_mm:g} mm/px, {spacing.source.value}"
        if spacing.row_mm
        else "no pixel spacing: lengths in px"
    )
    figure.text(0.988, 0.958, f"{layers.radiograph.name} · {scale}", color=FAINT, fontsize=11, ha="right")
    legend = (("upper bone", UPPER_COLOUR), ("lower bone", LOWER_COLOUR), ("joint space", SPACE_COLOUR))
    for number, (name, colour) in enumerate(legend):
        figure.text(0.012 + 0.09 * number, 0.014, f"■ {name}", color=colour, fontsize=11)
    figure.text(
        0.988,
        0.014,
        "rows 2 and 3 are SYNTHETIC images · research only",
        color=FAINT,
        fontsize=11,
        ha="right",
    )
    save_figure(figure, path, comment="Contains synthetic images")


def _title(name: str, jsw: float | None, unit: str) -> str:
    return f"{name}, JSW {jsw:.2f} {unit}" if jsw is not None else f"{name}, JSW not measurable"


def _show(axes: Axes, image: NDArray[np.float32], title: str) -> None:
    axes.imshow(image, cmap="gray", vmin=0, vmax=1, interpolation="bicubic")
    axes.set_title(title, color=INK, fontsize=11, pad=4)
    axes.set_axis_off()


def _draw_masks(axes: Axes, masks: JointMasks) -> None:
    from matplotlib.colors import to_rgba

    for mask, colour in (
        (masks.upper_bone, UPPER_COLOUR),
        (masks.lower_bone, LOWER_COLOUR),
        (masks.joint_space, SPACE_COLOUR),
    ):
        overlay = np.zeros((*mask.shape, 4))
        overlay[mask] = to_rgba(colour, 0.28)
        axes.imshow(overlay, interpolation="nearest")
        if mask.any():
            axes.contour(mask, levels=[0.5], colors=colour, linewidths=1.1)


def _draw_margins(axes: Axes, joint: SyntheticJoint, *, before: bool) -> None:
    jsw = joint.jsw_before if before else joint.jsw_after
    window = joint.layers.crop.region
    for line, colour in ((jsw.upper_margin_px, UPPER_COLOUR), (jsw.lower_margin_px, LOWER_COLOUR)):
        if len(line):
            axes.plot(line[:, 0] - window.left, line[:, 1] - window.top, color=colour, linewidth=1.6)
