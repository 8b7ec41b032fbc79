"""What goes wrong while a session is under way is said once, and the panel stays usable."""

from __future__ import annotations

import numpy as np
import pytest
import slicer

from .panel_bench import DISTAL, PROXIMAL

BUTTONS = ("placeJointButton", "separateButton", "gapControls", "exportButton", "sideBySideButton")


def enabled(bench):
    return [getattr(bench.ui, name).enabled for name in BUTTONS]


def test_a_film_that_is_put_under_a_transform_stops_the_session_until_it_is_taken_out(ready):
    node = ready.session.film.node
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "tilted table")
    node.SetAndObserveTransformNodeID(transform.GetID())
    ready.host.process_events()
    assert "under the transform tilted table" in ready.ui.messageLabel.text
    assert "under the transform tilted table" in ready.ui.placeJointButton.toolTip
    assert not any(enabled(ready))
    ready.ui.outlinesCheckBox.click()
    ready.panel.joints.fill()
    node.SetAndObserveTransformNodeID(None)
    ready.host.process_events()
    assert ready.ui.messageLabel.text == "Ready"
    assert all(enabled(ready))
    ready.ui.gapSlider.value = 0.9
    ready.wait(lambda: abs(ready.joint.jsw_after.mean - 0.9) < 0.01, 10)


def test_a_line_drawn_backwards_is_said_and_can_be_swapped(film):
    film.place((DISTAL, PROXIMAL))
    assert "Swap proximal and distal" in film.ui.messageLabel.text
    assert film.joint.pose.distal[1] > 0.99
    swap = next(a for a in film.ui.renameButton.menu().actions() if a.text == "Swap proximal and distal")
    swap.trigger()
    assert film.joint.pose.distal[1] < -0.99
    assert film.joint.pose.centre_px == pytest.approx((127.5, 130.0))
    assert not film.session.joints.runs_backwards(film.joint)


def test_no_length_stands_beside_a_line_that_is_being_drawn(film):
    for button in (film.ui.placeJointButton, film.ui.calibrateButton):
        button.click()
        placing = film.panel.joints._placing if film.panel.joints.placing else film.panel.film._placing
        assert not placing.line.GetDisplayNode().GetPropertiesLabelVisibility()
        button.click()


def test_a_gap_that_closes_says_why_it_has_no_width(ready):
    ready.ui.gapSlider.value = 0.0
    ready.wait(lambda: ready.joint.jsw_after.mean is None, 10)
    assert "margins touch" in ready.ui.gapMessageLabel.text
    assert "margins touch" in ready.ui.jointTable.item(0, 3).toolTip()
    ready.ui.gapSlider.value = 1.0
    ready.wait(lambda: ready.joint.jsw_after.mean is not None, 10)
    assert ready.ui.gapMessageLabel.text == ""


def test_the_panel_follows_a_sequence_that_is_played_elsewhere(ready):
    ready.ui.sweepFromSpinBox.value, ready.ui.sweepToSpinBox.value = 0.5, 1.5
    ready.ui.sweepStepsSpinBox.value = 3
    ready.ui.makeSequenceButton.click()
    ready.wait(lambda: not ready.panel.state.busy)
    browser = ready.panel.sweep.sequence()
    browser.SetSelectedItemNumber(2)
    assert ready.ui.frameSlider.value == 2
    assert ready.ui.frameLabel.text == "1.50 mm"
    browser.SelectNextItem()
    assert ready.ui.frameSlider.value == browser.GetSelectedItemNumber() == 0


def test_a_joint_is_placed_on_a_film_that_is_seen_straight_on(film):
    film.ui.sideBySideButton.click()
    views = slicer.app.layoutManager()
    view, beside = (
        views.sliceWidget(f"LayerSeparation{name}").mrmlSliceNode() for name in ("Film", "Synthetic")
    )
    straight = np.array([view.GetSliceToRAS().GetElement(row, 2) for row in range(3)])
    for turned in (view, beside):
        turned.SetOrientation("Axial")
    assert abs(straight @ [0, 0, 1]) < 0.01
    film.ui.placeJointButton.click()
    across = np.array([view.GetSliceToRAS().GetElement(row, 2) for row in range(3)])
    np.testing.assert_allclose(across, straight, atol=1e-6)


def test_choosing_the_film_in_work_once_more_leaves_the_sliders_alive(ready):
    ready.panel.choose_film(ready.session.film_node)
    ready.ui.gapSlider.value = 0.9
    ready.rest()
    assert ready.joint.edit.target_jsw == pytest.approx(0.9)
