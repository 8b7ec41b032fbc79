"""NRRD, NIfTI and MetaImage: volumes that hold one slice.

Headers are read and checked here, and voxels that lie there as plain numbers read: ITK's readers of NRRD and
MetaImage crash or hang on some damaged headers, and give uninitialised memory for compressed voxels that
are missing. What is stored in another way they decode in a process apart.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .decoding_apart import decode_apart
from .itk_decoding import DecodedVolume, decode
from .luminance import luminance
from .metaimage_header import read_metaimage_header
from .nifti_header import check_nifti
from .nrrd_header import read_nrrd_header
from .radiograph import Origin
from .spacing import UNKNOWN_SPACING, PixelSpacing, SpacingSource, is_believable
from .stored_film import StoredFilm
from .volume_header import VolumeHeader, check_one_slice
from .volume_voxels import read_voxels

# An axis counts as reversed when its direction cosine is this close to -1; oblique slices are taken as
# stored.
REVERSED = -0.9
_READ_HEADER = {"NRRD": read_nrrd_header, "MetaImage": read_metaimage_header}


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
        If the file is damaged or truncated, holds more than one slice, states distances of 0 or below, or has
        its pixels in a file elsewhere.
    """
    volume = _decode(path, kind)
    size, components = volume.size, volume.components
    inside = [axis for axis, length in enumerate(size) if length > 1]
    # A strip one pixel wide is too small to be a film, but must reach the message that says so.
    inside = sorted({*inside, *[axis for axis in range(len(size)) if axis not in inside][: 2 - len(inside)]})
    column_axis, row_axis = inside
    shape = (size[row_axis], size[column_axis])
    pixels = volume.pixels
    film = luminance(pixels.reshape(*shape, components), path) if components > 1 else pixels.reshape(shape)
    row_mm, column_mm = volume.spacing_mm[row_axis], volume.spacing_mm[column_axis]
    known = is_believable(row_mm, column_mm)
    return StoredFilm(
        pixels=_as_slicer_shows(film, volume) if inside == [0, 1] else film,
        origin=Origin(path=path, format=kind),
        spacing=PixelSpacing(row_mm, column_mm, SpacingSource.DETECTOR) if known else UNKNOWN_SPACING,
    )


def _decode(path: Path, kind: str) -> DecodedVolume:
    if kind == "NIfTI":
        check_nifti(path)
        return decode(path, kind, "NiftiImageIO")
    header = _READ_HEADER[kind](path)
    if header is None:
        pixels, (size, spacing_mm, direction, components) = decode_apart("volume", path, kind)
        check_one_slice(path, size, 1)
        return DecodedVolume(pixels, tuple(size), tuple(spacing_mm), tuple(direction), components)
    return DecodedVolume(
        read_voxels(header), header.sizes, header.spacing_mm, _direction(header), header.components
    )


def _direction(header: VolumeHeader) -> tuple[float, ...]:
    direction = np.eye(len(header.sizes))
    for axis, cosine in enumerate(header.along[: len(direction)]):
        direction[axis, axis] = cosine
    return tuple(direction.ravel().tolist())


def _as_slicer_shows(film: NDArray[Any], volume: DecodedVolume) -> NDArray[Any]:
    """Flip axes that run right to left or bottom to top."""
    dimension = len(volume.size)
    direction = np.reshape(volume.direction, (dimension, dimension))
    reversed_columns, reversed_rows = direction[0, 0] < REVERSED, direction[1, 1] < REVERSED
    if not (reversed_columns or reversed_rows):
        return film
    return np.ascontiguousarray(film[:: -1 if reversed_rows else 1, :: -1 if reversed_columns else 1])
