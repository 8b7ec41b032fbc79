"""Formats of data sets, read back by the programs that they are written for."""

import contextlib
import io
import json
import tarfile
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image, ImageDraw

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.export import (
    Entry,
    choose_collection_formats,
    collection_formats,
    joint_formats,
    read_segmentation,
)
from LayerSeparationLib.export import formats as format_files
from LayerSeparationLib.export.encoding.instances import LEAST_PART_PX, drop_specks, trace_instance
from LayerSeparationLib.export.encoding.outline import trace_outlines
from LayerSeparationLib.export.encoding.run_length import compress_runs
from LayerSeparationLib.synthesis import JointMasks

NAMES = ("upper_bone", "lower_bone", "joint_space", "soft_tissue")
MASKS = arrays(bool, st.tuples(st.integers(1, 14), st.integers(1, 14)))


def pixels(path: Path) -> np.ndarray:
    return sitk.GetArrayFromImage(sitk.ReadImage(str(path)))


def test_every_format_is_listed_once_and_an_unknown_one_is_refused():
    names = [one.name for one in collection_formats()]
    assert len(set(names)) == len(names)
    assert {"png", "nrrd", "dicom", "nnunet", "coco", "yolo", "webdataset"} <= set(names)
    assert [one.name for one in choose_collection_formats(["yolo", "coco"])] == ["coco", "yolo"]
    for wrong in ([], ["jpeg"]):
        with pytest.raises(InputError, match="Choose formats"):
            choose_collection_formats(wrong)


def test_every_file_of_formats_holds_one_format_and_it_is_offered():
    offered = {type(one) for one in (*joint_formats(), *collection_formats())}
    for path in Path(format_files.__path__[0]).glob("[!_]*.py"):
        module = import_module(f"{format_files.__name__}.{path.stem}")
        own = [
            value
            for name, value in vars(module).items()
            if isinstance(value, type) and value.__module__ == module.__name__ and not name.startswith("_")
        ]
        assert len(own) == 1, f"{path.name} holds {own}"
        assert own[0] in offered, f"{own[0].__name__} is not in the registry"
        offered.discard(own[0])
    assert not offered


@pytest.mark.parametrize("one", joint_formats(), ids=lambda one: one.name)
def test_every_format_of_one_joint_writes_files_that_are_the_same_again(tmp_path, sample, one):
    folders = [tmp_path / name for name in ("first", "second")]
    for folder in folders:
        folder.mkdir()
        one.write(folder, sample)
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert first
    assert all(first.values())
    assert first == second


def test_png_folder_holds_image_masks_preview_and_record(written, sample):
    folder = written("png+preview") / "train" / "a_MCP3_000000"
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["image.png", "joint.json", "preview.png", *(f"{name}.png" for name in NAMES)]
    )
    assert np.abs(pixels(folder / "image.png") / 65535 - sample.image).max() < 1e-5
    for name in NAMES:
        mask = pixels(folder / f"{name}.png")
        assert mask.dtype == np.uint8
        assert np.array_equal(mask == 255, getattr(sample.masks, name))
        assert set(np.unique(mask)) <= {0, 255}
        assert b"LayerSeparation.synthetic\0true" in (folder / f"{name}.png").read_bytes()
    colours = np.asarray(Image.open(folder / "preview.png"))
    assert colours.shape == (*sample.image.shape, 3)
    grey = (colours == colours[..., :1]).all(axis=-1)
    assert grey[~(sample.masks.upper_bone | sample.masks.lower_bone | sample.masks.joint_space)].all()
    assert not grey[sample.masks.joint_space].any()


