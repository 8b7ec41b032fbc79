"""The voxels of a volume that lie in a file as plain numbers, raw or deflated."""

from __future__ import annotations

import math
import zlib
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .volume_header import VolumeHeader

_CHUNK_BYTES = 2**20
_TRAILER_BYTES = 64
_ZLIB_OR_GZIP = 32 + zlib.MAX_WBITS


def read_voxels(header: VolumeHeader) -> NDArray[Any]:
    """Read the voxels, all of them or none.

    Returns
    -------
    ndarray of shape (..., sizes[1], sizes[0]), or with the components behind
        In the machine's own byte order.

    Raises
    ------
    InputError
        If there are fewer than the header says, or the compressed data is damaged.
    """
    count = math.prod(header.sizes) * header.components
    needed = count * header.dtype.itemsize
    with header.data.open("rb") as file:
        file.seek(header.offset)
        content = file.read(needed) if header.encoding == "raw" else _inflate(file, needed, header)
    if len(content) < needed:
        raise InputError(
            f"{header.data}: pixels are missing at its end: {len(content):,} bytes of {needed:,}. "
            "The file is cut off; copy or export it again."
        )
    shape = header.sizes[::-1] if header.components == 1 else (*header.sizes[::-1], header.components)
    voxels = np.frombuffer(content, header.dtype, count).reshape(shape)
    return voxels.astype(header.dtype.newbyteorder("="), copy=False)


def _inflate(file: BinaryIO, needed: int, header: VolumeHeader) -> bytes:
    """Inflate no more than is needed, whatever the file holds."""
    inflater = zlib.decompressobj(_ZLIB_OR_GZIP)
    parts, missing = [], needed
    try:
        while missing > 0 and not inflater.eof and (chunk := file.read(_CHUNK_BYTES)):
            while chunk and missing > 0:
                part = inflater.decompress(chunk, missing)
                parts.append(part)
                missing -= len(part)
                chunk = inflater.unconsumed_tail
        # What follows is the checksum, which the inflater compares.
        inflater.decompress(inflater.unconsumed_tail + file.read(_TRAILER_BYTES), 1)
    except zlib.error as error:
        raise InputError(
            f"{header.data}: its compressed pixels are damaged ({error}). Copy or export the file again."
        ) from error
    return b"".join(parts)
