"""What every file format hands over: the film's own numbers and what its header says of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .radiograph import Origin
from .spacing import UNKNOWN_SPACING, PixelSpacing


@dataclass(frozen=True, eq=False)
class StoredFilm:
    """A film before its grey values are given a meaning."""

    pixels: NDArray[Any]
    """(rows, columns): the film's own numbers, as stored."""
    origin: Origin
    """File and header."""
    spacing: PixelSpacing = UNKNOWN_SPACING
    """What the header says."""
    nominal_range: tuple[float, float] | None = None
    """Smallest and largest number that the format could hold (0, 4095 for 12 bits); None where that says
    nothing."""
    declared_inverted: bool = False
    """Whether the file says that bone is dark in `pixels` (after `lookup`)."""
    declared_by: str | None = None
    """Where it says so; None for formats that say nothing."""
    lookup: NDArray[np.float64] | None = None
    """DICOM modality LUT, strictly monotonic: meaning of the stored values `lookup_first`, `lookup_first`
    + 1, ..."""
    lookup_first: int = 0
    """Stored value of the first entry of `lookup`."""

    def meaning(self, stored: NDArray[Any]) -> NDArray[np.float64]:
        """Turn stored values into grey values with a linear meaning (through the modality LUT, if any)."""
        if self.lookup is None:
            return stored.astype(np.float64)
        entry = np.clip(stored.astype(np.int64) - self.lookup_first, 0, len(self.lookup) - 1)
        return np.asarray(self.lookup[entry])
