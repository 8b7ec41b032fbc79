"""What pixels must be before anything is done with them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

# A joint is some 250 px wide in a usual film, and about 60 in the coarsest: below 32 px nothing can be told.
SMALLEST_EDGE_PX = 32
# The largest detectors have about 5,000 px along an edge, and scanners of films 10,000. Beyond these a file
# is damaged or hostile. What is allowed here is worked on within 1.5 GB of memory.
LARGEST_EDGE_PX = 20_000
LARGEST_AREA_PX = 100_000_000
LARGEST_DECODED_BYTES = 500_000_000
# Masks and line drawings have fewer grey values than any radiograph.
FEWEST_GREY_VALUES = 5
# Of numbers of floating point: beyond these, arithmetic on them overflows or has no digits left.
LARGEST_GREY = 1e12
SMALLEST_CONTRAST = 1e-6


def check_size(rows: int, columns: int, where: object, bytes_a_px: float = 1) -> None:
    """Refuse a film that is too small to show a joint, or too large to be one.

    Parameters
    ----------
    rows, columns
        As the header announces them, before anything is decoded.
    where
        Name of the film, for messages.
    bytes_a_px
        What a decoded pixel takes.

    Raises
    ------
    InputError
        Below 32 px along an edge, above 20,000 px along an edge, above 100 million pixels, or above 500 MB
        after decoding.
    """
    if min(rows, columns) < SMALLEST_EDGE_PX:
        raise InputError(
            f"{where}: {columns} x {rows} pixels are too few for a radiograph; "
            f"at least {SMALLEST_EDGE_PX} x {SMALLEST_EDGE_PX} are needed."
        )
    if max(rows, columns) > LARGEST_EDGE_PX or rows * columns > LARGEST_AREA_PX:
        raise InputError(
            f"{where}: {columns} x {rows} pixels are more than any radiograph has "
            f"(limit: {LARGEST_EDGE_PX:,} along an edge, {LARGEST_AREA_PX:,} in all); the file is damaged, "
            "or must be cut to the hand first."
        )
    if rows * columns * bytes_a_px > LARGEST_DECODED_BYTES:
        taken_mb, limit_mb = rows * columns * bytes_a_px / 1e6, LARGEST_DECODED_BYTES / 1e6
        raise InputError(
            f"{where}: decoded, its {columns} x {rows} pixels take {taken_mb:,.0f} MB (limit: "
            f"{limit_mb:,.0f} MB). Save it as 8- or 16-bit grey image, or cut it to the hand first."
        )


def check_finite(pixels: NDArray[Any], where: object) -> None:
    """Refuse NaN and infinite pixels, saying how many there are and where the first one is.

    Raises
    ------
    InputError
        If any pixel is NaN or infinite.
    """
    if pixels.dtype.kind != "f" or np.isfinite(pixels.sum(dtype=np.float64)):
        return
    bad = ~np.isfinite(pixels)
    count = int(np.count_nonzero(bad))
    if count == 0:
        return
    row, column = np.unravel_index(int(np.argmax(bad)), bad.shape)
    raise InputError(
        f"{where}: {count} of {pixels.size} pixels are NaN or infinite, the first at row {row}, "
        f"column {column}; replace them (by the surrounding grey) and save the image again."
    )


def check_contrast(pixels: NDArray[Any], where: object) -> None:
    """Refuse images that hold one grey value only, or as few as a mask does.

    Raises
    ------
    InputError
        With fewer than 5 different grey values, or numbers that no film has.
    """
    lowest, highest = pixels.min(), pixels.max()
    if lowest == highest:
        raise InputError(f"{where}: every pixel has the value {lowest}; this image shows nothing.")
    if pixels.dtype.kind == "f":
        largest = max(abs(float(lowest)), abs(float(highest)))
        if largest > LARGEST_GREY or float(highest) - float(lowest) < SMALLEST_CONTRAST * largest:
            raise InputError(
                f"{where}: its pixels go from {lowest:g} to {highest:g}, which no film does; the file "
                "is damaged, or holds something else than grey values."
            )
    found = {lowest.item(), highest.item()}
    for row in pixels:
        found.update(np.unique(row).tolist())
        if len(found) >= FEWEST_GREY_VALUES:
            return
    raise InputError(
        f"{where}: there are only {len(found)} different grey values; "
        "this is a mask or a drawing, not a radiograph."
    )
