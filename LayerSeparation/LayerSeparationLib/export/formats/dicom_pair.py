"""A sample as two DICOM files: the image and the segmentation that belongs to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..sample import Sample
from .dicom_image import NO_DATE, NO_TIME, dicom_image
from .dicom_segmentation import dicom_segmentation

if TYPE_CHECKING:
    from pydicom import Dataset


def write_dicom(folder: Path, sample: Sample) -> None:
    """Write ``image.dcm`` and ``segmentation.dcm`` of a sample: of the whole film where the sample holds it.

    Raises
    ------
    DependencyError
        If pydicom or highdicom is not installed.
    InputError
        If the header of the source can't be read.
    """
    image = dicom_image(sample)
    segments = [replace(one, mask=_on_film(one.mask, sample)) for one in sample.segments]
    date, time = image.StudyDate or NO_DATE, image.StudyTime or NO_TIME
    made = dicom_segmentation(image, segments, sample.record["weights_sha256"], date, time)
    _save(folder / "image.dcm", image)
    _save(folder / "segmentation.dcm", made)


def _on_film(mask: NDArray[np.bool_], sample: Sample) -> NDArray[np.bool_]:
    """Return a mask on the grid of the image that is written."""
    if sample.film is None:
        return mask
    whole = np.zeros(sample.film.shape, dtype=bool)
    (x, y), (rows, columns) = sample.origin_px, mask.shape
    whole[y : y + rows, x : x + columns] = mask
    return whole


def _save(path: Path, dataset: Dataset) -> None:
    dataset.save_as(path, enforce_file_format=True)
