"""What the panel says of film and joints goes when its cause goes."""

from __future__ import annotations

import numpy as np
import pytest
import slicer

from LayerSeparationLib import GapEdit
from LayerSeparationLib.scene.node_attributes import SPACING, write_json

_STATE = 4


def test_a_joint_says_why_it_is_outdated_and_is_ready_again_when_the_box_is_unticked(ready):
    ready.joint.set_edit(GapEdit(target_jsw=0.8))
    edited = ready.image()
    assert ready.cell(0, _STATE) == "edited"
    ready.ui.invertCheckBox.click()
    assert ready.cell(0, _STATE) == "polarity changed"
    assert "change it back" in ready.ui.jointTable.item(0, _STATE).toolTip()
    assert ready.ui.separateButton.default
    ready.ui.invertCheckBox.click()
    assert ready.cell(0, _STATE) == "edited"
    assert not ready.ui.separateButton.default
    assert np.array_equal(ready.image(), edited)


def test_a_calibration_that_is_taken_back_leaves_no_trace(ready):
    ready.ui.calibrateButton.click()
    ready.click_line(ready.panel.film._placing, ((10.0, 10.0), (110.0, 10.0)))
    ready.ui.calibrationSpinBox.value = 15.0
    ready.ui.calibrationApplyButton.click()
    assert ready.ui.spacingLabel.text == "0.150 mm/px, calibrated"
    assert ready.cell(0, _STATE) == "spacing changed"
    ready.session.film.clear_calibration()
    assert ready.ui.spacingLabel.text.startswith("0.082 mm/px")
    assert ready.cell(0, _STATE) == "ready"


def test_the_spacing_shown_is_the_films_whenever_it_becomes_known(bench):
    """Slicer's DICOM loader tells where a film comes from after the film is in the scene."""
    pixels = np.random.default_rng(0).integers(0, 255, (1, 200, 160)).astype(np.uint8)
    node = slicer.util.addVolumeFromArray(pixels, np.diag([-1.0, -1.0, 1.0, 1.0]), "film")
    bench.host.process_events()
    assert bench.ui.spacingLabel.text == "unknown: results in pixels"
    assert bench.ui.sweepFromSpinBox.suffix == " px"
    kept = {"row_mm": 0.2, "column_mm": 0.2, "source": "detector plane"}
    write_json(node, SPACING, {**kept, "volume": [1.0, 1.0]})
    assert bench.session.film.spacing.row_mm == pytest.approx(0.2)
    assert bench.ui.spacingLabel.text == "0.200 mm/px, detector plane"
    assert bench.ui.sweepFromSpinBox.suffix == " mm"


def test_a_name_with_markup_is_shown_letter_by_letter(ready):
    """Names come out of files: a label that takes them for rich text would also load what they point to."""
    import qt

    name = "<b>hand</b><img src='x.png'>"
    labels = [one for one in vars(ready.ui).values() if isinstance(one, qt.QLabel)]
    assert len(labels) > 10
    assert qt.Qt.AutoText not in {label.textFormat for label in labels}
    assert ready.ui.messageLabel.textFormat == qt.Qt.PlainText
    node = ready.session.film_node
    node.SetName(name)
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "<i>tilt</i>")
    node.SetAndObserveTransformNodeID(transform.GetID())
    ready.host.process_events()
    assert "&lt;b&gt;hand&lt;/b&gt;" in ready.ui.placeJointButton.toolTip
    assert "<b>" not in ready.ui.placeJointButton.toolTip
    assert ready.ui.messageLabel.text.startswith(name) or name in ready.ui.messageLabel.toolTip
