"""Images as NRRD, read back by SimpleITK."""

import numpy as np
import pytest
import SimpleITK as sitk

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.export import write_nrrd


def test_values_spacing_and_origin_come_back_exactly(tmp_path):
    image = np.random.default_rng(1).random((37, 53), dtype=np.float32)
    write_nrrd(tmp_path / "image.nrrd", image, (0.15, 0.082), origin_px=(100, 30), synthetic=False)
    back = sitk.ReadImage(str(tmp_path / "image.nrrd"))
    assert back.GetSize() == (53, 37)
    assert back.GetPixelID() == sitk.sitkFloat32
    assert np.array_equal(sitk.GetArrayFromImage(back), image)
    assert back.GetSpacing() == pytest.approx((0.082, 0.15), rel=1e-12)
    assert back.GetOrigin() == pytest.approx((8.2, 4.5), rel=1e-12)
    assert back.GetDirection() == (1, 0, 0, 1)


@pytest.mark.parametrize(
    ("spacing_mm", "synthetic", "expected"),
    [(None, True, ("unknown", "true")), ((0.1, 0.1), False, ("mm", "false"))],
)
def test_marks(tmp_path, spacing_mm, synthetic, expected):
    path = tmp_path / "image.nrrd"
    write_nrrd(path, np.zeros((4, 5)), spacing_mm, synthetic=synthetic, key_values={"note": "a\nb\\c é"})
    back = sitk.ReadImage(str(path))
    assert back.GetSpacing() == (spacing_mm or (1.0, 1.0))
    assert tuple(back.GetMetaData(f"LayerSeparation.{key}") for key in ("spacing", "synthetic")) == expected
    assert b"note:=a\\nb\\\\c \xc3\xa9\n" in path.read_bytes()


def test_views_of_any_memory_order_are_written_alike(tmp_path):
    image = np.random.default_rng(2).random((20, 30), dtype=np.float32)
    views = [image, np.asfortranarray(image), np.pad(image, 3)[3:-3, 3:-3], image.astype(np.float64)]
    for index, view in enumerate(views):
        write_nrrd(tmp_path / f"{index}.nrrd", view, (0.1, 0.1), synthetic=False)
    assert len({(tmp_path / f"{index}.nrrd").read_bytes() for index in range(len(views))}) == 1


@pytest.mark.parametrize(
    ("image", "spacing_mm", "message"),
    [
        (np.zeros((3, 4, 5)), None, "rows, columns"),
        (np.zeros((0, 5)), None, "rows, columns"),
        (np.full((3, 4), np.nan), None, "NaN"),
        (np.zeros((3, 4)), (0.1, 0.0), "positive"),
        (np.zeros((3, 4)), (-0.1, 0.1), "positive"),
        (np.zeros((3, 4)), (float("inf"), 0.1), "positive"),
    ],
)
def test_what_is_no_image_is_refused_and_no_file_is_made(tmp_path, image, spacing_mm, message):
    with pytest.raises(InputError, match=message):
        write_nrrd(tmp_path / "image.nrrd", image, spacing_mm, synthetic=False)
    assert list(tmp_path.iterdir()) == []
