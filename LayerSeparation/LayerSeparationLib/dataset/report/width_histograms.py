"""Histograms of joint space widths, bounded however many samples are counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...radiograph import LengthUnit

_BIN_WIDTH: dict[LengthUnit, float] = {"mm": 0.05, "px": 1.0}
_MOST_POINTS = 5000


@dataclass
class WidthHistograms:
    """Widths and changes that were asked for and obtained; all in `unit`.

    Histograms map the number of a bin (its lower edge is number * `bin_width`) to a count of samples.
    """

    unit: LengthUnit
    asked: dict[int, int] = field(default_factory=dict)
    obtained: dict[int, int] = field(default_factory=dict)
    change: dict[int, int] = field(default_factory=dict)
    pairs: list[tuple[float, float]] = field(default_factory=list)
    """(asked for, obtained) of samples that have both; of many samples, only every so manieth."""
    greatest_difference: float = 0.0
    """Greatest absolute difference of the two, over all samples."""
    not_obtained: int = 0
    """Samples without a width."""
    _paired: int = 0
    _stride: int = 1

    @property
    def bin_width(self) -> float:
        """Width of a bin."""
        return _BIN_WIDTH[self.unit]

    def add(self, asked: float | None, obtained: float | None, change: float | None) -> None:
        """Count one sample; None is what is not known."""
        for histogram, value in ((self.asked, asked), (self.obtained, obtained), (self.change, change)):
            if value is not None:
                number = int(np.floor(value / self.bin_width + 1e-9))
                histogram[number] = histogram.get(number, 0) + 1
        if obtained is None:
            self.not_obtained += 1
        if asked is None or obtained is None:
            return
        self.greatest_difference = max(self.greatest_difference, abs(obtained - asked))
        if self._paired % self._stride == 0:
            self.pairs.append((asked, obtained))
            if len(self.pairs) > _MOST_POINTS:
                self.pairs = self.pairs[::2]
                self._stride *= 2
        self._paired += 1

    def as_json(self) -> dict[str, Any]:
        """Return the histograms in JSON's own types: lower edge of a bin -> count."""
        return {
            "unit": self.unit,
            "bin_width": self.bin_width,
            "asked": self._edges(self.asked),
            "obtained": self._edges(self.obtained),
            "change": self._edges(self.change),
            "greatest_difference": self.greatest_difference,
            "not_measurable": self.not_obtained,
        }

    def _edges(self, histogram: dict[int, int]) -> dict[str, int]:
        return {f"{number * self.bin_width:.2f}": histogram[number] for number in sorted(histogram)}
