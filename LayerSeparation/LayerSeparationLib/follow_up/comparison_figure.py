"""Two visits side by side: each joint on both films, and what differs when its lower bones coincide."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..figures.canvas import (
    FAINT,
    INK,
    NARROWER_COLOUR,
    SPACE_COLOUR,
    WIDER_COLOUR,
    dark_figure,
    save_figure,
)
from ..radiograph import Radiograph, is_synthetic_file
from .joint_change import JointChange
from .verdict import DETECTABLE_CHANGE_MM, Verdict

if TYPE_CHECKING:
    from matplotlib.axes import Axes

VERDICT_COLOURS = {
    Verdict.PROGRESSED: NARROWER_COLOUR,
    Verdict.WIDENED: WIDER_COLOUR,
    Verdict.UNCHANGED: INK,
    Verdict.UNKNOWN: FAINT,
}
_CARDS_A_ROW = 2
_CARD_INCHES = (7.2, 2.75)
_HEAD_INCHES, _FOOT_INCHES = 0.55, 0.4
_SHOWN = slice(40, 216)
"""Rows and columns of the canonical crop that are shown: 14 mm around the joint."""
STRONGEST_DIFFERENCE = 0.12
"""Of intensity: it has the full colour."""


def draw_changes(path: Path, changes: Sequence[JointChange]) -> None:
    """Write a picture (PNG, PDF or SVG) with a card for each joint of a hand.

    Raises
    ------
    DependencyError
        If matplotlib is not installed.
    """
    columns = min(_CARDS_A_ROW, len(changes))
    rows = ceil(len(changes) / columns)
    width, height = columns * _CARD_INCHES[0], rows * _CARD_INCHES[1] + _HEAD_INCHES + _FOOT_INCHES
    figure = dark_figure((width, height))
    for number, change in enumerate(changes):
        row, column = divmod(number, columns)
        top = height - _HEAD_INCHES - row * _CARD_INCHES[1]
        left = column * _CARD_INCHES[0] + 0.12
        edge = _CARD_INCHES[1] - 0.55
        for place, image in enumerate(_images(change)):
            box = (left + place * (edge + 0.08)) / width, (top - 0.45 - edge) / height
            axes = figure.add_axes((*box, edge / width, edge / height))
            _show(axes, image, change if place == 0 else None)
        name = f"{change.side or ''} {change.name}".strip()
        figure.text(
            left / width, (top - 0.22) / height, name, color=INK, fontsize=13, weight="bold", va="center"
        )
        figure.text(
            (left + 1.0) / width,
            (top - 0.22) / height,
            _sentence(change),
            color=VERDICT_COLOURS[change.verdict],
            fontsize=11,
            va="center",
        )
    figure.text(
        0.12 / width,
        1 - 0.3 / height,
        "baseline | follow-up | follow-up minus baseline, lower bones on each other (orange: brighter now)",
        color=FAINT,
        fontsize=10,
        va="center",
    )
    figure.text(
        0.12 / width,
        0.18 / height,
        f"change with 90 % interval; real above {DETECTABLE_CHANGE_MM} mm and 1.96 of its standard deviations"
        " · research only",
        color=FAINT,
        fontsize=10,
        va="center",
    )
    films = {id(film): film for change in changes for film in _films(change)}
    synthetic = any(film.origin.path and is_synthetic_file(film.origin.path) for film in films.values())
    if synthetic:
        figure.text(
            1 - 0.12 / width,
            1 - 0.3 / height,
            "SYNTHETIC",
            color=WIDER_COLOUR,
            fontsize=11,
            weight="bold",
            ha="right",
            va="center",
        )
    save_figure(figure, path, comment="Drawn of SYNTHETIC films" if synthetic else "Drawn of radiographs")


def _films(change: JointChange) -> list[Radiograph]:
    return [crop.radiograph for crop in change.crops or ()]


def _sentence(change: JointChange) -> str:
    if change.change is None or change.interval is None:
        return f"{change.verdict.value}: {change.reason}"[:70]
    half = (change.interval[1] - change.interval[0]) / 2
    told = f"{change.change:+.3f} ± {half:.3f} {change.unit}   {change.verdict.value}"
    return f"{told}: {change.reason}"[:78] if change.reason else told


def _images(change: JointChange) -> list[NDArray[np.float32] | None]:
    """Return baseline, follow-up (moved onto it where it is registered) and their difference."""
    if change.crops is None:
        return [None, None, None]
    if change.registration is None:
        return [*(crop.canonical_image() for crop in change.crops), None]
    return [*change.registered_images(), change.difference_image()]


def _show(axes: Axes, image: NDArray[np.float32] | None, margins_of: JointChange | None) -> None:
    axes.set_axis_off()
    if image is None:
        axes.text(0.5, 0.5, "-", color=FAINT, ha="center", va="center")
        return
    shown = image[_SHOWN, _SHOWN]
    if image.min() < 0:
        axes.imshow(
            shown,
            cmap="PuOr_r",
            vmin=-STRONGEST_DIFFERENCE,
            vmax=STRONGEST_DIFFERENCE,
            interpolation="bicubic",
        )
        return
    low, high = np.percentile(shown, [1, 99.8])
    axes.imshow(shown, cmap="gray", vmin=low, vmax=high, interpolation="bicubic")
    if margins_of is not None and margins_of.baseline and margins_of.baseline.margins:
        margins = margins_of.baseline.margins
        for line in (margins.upper, margins.lower):
            axes.plot(*(line - _SHOWN.start).T, color=SPACE_COLOUR, linewidth=0.9)
