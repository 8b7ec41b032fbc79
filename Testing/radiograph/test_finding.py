from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.radiograph import find_radiographs


def test_folders_are_searched_in_order(
    tmp_path: Path, write_dicom: Callable[..., Path], hand_film: np.ndarray
) -> None:
    dicom = write_dicom(hand_film, name="IM0001")
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").mkdir()
    for name in ("b.png", "a.JPG", "sub/c.nii.gz", ".hidden/d.png", ".e.png", "notes.txt", "table.csv.gz"):
        (tmp_path / name).write_bytes(b"x")
    expected = [dicom, *(tmp_path / name for name in ("a.JPG", "b.png", "sub/c.nii.gz"))]
    assert find_radiographs([tmp_path]) == expected
    assert find_radiographs(str(tmp_path)) == expected


def test_files_are_kept_as_given_and_once(tmp_path: Path) -> None:
    for name in ("b.png", "a.txt"):
        (tmp_path / name).write_bytes(b"x")
    assert find_radiographs([tmp_path / "b.png", tmp_path / "a.txt", tmp_path]) == [
        tmp_path / "b.png",
        tmp_path / "a.txt",
    ]


def test_nothing_to_find(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        find_radiographs([tmp_path / "missing.png"])
    with pytest.raises(InputError, match="holds no radiograph"):
        find_radiographs([tmp_path])
    with pytest.raises(InputError, match="No radiograph was given"):
        find_radiographs([])
