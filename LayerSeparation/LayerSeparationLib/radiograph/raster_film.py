"""PNG, JPEG, TIFF and BMP. Their resolution tags (72, 96, 300 dpi) are not pixel spacing.

Pillow decodes, because it refuses what is cut off or fails its checksum: in 240 files cut off at random (PNG,
JPEG, TIFF and BMP) it let none pass, where the decoders behind ITK fill what is missing from a JPEG or BMP
with grey and say nothing. On 51 radiographs both gave the same pixels in the same time.

Pillow cuts 16-bit colour down to 8 bits, and puts other whole numbers than uint8 and uint16 into int32. Such
files are checked by Pillow and decoded by ITK.
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .decoding_apart import decode_apart
from .itk_decoding import decode
from .luminance import luminance
from .pixel_check import check_size
from .radiograph import Origin
from .stored_film import StoredFilm

if TYPE_CHECKING:
    from PIL.Image import Image

_MODES = ("L", "P", "RGB", "RGBA", "I;16", "I;16B", "I", "F")
"""Kinds of pixels that have a meaning as a radiograph: grey, and colour with or without opacity."""
_USUAL_COMPRESSIONS = ("raw", "packbits", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate")
_WHITE_IS_ZERO = 0
_PHOTOMETRIC_TAG = 262
"""TIFF 6.0, section 8: PhotometricInterpretation."""


def read_raster_film(path: Path, kind: str) -> StoredFilm:
    """Read a PNG, JPEG, TIFF or BMP file; colour becomes luminance.

    Raises
    ------
    InputError
        If the file is damaged or truncated, holds several pages or more pixels than any radiograph has, or
        stores pixels in a way that is not supported.
    """
    pixels = decode_raster(path, kind, apart=True)
    grey = luminance(pixels, path) if pixels.ndim > 2 else pixels
    return StoredFilm(pixels=grey, origin=Origin(path=path, format=kind))


def decode_raster(path: Path, kind: str, *, apart: bool = False) -> NDArray[Any]:
    """Return the pixels as stored: (rows, columns), or (rows, columns, channels).

    With ``apart``, what rarely used native decoders have to do is done in a process apart.

    Raises
    ------
    InputError
        As `read_raster_film`.
    """
    from PIL import Image

    try:
        with warnings.catch_warnings():
            # Pillow warns of damage that it can pass over, and of large images, which are checked here.
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=[kind]) as image:
                _check_kind(image, path, kind)
                needs_itk = _is_wider_than_pillow_reads(image)
                if apart and (needs_itk or _is_rarely_used(image)):
                    return decode_apart("raster", path, kind)[0]
                image.load()
                if not needs_itk:
                    return _to_array(image)
    except Image.DecompressionBombError as error:
        raise InputError(
            f"{path}: these are more pixels than any radiograph has ({error}). The file is damaged, or must "
            "be cut to the hand first."
        ) from error
    except InputError:
        raise
    # Pillow's plugins raise whatever a damaged file leads them into.
    except Exception as error:
        raise InputError(
            f"{path}: this {kind} file is cut off or damaged, or of a kind that is not supported ({error}). "
            "Copy or export it again, as 8- or 16-bit grey image without transparency."
        ) from error
    return decode(path, kind, f"{kind}ImageIO").pixels


def _check_kind(image: Image, path: Path, kind: str) -> None:
    """Refuse what can't be a radiograph, before anything is unpacked."""
    check_size(image.height, image.width, path, _bytes_a_pixel(image))
    pages = getattr(image, "n_frames", 1) if kind == "TIFF" else 1
    if pages > 1:
        raise InputError(f"{path}: holds {pages} pages; save the one radiograph as a file of its own.")
    tags = getattr(image, "tag_v2", {})
    what = None
    if image.mode not in _MODES or (image.has_transparency_data and image.mode.startswith("I")):
        what = f"a {kind} with pixels of kind '{image.mode}'"
    elif tags.get(_PHOTOMETRIC_TAG) == _WHITE_IS_ZERO and image.mode != "L":
        what = "a TIFF whose zero is white, of other than 8 bits,"
    if what:
        raise InputError(
            f"{path}: {what} is not supported. Save it as 8- or 16-bit grey image without transparency."
        )


def _is_wider_than_pillow_reads(image: Image) -> bool:
    """Tell whether Pillow's pixels would hold less than the file's, or be of another number type."""
    if image.mode == "I":
        return True
    stored = _stored(image)
    return (image.mode in ("RGB", "RGBA") and ";16" in stored) or "F;64" in stored


def _is_rarely_used(image: Image) -> bool:
    """Tell whether a TIFF is compressed by one of the many codecs that hardly any film has."""
    return image.format == "TIFF" and image.info.get("compression", "raw") not in _USUAL_COMPRESSIONS


def _bytes_a_pixel(image: Image) -> int:
    """Return what a pixel takes in memory, at most."""
    stored = max((int(bits) for bits in re.findall(r"16|32|64", _stored(image))), default=8)
    return len(image.getbands()) * max(stored // 8, 4 if image.mode in ("I", "F", "P") else 1)


def _stored(image: Image) -> str:
    """Return how pixels lie in the file, in Pillow's words."""
    tiles = getattr(image, "tile", [])
    return str(tiles[0].args) if tiles else ""


def _to_array(image: Image) -> NDArray[Any]:
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode == "P":
        image = image.convert("RGB")
    pixels = np.asarray(image)
    return pixels if pixels.dtype.isnative else pixels.astype(pixels.dtype.newbyteorder("="))
