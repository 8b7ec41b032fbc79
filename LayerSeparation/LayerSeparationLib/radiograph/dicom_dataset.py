"""The dataset of a DICOM file, ready to be decoded, or one error that says what its header lacks."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DependencyError, InputError, NotRadiographError
from .pixel_check import LARGEST_DECODED_BYTES

if TYPE_CHECKING:
    from pydicom.dataset import Dataset, FileDataset

# PS3.5, A.4: compressed pixels are items; this is the first item's tag, in little endian.
_FIRST_ITEM = b"\xfe\xff\x00\xe0"
_DEFLATED = b"1.2.840.10008.1.2.1.99"
_LONGEST_META = 4096
_META_BEGINS = 144
"""Preamble, 'DICM' and the group length element (PS3.10, 7.1), which counts what follows it."""
_CHUNK_BYTES = 2**20
# Attributes of the Image Pixel Module (PS3.3, C.7.6.3) without which stored values can't be told.
_NEEDED = {
    "BitsAllocated": "(0028,0100) Bits Allocated",
    "BitsStored": "(0028,0101) Bits Stored",
    "PixelRepresentation": "(0028,0103) Pixel Representation",
}
_MODALITIES = {
    "CT": "a CT slice",
    "MR": "an MR slice",
    "NM": "a scintigram (NM)",
    "PT": "a PET slice",
    "US": "an ultrasound image",
    "IVUS": "an intravascular ultrasound image",
}
"""(0008,0060) Modality of slices and of what does not come from X-rays."""
_SOP_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.2": "CT",
    "1.2.840.10008.5.1.4.1.1.4": "MR",
    "1.2.840.10008.5.1.4.1.1.20": "NM",
    "1.2.840.10008.5.1.4.1.1.128": "PT",
    "1.2.840.10008.5.1.4.1.1.130": "PT",
    "1.2.840.10008.5.1.4.1.1.6": "US",
    "1.2.840.10008.5.1.4.1.1.3": "US",
}
"""(0008,0016) SOP Class UID, also of enhanced and retired classes below it: what it stores (PS3.4, B.5)."""


def read_dataset(path: Path) -> FileDataset:
    """Read a DICOM file, with or without preamble and file meta information.

    Where nothing says how the dataset is encoded, it is taken as pydicom finds it; its pixels then have to
    lie there uncompressed.

    Raises
    ------
    InputError
        If the file is damaged, its transfer syntax is none, or it does not say how its pixels are compressed.
    DependencyError
        If pydicom is not installed.
    """
    try:
        import pydicom
    except ImportError as error:
        raise DependencyError(
            f"{path}: reading DICOM needs the package pydicom (3D Slicer has it). "
            "Install it: pip install pydicom"
        ) from error
    try:
        _check_inflated_size(path)
        dataset = pydicom.dcmread(path, force=True)
        _check_encoding(dataset, path)
    except InputError:
        raise
    except Exception as error:
        raise InputError(f"{path}: this DICOM file is cut off or damaged ({error}).") from error
    return dataset


def check_is_projection(modality: str | None, sop_class_uid: str | None, where: object) -> None:
    """Refuse what the header says is no projection radiograph: CT, MR, NM, PET, ultrasound.

    Raises
    ------
    NotRadiographError
        Naming what it is instead.
    """
    code = (modality or "").strip().upper()
    if code not in _MODALITIES:
        uid = str(sop_class_uid or "")
        code = next((own for known, own in _SOP_CLASSES.items() if f"{uid}.".startswith(f"{known}.")), "")
    if code:
        raise NotRadiographError(
            f"{where}: its header says that it is {_MODALITIES[code]}, not a radiograph: its pixels mean "
            "something else. If it is a radiograph after all, save it as PNG: its pixel spacing is lost, so "
            "give it anew (on the command line --spacing MM)."
        )


def check_pixel_description(dataset: Dataset, path: Path) -> None:
    """Refuse a header that leaves open what the stored values are; fill in what can only be one thing.

    Raises
    ------
    InputError
        Naming the attributes that are missing.
    """
    if dataset.get("SamplesPerPixel") is None and str(dataset.get("PhotometricInterpretation")).startswith(
        "MONOCHROME"
    ):
        dataset.SamplesPerPixel = 1
    missing = [name for keyword, name in _NEEDED.items() if dataset.get(keyword) is None]
    if missing:
        raise InputError(
            f"{path}: the header does not describe its pixels: {', '.join(missing)} is missing. Export the "
            "file again."
        )


def _check_inflated_size(path: Path) -> None:
    """Refuse a deflated dataset (PS3.5, A.5) that becomes larger than any film, before it is inflated."""
    with path.open("rb") as file:
        head = file.read(_LONGEST_META)
        if _DEFLATED not in head:
            return
        from pydicom.filereader import read_file_meta_info

        meta = read_file_meta_info(path)
        file.seek(_META_BEGINS + int(meta.FileMetaInformationGroupLength))
        inflater, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
        while chunk := inflater.unconsumed_tail or file.read(_CHUNK_BYTES):
            size += len(inflater.decompress(chunk, _CHUNK_BYTES))
            if size > LARGEST_DECODED_BYTES:
                raise InputError(
                    f"{path}: inflated, this DICOM file takes more than {LARGEST_DECODED_BYTES / 1e6:,.0f} "
                    "MB, which no radiograph does. Export it again."
                )


def _check_encoding(dataset: FileDataset, path: Path) -> None:
    meta = getattr(dataset, "file_meta", None)
    syntax = None if meta is None else meta.get("TransferSyntaxUID")
    if not syntax:
        _say_how_encoded(dataset, path)
    elif not syntax.is_transfer_syntax or syntax.is_private:
        raise InputError(
            f"{path}: its transfer syntax ({str(syntax)[:64]!r}) is none that DICOM knows. Export the "
            "file again, uncompressed (Explicit VR Little Endian)."
        )


def _say_how_encoded(dataset: FileDataset, path: Path) -> None:
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

    pixels = dataset.get_item("PixelData") if "PixelData" in dataset else None
    stored = getattr(pixels, "value", None)
    if isinstance(stored, bytes) and stored.startswith(_FIRST_ITEM):
        raise InputError(
            f"{path}: the pixels are compressed, and the file does not say how: (0002,0010) Transfer Syntax "
            "UID is missing. Export the file again."
        )
    implicit, little = dataset.original_encoding
    syntax = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    dataset.file_meta = getattr(dataset, "file_meta", None) or FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax if little else ExplicitVRBigEndian
