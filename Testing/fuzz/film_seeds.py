"""Small sound films in every format and way of storing, to be damaged."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk
from numpy.typing import NDArray
from PIL import Image
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

SHAPE = (96, 112)
_JPEG_2000, _JPEG_LS = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.80"


def film() -> NDArray[np.uint8]:
    """Two bones under soft tissue, air around: enough grey values for a radiograph."""
    rows, columns = np.mgrid[: SHAPE[0], : SHAPE[1]]
    across = np.abs(columns - SHAPE[1] / 2)
    grey = np.where(across < 40, 90 - across, 10.0)
    bone = (across < 18) & (np.abs(rows - SHAPE[0] / 2) > 3)
    grey = np.where(bone, 190 - across, grey) + np.random.default_rng(0).normal(0, 3, SHAPE)
    return np.clip(np.rint(grey), 0, 255).astype(np.uint8)


def make_seeds(folder: Path) -> list[Path]:
    """Write the films; the extension of each is that of its format."""
    folder.mkdir(parents=True, exist_ok=True)
    eight = film()
    sixteen = eight.astype(np.uint16) * 257
    _write_rasters(folder, eight, sixteen)
    _write_volumes(folder, eight, sixteen)
    _write_dicom(folder, (sixteen >> 4).astype(np.uint16))
    return sorted(path for path in folder.iterdir() if path.suffix not in (".raw", ".zraw", ".gz_"))


def _write_rasters(folder: Path, eight: NDArray[np.uint8], sixteen: NDArray[np.uint16]) -> None:
    grey, deep = Image.fromarray(eight), Image.fromarray(sixteen)
    grey.save(folder / "grey.png")
    deep.save(folder / "deep.png")
    grey.convert("RGB").save(folder / "colour.png")
    grey.convert("P").save(folder / "palette.png")
    grey.save(folder / "grey.jpg", quality=90)
    grey.save(folder / "progressive.jpg", progressive=True)
    grey.save(folder / "grey.bmp")
    deep.save(folder / "deep.tif")
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        grey.save(folder / f"{compression}.tif", compression=compression)
    Image.fromarray(eight.astype(np.float32)).save(folder / "float.tif")


def _write_volumes(folder: Path, eight: NDArray[np.uint8], sixteen: NDArray[np.uint16]) -> None:
    image = sitk.GetImageFromArray(sixteen)
    image.SetSpacing((0.15, 0.15))
    slice_ = sitk.GetImageFromArray(eight[None])
    slice_.SetSpacing((0.15, 0.15, 1.0))
    for name, volume, compressed in (
        *((f"raw.{suffix}", image, False) for suffix in ("nrrd", "mha", "nii")),
        *((f"zipped.{suffix}", slice_, True) for suffix in ("nrrd", "mha", "nii.gz")),
    ):
        sitk.WriteImage(volume, str(folder / name), useCompression=compressed)
    numbers = " ".join(map(str, sixteen.ravel().tolist()))
    (folder / "text.nrrd").write_text(
        f"NRRD0004\ntype: ushort\ndimension: 2\nsizes: {SHAPE[1]} {SHAPE[0]}\nencoding: ascii\n\n{numbers}\n"
    )
    (folder / "text.mha").write_text(
        f"ObjectType = Image\nNDims = 2\nBinaryData = False\nDimSize = {SHAPE[1]} {SHAPE[0]}\n"
        f"ElementType = MET_USHORT\nElementDataFile = LOCAL\n{numbers}\n"
    )


def _write_dicom(folder: Path, pixels: NDArray[np.uint16]) -> None:
    for name, syntax in (
        ("explicit", ExplicitVRLittleEndian),
        ("implicit", ImplicitVRLittleEndian),
        ("big", ExplicitVRBigEndian),
    ):
        stored = pixels.astype(">u2" if syntax == ExplicitVRBigEndian else "<u2")
        _dataset(stored, syntax).save_as(folder / f"{name}.dcm", enforce_file_format=True)
    bare = pydicom.Dataset(_dataset(pixels, ImplicitVRLittleEndian))
    bare.save_as(folder / "bare.dcm", implicit_vr=True, little_endian=True)
    whole = io.BytesIO()
    _dataset(pixels, ExplicitVRLittleEndian).save_as(whole, enforce_file_format=True)
    _dataset(pixels, DeflatedExplicitVRLittleEndian).save_as(
        folder / "deflated.dcm", enforce_file_format=True
    )
    runs = pydicom.dcmread(io.BytesIO(whole.getvalue()))
    runs.compress(RLELossless)
    runs.save_as(folder / "runs.dcm")
    wavelets = io.BytesIO()
    Image.fromarray(pixels).save(wavelets, "JPEG2000", no_jp2=True)
    _encapsulated(pixels, _JPEG_2000, wavelets.getvalue()).save_as(folder / "wavelets.dcm")
    plain = io.BytesIO()
    Image.fromarray((pixels >> 4).astype(np.uint8)).save(plain, "JPEG", quality=90)
    _encapsulated((pixels >> 4).astype(np.uint8), "1.2.840.10008.1.2.4.50", plain.getvalue()).save_as(
        folder / "baseline.dcm"
    )


def _dataset(pixels: NDArray[np.generic], syntax: str) -> pydicom.Dataset:
    dataset = pydicom.Dataset()
    dataset.file_meta = pydicom.dataset.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = ComputedRadiographyImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = "1.2.3.4"
    dataset.Modality, dataset.PhotometricInterpretation = "CR", "MONOCHROME2"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.ImagerPixelSpacing = [0.15, 0.15]
    dataset.SamplesPerPixel, dataset.PixelRepresentation = 1, 0
    bits = 8 * pixels.dtype.itemsize
    dataset.BitsAllocated = bits
    dataset.BitsStored = min(bits, 12)
    dataset.HighBit = dataset.BitsStored - 1
    dataset.RescaleSlope, dataset.RescaleIntercept = "1", "0"
    dataset.PixelData = pixels.tobytes()
    dataset["PixelData"].VR = "OW" if bits > 8 else "OB"
    return dataset


def _encapsulated(pixels: NDArray[np.generic], syntax: str, stream: bytes) -> pydicom.Dataset:
    dataset = _dataset(pixels, syntax)
    dataset.PixelData = pydicom.encaps.encapsulate([stream])
    dataset["PixelData"].VR = "OB"
    return dataset


def png_bomb(edge_px: int) -> bytes:
    """A PNG of zeros: a few kilobytes that announce, and hold, ``edge_px`` squared pixels of 16 bits."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
        )

    head = edge_px.to_bytes(4, "big") * 2 + bytes([16, 0, 0, 0, 0])
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + 2 * edge_px)) for _ in range(edge_px)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
