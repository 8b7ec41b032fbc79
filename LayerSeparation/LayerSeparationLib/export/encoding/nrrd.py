"""NRRD files: a radiograph or a layer as a 2-D image with its pixel spacing.

Written by hand rather than through SimpleITK, because a full disk then shows as what it is, because the same
array gives the same bytes, and because segmentations need axes that SimpleITK can't write. Format:
http://teem.sourceforge.net/nrrd/format.html
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError
from ...files.provenance import SYNTHETIC_KEY

_TYPE_NAMES = {"uint8": "unsigned char", "uint16": "unsigned short", "float32": "float"}
# Noise in the low bits of float32 does not compress: higher levels cost time and save hardly a byte.
_COMPRESSION_LEVEL = 4


def write_nrrd(
    path: str | Path,
    image: NDArray[np.generic],
    spacing_mm: tuple[float, float] | None,
    *,
    origin_px: tuple[float, float] = (0.0, 0.0),
    key_values: Mapping[str, str] | None = None,
    synthetic: bool,
) -> None:
    """Write a 2-D image as compressed NRRD that 3D Slicer and SimpleITK open.

    Parameters
    ----------
    path
        File to write; an existing one is replaced.
    image
        Shape (rows, columns): intensity 0..1 or attenuation as float32, or labels and stored values as uint8
        or uint16.
    spacing_mm
        Pixel spacing (row, column) in mm. If None, the file says spacing 1 and carries the key
        `LayerSeparation.spacing` = `unknown`: distances in it are pixels.
    origin_px
        Pixel (x, y) of the whole radiograph at which this image's first pixel lies, so that a region lies on
        its radiograph in Slicer.
    key_values
        More metadata.
    synthetic
        Recorded as `LayerSeparation.synthetic`.

    Raises
    ------
    InputError
        `image` is not two-dimensional or holds values that are not finite; spacing is not positive.

    Examples
    --------
    >>> write_nrrd("image.nrrd", np.full((2, 3), 0.5, np.float32), (0.15, 0.1), synthetic=False)
    >>> import SimpleITK as sitk
    >>> sitk.ReadImage("image.nrrd").GetSpacing()  # column, row
    (0.1, 0.15)
    """
    pixels = np.asarray(image)
    if pixels.dtype.name not in _TYPE_NAMES:
        pixels = pixels.astype(np.float32)
    if pixels.ndim != 2 or pixels.size == 0:
        raise InputError(f"{path}: an image of shape (rows, columns) is needed, not {pixels.shape}.")
    if not np.isfinite(pixels).all():
        raise InputError(f"{path}: the image holds NaN or infinite values and is not written.")
    row_mm, column_mm = spacing_or_one(spacing_mm)
    x, y = origin_px
    fields = {
        "space dimension": "2",
        "space directions": f"({column_mm!r},0) (0,{row_mm!r})",
        "kinds": "domain domain",
        "space origin": f"({x * column_mm!r},{y * row_mm!r})",
    }
    marks = project_marks(spacing_mm, synthetic)
    write_nrrd_file(path, pixels, pixels.shape[::-1], fields, {**marks, **(key_values or {})})


def project_marks(spacing_mm: tuple[float, float] | None, synthetic: bool) -> dict[str, str]:
    """Return the keys that every NRRD file carries: is it synthetic, is its spacing known."""
    return {
        SYNTHETIC_KEY: str(synthetic).lower(),
        "LayerSeparation.spacing": "unknown" if spacing_mm is None else "mm",
    }


def spacing_or_one(spacing_mm: tuple[float, float] | None) -> tuple[float, float]:
    """Return (row, column) spacing for a file: that given, or 1 where it is not known.

    Raises
    ------
    InputError
        A spacing is zero, negative, or not finite.
    """
    if spacing_mm is None:
        return 1.0, 1.0
    row_mm, column_mm = (float(value) for value in spacing_mm)
    if not (np.isfinite([row_mm, column_mm]).all() and row_mm > 0 and column_mm > 0):
        raise InputError(f"Pixel spacing must be positive, in mm, not {spacing_mm}.")
    return row_mm, column_mm


def write_nrrd_file(
    path: str | Path,
    array: NDArray[np.generic],
    sizes: Sequence[int],
    fields: Mapping[str, str],
    key_values: Mapping[str, str],
) -> None:
    """Write header and gzip data of one NRRD file.

    Parameters
    ----------
    path
        File to write; an existing one is replaced.
    array
        Samples in C order, so that its last axis is the fastest: the first of `sizes`.
    sizes
        Axis lengths, fastest axis first.
    fields
        Fields that describe the axes; the format wants the space before anything expressed in it.
    key_values
        Free metadata; keys hold no `:=` and no line break.
    """
    little_endian = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    head = {
        "type": _TYPE_NAMES[array.dtype.name],
        "dimension": str(len(sizes)),
        **fields,
        "sizes": " ".join(str(size) for size in sizes),
        "endian": "little",
        "encoding": "gzip",
    }
    lines = [f"{key}: {value}" for key, value in head.items()]
    lines += [f"{key}:={_escaped(value)}" for key, value in key_values.items()]
    header = "NRRD0005\n# http://teem.sourceforge.net/nrrd/format.html\n" + "\n".join(lines) + "\n\n"
    # No time stamp in the gzip header: equal arrays make equal files.
    data = gzip.compress(little_endian.tobytes(), _COMPRESSION_LEVEL, mtime=0)
    Path(path).write_bytes(header.encode("utf-8") + data)


def _escaped(value: str) -> str:
    return str(value).replace("\\", "\\\\").replace("\r", "").replace("\n", "\\n")
