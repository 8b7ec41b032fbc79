"""A session with the panel: its real buttons on a real scene with the real network."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pytest
import slicer

from LayerSeparationLib import GapEdit
from LayerSeparationLib.scene import JointStatus
from LayerSeparationLib.scene.sample_data import add_phantom_film
from LayerSeparationLib.views.handle_transforms import UPPER_POSE
from LayerSeparationLib.widgets.states import PackageState, PanelState


def test_an_empty_scene_says_what_to_do(bench):
    assert bench.ui.filmComboBox.currentText == "no radiograph in the scene"
    for name in ("placeJointButton", "separateButton", "undoButton", "makeSequenceButton", "exportButton"):
        button = getattr(bench.ui, name)
        assert not button.enabled, name
        assert "radiograph" in button.toolTip, name


def test_the_film_is_chosen_by_itself_and_a_ct_is_not_offered(bench):
    slicer.util.addVolumeFromArray(np.zeros((5, 32, 32), np.int16), np.eye(4), "CT")
    add_phantom_film()
    bench.host.process_events()
    box = bench.ui.filmComboBox
    assert [box.itemText(index) for index in range(box.count)] == ["Phantom joint"]
    assert bench.session.film_node.GetName() == "Phantom joint"
    assert bench.ui.spacingLabel.text.startswith("0.082 mm/px")
    assert bench.ui.placeJointButton.enabled


def test_a_ct_chosen_by_a_script_is_refused_with_one_message(film):
    ct = slicer.util.addVolumeFromArray(np.zeros((5, 32, 32), np.int16), np.eye(4), "CT")
    film.widget._parameterNode.film = ct
    [error] = film.host.errors.take()
    assert "CT" in error
    assert film.session.film is None
    film.ui.filmComboBox.setCurrentIndex(1)
    assert film.session.film_node.GetName() == "Phantom joint"


def test_a_session(film):
    ui = film.ui
    film.place()
    assert film.cell(0, 0) == "Joint 1"
    assert film.cell(0, 4) == "not separated"
    film.ui.jointTable.item(0, 0).setText("MCP3")
    assert film.joint.name == "MCP3"
    assert ui.upperRadioButton.text == "Proximal phalanx"
    assert ui.separateButton.default

    ui.separateButton.click()
    assert film.panel.state is PanelState.SEPARATING
    assert not ui.separateButton.enabled
    film.wait(lambda: not film.panel.state.busy)
    assert film.joint.status is JointStatus.READY
    assert "\N{PLUS-MINUS SIGN}" in film.cell(0, 1)
    assert ui.messageLabel.text.startswith("1 joint separated on CPU")

    before = film.image()
    ui.gapSlider.value = 0.8
    film.wait(lambda: film.joint.edit.target_jsw == 0.8, 5)
    film.rest()
    assert (film.image() != before).any()
    assert film.cell(0, 3).startswith("0.80\N{THIN SPACE}\N{PLUS-MINUS SIGN}")
    assert film.cell(0, 4) == "edited"

    ui.undoButton.click()
    assert np.array_equal(film.image(), before)
    assert not ui.undoButton.enabled
    ui.redoButton.click()
    assert ui.gapSlider.value == pytest.approx(0.8)
    ui.resetButton.click()
    assert film.joint.status is JointStatus.READY
    ui.removeButton.click()
    assert ui.jointTable.rowCount == 0
    assert slicer.util.getNodesByClass("vtkMRMLSegmentationNode") == []


def test_only_the_last_of_fast_steps_is_carried_out_and_one_can_be_undone(ready, monkeypatch):
    seen = []
    real = type(ready.joint).set_edit
    monkeypatch.setattr(
        type(ready.joint), "set_edit", lambda self, *a, **k: seen.append(a) or real(self, *a, **k)
    )
    for value in np.linspace(1.5, 0.5, 101):
        ready.ui.gapSlider.value = value
    ready.rest()
    assert len(seen) <= 3
    assert ready.joint.edit.target_jsw == pytest.approx(0.5)
    ready.ui.undoButton.click()
    assert ready.joint.edit == GapEdit()


def test_three_ways_one_edit(ready):
    ui, joint = ready.ui, ready.joint
    joint.set_edit(GapEdit(target_jsw=1.0, shift=0.5, tilt_deg=3.0, moves="both"))
    assert ui.gapSlider.value == pytest.approx(1.0)
    assert ui.shiftSlider.value == pytest.approx(0.5)
    assert ui.tiltSlider.value == pytest.approx(3.0)
    assert ui.bothRadioButton.checked

    joint.reset()
    ui.upperRadioButton.click()
    ready.rest()
    pose = ready.panel.view.overlay.find(UPPER_POSE)
    matrix = slicer.util.arrayFromTransformMatrix(pose)
    matrix[2, 3] += 0.5
    slicer.util.updateTransformMatrixFromArray(pose, matrix)
    ready.rest()
    assert joint.edit.change == pytest.approx(0.5, abs=0.02)
    assert ui.gapSlider.value == pytest.approx(joint.jsw_before.mean + 0.5, abs=0.02)

    ready.widget._parameterNode.edit = '{"target_jsw": 0.7}'
    assert joint.edit == GapEdit(target_jsw=0.7)
    assert ui.gapSlider.value == pytest.approx(0.7)

    ui.tiltSlider.value = 2.0
    ready.rest()
    assert joint.edit == GapEdit(target_jsw=0.7, tilt_deg=2.0)
    assert not np.allclose(slicer.util.arrayFromTransformMatrix(pose), matrix)


def test_the_film_is_shown_while_the_button_is_held(ready):
    ready.joint.set_edit(GapEdit(target_jsw=0.6))
    edited = ready.image()
    ready.ui.holdFilmButton.setDown(True)
    ready.ui.holdFilmButton.pressed.emit()
    assert (ready.image() != edited).any()
    ready.ui.holdFilmButton.released.emit()
    assert np.array_equal(ready.image(), edited)


def test_an_impossible_edit_is_said_under_the_sliders(ready):
    ready.ui.shiftSpinBox.value = ready.ui.shiftSpinBox.maximum
    ready.ui.gapSpinBox.value = ready.ui.gapSpinBox.maximum
    ready.rest()
    assert "allows" in ready.ui.gapMessageLabel.text
    ready.ui.resetButton.click()
    ready.ui.gapSlider.value = 1.0
    ready.rest()
    assert ready.joint.edit.target_jsw == 1.0
    assert ready.ui.gapMessageLabel.text == ""


def test_cancel_is_obeyed_within_a_second(film, slow):
    film.place()
    film.ui.separateButton.click()
    film.host.process_events()
    begin = time.monotonic()
    film.ui.cancelButton.click()
    film.host.process_events()
    assert time.monotonic() - begin < 1
    assert film.panel.state is PanelState.IDLE
    assert film.ui.separateButton.text == "Separate"
    time.sleep(0.6)
    film.host.process_events()
    assert film.joint.status is JointStatus.NOT_SEPARATED
    film.ui.separateButton.click()
    film.wait(lambda: not film.panel.state.busy)
    assert film.joint.status is JointStatus.READY


def test_a_joint_that_was_moved_while_it_ran_is_said(film, slow):
    film.place()
    film.ui.separateButton.click()
    film.host.process_events()
    line = film.joint.line
    x, y, z = line.GetNthControlPointPositionWorld(1)
    line.SetNthControlPointPositionWorld(1, x + 2.0, y, z)
    film.wait(lambda: not film.panel.state.busy)
    assert "moved meanwhile: separate it again" in film.ui.messageLabel.text
    assert "separated on" not in film.ui.messageLabel.text
    assert film.panel.state is PanelState.FAILED
    assert film.joint.status is JointStatus.NOT_SEPARATED
    assert any("moved meanwhile" in str(error) for error in film.host.errors.take())


@pytest.mark.parametrize("what", ["close scene", "remove film", "remove joint", "leave", "remove line"])
def test_whatever_happens_while_it_runs_is_safe(film, slow, what):
    film.place()
    film.ui.separateButton.click()
    film.host.process_events()
    joint = film.joint
    if what == "close scene":
        slicer.mrmlScene.Clear(0)
    elif what == "remove film":
        slicer.mrmlScene.RemoveNode(film.session.film_node)
    elif what == "remove joint":
        film.session.joints.remove(joint)
    elif what == "remove line":
        slicer.mrmlScene.RemoveNode(joint.line)
    else:
        film.widget.exit()
    film.wait(lambda: not film.panel.state.busy)
    time.sleep(0.6)
    film.host.process_events()
    if what == "leave":
        assert joint.status is JointStatus.READY
        return
    assert film.ui.jointTable.rowCount == 0
    assert slicer.util.getNodesByClass("vtkMRMLSegmentationNode") == []
    if what == "close scene":
        add_phantom_film()
        film.host.process_events()
        film.place()
        assert film.cell(0, 0) == "Joint 1"


def test_placing_can_be_given_up_and_errors_leave_the_scene_as_it_was(film):
    film.ui.placeJointButton.click()
    assert film.ui.placeJointButton.text == "Stop placing"
    film.ui.placeJointButton.click()
    assert slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode") == []
    film.ui.placeJointButton.click()
    slicer.mrmlScene.GetNodeByID("vtkMRMLInteractionNodeSingleton").SwitchToViewTransformMode()
    film.host.process_events()
    assert not film.panel.joints.placing
    for bad in (((900.0, 900.0), (900.0, 800.0)), ((50.0, 50.0), (50.0, 50.0))):
        film.place(bad)
        assert len(film.host.errors.take()) == 1
        assert slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode") == []
    film.place()
    film.place()
    [error] = film.host.errors.take()
    assert "at this place" in error
    assert film.ui.jointTable.rowCount == 1


def test_a_spoilt_line_is_said_and_the_others_are_separated(film):
    film.place()
    film.place(((60.0, 90.0), (60.0, 30.0)))
    bad = film.session.joints.joints[1]
    point = bad.line.GetNthControlPointPosition(0)
    bad.line.SetNthControlPointPosition(1, *point)
    film.ui.separateButton.click()
    film.wait(lambda: not film.panel.state.busy)
    [error] = film.host.errors.take()
    assert "no length" in error
    assert film.panel.state is PanelState.FAILED
    assert film.session.joints.joints[0].status is JointStatus.READY
    assert film.ui.separateButton.enabled


def test_calibration(bench):
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (1, 200, 160)).astype(np.uint8)
    slicer.util.addVolumeFromArray(pixels, np.diag([-1.0, -1.0, 1.0, 1.0]), "PNG")
    bench.host.process_events()
    assert bench.ui.spacingLabel.text == "unknown: results in pixels"
    assert bench.ui.sweepFromSpinBox.suffix == " px"
    bench.ui.calibrateButton.click()
    bench.click_line(bench.panel.film._placing, ((10.0, 10.0), (110.0, 10.0)))
    assert "100 pixels" in bench.ui.calibrationLabel.text
    bench.ui.calibrationSpinBox.value = 15.0
    bench.ui.calibrationApplyButton.click()
    assert bench.ui.spacingLabel.text == "0.150 mm/px, calibrated"
    assert not bench.ui.calibrationRow.visible
    assert bench.ui.sweepFromSpinBox.suffix == " mm"
    assert slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode") == []


def test_sweep(ready):
    ui = ready.ui
    ui.sweepFromSpinBox.value, ui.sweepToSpinBox.value, ui.sweepStepsSpinBox.value = 0.5, 1.5, 5
    ui.makeSequenceButton.click()
    assert ready.panel.state is PanelState.SWEEPING
    ready.wait(lambda: not ready.panel.state.busy)
    assert ui.frameSlider.maximum == 4
    assert ui.frameLabel.text == "0.50 mm"
    ui.frameSlider.value = 4
    assert ui.frameLabel.text == "1.50 mm"
    ui.sweepToSpinBox.value = 0.5
    assert not ui.makeSequenceButton.enabled
    assert "different" in ui.makeSequenceButton.toolTip


def test_a_cancelled_sweep_leaves_nothing(ready):
    ready.ui.sweepStepsSpinBox.value = 50
    ready.ui.makeSequenceButton.click()
    assert ready.ui.cancelButton.toolTip == "Stop; no sequence is made"
    ready.host.process_events()
    ready.ui.cancelButton.click()
    assert ready.panel.state is PanelState.IDLE
    ready.host.process_events()
    assert slicer.util.getNodesByClass("vtkMRMLSequenceBrowserNode") == []
    assert not ready.ui.cancelButton.visible


def test_export(ready, tmp_path):
    ui = ready.ui
    assert Path(ui.exportFolderPathLineEdit.currentPath) == Path.home() / "LayerSeparation"
    ui.exportFolderPathLineEdit.currentPath = ""
    assert not ui.exportButton.enabled
    assert "folder" in ui.exportButton.toolTip
    ui.exportFolderPathLineEdit.currentPath = str(tmp_path / "out")
    ready.joint.set_edit(GapEdit(target_jsw=0.8))
    assert ui.exportButton.enabled
    ui.exportButton.click()
    ready.wait(lambda: not ready.panel.state.busy)
    [folder] = list((tmp_path / "out").rglob("gap_0.80"))
    names = {path.name for path in folder.iterdir()}
    assert {"image.png", "image.nrrd", "segmentation.seg.nrrd", "joint.json"} <= names
    assert ui.openFolderButton.enabled
    assert ui.messageLabel.text == "1 folder written"

    stamp = (folder / "joint.json").stat().st_mtime_ns
    ready.host.confirm_answer = False
    ui.exportButton.click()
    ready.host.process_events()
    assert ready.panel.state is PanelState.IDLE
    assert (folder / "joint.json").stat().st_mtime_ns == stamp
    ready.host.confirm_answer = True
    ui.exportButton.click()
    ready.wait(lambda: not ready.panel.state.busy)
    assert (folder / "joint.json").stat().st_mtime_ns != stamp
    assert len(ready.host.messages) == 2

    ui.exportWhatComboBox.setCurrentIndex(2)
    ui.sweepFromSpinBox.value, ui.sweepToSpinBox.value, ui.sweepStepsSpinBox.value = 1.0, 1.5, 2
    ui.exportButton.click()
    ready.wait(lambda: not ready.panel.state.busy)
    assert list((tmp_path / "out").rglob("gap_1.50"))
    ready.panel.export.set_formats([])
    assert "format" in ui.exportButton.toolTip


def test_the_session_goes_on_after_saving_and_loading(ready, tmp_path):
    ready.joint.set_edit(GapEdit(target_jsw=0.9, moves="lower"))
    edited = ready.image()
    path = str(tmp_path / "scene.mrb")
    assert slicer.util.saveScene(path)
    slicer.mrmlScene.Clear(0)
    ready.host.process_events()
    assert ready.ui.jointTable.rowCount == 0
    slicer.util.loadScene(path)
    ready.host.process_events()
    assert ready.cell(0, 0).startswith("MCP3")
    assert ready.joint.edit == GapEdit(target_jsw=0.9, moves="lower")
    assert ready.ui.lowerRadioButton.checked
    assert np.allclose(ready.image(), edited, atol=1e-6)
    ready.ui.gapSlider.value = 1.2
    ready.rest()
    assert ready.joint.jsw_after.mean == pytest.approx(1.2, abs=0.01)


def test_without_torch_the_rest_works_and_a_refusal_is_taken(ready, monkeypatch):
    monkeypatch.setattr("LayerSeparationLib.widgets.device_section.find_torch", lambda: PackageState.MISSING)
    ready.panel.look_at_scene()
    assert ready.ui.separateButton.text == "Install PyTorch..."
    ready.host.confirm_answer = False
    ready.ui.separateButton.click()
    [(kind, question)] = ready.host.messages
    assert kind == "question"
    assert "PyTorch" in question
    ready.ui.gapSlider.value = 0.9
    ready.rest()
    assert ready.joint.edit.target_jsw == pytest.approx(0.9)
    ready.host.confirm_answer = True
    monkeypatch.setitem(sys.modules, "PyTorchUtils", None)
    ready.ui.separateButton.click()
    [error] = ready.host.errors.take()
    assert "Extensions Manager" in error
    assert ready.ui.separateButton.enabled


def test_missing_weights_are_one_message(film, monkeypatch):
    film.place()
    monkeypatch.setattr(
        "LayerSeparationLib.separation.separator.MODELS_FOLDER", film.module.pathlib.Path("no")
    )
    film.ui.separateButton.click()
    film.wait(lambda: not film.panel.state.busy)
    [error] = film.host.errors.take()
    assert "Weights are missing" in error
    assert film.ui.separateButton.enabled


def test_the_module_tests_itself(bench):
    test = bench.module.LayerSeparationTest()
    test.runTest()


def test_uilint(module_file):
    from panel_host.ui_files import lint

    folder = module_file.parent
    files = sorted((folder / "LayerSeparationLib" / "widgets").glob("*.py"))
    assert lint(folder / "Resources" / "UI" / "LayerSeparation.ui", [module_file, *files]) == []
