"""Figures that come with a data set: widths asked for and obtained, and a contact sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...errors import DependencyError
from ...export import Sample
from ...export.encoding.png import quantize
from ...export.formats.png_preview import draw_preview
from ...files import output_file
from ...files.provenance import SOFTWARE
from ...measurement.length_text import number_text
from ..plan.options import DatasetOptions
from ..plan.plan import PlannedSample
from .remeasure import RemeasuredWidths
from .width_histograms import WidthHistograms

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TILE_COLUMNS = 4
MOST_TILES = 6 * _TILE_COLUMNS
_TILE_PX = 256
"""Edge of a picture on the contact sheet: joints of films with other pixels are scaled to it."""
_TILE_INCH = 1.5
_HEAD = 0.13
"""Room for a tile's text, as part of its height."""
_TILE_FONT_PT = 8
_TITLE_INCH = 0.35
_DPI = 100


@dataclass(frozen=True, eq=False)
class Tile:
    """A sample on the contact sheet."""

    picture: NDArray[np.uint8]
    """(256, 512, 3): the image as it is, and beside it with its outlines and tints."""
    text: str


def draw_widths(
    path: Path, widths: WidthHistograms, remeasured: RemeasuredWidths, options: DatasetOptions
) -> None:
    """Draw widths asked for, obtained and remeasured: histograms, and one against the other.

    Raises
    ------
    DependencyError
        If matplotlib is not installed.
    """
    figure = _figure(9, 3.6)
    left, right = figure.subplots(1, 2)
    figure.subplots_adjust(left=0.08, right=0.98, bottom=0.15, top=0.88, wspace=0.22)
    unit = options.unit
    shown = [("asked for", widths.asked, 0.45), ("obtained", widths.obtained, -0.45)]
    if options.jsw is None:
        shown = [("change", widths.change, 0.8), ("JSW obtained", widths.obtained, 0.4)]
    for label, histogram, share in shown:
        edges = np.array(sorted(histogram), dtype=np.float64) * widths.bin_width
        counts = [histogram[place] for place in sorted(histogram)]
        left.bar(edges, counts, width=share * widths.bin_width, align="edge", label=label)
    left.set(xlabel=f"mean joint space width ({unit})", ylabel="samples")
    left.legend()
    series = [
        (widths.pairs, "obtained (moved margins)", ".C1", 4),
        (remeasured.pairs, "remeasured", "+C2", 6),
    ]
    for pairs, label, mark, size in series:
        if pairs:
            right.plot(*zip(*pairs, strict=True), mark, markersize=size, markeredgewidth=0.8, label=label)
    every = [value for pairs, *_ in series for pair in pairs for value in pair]
    if every:
        ends = [min(every), max(every)]
        right.plot(ends, ends, linewidth=0.8, color="0.5")
        right.legend()
    asked = "asked for" if options.jsw is not None else "obtained (moved margins)"
    right.set(xlabel=f"{asked} ({unit})", ylabel=f"found ({unit})")
    figure.suptitle("SYNTHETIC: joint space widths of the data set")
    _save(figure, path)


def make_tile(planned: PlannedSample, sample: Sample) -> Tile:
    """Return a sample as a tile of the contact sheet: as it is, with outlines, and the width obtained."""
    joint, width = planned.joint, sample.record["jsw_after"]["mean"]
    text = "JSW -" if width is None else f"JSW {number_text(width, joint.unit)} {joint.unit}"
    grey = quantize(sample.image, np.dtype(np.uint8))
    plain = np.repeat(grey[..., np.newaxis], 3, axis=-1)
    picture = np.hstack([_scaled(plain), _scaled(draw_preview(sample))])
    return Tile(picture, f"{joint.name[:8]}, {text}, {joint.split}")


def _scaled(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    from PIL import Image

    return np.asarray(Image.fromarray(picture).resize((_TILE_PX, _TILE_PX)), dtype=np.uint8)


def draw_contact_sheet(path: Path, tiles: Sequence[Tile]) -> None:
    """Draw samples from all over the data set, with outlines and widths.

    Raises
    ------
    DependencyError
        If matplotlib is not installed.
    """
    height, width = _TILE_PX, 2 * _TILE_PX
    head, columns = round(_HEAD * height), _TILE_COLUMNS
    rows = max(1, -(-len(tiles) // columns))
    sheet = np.full((rows * (height + head), columns * width, 3), 255, dtype=np.uint8)
    figure = _figure(2 * columns * _TILE_INCH, rows * _TILE_INCH * (1 + _HEAD) + _TITLE_INCH)
    axes = figure.add_axes((0, 0, 1, 1 - _TITLE_INCH / figure.get_figheight()))
    axes.axis("off")
    for number, tile in enumerate(tiles):
        top, left = number // columns * (height + head) + head, number % columns * width
        sheet[top : top + height, left : left + width] = tile.picture
        place = left + width / 2, top - 0.15 * head
        axes.text(*place, tile.text, fontsize=_TILE_FONT_PT, ha="center", va="bottom")
    axes.imshow(sheet, aspect="equal")
    figure.suptitle("SYNTHETIC radiographs: upper bone, lower bone, joint space", fontsize=9)
    _save(figure, path)


def _figure(width_inch: float, height_inch: float) -> Figure:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise DependencyError("Figures need the package matplotlib: pip install matplotlib") from error
    return Figure(figsize=(width_inch, height_inch), dpi=_DPI)


def _save(figure: Figure, path: Path) -> None:
    saved: Callable[..., None] = figure.savefig
    with output_file(path, overwrite=True) as temporary:
        saved(temporary, format="png", metadata={"Software": SOFTWARE})