def test_nrrd_folder_reads_back(written, sample):
    folder = written("nrrd") / "val" / "b_MCP3_000000"
    assert np.array_equal(pixels(folder / "image.nrrd"), sample.image)
    masks = read_segmentation(folder / "segmentation.seg.nrrd", sample.image.shape)
    assert np.array_equal(masks["Lower bone"], sample.masks.lower_bone)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_coco_is_what_pycocotools_reads_and_draws(written, sample, closed_sample):
    from pycocotools.coco import COCO

    root = written("coco")
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(root / "annotations" / "instances_train.json"))
    assert len(coco.getImgIds()) == 2
    for number, one in ((1, sample), (2, closed_sample)):
        (image,) = coco.loadImgs(number)
        assert pixels(root / "images" / image["file_name"]).shape == (image["height"], image["width"])
        assert image["synthetic"] is True
        assert image["record"] == one.record
        assert image["license"] == coco.dataset["licenses"][0]["id"]
        found = {}
        for annotation in coco.loadAnns(coco.getAnnIds(number)):
            name = coco.loadCats(annotation["category_id"])[0]["name"]
            mask = coco.annToMask(annotation).astype(bool)
            found[name] = mask
            rows, columns = np.nonzero(mask)
            left, top, width, height = annotation["bbox"]
            assert (columns.min(), rows.min()) == (left, top)
            assert (np.ptp(columns) + 1, np.ptp(rows) + 1) == (width, height)
            assert annotation["area"] == mask.sum()
            jsw = one.record["jsw_after"]
            assert annotation["attributes"]["quality"] == jsw["quality"]
            mean = jsw["mean"] and pytest.approx(jsw["mean"], abs=1e-4)
            assert annotation["attributes"]["jsw_mm"] == mean
            interval = jsw["interval"] and pytest.approx(jsw["interval"], abs=1e-4)
            assert annotation["attributes"]["jsw_interval_mm"] == interval
        for name in NAMES:
            expected = drop_specks(getattr(one.masks, name))
            assert np.array_equal(found.get(name, np.zeros_like(expected)), expected)
    ids = [annotation["id"] for annotation in coco.loadAnns(coco.getAnnIds())]
    assert len(ids) == len(set(ids)) == 7
    assert {one["name"]: one["supercategory"] for one in coco.loadCats(coco.getCatIds())} == {
        "upper_bone": "bone",
        "lower_bone": "bone",
        "joint_space": "joint",
        "soft_tissue": "soft tissue",
    }
    assert coco.dataset["info"]["contributor"].startswith("LayerSeparation ")
    import matplotlib

    matplotlib.use("agg")
    coco.showAnns(coco.loadAnns(coco.getAnnIds(1)))


@pytest.mark.parametrize("empty", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])
def test_coco_is_json_where_samples_have_no_segment(tmp_path, sample, empty):
    from pycocotools.coco import COCO

    nothing = np.zeros_like(sample.masks.upper_bone)
    bare = replace(sample, masks=JointMasks(nothing, nothing, nothing, nothing))
    (one,) = choose_collection_formats(["coco"])
    with one.block(tmp_path, "train", 0) as writer:
        entries = [
            Entry(n, f"s{n}", "train", writer.add(n, f"s{n}", bare if n in empty else sample))
            for n in range(3)
        ]
    one.finish(tmp_path, entries)
    path = tmp_path / "annotations" / "instances_train.json"
    made = json.loads(path.read_text(encoding="utf-8"))
    assert [image["id"] for image in made["images"]] == [1, 2, 3]
    counts = {n: sum(one["image_id"] == n + 1 for one in made["annotations"]) for n in range(3)}
    assert counts == {n: 0 if n in empty else 4 for n in range(3)}
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(str(path))
    assert [len(coco.getAnnIds(n + 1)) for n in range(3)] == list(counts.values())


@settings(max_examples=100, deadline=None)
@given(mask=MASKS)
def test_any_mask_is_encoded_as_pycocotools_does(mask):
    from pycocotools import mask as reference

    assert compress_runs(mask).encode() == reference.encode(np.asfortranarray(mask, np.uint8))["counts"]


@settings(max_examples=100, deadline=None)
@given(mask=MASKS)
def test_outlines_fill_to_their_pieces(mask):
    """Even-odd rule at pixel centres, along rows: what any filler does."""
    from scipy import ndimage

    pieces = trace_outlines(mask)
    filled = np.zeros(mask.shape, bool)
    for corners in pieces:
        inside = np.zeros(mask.shape, bool)
        for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
            assert (x0 == x1) != (y0 == y1)
            if x0 == x1:
                inside[int(min(y0, y1)) : int(max(y0, y1)), int(x0) :] ^= True
        filled |= inside
    assert len(pieces) == ndimage.label(mask)[1]
    assert (filled | ~mask).all()
    holes = filled & ~mask
    reach, _ = ndimage.label(~np.pad(mask, 1), structure=np.ones((3, 3)))
    assert not holes[reach[1:-1, 1:-1] == reach[0, 0]].any()


