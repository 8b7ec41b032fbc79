"""Decoding image files with SimpleITK, quietly, with our own errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import SimpleITK as sitk
from numpy.typing import NDArray

from ..errors import InputError
from .volume_header import check_one_slice


class DecodedVolume(NamedTuple):
    """An image as ITK sees it."""

    pixels: NDArray[Any]
    """Last axis x, the components of colour after it."""
    size: tuple[int, ...]
    """x first."""
    spacing_mm: tuple[float, ...]
    direction: tuple[float, ...]
    """Cosines, row by row, an axis a column."""
    components: int
    """Numbers a voxel."""


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep ITK's warnings off the terminal; what matters is raised."""
    shown = sitk.ProcessObject.GetGlobalWarningDisplay()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalWarningDisplay(shown)


def decode(path: Path, kind: str, image_io: str) -> DecodedVolume:
    """Decode an image file.

    ITK's readers crash or hang on some damaged files: what was not checked before goes to them in a process
    apart (`decode_apart`).

    Parameters
    ----------
    path
        The file.
    kind
        Its format, for messages.
    image_io
        ITK's reader for that format ("PNGImageIO"): the content decides, not the name of the file.

    Raises
    ------
    InputError
        If ITK can't decode the file, or its header announces more pixels than any radiograph has.
    """
    reader = sitk.ImageFileReader()
    reader.SetImageIO(image_io)
    reader.SetFileName(str(path))
    try:
        with _quiet():
            reader.ReadImageInformation()
            size = reader.GetSize()
            check_one_slice(path, size, _bytes_a_voxel(reader))
            image = reader.Execute()
    except RuntimeError as error:
        raise InputError(
            f"{path}: can't be read as {kind}; the file is damaged or of a kind that is not supported "
            f"({_reason(error)}). Export it again, as 8- or 16-bit grey image without transparency."
        ) from error
    return DecodedVolume(
        sitk.GetArrayFromImage(image),
        size,
        image.GetSpacing(),
        image.GetDirection(),
        image.GetNumberOfComponentsPerPixel(),
    )


def _bytes_a_voxel(reader: sitk.ImageFileReader) -> int:
    name = sitk.GetPixelIDValueAsString(reader.GetPixelID())
    bits = next((bits for bits in (8, 16, 64) if f"{bits}-bit" in name), 32)
    return bits // 8 * int(reader.GetNumberOfComponents())


def _reason(error: RuntimeError) -> str:
    """Pick the telling part of ITK's message."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1].rsplit("ERROR: ", 1)[-1][:160].rstrip(".") if lines else "no reason given"
