"""Figures that come with a data set: widths asked for and obtained, and a contact sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import DependencyError, LayerSeparationError
from ...export.formats.png_preview import draw_preview
from ...files import output_file
from ...files.provenance import SOFTWARE
from ..plan.layer_cache import LayerCache
from ..plan.options import DatasetOptions
from ..plan.plan import Plan
from ..run.render_sample import realized
from .remeasure import Remeasured
from .spread_samples import spread_samples

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_BIN = 0.05
"""Width of a bin of the histograms, in mm."""
_BIN_PX = 1.0
_MOST_POINTS = 5000
_TILES = (5, 8)
_TILE_INCH = 1.5
_HEAD = 0.1
"""Room for a tile's text, as part of its height."""
_TITLE_INCH = 0.35
_DPI = 100


@dataclass
class Widths:
    """Histograms of widths and changes, and pairs of asked and obtained; bounded, however many are added."""

    asked: dict[int, int] = field(default_factory=dict)
    obtained: dict[int, int] = field(default_factory=dict)
    change: dict[int, int] = field(default_factory=dict)
    pairs: list[tuple[float, float]] = field(default_factory=list)
    greatest_difference: float = 0.0
    not_obtained: int = 0
    bin_width: float = _BIN
    """In the unit of the widths."""
    _seen: int = 0
    _every: int = 1

    @classmethod
    def in_unit(cls, unit: str) -> Widths:
        """Return empty histograms of widths in mm or px."""
        return cls(bin_width=_BIN if unit == "mm" else _BIN_PX)

    def add(self, asked: float | None, obtained: float | None, change: float | None) -> None:
        """Count one sample; None is what is not known."""
        for histogram, value in ((self.asked, asked), (self.obtained, obtained), (self.change, change)):
            if value is not None:
                place = int(np.floor(value / self.bin_width + 1e-9))
                histogram[place] = histogram.get(place, 0) + 1
        if obtained is None:
            self.not_obtained += 1
        if asked is None or obtained is None:
            return
        self.greatest_difference = max(self.greatest_difference, abs(obtained - asked))
        if self._seen % self._every == 0:
            self.pairs.append((asked, obtained))
            if len(self.pairs) > _MOST_POINTS:
                self.pairs = self.pairs[::2]
                self._every *= 2
        self._seen += 1

    def as_json(self, unit: str) -> dict[str, Any]:
        """Return the histograms: lower edge of the bin -> count."""

        def edges(histogram: dict[int, int]) -> dict[str, int]:
            return {f"{place * self.bin_width:.2f}": histogram[place] for place in sorted(histogram)}

        return {
            "unit": unit,
            "bin": self.bin_width,
            "asked": edges(self.asked),
            "obtained": edges(self.obtained),
            "change": edges(self.change),
            "greatest_difference": self.greatest_difference,
            "not_measurable": self.not_obtained,
        }


def draw_widths(path: Path, widths: Widths, anew: Remeasured, options: DatasetOptions) -> None:
    """Draw widths asked for, obtained and measured anew: histograms, and one against the other.

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
        places = np.array(sorted(histogram), dtype=np.float64) * widths.bin_width
        counts = [histogram[place] for place in sorted(histogram)]
        left.bar(places, counts, width=share * widths.bin_width, align="edge", label=label)
    left.set(xlabel=f"mean joint space width ({unit})", ylabel="samples")
    left.legend()
    series = [(widths.pairs, "obtained (moved margins)", ".C1", 4), (anew.pairs, "measured anew", "+C2", 6)]
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


def draw_contact_sheet(path: Path, plan: Plan, cache: LayerCache) -> None:
    """Draw samples from all over the data set, with outlines and widths; they are made anew for it.

    Raises
    ------
    DependencyError
        If matplotlib is not installed.
    """
    rows, columns = _TILES
    tiles = list(_tiles(plan, cache, rows * columns))
    height, width = (max((tile.shape[axis] for tile, _ in tiles), default=1) for axis in (0, 1))
    head = max(1, round(_HEAD * height))
    rows = max(1, -(-len(tiles) // columns))
    sheet = np.full((rows * (height + head), columns * width, 3), 255, dtype=np.uint8)
    figure = _figure(columns * _TILE_INCH, rows * _TILE_INCH * (1 + _HEAD) + _TITLE_INCH)
    axes = figure.add_axes((0, 0, 1, 1 - _TITLE_INCH / figure.get_figheight()))
    axes.axis("off")
    for place, (tile, text) in enumerate(tiles):
        top, left = place // columns * (height + head) + head, place % columns * width
        sheet[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
        axes.text(left + width / 2, top - 0.2 * head, text, fontsize=6, ha="center", va="bottom")
    axes.imshow(sheet, aspect="equal")
    figure.suptitle("SYNTHETIC radiographs: upper bone, lower bone, joint space", fontsize=9)
    _save(figure, path)


def _tiles(plan: Plan, cache: LayerCache, most: int) -> Iterator[tuple[np.ndarray, str]]:
    """Yield picture and text of samples."""
    for planned, cached in spread_samples(plan, cache, most):
        joint = planned.joint
        try:
            sample = realized(planned, cached)
        except LayerSeparationError:
            continue
        width = (sample.record["jsw_after"] or {}).get(f"mean_{joint.unit}")
        text = "JSW -" if width is None else f"{width:.2f} {joint.unit}"
        yield draw_preview(sample), f"{joint.name[:8]} {joint.split} {text}"


def _figure(width_inch: float, height_inch: float) -> Figure:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise DependencyError("Figures need the package matplotlib: pip install matplotlib") from error
    return Figure(figsize=(width_inch, height_inch), dpi=_DPI)


def _save(figure: Figure, path: Path) -> None:
    saved: Callable[..., None] = figure.savefig
    with output_file(path, overwrite=True) as place:
        saved(place, format="png", metadata={"Software": SOFTWARE})
