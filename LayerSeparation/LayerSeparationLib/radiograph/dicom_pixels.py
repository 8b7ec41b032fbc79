"""Stored values of a DICOM image: what was compressed, before any LUT.

pydicom decodes; transfer syntaxes that its installed plugins can't decode go to SimpleITK (GDCM). GDCM
inverts MONOCHROME1 and applies the rescale by itself, so it is handed a copy whose header says that there is
nothing to invert or rescale: both ways give the same numbers.
"""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .decoding_apart import decode_apart
from .itk_decoding import decode

if TYPE_CHECKING:
    from pydicom.dataset import Dataset, FileDataset

# RLE Lossless, which pydicom decodes without a native library.
_RUN_LENGTHS = "1.2.840.10008.1.2.5"
# Attributes that change how GDCM hands over the stored values.
_MEANING = (
    "RescaleSlope",
    "RescaleIntercept",
    "RescaleType",
    "ModalityLUTSequence",
    "SmallestImagePixelValue",
)


def stored_values(dataset: "FileDataset", path: Path) -> NDArray[Any]:
    """Decode the stored values; those that native libraries have to decode in a process apart.

    See `decode_stored_values`.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax.is_compressed and syntax != _RUN_LENGTHS:
        return decode_apart("dicom", path, "DICOM")[0]
    return decode_stored_values(dataset, path, apart=True)


def decode_stored_values(dataset: "FileDataset", path: Path, *, apart: bool = False) -> NDArray[Any]:
    """Decode the stored values here; with ``apart``, what pydicom can't decode in a process apart.

    Parameters
    ----------
    dataset
        Single-frame image.
    path
        Its file, for messages.

    Returns
    -------
    ndarray of shape (rows, columns) or (rows, columns, 3)
        As stored, within (0028,0101) Bits Stored; colour as RGB.

    Raises
    ------
    InputError
        If the pixel data is truncated or damaged, or can be decoded by neither.
    """
    try:
        pixels = np.asarray(dataset.pixel_array)
    # Decoding plugins raise whatever they like, and pydicom hands it on.
    except Exception as error:
        if not _is_complete(dataset):
            raise InputError(f"{path}: the pixel data is cut off. Copy or export the file again.") from error
        if not dataset.file_meta.TransferSyntaxUID.is_compressed:
            raise InputError(f"{path}: the pixel data can't be read ({_first_line(error)}).") from error
        pixels = decode_apart("dicom", path, "DICOM")[0] if apart else _decode_with_itk(dataset, path)
    if pixels.ndim == 2:
        pixels = _within_bits_stored(pixels, dataset)
    return pixels


def _is_complete(dataset: "FileDataset") -> bool:
    """Tell whether uncompressed pixel data has as many bytes as its header asks for."""
    if dataset.file_meta.TransferSyntaxUID.is_compressed:
        return True
    needed = dataset.Rows * dataset.Columns * dataset.SamplesPerPixel * dataset.BitsAllocated // 8
    return bool(len(dataset.PixelData) >= needed)


def _decode_with_itk(dataset: "FileDataset", path: Path) -> NDArray[Any]:
    plain = dataset.copy()
    for keyword in _MEANING:
        if keyword in plain:
            delattr(plain, keyword)
    if plain.PhotometricInterpretation == "MONOCHROME1":
        plain.PhotometricInterpretation = "MONOCHROME2"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "film.dcm"
        plain.save_as(copy)
        try:
            pixels = decode(copy, "DICOM", "GDCMImageIO").pixels
        except InputError as error:
            syntax = dataset.file_meta.TransferSyntaxUID.name
            raise InputError(
                f"{path}: the pixel data ({syntax}) is damaged, or compressed in a way that can't be decoded "
                "here. Export the film again, uncompressed (Explicit VR Little Endian)."
            ) from error
    shape = (dataset.Rows, dataset.Columns)
    return pixels.reshape(shape if dataset.SamplesPerPixel == 1 else (*shape, dataset.SamplesPerPixel))


def _within_bits_stored(pixels: NDArray[Any], dataset: "Dataset") -> NDArray[Any]:
    """Drop what old files keep in the unused high bits (overlays), and carry the sign into them."""
    unused = 8 * pixels.dtype.itemsize - int(dataset.BitsStored)
    if unused <= 0 or pixels.dtype.kind not in "iu":
        return pixels
    signed = int(dataset.PixelRepresentation) == 1
    if signed:
        limits = -(2 ** (int(dataset.BitsStored) - 1)), 2 ** (int(dataset.BitsStored) - 1) - 1
    else:
        limits = 0, 2 ** int(dataset.BitsStored) - 1
    if pixels.min() >= limits[0] and pixels.max() <= limits[1]:
        return pixels
    return np.asarray(np.right_shift(np.left_shift(pixels, unused), unused))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:160]
