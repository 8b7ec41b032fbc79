"""A whole film with all edits, in every format: marked, one segment a bone, every joint's widths."""

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from dicom_source import SECRETS, source_film, standard_errors

from LayerSeparationLib import GapEdit, make_hand, read_radiograph, synthesize_film
from LayerSeparationLib.errors import InputError, OutputError
from LayerSeparationLib.export import (
    JointExport,
    describe_film,
    export_film,
    joint_formats,
    read_film_record,
    read_joint_record,
    read_segmentation,
    write_synthetic_film,
)
from LayerSeparationLib.export.film_record import validate_film_record
from LayerSeparationLib.files import write_json
from LayerSeparationLib.files.provenance import SYNTHETIC_KEY

NAMES = ("MCP5", "PIP5", "DIP5")
EDITS = (GapEdit(change=-0.4), GapEdit(change=-0.3, moves="both"), GapEdit())


@pytest.fixture(scope="module")
def layers(tmp_path_factory, separator):
    """Layers of a finger on a film that comes from a machine that knows the patient."""
    hand = make_hand(3, spacing_mm=0.2)
    path = tmp_path_factory.mktemp("film") / "Muster Maria.dcm"
    source_film(path, hand.radiograph.intensity, ImagerPixelSpacing=[0.2, 0.2])
    film = read_radiograph(path)
    return [separator.separate(film, hand.joints[name].pose) for name in NAMES]


@pytest.fixture(scope="module")
def film(layers):
    return synthesize_film(layers, EDITS).with_findings([(), ("looks odd",), ()])


@pytest.fixture(scope="module")
def folder(tmp_path_factory, film):
    folder = tmp_path_factory.mktemp("written")
    write_synthetic_film(folder, film, [one.name for one in joint_formats()])
    return folder


def test_the_image_is_the_whole_film_in_every_format(folder, film):
    nrrd = sitk.ReadImage(str(folder / "image.nrrd"))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(nrrd), film.image)
    assert nrrd.GetSpacing() == pytest.approx((0.2, 0.2))
    assert nrrd.GetMetaData(SYNTHETIC_KEY) == "true"
    png = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "image.png")))
    np.testing.assert_allclose(png / 65535, film.image, atol=1e-5)
    assert b"synthetic" in (folder / "image.png").read_bytes()[:400].lower()
    dicom = pydicom.dcmread(folder / "image.dcm")
    np.testing.assert_allclose(dicom.pixel_array / 65535, film.image, atol=1e-5)
    assert not (folder / "film.png").exists()


def test_segments_are_bones_and_joint_spaces(folder, film):
    wanted = {
        *("Metacarpal 5", "Proximal phalanx 5", "Middle phalanx 5", "Distal phalanx 5"),
        *(f"Joint space {name}" for name in NAMES),
    }
    masks = {bone.key.name.capitalize(): bone.mask_on_film(film.image.shape) for bone in film.bones}
    masks |= {f"Joint space {one.layers.pose.name}": film.joint_space(one) for one in film.joints}
    assert set(masks) == wanted
    for name in ("segmentation.seg.nrrd", "segmentation.dcm"):
        read = read_segmentation(folder / name)
        assert set(read) == wanted
        for segment, mask in masks.items():
            np.testing.assert_array_equal(read[segment], mask, err_msg=f"{name}: {segment}")
    assert sitk.ReadImage(str(folder / "segmentation.seg.nrrd")).GetNumberOfComponentsPerPixel() <= 3
    for segment in wanted:
        png = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / f"{segment.lower().replace(' ', '_')}.png")))
        np.testing.assert_array_equal(png > 0, masks[segment])


def test_the_record_lists_every_joint_with_unit_interval_and_quality(folder, film):
    record = read_film_record(folder / "film.json")
    assert record["synthetic"] is True
    assert record["bones"][0] == {
        "segment": "Proximal phalanx 5",
        "side": "L",
        "joints": ["MCP5", "PIP5"],
    }
    assert [joint["joint"] for joint in record["joints"]] == list(NAMES)
    for joint, edit in zip(record["joints"], EDITS, strict=True):
        before, after = joint["jsw_before"], joint["jsw_after"]
        assert after["mean"] - before["mean"] == pytest.approx(edit.change or 0, abs=0.01)
        assert (after["unit"], len(after["interval"])) == ("mm", 2)
        assert joint["synthetic"] is not edit.is_neutral
    assert "looks odd" in record["joints"][1]["jsw_after"]["findings"]
    assert record["joints"][1]["jsw_after"]["quality"] == "check"


def test_a_joints_record_in_it_is_that_of_the_joint_alone(folder, film, tmp_path):
    record = read_film_record(folder / "film.json")
    write_json(tmp_path / "joint.json", record["joints"][0])
    assert read_joint_record(tmp_path / "joint.json") == record["joints"][0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "LayerSeparation film record 9"}, "this version reads"),
        ({"bones": [{"segment": "Metacarpal 5", "joints": ["MCP5"]}]}, "side"),
        ({"joints": [{"joint": "MCP5"}]}, "joint MCP5"),
        ({"joints": []}, "joints"),
        ({"source": "/home/maria/film.dcm"}, "source"),
    ],
)
def test_a_record_that_is_none_is_refused(film, change, message):
    with pytest.raises(InputError, match=message):
        validate_film_record({**describe_film(film), **change})


def test_dicom_is_valid_marked_and_names_nobody(folder):
    image = pydicom.dcmread(folder / "image.dcm")
    assert image.SeriesDescription == "SYNTHETIC whole film by LayerSeparation"
    assert image.DerivationDescription.startswith("SYNTHETIC image: bones of joints MCP5, PIP5 moved")
    assert image.PatientIdentityRemoved == "YES"
    assert len(image.ImageComments) < 10240
    for path in folder.iterdir():
        content = path.read_bytes()
        for secret in SECRETS:
            assert secret.encode() not in content, f"{path.name}: {secret}"
    for name in ("image.dcm", "segmentation.dcm"):
        assert standard_errors(folder / name) == []


def test_a_film_is_exported_whole_or_not_at_all(layers, tmp_path):
    joints = [JointExport(one, edit) for one, edit in zip(layers, EDITS, strict=True)]
    written = export_film(joints, tmp_path, formats=["json"])
    assert written == tmp_path / "Muster Maria" / "whole_film"
    with pytest.raises(OutputError):
        export_film(joints, tmp_path, formats=["json"])
    export_film(joints[:1], tmp_path, formats=["json"], overwrite=True)
    assert len(read_film_record(written / "film.json")["joints"]) == 1
    with pytest.raises(InputError, match="pixel spacing is known"):
        export_film([JointExport(layers[0], GapEdit(change=1, unit="px"))], tmp_path / "o", formats=["json"])
    assert not (tmp_path / "o" / "Muster Maria" / "whole_film").exists()
    with pytest.raises(InputError, match="nothing to export"):
        export_film([], tmp_path)
