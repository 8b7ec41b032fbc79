"""DICOM out: valid, de-identified, read back by our own reader, the same bytes every time."""

from dataclasses import replace

import numpy as np
import pydicom
import pytest
from dicom_source import CR, DX, SECRETS, source_film, standard_errors

from LayerSeparationLib import GapEdit, JointPose, read_radiograph, synthesize
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.export import make_sample, read_segmentation, read_segments
from LayerSeparationLib.export.encoding.dicom_header import source_header
from LayerSeparationLib.export.formats.dicom import DicomFormat
from LayerSeparationLib.radiograph import PixelSpacing, SpacingSource


def edited(separator, film, target_mm=0.6):
    layers = separator.separate(film, JointPose.whole_crop(film, "MCP3"))
    return make_sample(synthesize(layers, GapEdit(target_jsw=target_mm)))


@pytest.fixture(scope="module", params=["new", CR, DX])
def case(request, tmp_path_factory, separator, phantoms, sample):
    """A sample without a source, and samples of a CR and a DX film."""
    folder = tmp_path_factory.mktemp("dicom")
    if request.param == "new":
        made = sample
    else:
        path = source_film(folder / "Muster Maria.dcm", phantoms["MCP"].radiograph.intensity, request.param)
        made = edited(separator, read_radiograph(path))
    DicomFormat().write(folder, made)
    return request.param, folder, made


def test_dciodvfy_finds_no_error(case):
    _, folder, _ = case
    assert standard_errors(folder / "image.dcm") == []
    assert standard_errors(folder / "segmentation.dcm") == []


def test_image_is_derived_synthetic_and_reads_back(case):
    kind, folder, made = case
    image = pydicom.dcmread(folder / "image.dcm")
    assert image.SOPClassUID == (CR if kind == "new" else kind)
    assert list(image.ImageType)[:2] == ["DERIVED", "SECONDARY"]
    assert image.PhotometricInterpretation == "MONOCHROME2"
    assert (image.WindowCenter, image.WindowWidth) == (32768, 65536)
    assert image.SeriesDescription.startswith("SYNTHETIC ")
    assert "SYNTHETIC" in image.DerivationDescription
    after = made.record["jsw_after"]
    low, high = after["interval"]
    said = f"{after['mean']:.3f} {after['unit']} (90% interval {low:.3f}-{high:.3f} {after['unit']})"
    assert f"mean joint space width {said}, {after['quality']}" in image.DerivationDescription
    assert image.DerivationCodeSequence[0].CodeValue
    assert image.SyntheticData == pydicom.dcmread(folder / "segmentation.dcm").SyntheticData == "YES"
    back = read_radiograph(folder / "image.dcm")
    stored = back.intensity_map.to_native(back.intensity).astype(float) / 65535
    assert np.abs(stored - made.image).max() < 2e-5
    assert back.spacing.mm == pytest.approx(made.spacing.mm)
    # DICOM has no word for a spacing that somebody gave; it is then read as the weakest claim.
    assert back.spacing.source is SpacingSource.DETECTOR


def test_segments_overlap_and_read_back_by_our_own_reader(case):
    _, folder, made = case
    masks = read_segmentation(folder / "segmentation.dcm", made.image.shape)
    assert list(masks) == ["Upper bone", "Lower bone", "Joint space", "Soft tissue"]
    for segment in made.segments:
        assert np.array_equal(masks[segment.name], segment.mask)
    stored = pydicom.dcmread(folder / "segmentation.dcm")
    assert stored.SegmentationType == "BINARY"
    image = pydicom.dcmread(folder / "image.dcm")
    (series,) = stored.ReferencedSeriesSequence
    assert series.ReferencedInstanceSequence[0].ReferencedSOPInstanceUID == image.SOPInstanceUID
    assert stored.SegmentSequence[0].SegmentedPropertyTypeCodeSequence[0].CodeValue == "28641004"
    with pytest.raises(InputError, match="pixels"):
        read_segmentation(folder / "segmentation.dcm", (9, 9))
    for segment, back in zip(made.segments, read_segments(folder / "segmentation.dcm"), strict=True):
        assert back.color == pytest.approx(segment.color, abs=0.01)
        assert back.terminology == segment.terminology


def test_segmentation_is_what_highdicom_reads(case):
    import highdicom as hd

    _, folder, made = case
    segmentation = hd.seg.segread(folder / "segmentation.dcm")
    image = pydicom.dcmread(folder / "image.dcm")
    pixels = segmentation.get_pixels_by_source_instance([image.SOPInstanceUID])
    for number, segment in enumerate(made.segments):
        assert np.array_equal(pixels[0, ..., number].astype(bool), segment.mask)
    (found,) = segmentation.get_segment_numbers(segment_label="Joint space")
    assert found == 3


def test_nothing_of_the_patient_is_left(case):
    kind, folder, _ = case
    for name in ("image.dcm", "segmentation.dcm"):
        data = (folder / name).read_bytes()
        for secret in (*SECRETS, "20210304", "1.2.3.2", "Muster", "Maria"):
            assert secret.encode() not in data
        stored = pydicom.dcmread(folder / name)
        assert stored.PatientIdentityRemoved == "YES"
        assert stored.DeidentificationMethodCodeSequence[0].CodeValue == "113100"
        if kind != "new":
            assert not any(element.tag.is_private for element in stored)
    if kind != "new":
        image = pydicom.dcmread(folder / "image.dcm")
        # A maker's name is free text, in which anything may stand.
        assert (image.Manufacturer, image.BodyPartExamined, image.KVP) == ("LayerSeparation", "HAND", 52)
        assert (image.ViewPosition, list(image.PatientOrientation)) == ("PA", ["R", "F"])


