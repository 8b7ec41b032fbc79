"""Overlapping segments as `.seg.nrrd`, read back by our reader and by SimpleITK."""

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.export import (
    Segment,
    describe_segments,
    read_segmentation,
    read_segments,
    write_nrrd,
    write_segmentation,
)
from LayerSeparationLib.synthesis import JointMasks

NAMES = ["Upper bone", "Lower bone", "Joint space", "Soft tissue"]


def masks(shape=(40, 60), overlap=4) -> list[np.ndarray]:
    rows = np.arange(shape[0])[:, None] + np.zeros(shape[1], dtype=int)
    middle = shape[0] // 2
    upper, lower = rows < middle + overlap, rows >= middle - overlap
    return [upper, lower, np.zeros(shape, dtype=bool), np.ones(shape, dtype=bool)]


@pytest.fixture
def joint_file(tmp_path):
    path = tmp_path / "segmentation.seg.nrrd"
    segments = describe_segments(JointMasks(*masks()), joint="MCP2", side="L")
    write_segmentation(path, segments, (0.15, 0.08), origin_px=(100, 30), synthetic=True)
    return path


def test_names_order_masks_and_overlap_come_back(joint_file):
    back = read_segmentation(joint_file)
    assert list(back) == NAMES
    for name, mask in zip(NAMES, masks(), strict=True):
        assert back[name].dtype == bool
        assert np.array_equal(back[name], mask), name
    assert (back["Upper bone"] & back["Lower bone"]).sum() == 8 * 60
    assert not back["Joint space"].any()


def test_another_reader_sees_four_layers_on_the_grid_of_the_image(joint_file, tmp_path):
    write_nrrd(tmp_path / "image.nrrd", np.zeros((40, 60)), (0.15, 0.08), origin_px=(100, 30), synthetic=True)
    image = sitk.ReadImage(str(tmp_path / "image.nrrd"))
    segmentation = sitk.ReadImage(str(joint_file))
    assert segmentation.GetSize() == (60, 40, 1)
    assert segmentation.GetNumberOfComponentsPerPixel() == 4
    assert segmentation.GetSpacing() == (*image.GetSpacing(), 1.0)
    assert segmentation.GetOrigin() == (*image.GetOrigin(), 0.0)
    assert segmentation.GetDirection() == (1, 0, 0, 0, 1, 0, 0, 0, 1)
    layers = sitk.GetArrayFromImage(segmentation)[0]
    for index, mask in enumerate(masks()):
        assert np.array_equal(layers[..., index] == index + 1, mask)
        assert np.array_equal(layers[..., index] > 0, mask)


def test_header_says_what_slicer_reads(joint_file):
    header = joint_file.read_bytes().split(b"\n\n")[0].decode().splitlines()
    assert header[0] == "NRRD0005"
    for line in (
        "dimension: 4",
        "space: left-posterior-superior",
        "sizes: 4 60 40 1",
        "space directions: none (0.08,0,0) (0,0.15,0) (0,0,1)",
        "kinds: list domain domain domain",
        "Segment0_Name:=Upper bone",
        "Segment0_Layer:=0",
        "Segment0_LabelValue:=1",
        "Segment0_Extent:=0 59 0 23 0 0",
        "Segment2_Extent:=0 -1 0 -1 0 -1",
        "Segment3_Layer:=3",
        "Segment3_LabelValue:=4",
        "Segmentation_SourceRepresentation:=Binary labelmap",
        "Segmentation_ReferenceImageExtentOffset:=0 0 0",
        "LayerSeparation.synthetic:=true",
    ):
        assert line in header, line
    (geometry,) = (line for line in header if line.startswith("Segmentation_ConversionParameters"))
    assert geometry.split("|")[1] == "-0.08;0;0;-8.0;0;-0.15;0;-4.5;0;0;1;0;0;0;0;1;0;59;0;39;0;0;"


@pytest.mark.parametrize(
    ("joint", "side", "upper", "lower", "region"),
    [
        ("MCP2", "L", "28641004", "36455000", "SCT^7569003^Finger~SCT^7771000^Left"),
        ("MCP1", "R", "28641004", "36455000", "SCT^76505004^Thumb~SCT^24028007^Right"),
        ("IP1", None, "28641004", "28641004", "SCT^76505004^Thumb~^^"),
        ("DIP5", None, "28641004", "28641004", "SCT^7569003^Finger~^^"),
        ("crop", None, "272673000", "272673000", "SCT^7569003^Finger~^^"),
        ("", None, "272673000", "272673000", "SCT^7569003^Finger~^^"),
    ],
)
def test_codes_follow_the_joint(joint, side, upper, lower, region):
    segments = describe_segments(JointMasks(*masks()), joint=joint, side=side)
    assert [segment.name for segment in segments] == NAMES
    parts = [segment.terminology.split("~") for segment in segments]
    assert [len(part) for part in parts] == [7] * 4
    assert [part[2].split("^")[1] for part in parts] == [upper, lower, "125682004", "87784001"]
    assert {"~".join(part[5:]) for part in parts} == {region}


