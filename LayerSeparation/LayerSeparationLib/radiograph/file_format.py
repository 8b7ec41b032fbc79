"""Which format a file has: told from its first bytes, because names lie."""

import stat
from pathlib import Path

from ..errors import InputError

RASTER_SUFFIXES = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
}
VOLUME_SUFFIXES = {
    ".nrrd": "NRRD",
    ".nhdr": "NRRD",
    ".nii": "NIfTI",
    ".gz": "NIfTI",
    ".mha": "MetaImage",
    ".mhd": "MetaImage",
}
DICOM_SUFFIXES = {".dcm": "DICOM", ".dicom": "DICOM", ".ima": "DICOM"}

_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"BM", "BMP"),
    (b"NRRD000", "NRRD"),
)
DICOM_PREAMBLE_BYTES = 128
LARGEST_FILE_BYTES = 1_000_000_000
NIFTI_HEADER_SIZES = (b"\x5c\x01\x00\x00", b"\x00\x00\x01\x5c", b"\x1c\x02\x00\x00", b"\x00\x00\x02\x1c")


def format_of(path: Path) -> str | None:
    """Name the format of a file, or None if it is not an image that can be read.

    Raises
    ------
    InputError
        If the file can't be opened, is none (a pipe), or is larger than any film.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            # Reading a pipe would wait for whoever writes to it, perhaps for ever.
            raise InputError(f"{path}: this is a pipe or a device, not a file. Save the image as a file.")
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise InputError(
                f"{path}: a file of {path.stat().st_size / 1e6:,.0f} MB is no radiograph "
                f"(limit: {LARGEST_FILE_BYTES / 1e6:,.0f} MB)."
            )
        with path.open("rb") as file:
            head = file.read(DICOM_PREAMBLE_BYTES + 4)
    except OSError as error:
        raise InputError(f"{path}: can't be opened ({error.strerror or error}).") from error
    if head[DICOM_PREAMBLE_BYTES:] == b"DICM":
        return "DICOM"
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    # These have no signature worth the name: the extension must agree with what can be checked.
    promised = suffix_format(path)
    agrees = {
        "NIfTI": head[:4] in NIFTI_HEADER_SIZES or head.startswith(b"\x1f\x8b"),
        "MetaImage": b"=" in head,
        "DICOM": _looks_like_bare_dicom(head),
    }
    return promised if promised and agrees.get(promised) else None


def suffix_format(path: Path) -> str | None:
    """Name the format that a file's name promises, or None."""
    suffix = path.suffix.lower()
    if suffix == ".gz" and not path.name.lower().endswith(".nii.gz"):
        return None
    return {**RASTER_SUFFIXES, **VOLUME_SUFFIXES, **DICOM_SUFFIXES}.get(suffix)


def _looks_like_bare_dicom(head: bytes) -> bool:
    """Recognise a dataset without preamble: it starts with a small group number (0002 or 0008)."""
    return head[:2] in (b"\x02\x00", b"\x08\x00", b"\x00\x08", b"\x00\x02")
