"""Headers of NIfTI files (nifti1.h, nifti2.h), checked before ITK reads them."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

from ..errors import InputError
from .volume_header import LARGEST_NUMBER, MOST_AXES, check_one_slice, damaged

_BITS = {2: 8, 4: 16, 8: 32, 16: 32, 64: 64, 128: 24, 256: 8, 512: 16, 768: 32, 1024: 64, 1280: 64, 2304: 32}
"""Bits of a voxel by (datatype); complex numbers and those of 128 bits are no grey values."""
_HEADER_BYTES = 540
_CHUNK_BYTES = 2**22
_FURTHEST_VOXELS = 2**24
"""Bytes; what lies between header and voxels are notes."""
# Offsets of dim, datatype, bitpix, pixdim, vox_offset, scl_slope, scl_inter, the codes of both orientations,
# their numbers, and the magic text, with their types.
_NIFTI1 = {
    "dim": (40, "8h"),
    "type": (70, "2h"),
    "pixdim": (76, "8f"),
    "offset": (108, "f"),
    "scale": (112, "2f"),
    "codes": (252, "2h"),
    "orientation": (256, "18f"),
    "magic": (344, "4s"),
}
_NIFTI2 = {
    "dim": (16, "8q"),
    "type": (12, "2h"),
    "pixdim": (104, "8d"),
    "offset": (168, "q"),
    "scale": (176, "2d"),
    "codes": (344, "2i"),
    "orientation": (352, "18d"),
    "magic": (4, "4s"),
}


def check_nifti(path: Path) -> None:
    """Refuse a NIfTI file that is cut off or whose header can't be true.

    ITK fills what is missing with zeros and says nothing.

    Raises
    ------
    InputError
        Saying what is wrong; before anything is decoded, if the header announces several slices or more
        voxels than any film has.
    """
    is_zipped = path.name.lower().endswith(".gz")
    try:
        with gzip.open(path) if is_zipped else path.open("rb") as file:
            head = file.read(_HEADER_BYTES)
            needed = _check_header(path, head)
            there = len(head)
            while there < needed and (block := file.read(_CHUNK_BYTES)):
                there += len(block)
    except (EOFError, OSError, zlib.error, struct.error) as error:
        raise InputError(
            f"{path}: the file is cut off or damaged ({error}). Copy or export it again."
        ) from error
    if there < needed:
        raise InputError(
            f"{path}: the file is cut off: pixels are missing at its end. Copy or export it again."
        )


def _check_header(path: Path, head: bytes) -> int:
    """Check the header; return how many bytes the file must have."""
    order = "<" if head[:4] in (b"\x5c\x01\x00\x00", b"\x1c\x02\x00\x00") else ">"
    (length,) = struct.unpack_from(order + "i", head)
    if length not in (348, 540):
        raise damaged(path, f"its length is {length}")
    fields = {
        name: struct.unpack_from(order + form, head, at)
        for name, (at, form) in (_NIFTI1 if length == 348 else _NIFTI2).items()
    }
    if fields["magic"][0][:2] != b"n+":
        raise InputError(
            f"{path}: this NIfTI header has its pixels in another file. Save the image as one file (.nii)."
        )
    dimension, *counts = fields["dim"]
    if not 1 <= dimension <= MOST_AXES or any(count < 1 for count in counts[:dimension]):
        raise damaged(path, f"its dimensions are {fields['dim']}")
    datatype, bits = fields["type"]
    if _BITS.get(datatype) != bits:
        raise damaged(path, f"voxels of type {datatype} with {bits} bits are no grey values")
    sizes = counts[:dimension]
    check_one_slice(path, sizes, bits / 8)
    distances = fields["pixdim"][1 : 1 + dimension]
    for number in (*distances, *fields["scale"], *(fields["orientation"] if any(fields["codes"]) else ())):
        if not abs(number) <= LARGEST_NUMBER:
            raise damaged(path, f"one of its numbers is {number:g}")
    inside = [axis for axis, count in enumerate(sizes) if count > 1][:2] or [0]
    stated = [distances[axis] for axis in inside]
    if any(distance < 0 for distance in stated):
        # ITK takes it for a mirrored axis and says nothing: a joint would be read upside down.
        raise InputError(
            f"{path}: its header states a pixel spacing of {' x '.join(f'{one:g}' for one in stated)} mm; "
            "it must be above 0. Mend the header, or save the image as PNG and give the pixel spacing."
        )
    (offset,) = fields["offset"]
    if not length <= offset <= _FURTHEST_VOXELS:
        raise damaged(path, f"its voxels begin at byte {offset:g}")
    return int(offset + math.prod(sizes) * bits // 8)
