"""Headers of MetaImage files (https://itk.org/Wiki/ITK/MetaIO/Documentation)."""

from __future__ import annotations

import math
import re
from pathlib import Path

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

_DTYPES = {
    "MET_CHAR": "int8",
    "MET_UCHAR": "uint8",
    "MET_SHORT": "int16",
    "MET_USHORT": "uint16",
    "MET_INT": "int32",
    "MET_UINT": "uint32",
    "MET_LONG_LONG": "int64",
    "MET_ULONG_LONG": "uint64",
    "MET_FLOAT": "float32",
    "MET_DOUBLE": "float64",
}
_OTHER_TYPES = ("MET_LONG", "MET_ULONG")
"""Of another size on every machine."""
_END = re.compile(rb"^[ \t]*ElementDataFile[ \t]*[=:][ \t]*([^\r\n]*)(?:\r?\n|\Z)", re.MULTILINE)
_FIELD = re.compile(r"\s*([A-Za-z]\w*)\s*[=:]\s*(.*?)\s*")
_MOST_CHANNELS = 16
_NUMBERS = ("TransformMatrix", "Rotation", "Orientation", "Offset", "Position", "Origin", "CenterOfRotation")
"""Fields of numbers of which native readers make what they like."""
_TRUE, _FALSE = ("true", "1", "t", "y", "yes"), ("false", "0", "f", "n", "no")


def read_metaimage_header(path: Path) -> VolumeHeader | None:
    """Read and check the header of a MetaImage file.

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
    fields, name, end = _fields(path)
    for needed in ("NDims", "DimSize", "ElementType"):
        if needed not in fields:
            raise damaged(path, f"there is no {needed}")
    dimensions = numbers(path, "NDims", fields["NDims"])
    if dimensions not in [[float(count)] for count in range(1, MOST_AXES + 1)]:
        raise damaged(path, f"NDims is {fields['NDims'][:40]!r}")
    dimension = int(dimensions[0])
    sizes = axis_sizes(path, "DimSize", fields["DimSize"], dimension)
    for field in _NUMBERS:
        numbers(path, field, fields.get(field, ""))
    kind = fields["ElementType"].upper()
    if kind not in _DTYPES and kind not in _OTHER_TYPES:
        raise damaged(path, f"ElementType is {kind[:40]!r}")
    channels = axis_sizes(path, "ElementNumberOfChannels", fields.get("ElementNumberOfChannels", "1"), 1)[0]
    if channels > _MOST_CHANNELS:
        raise damaged(path, f"there are {channels} channels")
    dtype = np.dtype(_DTYPES.get(kind, "int64"))
    check_one_slice(path, sizes, channels * dtype.itemsize)
    spacing = _spacing(path, fields, dimension)
    if name.upper() == "LOCAL":
        data, offset = path, end
    else:
        data, offset = data_file_beside(path, name), 0
    is_big = _flag(path, fields, "BinaryDataByteOrderMSB", _flag(path, fields, "ElementByteOrderMSB", False))
    is_binary = _flag(path, fields, "BinaryData", False)
    is_compressed = _flag(path, fields, "CompressedData", False)
    skips = numbers(path, "HeaderSize", fields.get("HeaderSize", "0")) != [0.0]
    if not is_binary or skips or kind in _OTHER_TYPES:
        return None
    return VolumeHeader(
        sizes=sizes,
        components=channels,
        dtype=dtype.newbyteorder(">" if is_big else "<"),
        spacing_mm=spacing,
        along=_along(path, fields, dimension),
        data=data,
        offset=offset,
        encoding="deflated" if is_compressed else "raw",
    )


def _fields(path: Path) -> tuple[dict[str, str], str, int]:
    """Return what the fields say, the name of the file with the voxels, and where those begin."""
    head = read_head(path)
    end = _END.search(head)
    if end is None:
        long = f" within {LONGEST_HEADER:,} bytes" if len(head) == LONGEST_HEADER else ""
        raise damaged(path, f"there is no ElementDataFile{long}")
    fields: dict[str, str] = {}
    for line in head[: end.start()].decode("latin-1").splitlines():
        field = _FIELD.fullmatch(line)
        if len(line) > LONGEST_FIELD or (line.strip() and field is None):
            raise damaged(path, f"a line of {len(line)} characters is no field ({line[:40]!r})")
        if field is not None:
            fields[field.group(1)] = field.group(2)
    return fields, end.group(1).decode("latin-1").strip(), end.end()


def _spacing(path: Path, fields: dict[str, str], dimension: int) -> tuple[float, ...]:
    for field in ("ElementSpacing", "ElementSize"):
        if field not in fields:
            continue
        values = numbers(path, field, fields[field])
        if len(values) != dimension:
            raise damaged(path, f"{field} is {fields[field][:40]!r}")
        if min(values) <= 0:
            # A distance below 0 is mostly taken for a mirrored axis: a joint would be read upside down.
            raise InputError(
                f"{path}: its header states a pixel spacing of {' x '.join(fields[field].split())} mm; "
                "it must be above 0. Mend the header, or save the image as PNG and give the pixel spacing."
            )
        return tuple(values)
    return (1.0,) * dimension


def _along(path: Path, fields: dict[str, str], dimension: int) -> tuple[float, float]:
    """Return how far the first two axes run to left and posterior; the matrix has a row an axis."""
    text = next((fields[field] for field in _NUMBERS[:3] if field in fields), "")
    matrix = numbers(path, "TransformMatrix", text)
    if not matrix:
        return 1.0, 1.0
    if len(matrix) != dimension**2:
        raise damaged(path, f"TransformMatrix has {len(matrix)} numbers for {dimension} axes")
    rows = np.reshape(matrix, (dimension, dimension))
    along = [1.0, 1.0]
    for axis in range(min(dimension, 2)):
        length = math.hypot(*rows[axis])
        if length > 0:
            along[axis] = float(rows[axis, axis] / length)
    return along[0], along[1]


def _flag(path: Path, fields: dict[str, str], field: str, default: bool) -> bool:
    text = fields.get(field)
    if text is None:
        return default
    if text.lower() not in (*_TRUE, *_FALSE):
        raise damaged(path, f"{field} is {text[:40]!r}")
    return text.lower() in _TRUE
