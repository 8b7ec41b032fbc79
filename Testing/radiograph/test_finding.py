from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from LayerSeparationLib import GapEdit, Radiograph, read_radiograph, synthesize
from LayerSeparationLib.cli import main
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.export import joint_formats, write_layers, write_synthetic
from LayerSeparationLib.phantom.samples import SAMPLE_FOLDER
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


@pytest.fixture
def results(tmp_path: Path, mcp_layers) -> Path:
    """Return a folder with what the library writes of a joint: layers, and an edit in every format."""
    folder = tmp_path / "results"
    (folder / "layers").mkdir(parents=True)
    write_layers(folder / "layers", mcp_layers)
    (folder / "edit").mkdir()
    formats = [one.name for one in joint_formats()]
    write_synthetic(folder / "edit", synthesize(mcp_layers, GapEdit(target_jsw=1.0)), 3, formats)
    images = [path for path in folder.rglob("*") if path.suffix in (".nrrd", ".png", ".dcm")]
    assert {path.suffix for path in images} == {".nrrd", ".png", ".dcm"}
    return folder


def test_results_among_radiographs_are_left_out_and_one_line_says_so(
    tmp_path: Path, results: Path, write_dicom: Callable[..., Path], hand_film: np.ndarray
) -> None:
    dicom = write_dicom(hand_film, name="hand.dcm")
    told: list[str] = []
    assert find_radiographs(tmp_path, told.append) == [dicom]
    assert told == [f"{tmp_path}: left out what LayerSeparation wrote: results."]
    (results / "edit" / "other.bmp").write_bytes(b"x")
    told.clear()
    assert find_radiographs(tmp_path, told.append) == [dicom, results / "edit" / "other.bmp"]
    assert len(told) == 1
    assert " more." in told[0]


def test_a_folder_of_results_alone_is_refused_but_its_files_can_be_named(results: Path) -> None:
    with pytest.raises(InputError, match=r"written by LayerSeparation.*Name a file"):
        find_radiographs(results)
    image = results / "layers" / "image.nrrd"
    assert find_radiographs(image) == [image]
    assert read_radiograph(image).shape == (256, 256)


def test_a_data_set_is_left_out_whatever_its_images_say(
    tmp_path: Path, write_dicom: Callable[..., Path], hand_film: np.ndarray
) -> None:
    dicom = write_dicom(hand_film, name="hand.dcm")
    (tmp_path / "set" / "images").mkdir(parents=True)
    (tmp_path / "set" / "plan.json").write_text('{"format": "LayerSeparation data set 1"}')
    (tmp_path / "set" / "images" / "a.png").write_bytes(b"x")
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "plan.json").write_text('{"format": "another program"}')
    (tmp_path / "theirs" / "b.png").write_bytes(b"x")
    told: list[str] = []
    assert find_radiographs(tmp_path, told.append) == [dicom, tmp_path / "theirs" / "b.png"]
    assert told == [f"{tmp_path}: left out what LayerSeparation wrote: set."]


def test_phantoms_are_radiographs_and_their_truth_is_not(tmp_path: Path) -> None:
    assert main(["phantom", "--kind", "MCP", "--count", "2", "--output", str(tmp_path / "phantoms")]) == 0
    found = find_radiographs(tmp_path / "phantoms", lambda text: None)
    names = [path.relative_to(tmp_path / "phantoms").as_posix() for path in found]
    assert sorted(name.partition("_")[2] for name in names) == ["seed_0/image.nrrd", "seed_1/image.nrrd"]
    radiographs: list[Radiograph] = [read_radiograph(path) for path in found]
    assert [one.spacing.mm for one in radiographs] == [pytest.approx((0.082, 0.082))] * 2


def test_sample_films_are_radiographs_and_their_thumbnails_are_not() -> None:
    found = find_radiographs(SAMPLE_FOLDER, lambda text: None)
    assert [path.name for path in found] == ["PhantomHand.nrrd", "PhantomJoint.nrrd"]


def test_a_link_back_ends_the_search(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    (tmp_path / "circle").symlink_to(tmp_path, target_is_directory=True)
    assert find_radiographs(tmp_path) == [tmp_path / "a.png"]
