"""Pixel spacing, and how far it can be trusted."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, Literal

from ..errors import InputError


class SpacingSource(str, Enum):
    """Where a pixel spacing comes from, from the most to the least telling.

    Examples
    --------
    >>> SpacingSource("detector plane")
    <SpacingSource.DETECTOR: 'detector plane'>
    """

    CALIBRATED = "calibrated"
    """Measured on an object of known size in the film."""
    CORRECTED = "corrected for magnification"
    """Distance in the plane of the patient: the detector's spacing divided by the magnification."""
    DETECTOR = "detector plane"
    """Distance on the detector or the film. The anatomy is smaller, by the (unknown) magnification."""
    USER = "given by the user"
    UNKNOWN = "unknown"
    """No spacing: nothing may be given in mm."""


@dataclass(frozen=True)
class PixelSpacing:
    """Distance between the centres of neighbouring pixels.

    Raises
    ------
    InputError
        If only one of the numbers is known, one is not a distance, or the source is unknown and there are
        numbers.

    Examples
    --------
    >>> spacing = PixelSpacing(0.15, 0.15, SpacingSource.DETECTOR)
    >>> spacing.known, spacing.mm
    (True, (0.15, 0.15))
    >>> PixelSpacing.from_json(spacing.as_json()) == spacing
    True
    """

    row_mm: float | None
    """Distance between rows (downwards), mm; None when unknown."""
    column_mm: float | None
    """Distance between columns (rightwards), mm; None when unknown."""
    source: SpacingSource
    """Where the numbers come from."""
    magnification: float | None = None
    """Geometric magnification of the anatomy on the detector, where the film states it (about 1.0 to 1.1
    for a hand). It is already divided out when `source` is CORRECTED."""
    aspect: float = 1.0
    """Height of a pixel over its width where nothing is known in mm: 1 is square."""

    def __post_init__(self) -> None:
        """Refuse half-known spacing and numbers that can't be distances."""
        if not (math.isfinite(self.aspect) and self.aspect > 0):
            raise InputError(f"A pixel's height over its width must be above 0, not {self.aspect}.")
        values = (self.row_mm, self.column_mm)
        if self.source is SpacingSource.UNKNOWN:
            if values != (None, None):
                raise InputError("A pixel spacing of unknown source can't have numbers; name its source.")
            return
        for value in values:
            if value is None or not math.isfinite(value) or value <= 0:
                raise InputError(
                    f"Pixel spacing of {self.row_mm} x {self.column_mm} mm can't be used: "
                    "both numbers must be finite and above 0."
                )

    @property
    def known(self) -> bool:
        """Whether distances on this film can be given in mm."""
        return self.source is not SpacingSource.UNKNOWN

    @property
    def mm(self) -> tuple[float, float] | None:
        """(row, column) spacing in mm, None when unknown."""
        if self.row_mm is None or self.column_mm is None:
            return None
        return self.row_mm, self.column_mm

    @property
    def relative(self) -> tuple[float, float]:
        """(row, column) spacing to measure angles and lengths by: in mm where that is known.

        Else in px, the edge of a square pixel of the same area: (1, 1) for square pixels.

        Examples
        --------
        >>> PixelSpacing(None, None, SpacingSource.UNKNOWN, aspect=4.0).relative
        (2.0, 0.5)
        """
        if self.mm is not None:
            return self.mm
        return math.sqrt(self.aspect), 1 / math.sqrt(self.aspect)

    def length(self, x_px: float, y_px: float) -> float:
        """Return the length of a way on the film, in mm, or in px (see `relative`) where mm are unknown."""
        row, column = self.relative
        return math.hypot(x_px * column, y_px * row)

    def as_json(self) -> dict[str, Any]:
        """Return the spacing in JSON's own types, a key a field."""
        return {**asdict(self), "source": self.source.value}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "PixelSpacing":
        """Return the spacing of `as_json`; other keys don't matter.

        Raises
        ------
        InputError
            If it is none.
        """
        try:
            source = SpacingSource(values["source"])
            return cls(
                values["row_mm"],
                values["column_mm"],
                source,
                values.get("magnification"),
                values.get("aspect", 1.0),
            )
        except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
            raise InputError(f"This is no pixel spacing: {values!r} ({error}).") from error


UNKNOWN_SPACING = PixelSpacing(None, None, SpacingSource.UNKNOWN)

LengthUnit = Literal["mm", "px"]
"""'mm', or 'px' of the film where its pixel spacing is unknown."""

# A spacing above this is a slip of unit (micrometres) or of the decimal point; detectors have 0.05-0.4 mm.
LARGEST_SPACING_MM = 10.0


def spacing_given_by_user(spacing_mm: float | Sequence[float], aspect: float = 1.0) -> PixelSpacing:
    """Make a spacing from what a user typed or passed.

    Parameters
    ----------
    spacing_mm
        One number for square pixels, or (row, column), mm.
    aspect
        Height of a pixel over its width, as the film's header has it.

    Raises
    ------
    InputError
        If it is not one or two finite numbers above 0 and at most 10 mm, or one number where the film's
        pixels are not square.
    """
    try:
        values = (
            [float(spacing_mm)] * 2 if not isinstance(spacing_mm, Sequence) else [*map(float, spacing_mm)]
        )
    except (TypeError, ValueError):
        values = []
    if len(values) != 2:
        raise InputError(
            f"Pixel spacing {spacing_mm!r} can't be used: give one number in mm, or two as (row, column)."
        )
    for value in values:
        if not math.isfinite(value) or not 0 < value <= LARGEST_SPACING_MM:
            raise InputError(
                f"Pixel spacing {spacing_mm!r} can't be used: it must be a number of mm above 0 and at most "
                f"{LARGEST_SPACING_MM:g} (a hand radiograph has about 0.05 to 0.4 mm)."
            )
    if not isinstance(spacing_mm, Sequence) and aspect != 1:
        raise InputError(
            f"A pixel spacing of {values[0]:g} mm can't be used alone: the film's pixels are {aspect:.4g} "
            "times as high as wide. Give two numbers, the distance of rows and that of columns."
        )
    return PixelSpacing(values[0], values[1], SpacingSource.USER)


def is_believable(row_mm: float, column_mm: float) -> bool:
    """Tell whether numbers from a file's header can be the pixel spacing of a radiograph.

    Zero, negative and non-finite numbers are not. Neither is 1 mm x 1 mm: no detector has such pixels, and it
    is what writers of all formats put in when they don't know.
    """
    numbers = (row_mm, column_mm)
    return all(math.isfinite(v) and 0 < v <= LARGEST_SPACING_MM for v in numbers) and numbers != (1.0, 1.0)
