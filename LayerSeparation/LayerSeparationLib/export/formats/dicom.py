"""A sample as two DICOM files: the image and the segmentation that belongs to it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..encoding.dicom_image import NO_DATE, NO_TIME, dicom_image
from ..encoding.dicom_segmentation import dicom_segmentation
from ..encoding.highdicom_log import only_warnings_of_highdicom
from ..sample import ExportedImage

if TYPE_CHECKING:
    from pydicom import Dataset


class DicomFormat:
    """Writes ``image.dcm`` and ``segmentation.dcm``: of the whole film where the sample holds it."""

    name = "dicom"
    label = "DICOM image and segmentation"
    is_default = False

    def write(self, folder: Path, sample: ExportedImage) -> None:
        """Write both files.

        Raises
        ------
        DependencyError
            If pydicom or highdicom is not installed.
        InputError
            If the header of the source can't be read.
        """
        with only_warnings_of_highdicom():
            image, segmentation = self._make(sample)
        image.save_as(folder / "image.dcm", enforce_file_format=True)
        segmentation.save_as(folder / "segmentation.dcm", enforce_file_format=True)

    @staticmethod
    def _make(sample: ExportedImage) -> tuple[Dataset, Dataset]:
        image = dicom_image(sample)
        segments = [replace(one, mask=_on_film(one.mask, sample)) for one in sample.segments]
        date, time = image.StudyDate or NO_DATE, image.StudyTime or NO_TIME
        return image, dicom_segmentation(image, segments, sample.weights_sha256, date, time)


def _on_film(mask: NDArray[np.bool_], sample: ExportedImage) -> NDArray[np.bool_]:
    """Return a mask on the grid of the image that is written."""
    if sample.film is None:
        return mask
    whole = np.zeros(sample.film.shape, dtype=np.bool_)
    (x, y), (rows, columns) = sample.origin_px, mask.shape
    whole[y : y + rows, x : x + columns] = mask
    return whole
