"""Films made of numbers: a hand with air around it, and a joint crop, on the scale of 8-bit display films."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from LayerSeparationLib.radiograph.film_content import average_blocks
from LayerSeparationLib.radiograph.grey_scale import GreyScale

AIR, SOFT, BONE = 12.0, 85.0, 155.0


@pytest.fixture
def on_the_scale() -> Callable[[np.ndarray], np.ndarray]:
    """Return what tells the intensity of a film with bone bright from its grey values alone."""

    def intensity(film: np.ndarray) -> np.ndarray:
        grey = film.astype(np.float64)
        return np.asarray(GreyScale.of(average_blocks(film))(grey))

    return intensity


def _add_finger(film: np.ndarray, column: float, top: float, bottom: float, width: float) -> None:
    rows, columns = np.mgrid[: film.shape[0], : film.shape[1]]
    along = np.clip(rows, top, bottom)
    across = np.hypot(columns - column, rows - along)
    thickness = np.sqrt(np.clip(1 - (across / width) ** 2, 0, 1))
    film[:] = np.maximum(film, AIR + (SOFT + 15 - AIR) * thickness)
    joint = np.abs((rows - top) % 110 - 55) > 3
    bone = (across < 0.5 * width) & joint
    film[bone] = BONE + 20 * (across[bone] / width)


@pytest.fixture(scope="session")
def hand_film() -> np.ndarray:
    """uint8 film of a hand-like thing: four fingers, a palm, air all round, noise. Shape (520, 400)."""
    film = np.full((520, 400), AIR)
    for column, top in ((90, 90), (150, 50), (210, 40), (270, 70)):
        _add_finger(film, column, top, 360, 27)
    for column in (110, 150, 190, 230):
        _add_finger(film, column, 330, 400, 30)
    for column in (150, 205):
        _add_finger(film, column, 430, 700, 34)
    noise = np.random.default_rng(7)
    texture = gaussian_filter(noise.normal(0, 1, film.shape), 4) * 100
    film += texture * (film - AIR) / (BONE - AIR)
    noisy = gaussian_filter(film, 1.2) + noise.normal(0, 2, film.shape)
    return np.clip(np.rint(noisy), 0, 240).astype(np.uint8)


@pytest.fixture(scope="session")
def crop_film() -> np.ndarray:
    """uint8 joint crop, values 20 to 230, no air in it. Shape (256, 256)."""
    rows, columns = np.mgrid[:256, :256]
    across = np.abs(columns - 127.5)
    film = 110 - 0.55 * across
    bone = (across < 62 + 25 * np.exp(-(((rows - 127.5) / 50) ** 2))) & (np.abs(rows - 127.5) > 6)
    film = np.where(bone, 175 + 0.3 * across, film)
    noise = np.random.default_rng(3)
    texture = gaussian_filter(noise.normal(0, 1, film.shape), 6) * 350
    noisy = gaussian_filter(film, 3) + texture + noise.normal(0, 3, film.shape)
    film = np.clip(np.rint(noisy), 20, 230)
    film[0, 0], film[0, 1] = 20, 230
    return film.astype(np.uint8)


@pytest.fixture
def write_dicom(tmp_path: Path) -> Callable[..., Path]:
    """Write a CR file with pydicom; keywords set or (None) drop attributes, `syntax` the transfer syntax."""
    import pydicom
    from pydicom.uid import (
        UID,
        ComputedRadiographyImageStorage,
        ExplicitVRLittleEndian,
        generate_uid,
    )

    def write(
        pixels: np.ndarray,
        *,
        name: str = "film.dcm",
        syntax: str = ExplicitVRLittleEndian,
        bits: int | None = None,
        encapsulated: bytes | None = None,
        **attributes: Any,
    ) -> Path:
        meta = pydicom.dataset.FileMetaDataset()
        meta.TransferSyntaxUID = UID(syntax)
        meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        dataset = pydicom.Dataset()
        dataset.file_meta = meta
        dataset.SOPClassUID = meta.MediaStorageSOPClassUID
        dataset.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
        dataset.StudyInstanceUID, dataset.SeriesInstanceUID = "1.2.3", "1.2.3.4"
        dataset.Modality = "CR"
        dataset.Rows, dataset.Columns = pixels.shape[:2]
        dataset.SamplesPerPixel = 1
        dataset.PhotometricInterpretation = "MONOCHROME2"
        dataset.BitsAllocated = 8 * pixels.dtype.itemsize
        dataset.BitsStored = bits or dataset.BitsAllocated
        dataset.HighBit = dataset.BitsStored - 1
        dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
        for keyword, value in attributes.items():
            if value is None:
                delattr(dataset, keyword)
            else:
                setattr(dataset, keyword, value)
        little = meta.TransferSyntaxUID.is_little_endian
        if encapsulated is not None:
            dataset.PixelData = pydicom.encaps.encapsulate([encapsulated])
            dataset["PixelData"].VR = "OB"
        else:
            order = "<" if little else ">"
            dataset.PixelData = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
            dataset["PixelData"].VR = "OW" if pixels.dtype.itemsize > 1 else "OB"
        path = tmp_path / name
        dataset.save_as(path, enforce_file_format=True)
        return path

    return write
