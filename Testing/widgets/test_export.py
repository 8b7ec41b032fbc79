"""Every format and scope of the section Export: data sets by a plan, cancel, resume, and reading back."""

from __future__ import annotations

import csv
import importlib.metadata
import json
import sys

import pytest
import SimpleITK
import slicer

from LayerSeparationLib import GapEdit
from LayerSeparationLib.dataset import verify
from LayerSeparationLib.export import collection_formats, joint_formats, read_film_record
from LayerSeparationLib.widgets.states import PanelState

SELECTED, ALL, SWEEP, PLAN, FILM = range(5)


@pytest.fixture
def exporting(ready, tmp_path):
    ready.ui.exportSection.collapsed = False
    ready.ui.exportFolderPathLineEdit.currentPath = str(tmp_path / "out")
    return ready


def by_plan(bench, samples, **values):
    bench.ui.exportWhatComboBox.setCurrentIndex(PLAN)
    bench.ui.planSamplesSpinBox.value = samples
    for name, value in values.items():
        getattr(bench.ui, name).value = value


def export(bench):
    bench.ui.exportButton.click()
    bench.wait(lambda: not bench.panel.state.busy)


def data_sets(tmp_path):
    # Not rglob: what lies below may be on its way out, after a cancel.
    return sorted((tmp_path / "out").glob("*/data_set_*"))


def labels(folder):
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_format_is_offered(exporting):
    section = exporting.panel.export
    box = exporting.ui.exportFormatsComboBox
    labels = [box.itemText(row) for row in range(box.count)]
    files = [one.label for one in joint_formats()]
    sets = [f"Data set: {one.label}" for one in collection_formats()]
    assert labels == [*files, *sets]
    assert not exporting.ui.planWidget.visible
    exporting.ui.exportWhatComboBox.setCurrentIndex(PLAN)
    assert exporting.ui.planWidget.visible
    assert [box.itemText(row) for row in range(box.count)] == sets
    assert section.data_set_formats == ["png"]
    section.set_formats([], [])
    assert not exporting.ui.exportButton.enabled
    assert "format" in exporting.ui.exportButton.toolTip


def test_the_current_edit_as_files_and_as_a_data_set(exporting, tmp_path):
    exporting.joint.set_edit(GapEdit(target_jsw=0.8, tilt_deg=2.0))
    exporting.panel.export.set_formats(["json"], ["coco", "yolo"])
    export(exporting)
    [record] = (tmp_path / "out").rglob("joint.json")
    assert record.parent.name == "gap_0.80"
    [folder] = data_sets(tmp_path)
    [row] = labels(folder)
    assert (float(row["jsw"]), row["tilt_deg"]) == (pytest.approx(0.8, abs=1e-3), "2.0")
    coco = json.loads((folder / "coco" / "annotations" / "instances_train.json").read_text(encoding="utf-8"))
    assert len(coco["images"]) == 1
    assert verify(folder) == []
    text = exporting.ui.messageLabel.text
    assert text == f"1 folder written; {folder.name} is complete: 1 sample"


def test_the_whole_film_with_all_edits(exporting, tmp_path):
    exporting.joint.set_edit(GapEdit(target_jsw=0.8, moves="both"))
    exporting.ui.exportWhatComboBox.setCurrentIndex(FILM)
    box = exporting.ui.exportFormatsComboBox
    assert [box.itemText(row) for row in range(box.count)] == [one.label for one in joint_formats()]
    exporting.panel.export.set_formats(["json", "nrrd"], ["coco"])
    export(exporting)
    assert exporting.ui.messageLabel.text == "1 folder written"
    [path] = (tmp_path / "out").rglob("film.json")
    assert path.parent.name == "whole_film"
    record = read_film_record(path)
    assert record["synthetic"]
    [joint] = record["joints"]
    assert joint["jsw_after"]["mean"] == pytest.approx(0.8, abs=0.02)
    image = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path.with_name("image.nrrd"))))
    assert (image == exporting.joint.result.film).all()
    assert data_sets(tmp_path) == []
    exporting.ui.exportWhatComboBox.setCurrentIndex(SELECTED)
    assert exporting.panel.export.data_set_formats == ["coco"]


def test_a_sweep_as_a_data_set(exporting, tmp_path):
    ui = exporting.ui
    ui.exportWhatComboBox.setCurrentIndex(SWEEP)
    ui.sweepFromSpinBox.value, ui.sweepToSpinBox.value, ui.sweepStepsSpinBox.value = 0.5, 1.5, 3
    exporting.panel.export.set_formats([], ["webdataset"])
    export(exporting)
    [folder] = data_sets(tmp_path)
    assert [float(row["asked_jsw"]) for row in labels(folder)] == [0.5, 1.0, 1.5]


