"""The pictures that the finder networks look at: a whole film, or one hand upright."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .affine import resample
from .finder_sizes import FILM_EDGE_PX, HAND_LENGTH_PX, VIEW_PX
from .hand_frame import HandFrame

_MIDDLE_PX = (VIEW_PX - 1) / 2
UPRIGHT = HandFrame((_MIDDLE_PX, _MIDDLE_PX), (0.0, -HAND_LENGTH_PX), False)
"""Where a hand lies in the joint network's view."""


def pyramid(image: NDArray[np.float32], levels: int) -> list[NDArray[np.float32]]:
    """Return an image, and the same at a half, a quarter, ... of its size (means of 2 x 2 pixels), float32.

    A level that would be smaller than 2 pixels is left out.
    """
    found = [np.ascontiguousarray(image, dtype=np.float32)]
    while len(found) < levels and min(found[-1].shape) >= 4:
        rows, columns = (edge // 2 for edge in found[-1].shape)
        even = found[-1][: 2 * rows, : 2 * columns]
        pairs = even[:, ::2] + even[:, 1::2]
        found.append((pairs[::2] + pairs[1::2]) * np.float32(0.25))
    return found


def level_for(step: float, levels: int) -> int:
    """Return the level of a pyramid to sample at every ``step`` pixels of the full image."""
    return int(np.clip(np.floor(np.log2(max(step, 1.0)) + 0.3), 0, levels - 1))


def standardise(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring an image to mean 0 and standard deviation 1, float32; a constant image becomes 0."""
    image = image.astype(np.float32)
    standard: NDArray[np.float32] = (image - image.mean()) / max(float(image.std()), 1e-4)
    return standard


def film_to_view(shape: tuple[int, int]) -> tuple[float, NDArray[np.float64]]:
    """Return (factor, offset): ``factor * (x, y) + offset`` is a film's point in the hand network's view."""
    factor = FILM_EDGE_PX / max(shape)
    middle = (np.array(shape[::-1]) - 1) / 2
    return factor, _MIDDLE_PX - factor * middle


def film_view(levels: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the hand network's view (256, 256) of a film, given as its pyramid."""
    factor, offset = film_to_view((levels[0].shape[0], levels[0].shape[1]))
    back = np.array([[1 / factor, 0, -offset[0] / factor], [0, 1 / factor, -offset[1] / factor]])
    return standardise(_view(levels, back))


def hand_view(levels: Sequence[NDArray[np.float32]], frame: HandFrame) -> NDArray[np.float32]:
    """Return the joint network's view (256, 256) of a hand that lies at ``frame`` on the film."""
    return standardise(_view(levels, view_to_film(frame)))


def view_to_film(frame: HandFrame) -> NDArray[np.float64]:
    """(2, 3) matrix from the joint network's view (x, y, 1) to the film's (x, y), both in pixels."""
    upright = UPRIGHT.to_film
    linear = frame.to_film[:, :2] @ np.linalg.inv(upright[:, :2])
    return np.column_stack([linear, frame.to_film[:, 2] - linear @ upright[:, 2]])


def _view(levels: Sequence[NDArray[np.float32]], to_film: NDArray[np.float64]) -> NDArray[np.float32]:
    step = float(np.sqrt(abs(np.linalg.det(to_film[:, :2]))))
    level = level_for(step, len(levels))
    size = 2.0**level
    to_level = np.column_stack([to_film[:, :2] / size, (to_film[:, 2] + 0.5) / size - 0.5])
    return resample(levels[level], to_level, (VIEW_PX, VIEW_PX), order=1, beyond="constant")
