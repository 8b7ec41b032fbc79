"""Headers of NRRD files (http://teem.sourceforge.net/nrrd/format.html)."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Literal

import numpy as np

from ..errors import InputError
from .volume_header import (
    LONGEST_FIELD,
    LONGEST_HEADER,
    MOST_AXES,
    VolumeHeader,
    axis_sizes,
    check_one_slice,
    damaged,
    data_file_beside,
    numbers,
    read_head,
)

# Names of number types that stand for one size on every machine (section 'type: <type>').
_TYPES = {
    "int8": ("signed char", "int8", "int8_t"),
    "uint8": ("uchar", "unsigned char", "uint8", "uint8_t"),
    "int16": ("short", "short int", "signed short", "signed short int", "int16", "int16_t"),
    "uint16": ("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"),
    "int32": ("int", "signed int", "int32", "int32_t"),
    "uint32": ("uint", "unsigned int", "uint32", "uint32_t"),
    "int64": ("longlong", "long long", "long long int", "signed long long", "int64", "int64_t"),
    "uint64": ("ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"),
    "float32": ("float",),
    "float64": ("double",),
}
_DTYPES = {name: dtype for dtype, names in _TYPES.items() for name in names}
_ENCODINGS: dict[str, Literal["raw", "deflated"]] = {"raw": "raw", "gz": "deflated", "gzip": "deflated"}
_OTHER_ENCODINGS = ("txt", "text", "ascii", "hex", "bz2", "bzip2", "zrl")
_END = re.compile(rb"\r?\n\r?\n")
_ALONG_AXES = ("domain", "space", "time", "none", "???", "")
"""Kinds of axes that are no components (section 'kinds')."""
_VECTOR = re.compile(r"none|\(([^()]*)\)")
# Which of the first two axes of a space run against left and posterior (section 'space').
_AGAINST = {"right-anterior-superior": (-1, -1), "left-anterior-superior": (1, -1)}
_LONG = {"ras": "right-anterior-superior", "las": "left-anterior-superior"}


def read_nrrd_header(path: Path) -> VolumeHeader | None:
    """Read and check the header of a NRRD file.

    Returns
    -------
    VolumeHeader or None
        None where it may be sound, but its voxels don't lie there as plain numbers.

    Raises
    ------
    InputError
        If it can't be true, has a line too long for a header, leads to a file elsewhere, or announces several
        slices or more voxels than any film has.
    """
    fields, end = _fields(path)
    for needed in ("type", "dimension", "sizes", "encoding"):
        if needed not in fields:
            raise damaged(path, f"there is no {needed!r}")
    dimension = _whole(path, "dimension", fields["dimension"], 1, MOST_AXES + 1)
    sizes = axis_sizes(path, "sizes", fields["sizes"], dimension)
    kinds = [kind.lower() for kind in fields.get("kinds", "").split()]
    if kinds and len(kinds) != dimension:
        raise damaged(path, f"there are {len(kinds)} kinds of {dimension} axes")
    vectors, against = _directions(path, fields, dimension)
    spacing = _spacing(path, fields, dimension, vectors)
    is_component = [kind not in _ALONG_AXES for kind in kinds] or [False] * dimension
    name = fields["type"].lower()
    dtype = _DTYPES.get(name)
    if dtype is None and name not in ("block", "long", "ulong", "unsigned long", "signed long"):
        raise damaged(path, f"type is {name[:40]!r}")
    encoding = fields["encoding"].lower()
    if encoding not in _ENCODINGS and encoding not in _OTHER_ENCODINGS:
        raise damaged(path, f"encoding is {encoding[:40]!r}")
    axes = [axis for axis in range(dimension) if not is_component[axis]]
    components = math.prod(length for length, other in zip(sizes, is_component, strict=True) if other)
    itemsize = np.dtype(dtype).itemsize if dtype else 8
    check_one_slice(path, [sizes[axis] for axis in axes], components * itemsize)
    data, offset = _data(path, fields, end)
    skips = any(fields.get(key, "0").strip() != "0" for key in ("lineskip", "byteskip"))
    endian = fields.get("endian", "").lower()
    if dtype and np.dtype(dtype).itemsize > 1 and encoding in _ENCODINGS and endian not in ("little", "big"):
        raise damaged(path, f"endian is {endian[:40]!r}")
    if dtype is None or encoding not in _ENCODINGS or skips or any(is_component[1:]) or not axes:
        return None
    along = [1.0, 1.0]
    if len(vectors) == dimension and all(vectors[axis] is not None for axis in axes):
        for place, axis in enumerate(axes[:2]):
            vector = vectors[axis] or ()
            if len(vector) == len(axes):
                along[place] = against[place] * vector[place] / math.hypot(*vector)
    return VolumeHeader(
        sizes=tuple(sizes[axis] for axis in axes),
        components=components,
        dtype=np.dtype(dtype).newbyteorder("<" if endian != "big" else ">"),
        spacing_mm=tuple(spacing[axis] for axis in axes),
        along=(along[0], along[1]),
        data=data,
        offset=offset,
        encoding=_ENCODINGS[encoding],
    )


def _fields(path: Path) -> tuple[dict[str, str], int]:
    """Return what the fields say, by names in small letters without spaces, and where the voxels begin."""
    head = read_head(path)
    end = _END.search(head)
    if end is None and len(head) == LONGEST_HEADER:
        raise damaged(path, f"it does not end within {LONGEST_HEADER:,} bytes")
    fields: dict[str, str] = {}
    for line in (head[: end.start()] if end else head).decode("latin-1").splitlines()[1:]:
        if line.startswith("#") or ":=" in line:
            continue
        name, colon, value = line.partition(": ")
        if not colon and line.strip():
            name, colon, value = line.partition(":")
        if len(line) > LONGEST_FIELD or (line.strip() and not colon):
            raise damaged(path, f"a line of {len(line)} characters is no field ({line[:40]!r}...)")
        fields[name.replace(" ", "").lower()] = value.strip()
    return fields, end.end() if end else len(head)


def _whole(path: Path, field: str, text: str, lowest: int, highest: int) -> int:
    values = numbers(path, field, text)
    if len(values) != 1 or values[0] != int(values[0]) or not lowest <= values[0] <= highest:
        raise damaged(path, f"{field} is {text[:40]!r}")
    return int(values[0])


def _directions(
    path: Path, fields: dict[str, str], dimension: int
) -> tuple[list[tuple[float, ...] | None], tuple[int, int]]:
    """Return the vector of each axis (None for 'none'), and which way the space's first two axes run."""
    space = fields.get("space", "").lower().removesuffix("-time").removesuffix("t")
    against = _AGAINST.get(_LONG.get(space, space), (1, 1))
    text = fields.get("spacedirections", "")
    vectors: list[tuple[float, ...] | None] = []
    for vector in _VECTOR.finditer(text):
        inside = vector.group(1)
        vectors.append(
            None if inside is None else tuple(numbers(path, "space directions", inside.replace(",", " ")))
        )
    rest = _VECTOR.sub("", text).strip()
    if rest or (text and len(vectors) != dimension):
        raise damaged(path, f"space directions are {text[:60]!r}")
    if any(vector is not None and not math.hypot(*vector) > 0 for vector in vectors):
        raise InputError(
            f"{path}: its header states a pixel spacing of 0 (space directions {text[:60]}); it must be "
            "above 0. Mend the header, or save the image as PNG and give the pixel spacing."
        )
    return vectors, against


def _spacing(
    path: Path, fields: dict[str, str], dimension: int, vectors: list[tuple[float, ...] | None]
) -> list[float]:
    if vectors:
        return [1.0 if vector is None else math.hypot(*vector) for vector in vectors]
    words = fields.get("spacings", "").split()
    if words and len(words) != dimension:
        raise damaged(path, f"there are {len(words)} spacings of {dimension} axes")
    stated = [
        1.0 if word.lower() in ("nan", "-nan") else numbers(path, "spacings", word)[0] for word in words
    ]
    if any(distance <= 0 for distance in stated):
        # A distance below 0 is mostly taken for a mirrored axis: a joint would be read upside down.
        raise InputError(
            f"{path}: its header states a pixel spacing of {' x '.join(words)} mm; "
            "it must be above 0. Mend the header, or save the image as PNG and give the pixel spacing."
        )
    return stated or [1.0] * dimension


def _data(path: Path, fields: dict[str, str], end: int) -> tuple[Path, int]:
    name = fields.get("datafile")
    return (path, end) if name is None else (data_file_beside(path, name), 0)
