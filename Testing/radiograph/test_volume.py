"""NRRD, NIfTI and MetaImage written with SimpleITK, and read back."""

import re
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.radiograph import SpacingSource, read_radiograph

Scale = Callable[[np.ndarray], np.ndarray]

SUFFIXES = ["nrrd", "nhdr", "nii", "nii.gz", "mha", "mhd"]


def saved(image: sitk.Image, path: Path) -> Path:
    sitk.WriteImage(image, str(path))
    return path


@pytest.fixture
def wide_film(hand_film: np.ndarray) -> np.ndarray:
    """Not square, and different in every corner: shape (400, 300)."""
    return np.ascontiguousarray(hand_film[:400, :300])


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("dimension", [2, 3])
def test_rows_columns_and_spacing(tmp_path: Path, wide_film: np.ndarray, suffix: str, dimension: int) -> None:
    image = sitk.GetImageFromArray(wide_film if dimension == 2 else wide_film[None])
    image.SetSpacing((0.1, 0.25, 1.0)[:dimension])
    film = read_radiograph(saved(image, tmp_path / f"film.{suffix}"))
    assert np.array_equal(film.native(), wide_film)
    assert film.spacing.mm == pytest.approx((0.25, 0.1))
    assert film.spacing.source is SpacingSource.DETECTOR
    assert film.name == "film"


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_thin_axis_anywhere(tmp_path: Path, wide_film: np.ndarray, axis: int) -> None:
    image = sitk.GetImageFromArray(np.expand_dims(wide_film, axis))
    spacing = [0.1, 0.25]
    spacing.insert(2 - axis, 1.0)
    image.SetSpacing(spacing)
    film = read_radiograph(saved(image, tmp_path / "film.nrrd"))
    assert np.array_equal(film.native(), wide_film)
    assert film.spacing.mm == pytest.approx((0.25, 0.1))


@pytest.mark.parametrize("suffix", ["nrrd", "nii", "mha"])
def test_default_spacing_is_unknown(tmp_path: Path, wide_film: np.ndarray, suffix: str) -> None:
    film = read_radiograph(saved(sitk.GetImageFromArray(wide_film), tmp_path / f"film.{suffix}"))
    assert film.spacing.source is SpacingSource.UNKNOWN


def test_reversed_axes_are_shown_as_slicer_does(tmp_path: Path, wide_film: np.ndarray) -> None:
    image = sitk.GetImageFromArray(wide_film[None, ::-1])
    image.SetDirection((1, 0, 0, 0, -1, 0, 0, 0, -1))
    film = read_radiograph(saved(image, tmp_path / "film.nii"))
    assert np.array_equal(film.native(), wide_film)


@pytest.mark.parametrize("distance", ["-0.1", "0"])
@pytest.mark.parametrize(
    ("suffix", "stated"), [("nrrd", "spacings: {0} {0}"), ("mha", "ElementSpacing = {0} {0}")]
)
def test_spacing_of_0_or_below_is_refused(
    tmp_path: Path, wide_film: np.ndarray, suffix: str, stated: str, distance: str
) -> None:
    image = sitk.GetImageFromArray(wide_film)
    image.SetSpacing((0.1, 0.1))
    path = saved(image, tmp_path / f"film.{suffix}")
    content = path.read_bytes()
    line = (rb"space directions: [^\n]*", rb"ElementSpacing = [^\n]*")[suffix == "mha"]
    content = re.sub(rb"space dimension: 2\n|space origin: [^\n]*\n", b"", content)
    path.write_bytes(re.sub(line, stated.format(distance).encode(), content))
    with pytest.raises(InputError, match=rf"film\.{suffix}.*spacing of {distance} x {distance} mm"):
        read_radiograph(path)


@pytest.mark.parametrize(("distance", "refused"), [(-0.1, True), (0.0, False)])
def test_nifti_spacing_below_0_is_refused_and_0_unknown(
    tmp_path: Path, wide_film: np.ndarray, distance: float, refused: bool
) -> None:
    path = saved(sitk.GetImageFromArray(wide_film), tmp_path / "film.nii")
    content = bytearray(path.read_bytes())
    struct.pack_into("<2f", content, 80, distance, distance)
    path.write_bytes(content)
    if refused:
        with pytest.raises(InputError, match=r"film\.nii.*spacing of -0.1 x -0.1 mm"):
            read_radiograph(path)
    else:
        assert read_radiograph(path).spacing.source is SpacingSource.UNKNOWN


def test_float_intensity_comes_back(tmp_path: Path, wide_film: np.ndarray, on_the_scale: Scale) -> None:
    intensity = (wide_film / 255).astype(np.float32)
    film = read_radiograph(saved(sitk.GetImageFromArray(intensity), tmp_path / "film.nrrd"))
    assert np.array_equal(film.native(), intensity)
    assert np.abs(film.intensity - on_the_scale(intensity)).max() < 0.5 / 255


@pytest.mark.parametrize("dtype", ["int16", "int32", "float32", "float64"])
def test_other_units_come_back_bit_for_bit(tmp_path: Path, wide_film: np.ndarray, dtype: str) -> None:
    pixels = (wide_film * 11.7 - 1000).astype(dtype)
    film = read_radiograph(saved(sitk.GetImageFromArray(pixels), tmp_path / "film.mha"))
    assert film.native().dtype == pixels.dtype
    assert np.array_equal(film.native(), pixels)
    assert 0.35 < np.median(film.intensity[wide_film > 140]) < 0.75


def test_vector_image_is_luminance(tmp_path: Path, wide_film: np.ndarray) -> None:
    colour = np.repeat(wide_film[None, ..., None], 3, axis=3)
    image = sitk.GetImageFromArray(colour, isVector=True)
    assert np.array_equal(read_radiograph(saved(image, tmp_path / "film.nrrd")).native(), wide_film)


def test_many_slices(tmp_path: Path, wide_film: np.ndarray) -> None:
    image = sitk.GetImageFromArray(np.stack([wide_film] * 5))
    with pytest.raises(InputError, match="300 x 400 x 5 voxels holds many slices"):
        read_radiograph(saved(image, tmp_path / "film.nrrd"))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_not_finite(tmp_path: Path, wide_film: np.ndarray, bad: float) -> None:
    pixels = wide_film.astype(np.float32)
    pixels[3, 5] = bad
    with pytest.raises(InputError, match=r"1 of 120000 pixels .* row 3, column 5"):
        read_radiograph(saved(sitk.GetImageFromArray(pixels), tmp_path / "film.nrrd"))


@pytest.mark.parametrize("suffix", ["nrrd", "nii", "nii.gz", "mha"])
@pytest.mark.parametrize("keep", [0.01, 0.5, 0.98])
def test_truncated(tmp_path: Path, wide_film: np.ndarray, suffix: str, keep: float) -> None:
    path = saved(sitk.GetImageFromArray(wide_film), tmp_path / f"film.{suffix}")
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * keep)])
    with pytest.raises(InputError, match=f"film.{suffix}"):
        read_radiograph(path)


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (1, 100)])
def test_too_small(tmp_path: Path, shape: tuple[int, int]) -> None:
    image = sitk.GetImageFromArray(np.arange(np.prod(shape), dtype=np.int16).reshape(shape))
    with pytest.raises(InputError, match="too few"):
        read_radiograph(saved(image, tmp_path / "small.nrrd"))
