"""PNG, JPEG, TIFF and BMP. Their resolution tags (72, 96, 300 dpi) are not pixel spacing."""

from pathlib import Path

from ..errors import InputError
from .itk_decoding import decode
from .luminance import luminance
from .radiograph import Origin
from .raster_check import check_raster_file
from .stored_film import StoredFilm

IMAGE_DIMENSIONS = 2


def read_raster_film(path: Path, kind: str) -> StoredFilm:
    """Read a PNG, JPEG, TIFF or BMP file; colour becomes luminance.

    Raises
    ------
    InputError
        If the file is damaged or truncated, holds several pages, or stores pixels in a way that is not
        supported.
    """
    check_raster_file(path, kind)
    image, pixels = decode(path, kind, f"{kind}ImageIO")
    if image.GetDimension() != IMAGE_DIMENSIONS:
        raise InputError(
            f"{path}: holds {image.GetSize()[2]} pages; save the one radiograph as a file of its own."
        )
    grey = luminance(pixels, path) if image.GetNumberOfComponentsPerPixel() > 1 else pixels
    return StoredFilm(pixels=grey, origin=Origin(path=path, format=kind))
