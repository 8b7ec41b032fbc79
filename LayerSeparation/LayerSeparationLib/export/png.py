"""16-bit grey PNG that says in itself whether it is synthetic.

Written by hand rather than through SimpleITK, which can't write text chunks. Format: https://www.w3.org/TR/png-3/
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY = 0
_BIT_DEPTH = 16
_FULL_SCALE = 65535
# Every row as its difference from the row above: radiographs are smooth, this halves the file.
_FILTER_UP = 2
_COMPRESSION_LEVEL = 6
# Rows are encoded this many pixels at a time: a whole film in float64 would take eight bytes a pixel, thrice.
_PIXELS_AT_A_TIME = 2**20


def write_png(
    path: str | Path,
    intensity: NDArray[np.float32],
    *,
    synthetic: bool,
    text: Mapping[str, str] | None = None,
) -> None:
    """Write intensity as 16-bit grey PNG; intensities v / 255 and v / 65535 are kept exactly.

    Parameters
    ----------
    path
        File to write; an existing one is replaced.
    intensity
        Shape (rows, columns), 0..1; what lies outside is clipped. Rounded half to even, in float64.
    synthetic
        Written as the text chunk `LayerSeparation.synthetic`; a synthetic image also has a `Comment`.
    text
        More text chunks; keys of 1..79 Latin-1 characters, Latin-1 values (others become `?`).

    Raises
    ------
    InputError
        `intensity` is not two-dimensional or holds values that are not finite.
    """
    if np.ndim(intensity) != 2 or np.size(intensity) == 0:
        raise InputError(f"{path}: an image of shape (rows, columns) is needed, not {np.shape(intensity)}.")
    if not np.isfinite(intensity).all():
        raise InputError(f"{path}: the image holds NaN or infinite values and is not written.")
    rows, columns = np.shape(intensity)
    texts = {"Software": "LayerSeparation", "LayerSeparation.synthetic": str(synthetic).lower()}
    if synthetic:
        texts["Comment"] = "Synthetic image: edited by LayerSeparation, not a patient's radiograph as taken."
    texts.update(text or {})
    chunks = [_chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, _BIT_DEPTH, _GREY, 0, 0, 0))]
    chunks += [_chunk(b"tEXt", _latin(key)[:79] + b"\0" + _latin(value)) for key, value in texts.items()]
    chunks += [_chunk(b"IDAT", _compressed(np.asarray(intensity))), _chunk(b"IEND", b"")]
    Path(path).write_bytes(_SIGNATURE + b"".join(chunks))


def _compressed(intensity: NDArray[np.float32]) -> bytes:
    """Return the scan lines, filtered and compressed, a stripe of the image at a time."""
    rows, columns = intensity.shape
    height = max(1, _PIXELS_AT_A_TIME // columns)
    compressor = zlib.compressobj(_COMPRESSION_LEVEL)
    above = np.zeros((1, 2 * columns), dtype=np.uint8)
    parts = []
    for first in range(0, rows, height):
        samples = _samples(intensity[first : first + height])
        parts.append(compressor.compress(_filtered(samples, above)))
        above = samples[-1:]
    return b"".join([*parts, compressor.flush()])


def _samples(intensity: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Return the bytes of the 16-bit samples, big-endian, a row an image row."""
    scaled = np.rint(np.clip(intensity.astype(np.float64), 0.0, 1.0) * _FULL_SCALE)
    return scaled.astype(">u2").view(np.uint8).reshape(len(intensity), -1)


def _filtered(samples: NDArray[np.uint8], above: NDArray[np.uint8]) -> bytes:
    """Return the scan lines below the row ``above``, each behind the byte that names its filter."""
    lines = np.empty((samples.shape[0], samples.shape[1] + 1), dtype=np.uint8)
    lines[:, 0] = _FILTER_UP
    lines[:, 1:] = samples - np.concatenate([above, samples[:-1]])
    return lines.tobytes()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _latin(text: str) -> bytes:
    return text.replace("\0", "").encode("latin-1", errors="replace")
