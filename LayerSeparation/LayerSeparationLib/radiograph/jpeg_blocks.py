"""Whether a film was once stored as JPEG, and how: told from its pixels alone.

JPEG rounds the cosine transform of blocks of 8 x 8 px to multiples of a step that grows with the frequency.
Who looks closely sees it: fine texture is missing, and blocks have borders. An edit that is laid over such a
film without either can be told from it, whatever it shows.

Many films were stored so twice, at a second quality that is higher and leaves hardly a trace: how far
coefficients miss their multiples. A network sees that, too. So the qualities of a film are those at which it
comes back bit by bit when it is stored again; edits then go the very same way, through the same library.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from .rectangle import Rectangle

BLOCK_PX = 8
_SAMPLE_BLOCKS = 2048
"""So many blocks of a film tell its steps."""
_FEWEST_BLOCKS = 32
_MULTIPLE = 1.3
"""Grey values by which a coefficient may miss a multiple of its step. Decoded films are rounded to whole grey
values, which gives coefficients a standard deviation of 0.29; a second JPEG of high quality adds to it."""
_FEWEST_MULTIPLES = 0.9
"""Part of the coefficients above that which have to be multiples."""
_FEWEST_COEFFICIENTS = 20
_SMALLEST_STEP, _LARGEST_STEP = 4, 255
"""Smaller steps can't be told from the rounding; larger ones don't exist."""
_FEWEST_STEPS = 5
"""Frequencies whose step must be found: smooth films without JPEG have many that are nothing but zero."""
_LOW_FREQUENCIES = 4
"""Where no step is found up to this sum of both frequencies, there is none."""
_FEWEST_ALIKE = 0.7
"""Part of the found steps that have to be those of a table, for it to stand in for the others."""
_SAME = 0.995
"""Part of a film's pixels that come back the same at the qualities at which it was stored: decoders may
differ in a pixel here and there."""
_TRIED_PX = 512
"""Edge of the part of a film, from its middle, at which qualities are tried."""
LUMINANCE_STEPS = (
    (16, 11, 10, 16, 24, 40, 51, 61),
    (12, 12, 14, 19, 26, 58, 60, 55),
    (14, 13, 16, 24, 40, 57, 69, 56),
    (14, 17, 22, 29, 51, 87, 80, 62),
    (18, 22, 37, 56, 68, 109, 103, 77),
    (24, 35, 55, 64, 81, 104, 113, 92),
    (49, 64, 78, 87, 103, 121, 120, 101),
    (72, 92, 95, 98, 112, 100, 103, 99),
)
"""Steps of luminance at quality 50: ITU-T T.81, table K.1."""


@dataclass(frozen=True, eq=False)
class JpegBlocks:
    """The blocks of a film that was stored as JPEG with 8 bits.

    Examples
    --------
    >>> smooth = np.add.outer(np.sin(np.arange(128) / 9.0), np.cos(np.arange(256) / 7.0)) * 40 + 128
    >>> JpegBlocks.find(np.rint(smooth)) is None
    True
    """

    top: int
    """Row of the film at which a block begins, 0..7."""
    left: int
    """Column at which one begins, 0..7."""
    steps: NDArray[np.float64]
    """(8, 8) grey values: step of the coefficients at each frequency; 1 where it is too small to be told,
    infinite where there is nothing but zero."""
    qualities: tuple[int, ...] = ()
    """At which it was stored, one after the other, as the Independent JPEG Group counts them, if these give
    it back; empty where it was made in another way."""

    @classmethod
    def find(cls, grey: NDArray[np.floating]) -> JpegBlocks | None:
        """Look for the blocks of a film; None where it shows none.

        Parameters
        ----------
        grey
            (rows, columns), whole numbers 0..255.
        """
        top, left = (_first_border(grey, axis) for axis in (0, 1))
        blocks = _sample_blocks(grey, top, left)
        if len(blocks) < _FEWEST_BLOCKS:
            return None
        coefficients = np.abs(_transform(blocks))
        steps = np.ones((BLOCK_PX, BLOCK_PX))  # a block's mean stays 1: its rounding is not to be seen
        for distance in range(1, 2 * BLOCK_PX - 1):
            if distance > _LOW_FREQUENCIES and not _is_told(steps).any():
                return None
            for down in range(max(0, distance - BLOCK_PX + 1), min(distance, BLOCK_PX - 1) + 1):
                steps[down, distance - down] = _step(coefficients[:, down, distance - down])
        if np.count_nonzero(_is_told(steps)) < _FEWEST_STEPS:
            return None
        steps, quality = _completed(steps)
        return cls(top, left, steps, () if quality is None else _qualities(grey[top:, left:], quality))

    def around(self, part: Rectangle, film: tuple[int, int]) -> Rectangle:
        """Return the whole blocks that a part of a film of that shape touches, as far as the film goes."""
        top = part.top - (part.top - self.top) % BLOCK_PX
        left = part.left - (part.left - self.left) % BLOCK_PX
        bottom = part.bottom + (self.top - part.bottom) % BLOCK_PX
        right = part.right + (self.left - part.right) % BLOCK_PX
        return Rectangle(top, bottom, left, right).intersection(Rectangle.whole(film))

    def store(
        self, grey: NDArray[np.floating], part: Rectangle, differs: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Round the coefficients of every block in which a pixel differs.

        Parameters
        ----------
        grey
            (rows, columns) of the edited film on ``part``.
        part
            Where that is on the film: whole blocks, see `around`.
        differs
            bool (rows, columns): where it is edited.

        Returns
        -------
        Grey values, not rounded, and bool (rows, columns): the pixels of the blocks that were stored anew.
        """
        before = ((part.top - self.top) % BLOCK_PX, (part.left - self.left) % BLOCK_PX)
        after = tuple(-(size + first) % BLOCK_PX for size, first in zip(grey.shape, before, strict=True))
        padding = tuple(zip(before, after, strict=True))
        blocks = _cut(np.pad(np.asarray(grey, np.float64), padding, mode="edge"))
        touched = np.asarray(_cut(np.pad(differs, padding)).any(axis=(2, 3)))
        if self.qualities:
            stored_anew = _cut(_store(_join(blocks), self.qualities))
            blocks[touched] = stored_anew[touched]
        else:
            blocks[touched] = self._round(blocks[touched])
        inside = tuple(slice(first, first + size) for first, size in zip(before, grey.shape, strict=True))
        anew = np.broadcast_to(touched[:, :, None, None], blocks.shape)
        return _join(blocks)[inside], _join(anew)[inside]

    def _round(self, blocks: NDArray[np.float64]) -> NDArray[np.float64]:
        """Round the coefficients of blocks (n, 8, 8) to multiples of the film's steps."""
        chosen = _transform(blocks)
        multiples = np.rint(chosen / self.steps)
        stored = np.where(np.isinf(self.steps), 0.0, multiples * np.minimum(self.steps, _LARGEST_STEP))
        rounded = np.where(self.steps < _SMALLEST_STEP, chosen, stored)
        return np.asarray(fft.idctn(rounded, axes=(1, 2), norm="ortho"))


