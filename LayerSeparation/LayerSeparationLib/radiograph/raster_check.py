"""Check that a PNG, JPEG, TIFF or BMP file is whole, and of a kind that decodes to what it shows.

The decoders behind ITK fill what is missing from a truncated JPEG or BMP with grey, and turn some rare kinds
of pixels (1 bit, palette and grey with opacity in TIFF) into noise without a word. A film like that must be
refused.
"""

import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from ..errors import InputError
from .pixel_check import check_size


def check_raster_file(path: Path, kind: str) -> None:
    """Check the structure of a raster file before it is decoded.

    Parameters
    ----------
    path : Path
        The file.
    kind : {"PNG", "JPEG", "TIFF", "BMP"}
        Its format.

    Raises
    ------
    InputError
        If bytes are missing or damaged, if there are more pixels than any radiograph has, or if the pixels
        are stored in a way that is not supported.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror or error}).") from error
    try:
        _CHECKS[kind](path, data)
    except (struct.error, IndexError) as error:
        raise _cut_off(path, kind) from error


def _cut_off(path: Path, kind: str) -> InputError:
    return InputError(f"{path}: this {kind} file is cut off or damaged. Copy or export it again.")


def _unsupported(path: Path, what: str) -> InputError:
    return InputError(
        f"{path}: {what} is not supported. Save it as 8- or 16-bit grey image without transparency."
    )


def _check_png(path: Path, data: bytes) -> None:
    """Walk through the chunks (ISO/IEC 15948, 5.3) as far as IEND, checking the sums of those that matter."""
    position = 8
    while True:
        length, name = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            raise _cut_off(path, "PNG")
        critical = not name[0] & 0x20
        if (
            critical
            and zlib.crc32(data[position + 4 : end - 4]) != struct.unpack_from(">I", data, end - 4)[0]
        ):
            raise _cut_off(path, "PNG")
        if name == b"IHDR":
            columns, rows, _, colour_type = struct.unpack_from(">IIBB", data, position + 8)
            check_size(rows, columns, path)
            if colour_type == 4:
                raise _unsupported(path, "grey with transparency")
        if name == b"IEND":
            return
        position = end


# A marker: neither a stuffed zero, nor a restart marker, nor fill bytes (ITU-T T.81, B.1.1).
_JPEG_MARKER = re.compile(rb"\xff([^\x00\xff\xd0-\xd7])")
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_START_OF_IMAGE, _END_OF_IMAGE = 0xD8, 0xD9


def _check_jpeg(path: Path, data: bytes) -> None:
    """Walk through the segments and scans (ITU-T T.81, annex B) as far as the end-of-image marker."""
    position = 2
    while found := _JPEG_MARKER.search(data, position):
        marker, position = found.group(1)[0], found.end()
        if marker == _END_OF_IMAGE:
            return
        if marker == _START_OF_IMAGE:
            continue
        (length,) = struct.unpack_from(">H", data, position)
        if marker in _JPEG_FRAMES:
            bits, rows, columns, components = struct.unpack_from(">BHHB", data, position + 2)
            check_size(rows, columns, path)
            if bits != 8 or components not in (1, 3):
                raise _unsupported(path, f"a JPEG of {bits} bits and {components} channels")
        position += length
    raise _cut_off(path, "JPEG")


def _check_bmp(path: Path, data: bytes) -> None:
    """Compare the length with what the header announces (BITMAPFILEHEADER, BITMAPINFOHEADER)."""
    (offset, header, columns, rows, _, bits, compression) = struct.unpack_from("<IIiiHHI", data, 10)
    check_size(abs(rows), columns, path)
    if header < 40 or bits not in (8, 24, 32) or compression not in (0, 3):
        raise _unsupported(path, f"a BMP of {bits} bits and compression {compression}")
    row_bytes = (bits * columns + 31) // 32 * 4
    if len(data) < offset + row_bytes * abs(rows):
        raise _cut_off(path, "BMP")


_TIFF_TYPES = {1: "B", 3: "H", 4: "I", 16: "Q"}
_WIDTH, _LENGTH, _BITS, _PHOTOMETRIC, _SAMPLES = 256, 257, 258, 262, 277
_STRIP_OFFSETS, _STRIP_COUNTS, _TILE_OFFSETS, _TILE_COUNTS, _FORMAT = 273, 279, 324, 325, 339
_SIGNED_SAMPLES = 2


def _check_tiff(path: Path, data: bytes) -> None:
    """Check the first directory (TIFF 6.0, section 2; BigTIFF): kind of pixels, all strips present."""
    tags = _tiff_tags(data)
    check_size(tags[_LENGTH][0], tags[_WIDTH][0], path)
    bits, samples = tags.get(_BITS, (1,)), tags.get(_SAMPLES, (1,))[0]
    photometric = tags.get(_PHOTOMETRIC, (1,))[0]
    kind = (photometric in (0, 1) and samples == 1) or (photometric == 2 and samples in (3, 4))
    kind = kind or (photometric == 6 and samples == 3)
    signed = tags.get(_FORMAT, (1,))[0] == _SIGNED_SAMPLES
    if not kind or len(set(bits)) > 1 or bits[0] not in (8, 16, 32) or (samples > 1 and bits[0] > 16):
        raise _unsupported(
            path, f"a TIFF of {samples} x {bits[0]} bits, photometric interpretation {photometric},"
        )
    if photometric == 0 and (bits[0] != 8 or signed):
        raise _unsupported(path, "a TIFF whose zero is white, of other than 8 bits,")
    offsets = tags.get(_STRIP_OFFSETS) or tags.get(_TILE_OFFSETS, ())
    counts = tags.get(_STRIP_COUNTS) or tags.get(_TILE_COUNTS, ())
    ends = [offset + count for offset, count in zip(offsets, counts, strict=False)]
    if not ends or len(offsets) != len(counts) or max(ends) > len(data):
        raise _cut_off(path, "TIFF")


def _tiff_tags(data: bytes) -> dict[int, tuple[int, ...]]:
    """Read the whole-number tags of the first directory."""
    order = "<" if data[:2] == b"II" else ">"
    big = struct.unpack_from(order + "H", data, 2)[0] == 43
    (position,) = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)
    (entries,) = struct.unpack_from(order + ("Q" if big else "H"), data, position)
    first, size, room = (position + 8, 20, 8) if big else (position + 2, 12, 4)
    tags: dict[int, tuple[int, ...]] = {}
    for entry in range(first, first + entries * size, size):
        tag, type_code = struct.unpack_from(order + "HH", data, entry)
        (count,) = struct.unpack_from(order + ("Q" if big else "I"), data, entry + 4)
        if type_code not in _TIFF_TYPES:
            continue
        at = entry + size - room
        if struct.calcsize(_TIFF_TYPES[type_code]) * count > room:
            (at,) = struct.unpack_from(order + ("Q" if big else "I"), data, at)
        if at + struct.calcsize(_TIFF_TYPES[type_code]) * count > len(data):
            raise IndexError(tag)
        tags[tag] = struct.unpack_from(f"{order}{count}{_TIFF_TYPES[type_code]}", data, at)
    if _WIDTH not in tags or _LENGTH not in tags:
        raise IndexError(_WIDTH)
    return tags


_CHECKS: dict[str, Callable[[Path, bytes], None]] = {
    "PNG": _check_png,
    "JPEG": _check_jpeg,
    "TIFF": _check_tiff,
    "BMP": _check_bmp,
}
