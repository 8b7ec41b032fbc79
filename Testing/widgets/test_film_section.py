"""The section Radiograph: one file as one film, spacing that follows its source, calibration step by step."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import qt
import SimpleITK
import slicer

from LayerSeparationLib import make_joint
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.scene.film_loading import open_film

from ..scene.test_film import dicom_file

SPACING_MM = 0.2


@pytest.fixture
def pixels():
    """What a file holds."""
    return np.round(make_joint("MCP", 20, jsw_mm=1.6).radiograph.intensity * 4095).astype(np.uint16)


def choose_file(monkeypatch, path):
    monkeypatch.setattr(qt.QFileDialog, "getOpenFileName", lambda *_: str(path))


def test_a_dicom_file_that_no_database_knows_keeps_what_its_header_says(bench, tmp_path, pixels, monkeypatch):
    path = tmp_path / "film.dcm"
    dicom_file(path, pixels, PixelSpacing=[SPACING_MM, SPACING_MM])
    asked, load = [], slicer.util.loadVolume
    monkeypatch.setattr(slicer.util, "loadVolume", lambda *args: asked.append(args) or load(*args))
    choose_file(monkeypatch, path)
    assert bench.ui.openFilmButton.default
    bench.ui.openFilmButton.click()
    bench.host.process_events()
    # Without this, a numbered file is taken for a slice of a series.
    assert asked[0][1]["singleFile"] is True
    assert bench.ui.spacingLabel.text.startswith("0.200 mm/px")
    assert bench.ui.filmSection.text == "Radiograph: film, 0.200 mm/px"
    assert bench.session.film.radiograph.origin.laterality == "R"
    path.unlink()
    assert bench.session.film.spacing.mm == pytest.approx((SPACING_MM, SPACING_MM))


@pytest.mark.parametrize("late", ["database", "storage"])
def test_spacing_follows_a_file_that_becomes_known_after_its_volume(
    bench, tmp_path, pixels, monkeypatch, late
):
    path = tmp_path / "film.dcm"
    written = dicom_file(path, pixels, PixelSpacing=[SPACING_MM, SPACING_MM])
    uid = written.SOPInstanceUID
    database = SimpleNamespace(fileForInstance=lambda name: str(path) if name == uid else "")
    monkeypatch.setattr(slicer, "dicomDatabase", database, raising=False)
    node = slicer.util.addVolumeFromArray(pixels[np.newaxis], np.diag([-1.0, -1.0, 1.0, 1.0]), "film")
    bench.host.process_events()
    assert bench.session.film_node is node
    assert bench.ui.spacingLabel.text == "unknown: results in pixels"
    bench.place()
    assert bench.ui.sweepFromSpinBox.suffix == " px"
    if late == "database":
        node.SetAttribute("DICOM.instanceUIDs", uid)
    else:
        storage = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLVolumeArchetypeStorageNode")
        storage.SetFileName(str(path))
        node.SetAndObserveStorageNodeID(storage.GetID())
    bench.host.process_events()
    assert bench.ui.spacingLabel.text.startswith("0.200 mm/px")
    assert bench.ui.filmSection.text.endswith("0.200 mm/px")
    assert bench.ui.sweepFromSpinBox.suffix == " mm"
    assert not bench.ui.jointsOfferLabel.visible


def test_what_is_no_film_is_refused_with_a_word_on_what_to_do(panel_host, tmp_path):
    text, damaged, volume = tmp_path / "notes.txt", tmp_path / "bad.png", tmp_path / "ct.nrrd"
    text.write_text("no image", encoding="utf-8")
    damaged.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    SimpleITK.WriteImage(SimpleITK.GetImageFromArray(np.zeros((4, 30, 30), np.int16)), str(volume))
    for path, advice in (
        (text, "Choose a DICOM, PNG"),
        (damaged, "save the image as PNG"),
        (volume, "has one slice"),
        (tmp_path / "missing.png", "can't be opened"),
    ):
        with pytest.raises(InputError, match=advice):
            open_film(path)
    assert slicer.util.getNodesByClass("vtkMRMLVolumeNode") == []
    panel_host.errors.take()


@pytest.fixture
def png(bench):
    """A bench with a film of unknown pixel spacing, on which a known length is being drawn."""
    noise = np.random.default_rng(0).integers(0, 255, (1, 200, 160)).astype(np.uint8)
    slicer.util.addVolumeFromArray(noise, np.diag([-1.0, -1.0, 1.0, 1.0]), "PNG")
    bench.host.process_events()
    bench.ui.calibrateButton.click()
    return bench


def lines():
    return slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode")


def test_a_calibration_is_applied_with_a_line_and_a_length_only(png):
    ui = png.ui
    assert ui.calibrateButton.text == "Stop"
    display = lines()[0].GetDisplayNode()
    assert display.GetVisibility()
    assert display.GetVisibility2D()
    assert display.GetSelectedColor() == (1.0, 0.85, 0.0)
    assert ui.messageLabel.text == "Two clicks on the film; Esc stops"
    assert not ui.calibrationApplyButton.enabled
    png.click_line(png.panel.film._placing, ((10.0, 10.0), (110.0, 10.0)))
    assert ui.messageLabel.text == "Type its length in mm, then Apply"
    assert ui.calibrationSpinBox.enabled
    assert ui.calibrationSpinBox.value == 0.0
    assert not ui.calibrationApplyButton.enabled
    ui.calibrationSpinBox.value = 15.0
    assert ui.calibrationApplyButton.enabled
    [line] = lines()
    line.SetNthControlPointPositionWorld(1, *png.session.film.to_ras(np.array([(60.0, 10.0)]))[0])
    assert ui.calibrationLabel.text == "Its true length, of 50 pixels, is"
    line.SetNthControlPointPositionWorld(1, *png.session.film.to_ras(np.array([(-2.0, 10.0)]))[0])
    assert ui.calibrationLabel.text == "The line leaves the film: drag both ends onto it"
    assert not ui.calibrationApplyButton.enabled
    line.SetNthControlPointPositionWorld(1, *png.session.film.to_ras(np.array([(60.0, 10.0)]))[0])
    ui.calibrationApplyButton.click()
    png.host.process_events()
    assert ui.spacingLabel.text == "0.300 mm/px, calibrated"
    assert (ui.calibrateButton.text, ui.calibrateButton.checked) == ("Calibrate...", False)
    assert not ui.calibrationRow.visible
    assert lines() == []
    assert ui.messageLabel.text == "Next: find or place the joints"
    ui.filmSection.collapsed = False  # it folded, being settled
    assert ui.clearCalibrationButton.visible
    assert ui.clearCalibrationButton.enabled
    ui.clearCalibrationButton.click()
    png.host.process_events()
    assert ui.spacingLabel.text == "unknown: results in pixels"
    assert not ui.clearCalibrationButton.visible


@pytest.mark.parametrize("clicks", [0, 2])
@pytest.mark.parametrize("how", ["cancel", "button", "removed", "leave"])
def test_a_calibration_ends_without_a_trace(png, how, clicks):
    if clicks:
        png.click_line(png.panel.film._placing, ((10.0, 10.0), (110.0, 10.0)))
    assert png.panel.film.calibrating
    if how == "cancel":
        png.panel.film.cancel()
    elif how == "button":
        png.ui.calibrateButton.click()
    elif how == "removed":
        slicer.mrmlScene.RemoveNode(lines()[0])
    else:
        png.widget.exit()
    png.host.process_events()
    assert not png.panel.film.calibrating
    assert not png.ui.calibrationRow.visible
    assert lines() == []
    assert png.ui.spacingLabel.text == "unknown: results in pixels"
    assert not png.ui.calibrateButton.checked
