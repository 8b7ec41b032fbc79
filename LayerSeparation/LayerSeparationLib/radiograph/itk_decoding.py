"""Decoding image files with SimpleITK, quietly, with our own errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from ..errors import InputError
from .pixel_check import LARGEST_AREA_PX, check_size


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep ITK's warnings off the terminal; what matters is raised."""
    shown = sitk.ProcessObject.GetGlobalWarningDisplay()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        yield
    finally:
        sitk.ProcessObject.SetGlobalWarningDisplay(shown)


def decode(path: Path, kind: str, image_io: str) -> tuple[sitk.Image, NDArray[Any]]:
    """Decode an image file.

    Parameters
    ----------
    path
        The file.
    kind
        Its format, for messages.
    image_io
        ITK's reader for that format ("PNGImageIO"): the content decides, not the name of the file.

    Returns
    -------
    image : SimpleITK.Image
        Header (spacing, direction, metadata).
    pixels : ndarray
        A copy of the pixels, last axis x, the components of colour after it.

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
            if int(np.prod(size, dtype=object)) > LARGEST_AREA_PX:
                # A decompression bomb must not get as far as being unpacked.
                check_size(size[1], size[0], path)
                raise InputError(f"{path}: an image of {' x '.join(map(str, size))} is not a radiograph.")
            image = reader.Execute()
    except RuntimeError as error:
        raise InputError(
            f"{path}: can't be read as {kind}; the file is damaged or of a kind that is not supported "
            f"({_reason(error)}). Export it again, as 8- or 16-bit grey image without transparency."
        ) from error
    return image, sitk.GetArrayFromImage(image)


def _reason(error: RuntimeError) -> str:
    """Pick the telling part of ITK's message."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1].rsplit("ERROR: ", 1)[-1][:160].rstrip(".") if lines else "no reason given"
