"""NRRD, NIfTI and MetaImage: volumes that hold one slice."""

import gzip
import re
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from ..errors import InputError
from .itk_decoding import decode
from .luminance import luminance
from .radiograph import Origin
from .spacing import UNKNOWN_SPACING, PixelSpacing, SpacingSource, is_believable
from .stored_film import StoredFilm

_IMAGE_IO = {"NRRD": "NrrdImageIO", "NIfTI": "NiftiImageIO", "MetaImage": "MetaImageIO"}
# An axis counts as reversed when its direction cosine is this close to -1; oblique slices are taken as
# stored.
REVERSED = -0.9
# Distances of the axes in the text headers of NRRD and MetaImage, and where those headers end.
_STATED_DISTANCES = re.compile(rb"^(?:spacings|ElementSpacing|ElementSize)\s*[:=]\s*([^\r\n]*)", re.MULTILINE)
_HEADER_END = re.compile(rb"\r?\n\r?\n|^ElementDataFile", re.MULTILINE)
_LONGEST_HEADER = 2**16


def read_volume_film(path: Path, kind: str) -> StoredFilm:
    """Read a NRRD, NIfTI or MetaImage file that holds one slice.

    The first stored axis that is longer than 1 becomes the columns, the second the rows, as in ITK and
    Slicer; nothing is transposed. Where the slice lies in the first two axes and the header says that an axis
    runs against patient left or posterior (as in files from dcm2niix), it is flipped, so that the film is
    seen as Slicer shows it.

    The header's spacing is taken as distance in the detector plane, the weakest claim, since these formats
    don't say. 1 mm x 1 mm is what writers put in when they know nothing, and counts as unknown.

    Raises
    ------
    InputError
        If the file is damaged or truncated, holds more than one slice, or states distances of 0 or below.
    """
    if kind == "NIfTI":
        _check_nifti_complete(path)
    else:
        _refuse_distances(path, _distances_in_text_header(path))
    image, pixels = decode(path, kind, _IMAGE_IO[kind])
    components = image.GetNumberOfComponentsPerPixel()
    size = image.GetSize()
    inside = [axis for axis, length in enumerate(size) if length > 1]
    if len(inside) > 2:
        raise InputError(
            f"{path}: a volume of {' x '.join(map(str, size))} voxels holds many slices; "
            "a radiograph has one. Save the slice that is meant as an image of its own."
        )
    # A strip one pixel wide is too small to be a film, but must reach the message that says so.
    inside = sorted({*inside, *[axis for axis in range(len(size)) if axis not in inside][: 2 - len(inside)]})
    column_axis, row_axis = inside
    if kind == "NIfTI":
        keys = [f"pixdim[{axis + 1}]" for axis in inside]
        _refuse_distances(path, [image.GetMetaData(key) for key in keys if image.HasMetaDataKey(key)])
    shape = (size[row_axis], size[column_axis])
    film = luminance(pixels.reshape(*shape, components), path) if components > 1 else pixels.reshape(shape)
    row_mm, column_mm = image.GetSpacing()[row_axis], image.GetSpacing()[column_axis]
    known = is_believable(row_mm, column_mm)
    return StoredFilm(
        pixels=_as_slicer_shows(film, image) if inside == [0, 1] else film,
        origin=Origin(path=path, format=kind),
        spacing=PixelSpacing(row_mm, column_mm, SpacingSource.DETECTOR) if known else UNKNOWN_SPACING,
    )


def _as_slicer_shows(film: NDArray[Any], image: sitk.Image) -> NDArray[Any]:
    """Flip axes that run right to left or bottom to top."""
    dimension = image.GetDimension()
    direction = np.reshape(image.GetDirection(), (dimension, dimension))
    reversed_columns, reversed_rows = direction[0, 0] < REVERSED, direction[1, 1] < REVERSED
    if not (reversed_columns or reversed_rows):
        return film
    return np.ascontiguousarray(film[:: -1 if reversed_rows else 1, :: -1 if reversed_columns else 1])


def _distances_in_text_header(path: Path) -> list[str]:
    """Return what a NRRD or MetaImage header states as distances along its axes."""
    with path.open("rb") as file:
        head = file.read(_LONGEST_HEADER)
    end = _HEADER_END.search(head)
    lines = _STATED_DISTANCES.findall(head[: end.start()] if end else head)
    return [distance for line in lines for distance in line.decode("latin-1").split()]


def _refuse_distances(path: Path, distances: list[str]) -> None:
    """Refuse pixels that are 0 mm or less apart.

    ITK takes a distance below 0 for a mirrored axis and says nothing: a joint would be read upside down.
    """
    with suppress(ValueError):  # What is no number at all is for the decoder to refuse.
        if any(float(distance) <= 0 for distance in distances):
            raise InputError(
                f"{path}: its header states a pixel spacing of {' x '.join(distances)} mm; "
                "it must be above 0. Mend the header, or save the image as PNG and give the pixel spacing."
            )


def _check_nifti_complete(path: Path) -> None:
    """Refuse a truncated NIfTI file: ITK fills what is missing with zeros and says nothing.

    Sizes and offsets as in the NIfTI-1 and NIfTI-2 headers (nifti1.h, nifti2.h).
    """
    try:
        with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as file:
            head = file.read(540)
            length = len(head)
            while block := file.read(2**22):
                length += len(block)
        order = "<" if head[:4] in (b"\x5c\x01\x00\x00", b"\x1c\x02\x00\x00") else ">"
        if struct.unpack_from(order + "i", head)[0] == 348:
            counts = struct.unpack_from(order + "8h", head, 40)
            (bits,), (offset,) = (
                struct.unpack_from(order + "h", head, 72),
                struct.unpack_from(order + "f", head, 108),
            )
        else:
            counts = struct.unpack_from(order + "8q", head, 16)
            (bits,), (offset,) = (
                struct.unpack_from(order + "h", head, 14),
                struct.unpack_from(order + "q", head, 168),
            )
    except (EOFError, OSError, zlib.error, struct.error) as error:
        raise InputError(
            f"{path}: the file is cut off or damaged ({error}). Copy or export it again."
        ) from error
    voxels = int(np.prod([max(1, n) for n in counts[1 : 1 + counts[0]]], dtype=object))
    if length < offset + voxels * bits // 8:
        raise InputError(
            f"{path}: the file is cut off: pixels are missing at its end. Copy or export it again."
        )