def _first_border(grey: NDArray[np.floating], axis: int) -> int:
    """Return the row (or column) below 8 at which the steps from pixel to pixel are greatest."""
    steps = np.abs(np.diff(np.asarray(grey, np.float64), axis=axis)).mean(axis=1 - axis)
    usual = [
        np.median(steps[first::BLOCK_PX]) if steps[first::BLOCK_PX].size else 0.0 for first in range(BLOCK_PX)
    ]
    return (int(np.argmax(usual)) + 1) % BLOCK_PX


def _sample_blocks(grey: NDArray[np.floating], top: int, left: int) -> NDArray[np.float64]:
    rows, columns = (
        (size - first) // BLOCK_PX * BLOCK_PX for size, first in zip(grey.shape, (top, left), strict=True)
    )
    blocks = _cut(grey[top : top + rows, left : left + columns]).reshape(-1, BLOCK_PX, BLOCK_PX)
    # Flat and clipped blocks tell nothing.
    graded = blocks[
        (np.ptp(blocks, axis=(1, 2)) > 2) & (blocks.min(axis=(1, 2)) > 0) & (blocks.max(axis=(1, 2)) < 255)
    ]
    return np.asarray(graded[:: max(1, len(graded) // _SAMPLE_BLOCKS)], np.float64)


def _step(coefficients: NDArray[np.float64]) -> float:
    """Return the step of one frequency's coefficients (absolute values)."""
    present = coefficients[coefficients > _MULTIPLE]
    if present.size < _FEWEST_COEFFICIENTS:
        return np.inf if present.size <= coefficients.size * (1 - _FEWEST_MULTIPLES) else 1.0
    for step in range(min(_LARGEST_STEP, int(present.max() + _MULTIPLE)), _SMALLEST_STEP - 1, -1):
        missed = np.abs(present - step * np.rint(present / step))
        if np.mean(missed < _MULTIPLE) >= _FEWEST_MULTIPLES:
            return float(step)
    return 1.0


def _is_told(steps: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.isfinite(steps) & (steps >= _SMALLEST_STEP)


def _completed(steps: NDArray[np.float64]) -> tuple[NDArray[np.float64], int | None]:
    """Return the usual table of steps that the found ones are from, and its quality; else the found ones."""
    told = _is_told(steps)
    usual = np.array([_usual_steps(quality) for quality in range(100, 0, -1)])
    alike = (usual == steps)[:, told].mean(axis=1)
    best = int(np.argmax(alike))
    return (usual[best], 100 - best) if alike[best] >= _FEWEST_ALIKE else (steps, None)


def _qualities(grey: NDArray[np.floating], first: int) -> tuple[int, ...]:
    """Return the qualities, beginning with ``first``, at which a film comes back as it is; empty if none do.

    ``grey`` begins with a whole block.
    """
    rows, columns = (_middle(size) for size in grey.shape)
    part = np.asarray(grey[rows, columns], np.float64)
    if not part.size:
        return ()
    try:
        shares = {one: float(np.mean(_store(part, one) == part)) for one in _chains(first)}
    except ImportError:
        return ()  # without Pillow steps have to do
    best = max(shares, key=lambda one: shares[one])
    return best if shares[best] >= _SAME else ()


def _chains(first: int) -> Iterator[tuple[int, ...]]:
    yield (first,)
    for second in range(100, first, -1):
        yield (first, second)


def _middle(size: int) -> slice:
    """Return the middle of a row or column of pixels, in whole blocks."""
    blocks = size // BLOCK_PX
    taken = min(blocks, _TRIED_PX // BLOCK_PX)
    start = (blocks - taken) // 2
    return slice(start * BLOCK_PX, (start + taken) * BLOCK_PX)


def _store(grey: NDArray[np.float64], qualities: Sequence[int]) -> NDArray[np.float64]:
    """Store an image of whole blocks as JPEG and read it, once at every quality."""
    from PIL import Image

    image = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
    for quality in qualities:
        stored = io.BytesIO()
        Image.fromarray(image).save(stored, "JPEG", quality=quality)
        image = np.asarray(Image.open(stored))
    return image.astype(np.float64)


def _usual_steps(quality: int) -> NDArray[np.float64]:
    """Return the steps at a quality of 1 to 100 as the Independent JPEG Group has them (jcparam.c)."""
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    steps = (np.array(LUMINANCE_STEPS) * percent + 50) // 100
    return np.asarray(np.clip(steps, 1, _LARGEST_STEP), np.float64)


def _transform(blocks: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(fft.dctn(blocks, axes=(1, 2), norm="ortho"))


def _cut(image: NDArray[Any]) -> NDArray[Any]:
    """(8 r, 8 c) -> (r, c, 8, 8)."""
    rows, columns = image.shape
    return np.ascontiguousarray(
        image.reshape(rows // BLOCK_PX, BLOCK_PX, columns // BLOCK_PX, BLOCK_PX).transpose(0, 2, 1, 3)
    )


def _join(blocks: NDArray[Any]) -> NDArray[Any]:
    rows, columns = blocks.shape[:2]
    return blocks.transpose(0, 2, 1, 3).reshape(rows * BLOCK_PX, columns * BLOCK_PX)
