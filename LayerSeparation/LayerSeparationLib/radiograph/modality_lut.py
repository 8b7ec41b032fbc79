"""The meaning of DICOM stored values: Modality LUT Sequence (0028,3000), or Rescale Slope (0028,1053).

DICOM PS3.3 C.11.1: a Modality LUT takes the place of slope and intercept. Slope and intercept keep the order
and the proportions of grey values, so all that matters of them here is the sign of the slope.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

# A LUT that maps several stored values to one has no inverse. Neighbouring entries are kept apart by this
# share of the whole range in all, so that a film still comes back in its stored values.
TILT = 1.0 / 64


def modality_lut(dataset: "Dataset", path: Path) -> tuple[NDArray[np.float64], int] | None:
    """Read the modality LUT.

    Returns
    -------
    (entries, first) or None
        Strictly monotonic meaning of the stored values first, first + 1, ...; None where there is no LUT, or
        where it is a straight line.

    Raises
    ------
    InputError
        If the LUT is damaged or not monotonic.
    """
    sequence = dataset.get("ModalityLUTSequence")
    if not sequence:
        return None
    try:
        count, first, bits = (int(value) for value in sequence[0].LUTDescriptor)
        entries = _entries(sequence[0], count or 2**16, bits)
    except (AttributeError, TypeError, ValueError) as error:
        raise InputError(f"{path}: the modality LUT (0028,3000) is damaged ({error}).") from error
    if int(dataset.PixelRepresentation) == 1 and first >= 2**15:
        first -= 2**16
    steps = np.diff(entries)
    if not ((steps >= 0).all() or (steps <= 0).all()) or entries[0] == entries[-1]:
        raise InputError(
            f"{path}: the modality LUT (0028,3000) is not monotonic, so the film has no grey scale."
        )
    if (steps == steps[0]).all() and steps[0] > 0:
        return None
    tilt = (entries[-1] - entries[0]) * TILT / len(entries)
    return entries + tilt * np.arange(len(entries)), first


def _entries(item: "Dataset", count: int, bits: int) -> NDArray[np.float64]:
    """Unpack LUT Data, which is OW (bytes) or US (numbers), with 8-bit entries packed in pairs or not."""
    data = item.LUTData
    if isinstance(data, bytes):
        order = "<" if getattr(item, "is_little_endian", True) in (True, None) else ">"
        narrow = bits <= 8 and len(data) < 2 * count
        entries = np.frombuffer(data, dtype="u1" if narrow else f"{order}u2")
    else:
        entries = np.atleast_1d(np.asarray(data))
    if len(entries) < count or count < 2:
        raise ValueError(f"{len(entries)} entries instead of {count}")
    return entries[:count].astype(np.float64)