def test_a_plan(exporting, tmp_path):
    by_plan(exporting, 10, planFromSpinBox=0.5, planToSpinBox=1.5, planTiltSpinBox=3.0, planNoiseSpinBox=1.0)
    export(exporting)
    [folder] = data_sets(tmp_path)
    rows = labels(folder)
    assert len(rows) == 10
    assert all(0.5 <= float(row["asked_jsw"]) <= 1.5 for row in rows)
    assert {row["split"] for row in rows} == {"train"}
    assert max(abs(float(row["tilt_deg"])) for row in rows) <= 3
    assert max(float(row["noise_sd"]) for row in rows) <= 0.01
    export(exporting)
    assert "was complete already" in exporting.ui.messageLabel.text
    exporting.ui.planSeedSpinBox.value = 1
    export(exporting)
    assert len(data_sets(tmp_path)) == 2


def test_changes_where_no_width_is_asked_for(exporting, tmp_path):
    by_plan(exporting, 4)
    exporting.ui.planKindComboBox.setCurrentIndex(1)
    assert (exporting.ui.planFromSpinBox.value, exporting.ui.planToSpinBox.value) == (-1.0, 1.0)
    assert not exporting.ui.planBalanceComboBox.enabled
    export(exporting)
    assert {row["asked_jsw"] for row in labels(data_sets(tmp_path)[0])} == {""}
    exporting.ui.planFromSpinBox.value = 2.0
    assert not exporting.ui.exportButton.enabled
    assert "comes first" in exporting.ui.exportButton.toolTip


def test_a_cancelled_plan_is_gone_on_with(exporting, tmp_path):
    by_plan(exporting, 80, planFromSpinBox=0.5)
    ui = exporting.ui
    assert not ui.resumeButton.enabled
    ui.exportButton.click()
    exporting.wait(lambda: ui.progressBar.value >= 8)
    assert not ui.exportButton.enabled
    assert ui.progressBar.maximum == 80
    ui.cancelButton.click()
    exporting.host.process_events()
    assert exporting.panel.state is PanelState.IDLE
    assert "of 80 samples done" in ui.messageLabel.text
    [folder] = data_sets(tmp_path)
    assert not (folder / "dataset.json").exists()
    assert ui.resumeButton.enabled
    assert folder.name in ui.resumeButton.toolTip
    # Whatever the plan says now, the data set goes on as it was begun.
    ui.planSamplesSpinBox.value = 7
    ui.resumeButton.click()
    exporting.wait(lambda: not exporting.panel.state.busy)
    assert len(labels(folder)) == 80
    assert verify(folder) == []
    assert not ui.resumeButton.enabled
    assert data_sets(tmp_path) == [folder]
    assert ui.messageLabel.text == f"{folder.name} is complete: 80 samples"


def test_a_joint_that_cannot_be_balanced_is_told(exporting):
    by_plan(exporting, 4)
    exporting.joint.name = "Joint 7"
    exporting.ui.planBalanceComboBox.setCurrentIndex(1)
    export(exporting)
    [error] = exporting.host.errors.take()
    assert "Joint 7" in error
    assert "healthy joint" in error
    assert exporting.panel.state is PanelState.FAILED
    assert exporting.ui.exportButton.enabled


def test_a_segmentation_is_loaded_back(exporting, tmp_path, monkeypatch):
    import qt

    exporting.joint.set_edit(GapEdit(target_jsw=0.8))
    exporting.panel.export.set_formats(["seg.nrrd"])
    export(exporting)
    [path] = (tmp_path / "out").rglob("segmentation.seg.nrrd")
    answers = [str(path), "", str(tmp_path / "missing.seg.nrrd")]
    monkeypatch.setattr(qt.QFileDialog, "getOpenFileName", lambda *_: answers.pop(0))
    before = len(slicer.util.getNodesByClass("vtkMRMLSegmentationNode"))
    for _ in range(3):
        exporting.ui.loadSegmentationButton.click()
    nodes = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    assert len(nodes) == before + 1
    assert exporting.ui.messageLabel.text == "MCP3 gap_0.80 was loaded"
    [error] = exporting.host.errors.take()
    assert "can't be read as a segmentation" in error


def test_dicom_asks_for_its_packages_and_a_refusal_writes_nothing(exporting, tmp_path, monkeypatch):
    installed = {"pydicom": "3.0.1"}

    def version(name):
        if name not in installed:
            raise importlib.metadata.PackageNotFoundError(name)
        return installed[name]

    monkeypatch.setattr(importlib.metadata, "version", version)
    monkeypatch.delitem(sys.modules, "highdicom", raising=False)
    monkeypatch.setitem(sys.modules, "slicer.packaging", None)
    monkeypatch.setattr(slicer.util, "pip_install", lambda _names: installed.update(highdicom="0.27.0"))
    exporting.panel.export.set_formats(["dicom"])
    exporting.host.confirm_answer = False
    export(exporting)
    [(kind, question)] = exporting.host.messages
    assert kind == "question"
    assert "highdicom>=0.25" in question
    assert "pydicom" not in question
    assert exporting.panel.state is PanelState.IDLE
    assert not (tmp_path / "out").exists()
    exporting.host.confirm_answer = True
    export(exporting)
    assert sorted(path.name for path in (tmp_path / "out").rglob("*.dcm")) == [
        "image.dcm",
        "segmentation.dcm",
    ]
    exporting.panel.export.set_formats(["png"])
    installed.clear()
    export(exporting)
    assert "Replace what is in these folders?" in exporting.host.messages[2][1]
