"""Pixel spacing of a projection radiograph from its DICOM header.

DICOM PS3.3, 10.7.1.3 ('Pixel Spacing Value Order and Valid Values', 'Basic Pixel Spacing Calibration Macro'):
Pixel Spacing (0028,0030) equal to Imager Pixel Spacing (0018,1164) is the detector's; different from it, it
was corrected for magnification or calibrated on an object, which Pixel Spacing Calibration Type (0028,0A02)
tells apart.
"""

import math
from typing import TYPE_CHECKING

from .spacing import PixelSpacing, SpacingSource, is_believable

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

# Two spacings are the same up to the rounding of decimal strings.
SAME = 1e-3
# Magnification of a limb lies between 1 (on the detector) and 2; macro-radiography goes up to about 5.
LARGEST_MAGNIFICATION = 10.0
# Pixels that are longer than this are a damaged header.
LARGEST_ASPECT = 10.0


def spacing_from_dicom(dataset: "Dataset") -> PixelSpacing:
    """Read pixel spacing, its source and the magnification.

    In order: Pixel Spacing with calibration type FIDUCIAL is calibrated, with GEOMETRY corrected for
    magnification. Pixel Spacing other than Imager Pixel Spacing is taken as corrected (the weaker of the two
    things it may be). Otherwise the detector's spacing, Imager Pixel Spacing or (scanned film) Nominal
    Scanned Pixel Spacing (0018,2010), divided by Estimated Radiographic Magnification Factor (0018,1114)
    where that is above 1. Pixel Spacing alone does not say what it is; it is taken as the detector's, the
    weakest claim. Numbers that can't be a spacing (0, negative, 1 x 1) count as missing. Without any, Pixel
    Aspect Ratio (0028,0034) still says how high a pixel is for its width.

    Returns
    -------
    PixelSpacing
        Of unknown source, with its `aspect`, if the header holds none.
    """
    pixel = _pair(dataset, "PixelSpacing")
    detector = _pair(dataset, "ImagerPixelSpacing") or _pair(dataset, "NominalScannedPixelSpacing")
    factor = _magnification(dataset)
    calibration = str(dataset.get("PixelSpacingCalibrationType") or "").upper()
    if pixel and calibration == "FIDUCIAL":
        return PixelSpacing(*pixel, SpacingSource.CALIBRATED, _ratio(detector, pixel) or factor)
    if pixel and (calibration == "GEOMETRY" or (detector and not _same(pixel, detector))):
        return PixelSpacing(*pixel, SpacingSource.CORRECTED, factor or _ratio(detector, pixel))
    if detector and factor and factor > 1:
        return PixelSpacing(detector[0] / factor, detector[1] / factor, SpacingSource.CORRECTED, factor)
    plane = detector or pixel
    if plane:
        return PixelSpacing(*plane, SpacingSource.DETECTOR, factor)
    return PixelSpacing(None, None, SpacingSource.UNKNOWN, aspect=_aspect(dataset))


def _pair(dataset: "Dataset", keyword: str) -> tuple[float, float] | None:
    try:
        row_mm, column_mm = (float(value) for value in dataset.get(keyword) or ())
    except (TypeError, ValueError):
        return None
    return (row_mm, column_mm) if is_believable(row_mm, column_mm) else None


def _aspect(dataset: "Dataset") -> float:
    """Return a pixel's height over its width; 1 where the header says nothing that can be."""
    try:
        height, width = (float(value) for value in dataset.get("PixelAspectRatio") or ())
        aspect = height / width
    except (TypeError, ValueError, ZeroDivisionError):
        return 1.0
    return aspect if 1 / LARGEST_ASPECT <= aspect <= LARGEST_ASPECT else 1.0


def _magnification(dataset: "Dataset") -> float | None:
    try:
        factor = float(dataset.get("EstimatedRadiographicMagnificationFactor") or 0)
    except (TypeError, ValueError):
        return None
    return factor if math.isfinite(factor) and 1 <= factor <= LARGEST_MAGNIFICATION else None


def _same(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return all(math.isclose(x, y, rel_tol=SAME) for x, y in zip(a, b, strict=True))


def _ratio(detector: tuple[float, float] | None, pixel: tuple[float, float]) -> float | None:
    return detector[0] / pixel[0] if detector and detector[0] > pixel[0] else None
