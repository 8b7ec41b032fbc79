"""One joint of two visits: both films with their margins and widths, and what differs between them."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..figures import Deviation
from ..figures.canvas import FAINT, INK, SPACE_COLOUR
from ..figures.deviation_colours import deviation_colour, full_colour_length
from ..joints.affine import invert, map_points
from ..measurement import JointSpaceWidth, Margins, Quality
from ..measurement.length_text import interval_text, number_text
from .joint_change import JointChange

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STRONGEST_DIFFERENCE = 0.12
"""Of intensity: it has the full colour."""
BRIGHTER_COLOUR, DARKER_COLOUR = "#ffa63d", "#9d8cff"
"""Of differences; what is alike is nearly black."""
_ALIKE_COLOUR = "#1b2127"
_SHOWN = slice(40, 216)
"""Rows and columns of the canonical crop that are shown: 14 mm around the joint."""
_IMAGE_INCHES, _BETWEEN_INCHES, _EDGE_INCHES = 2.25, 0.08, 0.2
_NAME_INCHES, _LINE_INCHES, _BELOW_INCHES = 0.36, 0.17, 0.25
_LETTERS_A_LINE = {2: 44, 3: 72}
"""Beside a joint's name, for two or three images."""
_LETTERS_A_CAPTION = 38
_MARGIN_WIDTH = 0.9
_SHOWN_PERCENTILES = (1, 99.8)


class _Caption(NamedTuple):
    lines: list[str]
    colour: str


class ComparisonCard:
    """The part of a figure that shows one joint.

    Parameters
    ----------
    change
        Of the joint.
    deviation
        The same, as figures take it.
    with_difference
        Leave room for the difference of both films: some joint of the figure has one.
    """

    def __init__(self, change: JointChange, deviation: Deviation, with_difference: bool) -> None:
        self._change, self._deviation = change, deviation
        self._images = _images(change)
        self._count = 3 if with_difference else 2
        self._told = wrap(self._describe_change(), _LETTERS_A_LINE[self._count])
        self._captions = [
            _describe_film("baseline", change.baseline),
            _describe_film("follow-up", change.follow_up),
        ]

    @staticmethod
    def width(with_difference: bool) -> float:
        """Return the inches that a card takes across."""
        count = 3 if with_difference else 2
        return count * (_IMAGE_INCHES + _BETWEEN_INCHES) + 2 * _EDGE_INCHES

    @property
    def height(self) -> float:
        """Inches that it takes."""
        told = _NAME_INCHES + _LINE_INCHES * (max(len(self._told), 1) - 1)
        captions = _LINE_INCHES * max(len(caption.lines) for caption in self._captions)
        images = _IMAGE_INCHES if self._change.crops is not None else 0.0
        return told + images + captions + _BELOW_INCHES

    def draw(self, figure: Figure, left: float, top: float) -> None:
        """Draw it with its upper left corner there, in inches from the figure's lower left corner."""
        page = np.array(figure.get_size_inches())
        colour = self._colour()
        x, y = left + _EDGE_INCHES, top - _NAME_INCHES / 2
        name = f"{self._change.side or ''} {self._change.name}".strip()
        _write(figure, (x, y), [name], colour, 13, "bold")
        is_real = self._deviation.is_real
        _write(figure, (x + 1.0, y), self._told, colour, 10.5, "bold" if is_real else "normal")
        y = top - _NAME_INCHES - _LINE_INCHES * (max(len(self._told), 1) - 1)
        if self._change.crops is not None:
            y -= _IMAGE_INCHES
            for place, image in enumerate(self._images[: self._count]):
                box = [x + place * (_IMAGE_INCHES + _BETWEEN_INCHES), y, _IMAGE_INCHES, _IMAGE_INCHES]
                axes = figure.add_axes(tuple(np.array(box) / np.tile(page, 2)))
                axes.set_axis_off()
                self._show(axes, place, image)
        for place, caption in enumerate(self._captions):
            at = x + place * (_IMAGE_INCHES + _BETWEEN_INCHES), y - 0.13
            _write(figure, at, caption.lines, caption.colour, 8.5)
        if is_real:
            from matplotlib.lines import Line2D

            ends = np.array([[left + 0.06, top - 0.06], [left + 0.06, top - self.height + 0.18]]) / page
            figure.add_artist(Line2D(*ends.T, color=colour, linewidth=3))

    def _colour(self) -> str:
        change, deviation = self._change, self._deviation
        if deviation.length is None or change.crops is None:
            return FAINT
        full = full_colour_length(change.unit, change.crops[0].unit_per_px)
        return deviation_colour(deviation.length, deviation.limit, full)

    def _describe_change(self) -> str:
        told = self._deviation.label
        return told if self._deviation.length is None else f"{told} {self._deviation.unit}"

    def _show(self, axes: Axes, place: int, image: NDArray[np.float32] | None) -> None:
        if image is None:
            told = "not registered: no difference"
            axes.text(0.5, 0.5, told, color=FAINT, fontsize=8.5, ha="center", va="center")
        elif place == 2:
            _show_difference(axes, image[_SHOWN, _SHOWN])
        else:
            _show_film(axes, image[_SHOWN, _SHOWN])
            jsw = (self._change.baseline, self._change.follow_up)[place]
            if jsw is not None and jsw.margins is not None:
                _draw_margins(axes, self._on_shown_image(jsw.margins, place), jsw.quality)

    def _on_shown_image(self, margins: Margins, place: int) -> list[NDArray[np.float64]]:
        """Return margins where they lie on an image: the follow-up's film is moved onto the baseline."""
        lines = [margins.upper, margins.lower]
        registration = self._change.registration
        if place == 1 and registration is not None:
            to_baseline = invert(registration.lower)
            lines = [map_points(to_baseline, line) for line in lines]
        return [line - _SHOWN.start for line in lines]


