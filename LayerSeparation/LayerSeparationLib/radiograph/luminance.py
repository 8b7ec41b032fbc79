"""One grey value from the colour channels of a film that was stored in colour."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

# Rec. ITU-R BT.709-6, item 3.2, in ten-thousandths: integers, so that grey (v, v, v) comes back as exactly v.
RED, GREEN, BLUE = 2126, 7152, 722
WHOLE = RED + GREEN + BLUE

ROWS_AT_A_TIME = 256


def luminance(channels: NDArray[Any], where: object) -> NDArray[Any]:
    """Reduce colour channels to luminance in the same number type (Rec. 709 weights).

    Parameters
    ----------
    channels
        (rows, columns, channels): 1 (grey), 3 (RGB) or 4 (RGB and opacity) channels.
    where
        Name of the image for messages.

    Returns
    -------
    ndarray of shape (rows, columns)
        Same dtype. A pixel of equal channels keeps its value exactly.

    Raises
    ------
    InputError
        With another number of channels, or when the image is partly transparent.
    """
    count = channels.shape[-1]
    if count == 1:
        return np.ascontiguousarray(channels[..., 0])
    if count not in (3, 4):
        raise InputError(
            f"{where}: {count} channels a pixel; grey, RGB or RGBA is needed. Save it as grey image."
        )
    if count == 4 and channels[..., 3].min() != channels[..., 3].max():
        raise InputError(f"{where}: the image is partly transparent. Save it without transparency.")
    grey = np.ascontiguousarray(channels[..., 0])
    for first in range(0, len(grey), ROWS_AT_A_TIME):
        part = slice(first, first + ROWS_AT_A_TIME)
        red, green, blue = (channels[part, :, k] for k in range(3))
        if np.array_equal(red, green) and np.array_equal(red, blue):
            continue
        wide: Any = np.float64 if grey.dtype.kind == "f" else np.int64
        total = RED * red.astype(wide) + GREEN * green.astype(wide) + BLUE * blue.astype(wide)
        mixed = total / WHOLE if grey.dtype.kind == "f" else (total + WHOLE // 2) // WHOLE
        equal = (red == green) & (red == blue)
        grey[part] = np.where(equal, red, mixed.astype(grey.dtype))
    return grey