@settings(max_examples=100, deadline=None)
@given(mask=MASKS)
def test_specks_are_left_out_and_the_rest_is_one_outline(mask):
    from scipy import ndimage

    kept = drop_specks(mask)
    parts, count = ndimage.label(mask, structure=np.ones((3, 3)))
    large = [number for number in range(1, count + 1) if (parts == number).sum() >= LEAST_PART_PX]
    assert np.array_equal(kept, np.isin(parts, large) & mask)
    outline = trace_instance(kept)
    if outline is None:
        assert not kept.any()
        return
    # Shoelace: bridges go forth and back, so the area is that of all parts with their holes filled.
    x, y = outline.T
    area = abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
    corners = [corner for ring in trace_outlines(kept) for corner in ring.tolist()]
    assert area == sum(filled_area(ring) for ring in trace_outlines(kept))
    assert all(corner in outline.tolist() for corner in corners)


def filled_area(ring):
    x, y = ring.T
    return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2


def test_a_split_without_samples_is_named_in_data_yaml(written):
    lines = (written("yolo") / "data.yaml").read_text().splitlines()
    assert "# test: there are no samples of it" in lines


def test_yolo_polygons_fill_to_the_masks(written, sample):
    root = written("yolo")
    rows, columns = sample.image.shape
    lines = (root / "labels" / "train" / "a_MCP3_000000.txt").read_text().splitlines()
    assert sorted(line[0] for line in lines) == ["0", "1", "2", "3"]
    found = {name: np.zeros(sample.image.shape, bool) for name in NAMES}
    for line in lines:
        kind, *numbers = line.split()
        corners = np.array(numbers, float).reshape(-1, 2)
        assert corners.min() >= 0
        assert corners.max() <= 1
        canvas = Image.new("1", (columns * 4, rows * 4))
        ImageDraw.Draw(canvas).polygon([tuple(xy) for xy in corners * (columns * 4, rows * 4)], fill=1)
        found[NAMES[int(kind)]] |= np.asarray(canvas)[2::4, 2::4]
    for name in NAMES:
        expected = getattr(sample.masks, name)
        assert (found[name] & expected).sum() / (found[name] | expected).sum() > 0.995
    names = (root / "data.yaml").read_text()
    assert "train: images/train" in names
    assert "val: images/val" in names
    assert "0: upper_bone" in names
    record = b"LayerSeparation.record\0" + sample.record_line.encode()
    assert record in (root / "images" / "train" / "a_MCP3_000000.png").read_bytes()


def test_nnunet_labels_hold_every_overlapping_segment(written, sample, closed_sample):
    root = written("nnunet") / "Dataset501_LayerSeparation"
    description = json.loads((root / "dataset.json").read_text())
    assert description["numTraining"] == 3
    assert json.loads((root / "splits_final.json").read_text()) == [
        {"train": ["a_MCP3_000000", "a_MCP3_000001"], "val": ["b_MCP3_000000"]}
    ]
    for case, one in (("a_MCP3_000000", sample), ("a_MCP3_000001", closed_sample)):
        image = sitk.ReadImage(str(root / "imagesTr" / f"{case}_0000.nrrd"))
        labels = sitk.ReadImage(str(root / "labelsTr" / f"{case}.nrrd"))
        assert image.GetSpacing() == labels.GetSpacing() == pytest.approx(one.spacing.mm)
        assert json.loads(image.GetMetaData("LayerSeparation.record")) == one.record
        assert np.abs(sitk.GetArrayFromImage(image) / 65535 - one.image).max() < 1e-5
        for name in NAMES:
            region = np.isin(sitk.GetArrayFromImage(labels), description["labels"][name])
            assert np.array_equal(region, getattr(one.masks, name))


def test_webdataset_reads_its_shards(written, sample):
    import webdataset

    root = written("webdataset")
    shard = root / "train-000000.tar"
    samples = list(webdataset.WebDataset(shard.as_uri(), shardshuffle=False))
    assert [one["__key__"] for one in samples] == ["a_MCP3_000000", "a_MCP3_000001"]
    space = np.asarray(Image.open(io.BytesIO(samples[0]["joint_space.png"])))
    assert np.array_equal(space > 0, sample.masks.joint_space)
    assert json.loads(samples[0]["json"]) == sample.record
    assert json.loads(samples[0]["labels.json"]) == {"jsw": 0.6}
    with tarfile.open(shard) as tar:
        assert {(member.mtime, member.uid, member.uname) for member in tar} == {(0, 0, "")}
    index = json.loads((root / "shards.json").read_text())["splits"]
    assert index == {
        "train": [{"url": "train-000000.tar", "nsamples": 2}],
        "val": [{"url": "val-000000.tar", "nsamples": 1}],
    }
