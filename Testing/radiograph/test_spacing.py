import math

import pydicom
import pytest

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.radiograph import UNKNOWN_SPACING, PixelSpacing, SpacingSource
from LayerSeparationLib.radiograph.dicom_spacing import spacing_from_dicom
from LayerSeparationLib.radiograph.spacing import spacing_given_by_user


def header(**attributes: object) -> "pydicom.Dataset":
    dataset = pydicom.Dataset()
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


@pytest.mark.parametrize(
    ("attributes", "mm", "source", "magnification"),
    [
        ({}, None, SpacingSource.UNKNOWN, None),
        ({"PixelSpacing": [0.2, 0.1]}, (0.2, 0.1), SpacingSource.DETECTOR, None),
        ({"ImagerPixelSpacing": [0.15, 0.15]}, (0.15, 0.15), SpacingSource.DETECTOR, None),
        ({"NominalScannedPixelSpacing": [0.1, 0.1]}, (0.1, 0.1), SpacingSource.DETECTOR, None),
        (
            {"PixelSpacing": [0.15, 0.15], "ImagerPixelSpacing": [0.15, 0.15]},
            (0.15, 0.15),
            SpacingSource.DETECTOR,
            None,
        ),
        (
            {"PixelSpacing": [0.14, 0.14], "ImagerPixelSpacing": [0.154, 0.154]},
            (0.14, 0.14),
            SpacingSource.CORRECTED,
            1.1,
        ),
        (
            {
                "PixelSpacing": [0.14, 0.14],
                "ImagerPixelSpacing": [0.154, 0.154],
                "PixelSpacingCalibrationType": "FIDUCIAL",
            },
            (0.14, 0.14),
            SpacingSource.CALIBRATED,
            1.1,
        ),
        (
            {"PixelSpacing": [0.14, 0.14], "PixelSpacingCalibrationType": "GEOMETRY"},
            (0.14, 0.14),
            SpacingSource.CORRECTED,
            None,
        ),
        (
            {"ImagerPixelSpacing": [0.22, 0.11], "EstimatedRadiographicMagnificationFactor": 1.1},
            (0.2, 0.1),
            SpacingSource.CORRECTED,
            1.1,
        ),
        (
            {
                "PixelSpacing": [0.22, 0.22],
                "ImagerPixelSpacing": [0.22, 0.22],
                "EstimatedRadiographicMagnificationFactor": 1.1,
            },
            (0.2, 0.2),
            SpacingSource.CORRECTED,
            1.1,
        ),
        (
            {"ImagerPixelSpacing": [0.2, 0.2], "EstimatedRadiographicMagnificationFactor": 1.0},
            (0.2, 0.2),
            SpacingSource.DETECTOR,
            1.0,
        ),
        ({"PixelSpacing": [0, 0.1]}, None, SpacingSource.UNKNOWN, None),
        ({"PixelSpacing": [-0.1, -0.1]}, None, SpacingSource.UNKNOWN, None),
        ({"PixelSpacing": [1, 1]}, None, SpacingSource.UNKNOWN, None),
        ({"PixelSpacing": [0.1]}, None, SpacingSource.UNKNOWN, None),
    ],
)
def test_dicom_header(
    attributes: dict[str, object],
    mm: tuple[float, float] | None,
    source: SpacingSource,
    magnification: float | None,
) -> None:
    spacing = spacing_from_dicom(header(**attributes))
    assert spacing.source is source
    assert spacing.known is (mm is not None)
    assert spacing.mm == (None if mm is None else pytest.approx(mm))
    assert spacing.magnification == (None if magnification is None else pytest.approx(magnification))


@pytest.mark.parametrize(
    ("attributes", "aspect"),
    [
        ({"PixelAspectRatio": [2, 1]}, 2.0),
        ({"PixelAspectRatio": [3, 4], "PixelSpacing": [1, 1]}, 0.75),
        ({"PixelAspectRatio": [2, 1], "ImagerPixelSpacing": [0.2, 0.2]}, 1.0),
        ({"PixelAspectRatio": [1, 1]}, 1.0),
        ({"PixelAspectRatio": [0, 1]}, 1.0),
        ({"PixelAspectRatio": [1, 0]}, 1.0),
        ({"PixelAspectRatio": [900, 1]}, 1.0),
        ({"PixelAspectRatio": 2}, 1.0),
    ],
)
def test_pixel_aspect_ratio(attributes: dict[str, object], aspect: float) -> None:
    spacing = spacing_from_dicom(header(**attributes))
    assert spacing.aspect == pytest.approx(aspect)
    row, column = spacing.relative
    assert row / column == pytest.approx(aspect)
    assert spacing.known is ("ImagerPixelSpacing" in attributes)
    assert PixelSpacing.from_json(spacing.as_json()) == spacing


def test_one_number_for_pixels_that_are_not_square() -> None:
    with pytest.raises(InputError, match="2 times as high as wide"):
        spacing_given_by_user(0.1, aspect=2.0)
    assert spacing_given_by_user((0.2, 0.1), aspect=2.0).mm == (0.2, 0.1)


def test_user_spacing() -> None:
    assert spacing_given_by_user(0.1).mm == (0.1, 0.1)
    assert spacing_given_by_user((0.1, 0.2)) == PixelSpacing(0.1, 0.2, SpacingSource.USER)


@pytest.mark.parametrize(
    "wrong", [0, -0.1, math.nan, math.inf, 80, (0.1,), (0.1, 0.2, 0.3), (0.1, 0), "wide"]
)
def test_user_spacing_that_cant_be(wrong: object) -> None:
    with pytest.raises(InputError, match="spacing"):
        spacing_given_by_user(wrong)  # type: ignore[arg-type]


def test_unknown_spacing_has_no_mm() -> None:
    assert UNKNOWN_SPACING.mm is None
    assert not UNKNOWN_SPACING.known
    with pytest.raises(InputError):
        PixelSpacing(0.1, 0.1, SpacingSource.UNKNOWN)
    with pytest.raises(InputError):
        PixelSpacing(0.1, None, SpacingSource.DETECTOR)
