"""What a volume's header says of its voxels: read and checked before anything is decoded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from ..errors import InputError
from .pixel_check import check_size

LONGEST_HEADER = 2**16
"""Bytes; headers of images have some hundred, with a record of how they were made some thousand."""
LONGEST_FIELD = 1000
"""Characters of a line. Fields of a film's header have below 200, and native readers crash on 3,000."""
MOST_AXES = 7
LARGEST_NUMBER = 1e9
"""No spacing, direction or position of a film comes near it; native readers hang on 1e308."""


@dataclass(frozen=True)
class VolumeHeader:
    """A volume that lies in a file as plain numbers, as its header has it."""

    sizes: tuple[int, ...]
    """Voxels along each axis, the fastest first, without that of the components."""
    components: int
    """Numbers a voxel, which lie together: 1 for grey, 3 or 4 for colour."""
    dtype: np.dtype[Any]
    """As stored, with its byte order."""
    spacing_mm: tuple[float, ...]
    """Distance along each axis; 1 where nothing is said."""
    along: tuple[float, float]
    """How far the first two axes run to patient left and posterior, as cosines: -1 is against it."""
    data: Path
    """The file that holds the voxels."""
    offset: int
    """Bytes before them."""
    encoding: Literal["raw", "deflated"]


def read_head(path: Path) -> bytes:
    """Return the beginning of a file, as long as a header may be."""
    with path.open("rb") as file:
        return file.read(LONGEST_HEADER)


def numbers(path: Path, field: str, text: str) -> list[float]:
    """Return the numbers of a header's field.

    Raises
    ------
    InputError
        If one is none, is not finite, or is beyond anything that a film has.
    """
    try:
        values = [float(word) for word in text.split()]
    except ValueError:
        values = [math.nan]
    if not all(abs(value) <= LARGEST_NUMBER for value in values):
        raise damaged(path, f"{field} is {text[:40]!r}")
    return values


def axis_sizes(path: Path, field: str, text: str, dimension: int) -> tuple[int, ...]:
    """Return the length of each axis.

    Raises
    ------
    InputError
        If there are not ``dimension`` of them, whole and above 0.
    """
    values = numbers(path, field, text)
    if len(values) != dimension or any(value < 1 or value != int(value) for value in values):
        raise damaged(path, f"{field} is {text[:40]!r}")
    return tuple(map(int, values))


def check_one_slice(path: Path, sizes: Sequence[int], bytes_a_voxel: int) -> None:
    """Refuse more than one slice, and more voxels or bytes than any film has, before they are decoded.

    Raises
    ------
    InputError
        Saying how many there are.
    """
    inside = [length for length in sizes if length > 1]
    if len(inside) > 2:
        raise InputError(
            f"{path}: a volume of {' x '.join(map(str, sizes))} voxels holds many slices; "
            "a radiograph has one. Save the slice that is meant as an image of its own."
        )
    columns, rows = [*inside, 1, 1][:2]
    check_size(rows, columns, path, bytes_a_voxel)


def data_file_beside(path: Path, name: str) -> Path:
    """Return the file with the voxels that a detached header names: only in the header's own folder.

    Raises
    ------
    InputError
        If the name leads out of the folder, stands for several files, or there is no such file.
    """
    beside = path.parent / name
    if name in ("", ".", "..") or any(sign in name for sign in "/\\%\0") or len(name) > 255:
        raise InputError(
            f"{path}: its header has the pixels in {name[:80]!r}; only one file beside the header is read. "
            "Save the image as one file, with its pixels."
        )
    try:
        is_there = beside.is_file() and beside.resolve().parent == path.resolve().parent
    except (OSError, ValueError):
        is_there = False
    if not is_there:
        raise InputError(
            f"{path}: the file {name!r} with its pixels is not beside it. Copy both, or export again."
        )
    return beside


def damaged(path: Path, what: str) -> InputError:
    """Return the error for a header that can't be true."""
    return InputError(f"{path}: its header is damaged: {what}. Copy or export the file again.")