def test_patient_is_kept_on_request(tmp_path, separator, phantoms):
    path = source_film(tmp_path / "film.dcm", phantoms["MCP"].radiograph.intensity)
    made = replace(
        edited(separator, read_radiograph(path)), dicom_header=source_header(path, keep_patient=True)
    )
    DicomFormat().write(tmp_path, made)
    image = pydicom.dcmread(tmp_path / "image.dcm")
    assert (image.PatientName, image.StudyInstanceUID, image.StudyDate) == (
        "Muster^Maria",
        "1.2.3.2",
        "20210304",
    )
    assert image.SOPInstanceUID != "1.2.3.1"
    assert image.SourceImageSequence[0].ReferencedSOPInstanceUID == "1.2.3.1"
    assert "PatientIdentityRemoved" not in image
    assert image.ReferringPhysicianName == "Dr^Who"
    assert image.Manufacturer == "Maker"
    assert standard_errors(tmp_path / "image.dcm") == standard_errors(tmp_path / "segmentation.dcm") == []


def test_same_sample_same_bytes_and_other_sample_other_uid(tmp_path, sample, closed_sample):
    uids = set()
    for name, one in (("a", sample), ("b", sample), ("c", closed_sample)):
        (tmp_path / name).mkdir()
        DicomFormat().write(tmp_path / name, one)
        uids.add(pydicom.dcmread(tmp_path / name / "image.dcm").SOPInstanceUID)
    assert len(uids) == 2
    for name in ("image.dcm", "segmentation.dcm"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    "spacing",
    [
        PixelSpacing(0.1, 0.12, SpacingSource.CALIBRATED, None),
        PixelSpacing(0.1, 0.1, SpacingSource.CORRECTED, 1.06),
        PixelSpacing(0.15, 0.15, SpacingSource.DETECTOR, 1.06),
        PixelSpacing(None, None, SpacingSource.UNKNOWN),
    ],
)
def test_spacing_keeps_its_source(tmp_path, sample, spacing):
    if spacing.source is SpacingSource.DETECTOR:
        spacing = replace(spacing, magnification=None)
    DicomFormat().write(tmp_path, replace(sample, spacing=spacing))
    back = read_radiograph(tmp_path / "image.dcm").spacing
    assert back.source == spacing.source
    assert back.mm == (None if spacing.mm is None else pytest.approx(spacing.mm))
    assert standard_errors(tmp_path / "image.dcm") == []


def test_film_of_a_joint_is_written_whole(tmp_path, separator, phantoms):
    crop = phantoms["PIP"].radiograph
    intensity = np.full((400, 360), 0.1, np.float32)
    intensity[100:356, 60:316] = crop.intensity
    path = source_film(tmp_path / "film.dcm", intensity)
    film = read_radiograph(path)
    layers = separator.separate(film, JointPose("PIP2", (187.5, 227.5), (0, -1)))
    made = make_sample(synthesize(layers, GapEdit(change=0.4)))
    DicomFormat().write(tmp_path, made)
    back = read_radiograph(tmp_path / "image.dcm")
    assert back.shape == film.shape
    stored = back.intensity_map.to_native(back.intensity).astype(float) / 65535
    assert np.abs(stored - made.film).max() < 2e-5
    masks = read_segmentation(tmp_path / "segmentation.dcm", film.shape)
    x, y = made.origin_px
    rows, columns = made.image.shape
    assert np.array_equal(masks["Upper bone"][y : y + rows, x : x + columns], made.masks.upper_bone)
    assert not masks["Upper bone"][: y - 1].any()


def test_source_without_any_module_still_gives_valid_objects(tmp_path, separator, phantoms):
    """A file with pixels and hardly anything else."""
    path = source_film(tmp_path / "film.dcm", phantoms["MCP"].radiograph.intensity)
    bare = pydicom.dcmread(path)
    bare.SOPClassUID = bare.file_meta.MediaStorageSOPClassUID = DX
    for keyword in (
        "PatientOrientation",
        "StudyInstanceUID",
        "SeriesInstanceUID",
        "PatientName",
        "PatientID",
        "Modality",
        "Manufacturer",
    ):
        delattr(bare, keyword)
    bare.save_as(path)
    DicomFormat().write(tmp_path, edited(separator, read_radiograph(path)))
    assert standard_errors(tmp_path / "image.dcm") == standard_errors(tmp_path / "segmentation.dcm") == []


def test_what_is_no_segmentation_is_refused(tmp_path, sample):
    DicomFormat().write(tmp_path, sample)
    with pytest.raises(InputError, match="no binary DICOM segmentation"):
        read_segmentation(tmp_path / "image.dcm")
    (tmp_path / "cut.dcm").write_bytes((tmp_path / "segmentation.dcm").read_bytes()[:2000])
    with pytest.raises(InputError, match=r"cut\.dcm"):
        read_segmentation(tmp_path / "cut.dcm")