def _describe_film(name: str, jsw: JointSpaceWidth | None) -> _Caption:
    """Return a film's JSW with interval and quality, and what to look at."""
    if jsw is None:
        return _Caption([f"{name}: not found"], FAINT)
    quality = wrap(": ".join(filter(None, [str(jsw.quality), jsw.short_findings])), _LETTERS_A_CAPTION)
    if jsw.mean is None or jsw.interval is None:
        return _Caption([f"{name}: no JSW", *quality], FAINT)
    width = f"{number_text(jsw.mean, jsw.unit)} {jsw.unit} ({interval_text(jsw.interval, jsw.unit)})"
    return _Caption([f"{name}: {width}", *quality], INK)


def _images(change: JointChange) -> list[NDArray[np.float32] | None]:
    """Return baseline, follow-up (moved onto it where it is registered) and their difference."""
    if change.crops is None:
        return [None, None, None]
    if change.registration is None:
        return [*(crop.canonical_image() for crop in change.crops), None]
    return [*change.registered_images(), change.difference_image()]


def _write(
    figure: Figure,
    at: tuple[float, float],
    lines: Sequence[str],
    colour: str,
    points: float,
    weight: str = "normal",
) -> None:
    """Write lines below one another, the middle of the first one there."""
    width, height = figure.get_size_inches()
    for number, line in enumerate(lines):
        figure.text(
            at[0] / width,
            (at[1] - number * _LINE_INCHES) / height,
            line,
            color=colour,
            fontsize=points,
            fontweight=weight,
            va="center",
            parse_math=False,
        )


def _show_film(axes: Axes, image: NDArray[np.float32]) -> None:
    low, high = np.percentile(image, _SHOWN_PERCENTILES)
    axes.imshow(image, cmap="gray", vmin=low, vmax=high, interpolation="bicubic")


def _show_difference(axes: Axes, image: NDArray[np.float32]) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    scale = LinearSegmentedColormap.from_list("difference", [DARKER_COLOUR, _ALIKE_COLOUR, BRIGHTER_COLOUR])
    limit = STRONGEST_DIFFERENCE
    axes.imshow(image, cmap=scale, vmin=-limit, vmax=limit, interpolation="bicubic")


def _draw_margins(axes: Axes, lines: Sequence[NDArray[np.float64]], quality: Quality) -> None:
    style = "-" if quality is Quality.MEASURED else (0, (3, 2))
    for line in lines:
        axes.plot(*line.T, color=SPACE_COLOUR, linewidth=_MARGIN_WIDTH, linestyle=style)
    last = _SHOWN.stop - _SHOWN.start - 0.5
    axes.set(xlim=(-0.5, last), ylim=(last, -0.5))