def test_colours_can_be_told_apart():
    colors = np.array([segment.color for segment in describe_segments(JointMasks(*masks()))])
    distance = np.linalg.norm(colors[:, None] - colors[None], axis=-1)
    assert distance[np.triu_indices(4, 1)].min() > 0.3


def test_file_that_slicer_cropped_is_put_back_in_its_place(tmp_path):
    """Slicer saves the box around the segments, all in one layer if they do not overlap."""
    labels = np.zeros((1, 6, 9), dtype=np.uint8)
    labels[0, :3], labels[0, 3:] = 1, 2
    image = sitk.GetImageFromArray(labels)
    for index, name in enumerate(("Upper bone", "Lower bone")):
        image.SetMetaData(f"Segment{index}_Name", name)
        image.SetMetaData(f"Segment{index}_LabelValue", str(index + 1))
        image.SetMetaData(f"Segment{index}_Layer", "0")
    image.SetMetaData("Segmentation_ReferenceImageExtentOffset", "5 4 0")
    sitk.WriteImage(image, str(tmp_path / "slicer.seg.nrrd"))
    back = read_segmentation(tmp_path / "slicer.seg.nrrd", shape=(20, 30))
    expected = np.zeros((20, 30), dtype=bool)
    expected[7:10, 5:14] = True
    assert np.array_equal(back["Lower bone"], expected)
    with pytest.raises(InputError, match="do not fit"):
        read_segmentation(tmp_path / "slicer.seg.nrrd", shape=(8, 30))


def test_colours_and_codes_come_back(joint_file):
    written = describe_segments(JointMasks(*masks()), joint="MCP2", side="L")
    for segment, back in zip(written, read_segments(joint_file), strict=True):
        assert back.name == segment.name
        assert back.color == pytest.approx(segment.color, abs=1e-5)
        assert back.terminology == segment.terminology


def test_a_part_of_a_film_is_put_where_it_lay(tmp_path):
    mask = np.zeros((6, 9), bool)
    mask[1:3, 2:8] = True
    path = tmp_path / "part.seg.nrrd"
    write_segmentation(path, [Segment("a", mask, (1, 0, 0))], (0.15, 0.1), origin_px=(11, 4), synthetic=True)
    assert np.array_equal(read_segmentation(path)["a"], mask)
    assert np.array_equal(read_segmentation(path, (6, 9))["a"], mask)
    expected = np.zeros((20, 30), bool)
    expected[4:10, 11:20] = mask
    assert np.array_equal(read_segmentation(path, (20, 30))["a"], expected)
    with pytest.raises(InputError, match="choose the radiograph"):
        read_segmentation(path, (20, 19))
    assert np.array_equal(read_segments(path, (20, 30), (0.15, 0.1))[0].mask, expected)
    with pytest.raises(InputError, match=r"0\.15 x 0\.1 mm/px, not of 0\.2"):
        read_segments(path, (20, 30), (0.2, 0.2))


@settings(max_examples=25, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 30), st.integers(1, 30)),
    count=st.integers(1, 6),
    seed=st.integers(0, 2**31),
)
def test_any_masks_come_back(tmp_path_factory, shape, count, seed):
    path = tmp_path_factory.mktemp("seg") / "a.seg.nrrd"
    random = np.random.default_rng(seed)
    segments = [Segment(f"s {i}", random.random(shape) < 0.4, (0.1, 0.2, 0.3)) for i in range(count)]
    write_segmentation(path, segments, None, synthetic=False)
    back = read_segmentation(path)
    assert all(np.array_equal(back[segment.name], segment.mask) for segment in segments)


@pytest.mark.parametrize(
    "segments",
    [
        [],
        [Segment("a", np.zeros((3, 4), bool), (0, 0, 0)), Segment("b", np.zeros((4, 3), bool), (0, 0, 0))],
        [Segment("a", np.zeros((3, 4), bool), (0, 0, 0))] * 2,
        [Segment("a", np.zeros((1, 3, 4), bool), (0, 0, 0))],
    ],
)
def test_what_can_not_be_stored_is_refused(tmp_path, segments):
    with pytest.raises(InputError):
        write_segmentation(tmp_path / "a.seg.nrrd", segments, None, synthetic=False)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_segmentation_is_refused(tmp_path, joint_file):
    with pytest.raises(InputError, match="can't be read"):
        read_segmentation(tmp_path / "missing.seg.nrrd")
    joint_file.write_bytes(joint_file.read_bytes()[:-200])
    with pytest.raises(InputError, match="can't be read"):
        read_segmentation(joint_file)
    write_nrrd(tmp_path / "image.nrrd", np.zeros((4, 5)), None, synthetic=False)
    with pytest.raises(InputError, match="not a segmentation"):
        read_segmentation(tmp_path / "image.nrrd")
