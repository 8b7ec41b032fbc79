"""What is written of two visits: JSON, table and DICOM report, read back by others."""

import shutil
import subprocess

import highdicom as hd
import numpy as np
import pydicom
import pytest
from pydicom.uid import ExplicitVRLittleEndian

from LayerSeparationLib import JointPose, read_radiograph
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.files import write_table
from LayerSeparationLib.follow_up import (
    TABLE_COLUMNS,
    JointChange,
    Verdict,
    make_comparison_record,
    make_table_row,
    measure_change,
    write_measurement_report,
)
from LayerSeparationLib.joints import JointCrop
from LayerSeparationLib.measurement import Margins, jsw_of_margins
from LayerSeparationLib.separation import JointLayers, MarginRows
from LayerSeparationLib.separation.layers import CanonicalSeparation

SECRET = "Muster^Maria"


@pytest.fixture(scope="module")
def changes(tmp_path_factory):
    """Return the change of two joints, each on a CR film of two studies; nothing is computed."""
    folder = tmp_path_factory.mktemp("visits")
    layers = [_layers(_film(folder / f"{visit}.dcm", visit)) for visit in (1, 2)]
    told = {"unit": "mm", "own_note": "", "correlation": 0.9, "scale": 1.0}
    told["crops"] = tuple(one.crop for one in layers)
    told["weights_sha256"] = tuple(one.weights_sha256 for one in layers)
    widths = {"baseline": _width(layers[0], 20), "follow_up": _width(layers[1], 17)}
    return [
        JointChange(
            name=name,
            side="R",
            change=change,
            interval=(change - 0.05, change + 0.05),
            verdict=verdict,
            reason="",
            **told,
            **widths,
        )
        for name, change, verdict in (
            ("MCP2", -0.25, Verdict.PROGRESSED),
            ("IP1", 0.01, Verdict.UNCHANGED),
        )
    ]


def _film(path, visit):
    dataset = pydicom.Dataset()
    dataset.SOPClassUID, dataset.Modality = "1.2.840.10008.5.1.4.1.1.1", "CR"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = f"1.2.3.{visit}", f"1.2.3.{visit}.1"
    dataset.SOPInstanceUID = f"1.2.3.{visit}.1.1"
    dataset.PatientName, dataset.PatientID, dataset.StudyDate = SECRET, "4711", f"2020010{visit}"
    dataset.PatientBirthDate, dataset.PatientSex, dataset.StudyTime = "19500101", "F", "101112"
    dataset.ImagerPixelSpacing = [0.082, 0.082]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.Rows = dataset.Columns = 256
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation = 15, 0
    pixels = np.linspace(1000, 60000, 256 * 256).reshape(256, 256)
    dataset.PixelData = pixels.astype("<u2").tobytes()
    dataset.file_meta = pydicom.FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.save_as(path, enforce_file_format=True)
    return read_radiograph(path)


def _layers(film):
    crop = JointCrop(film, JointPose("MCP2", (127.5, 127.5), (0, -1), side="R"))
    empty = np.zeros((256, 256), np.float32)
    return JointLayers(
        crop,
        CanonicalSeparation(empty, np.stack([empty] * 3), np.stack([empty] * 2), MarginRows.none()),
        "a" * 64,
    )


def _width(layers, gap_px):
    x = np.arange(60.0, 201.0)
    upper, lower = (np.column_stack([x, np.full(x.size, y)]) for y in (100.0, 100.0 + gap_px))
    sd = np.full(x.size, 0.5)
    return jsw_of_margins(layers.crop, Margins(upper, lower, (60, 200), (60, 200), sd, sd))


@pytest.fixture(params=[False, True], ids=["anonymous", "patient"])
def report(request, changes, tmp_path):
    """The path of a report, and whether it names the patient."""
    path = tmp_path / "report.dcm"
    write_measurement_report(path, changes, keep_patient=request.param)
    return path, request.param


def test_dciodvfy_finds_no_error_in_the_report(report):
    if shutil.which("dciodvfy") is None:
        pytest.skip("dciodvfy (Debian's dicom3tools) is not installed")
    told = subprocess.run(["dciodvfy", str(report[0])], capture_output=True, text=True, check=False).stderr
    assert [line for line in told.splitlines() if line.startswith("Error")] == []


def test_highdicom_reads_the_report_back(report):
    read = hd.sr.srread(report[0])
    groups = read.content.get_image_measurement_groups()
    assert [group.tracking_identifier for group in groups] == ["R MCP2"] * 2 + ["R IP1"] * 2
    assert groups[0].tracking_uid == groups[1].tracking_uid != groups[2].tracking_uid
    found = [
        [(one.name.value, round(one.value, 3), one.unit.value) for one in group.get_measurements()]
        for group in groups[:2]
    ]
    assert found[0] == [("JSW", 1.64, "mm"), ("JSW", 1.64, "mm")]
    assert found[1] == [("JSW", 1.394, "mm"), ("JSW", 1.394, "mm"), ("JSWCHANGE", -0.25, "mm")]
    site = groups[0].finding_sites[0]
    assert (site.value.value, site.laterality.value) == ("125682004", "24028007")
    assert site.topographical_modifier.value == "7569003"
    assert groups[2].finding_sites[0].topographical_modifier.value == "76505004"
    verdicts = [group.get_qualitative_evaluations() for group in groups]
    assert [one[-1].value.value for one in verdicts[1::2]] == ["PROGRESSED", "UNCHANGED"]
    assert read.VerificationFlag == "UNVERIFIED"


def test_patient_is_named_only_if_asked(report, changes):
    path, keeps_patient = report
    content = path.read_bytes()
    read = pydicom.dcmread(path)
    uids = [crop.radiograph.origin.sop_instance_uid for crop in changes[0].crops]
    assert (SECRET.encode() in content) == (b"4711" in content) == keeps_patient
    assert all((uid.encode() + b"\0" in content or uid.encode() in content) == keeps_patient for uid in uids)
    assert (read.StudyInstanceUID == "1.2.3.2") == keeps_patient


def test_films_that_are_not_dicom_have_no_report(scene, tmp_path):
    change = measure_change(scene.film(seed=1), scene.film(seed=2))
    with pytest.raises(InputError, match="needs joints on two DICOM films"):
        write_measurement_report(tmp_path / "report.dcm", [change])


def test_record_and_table_say_the_same(changes, tmp_path):
    record = make_comparison_record(changes)
    assert record["joints"][0]["interval"] == [-0.3, -0.2]
    assert [film["file"] for film in record["baseline"] + record["follow_up"]] == ["1.dcm", "2.dcm"]
    assert SECRET not in str(record)
    write_table(tmp_path / "changes.csv", TABLE_COLUMNS, map(make_table_row, changes))
    head, first, _ = (tmp_path / "changes.csv").read_text().splitlines()
    assert head.startswith(
        "joint,side,baseline_jsw,baseline_low,baseline_high,baseline_unit,baseline_quality"
    )
    assert "follow_up_unit,follow_up_quality,change,change_low,change_high,unit,verdict" in head
    row = dict(zip(head.split(","), first.split(","), strict=True))
    assert float(row["baseline_jsw"]) == pytest.approx(1.64)
    assert float(row["follow_up_jsw"]) == pytest.approx(1.394)
    assert row["baseline_unit"] == row["follow_up_unit"] == row["unit"] == "mm"
    assert float(row["follow_up_low"]) < 1.394 < float(row["follow_up_high"])
    assert row["baseline_quality"] == "measured"
    assert ",-0.25,-0.3,-0.2,mm,progressed,," in first
