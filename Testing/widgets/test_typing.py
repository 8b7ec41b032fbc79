"""Numbers that are typed key by key, and the sliders beside them, with real key and mouse events."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QSlider, QStyle, QStyleOptionSlider

from LayerSeparationLib import GapEdit
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.scene.edit_history import EditKind

KEY_MS = 60
"""A person who types fast."""


def focus(bench, widget):
    """Give a widget of the panel the keyboard, with all of its text selected."""
    box = widget.findChild(QAbstractSpinBox) or widget
    window = bench.widget.parent
    window.activateWindow()
    box.setFocus()
    bench.host.process_events()
    assert box.hasFocus()
    if isinstance(box, QAbstractSpinBox):
        box.selectAll()
    return box


def type_keys(box, text, ms=KEY_MS):
    QTest.keyClicks(box, text, Qt.KeyboardModifier.NoModifier, ms)


@pytest.mark.parametrize(("text", "value"), [("0.65", 0.65), ("1.37", 1.37)])
@pytest.mark.parametrize("ms", [60, 150])
def test_a_width_is_typed_at_a_persons_speed(ready, text, value, ms):
    box = focus(ready, ready.ui.gapSpinBox)
    type_keys(box, text, ms)
    assert box.cleanText == text
    assert ready.joint.edit == GapEdit()
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert ready.joint.edit == GapEdit(target_jsw=value)
    assert box.text == f"{text} mm"
    ready.ui.undoButton.click()
    assert ready.joint.edit == GapEdit()
    assert not ready.ui.undoButton.enabled


def test_a_width_is_taken_when_the_hand_rests_and_what_was_typed_stays(ready):
    box = focus(ready, ready.ui.gapSpinBox)
    type_keys(box, "0.6")
    ready.wait(lambda: ready.joint.edit.target_jsw == 0.6, 5)
    ready.rest()
    assert box.cleanText == "0.6"
    type_keys(box, "5")
    assert box.cleanText == "0.65"
    QTest.keyClick(box, Qt.Key.Key_Tab)
    assert ready.joint.edit.target_jsw == 0.65
    assert not box.hasFocus()
    assert box.text == "0.65 mm"


def test_a_number_that_ends_with_its_point_is_not_taken(ready):
    box = focus(ready, ready.ui.gapSpinBox)
    type_keys(box, "0.")
    QTest.qWait(700)
    assert ready.joint.edit == GapEdit()
    assert box.cleanText == "0."


def test_a_box_that_is_typed_into_is_not_rewritten_by_an_edit_from_elsewhere(ready):
    box = focus(ready, ready.ui.gapSpinBox)
    type_keys(box, "1.1")
    ready.joint.set_edit(GapEdit(target_jsw=0.7))
    ready.host.process_events()
    assert box.cleanText == "1.1"
    type_keys(box, "2")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert ready.joint.edit.target_jsw == 1.12


def test_a_typed_width_that_can_not_be_is_refused_and_the_box_returns(ready):
    ready.ui.shiftSpinBox.value = ready.ui.shiftSpinBox.maximum
    ready.rest()
    box = focus(ready, ready.ui.gapSpinBox)
    type_keys(box, f"{box.maximum}")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert "allows" in ready.ui.gapMessageLabel.text
    assert box.value == pytest.approx(ready.joint.jsw_after.mean, abs=0.006)
    ready.rest()
    assert "allows" in ready.ui.gapMessageLabel.text
    ready.ui.undoButton.click()
    assert ready.ui.gapMessageLabel.text == ""


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("gapSpinBox", "1.25", 1.25),
        ("shiftSpinBox", "-0.35", -0.35),
        ("tiltSpinBox", "-2.5", -2.5),
        ("sweepFromSpinBox", "0.65", 0.65),
        ("sweepToSpinBox", "1.37", 1.37),
        ("sweepStepsSpinBox", "17", 17),
        ("planSamplesSpinBox", "1250", 1250),
        ("planFromSpinBox", "0.65", 0.65),
        ("planTiltSpinBox", "12.5", 12.5),
        ("planNoiseSpinBox", "1.5", 1.5),
        ("planSeedSpinBox", "120", 120),
        ("calibrationSpinBox", "12.35", 12.35),
    ],
)
def test_every_number_box_of_the_panel_takes_what_is_typed(ready, name, text, value):
    ui = ready.ui
    ui.sweepSection.collapsed = ui.exportSection.collapsed = False
    ui.exportWhatComboBox.setCurrentIndex(3)
    ui.calibrationRow.visible = ui.calibrationSpinBox.enabled = True
    ready.host.process_events()
    widget = getattr(ui, name)
    heard = []
    widget.connect("valueChanged(int)" if isinstance(value, int) else "valueChanged(double)", heard.append)
    box = focus(ready, widget)
    type_keys(box, text)
    assert heard == []
    assert box.cleanText == text
    QTest.keyClick(box, Qt.Key.Key_Tab)
    assert heard == [pytest.approx(value)]
    assert widget.value == pytest.approx(value)


def test_a_half_typed_number_outlives_a_change_of_the_parameters(ready):
    ready.ui.sweepSection.collapsed = False
    box = focus(ready, ready.ui.sweepFromSpinBox)
    type_keys(box, "0.6")
    ready.joint.set_edit(GapEdit(target_jsw=0.9))
    ready.host.process_events()
    assert box.cleanText == "0.6"
    type_keys(box, "5")
    QTest.keyClick(box, Qt.Key.Key_Tab)
    assert ready.widget._parameterNode.sweepFrom == 0.65
    assert '"target_jsw": 0.9' in ready.widget._parameterNode.edit


def track_of(slider):
    """Return Qt's own slider, and where its handle and its groove are."""
    track = slider.findChild(QSlider)
    option = QStyleOptionSlider()
    track.initStyleOption(option)
    style, parts = track.style(), QStyle.SubControl
    handle, groove = (
        style.subControlRect(QStyle.ComplexControl.CC_Slider, option, part, track)
        for part in (parts.SC_SliderHandle, parts.SC_SliderGroove)
    )
    return track, handle, groove


@pytest.mark.parametrize(("name", "page"), [("gap", 0.1), ("shift", 0.1), ("tilt", 1.0)])
def test_a_click_in_the_groove_is_a_page_step(ready, name, page):
    slider, box = getattr(ready.ui, f"{name}Slider"), getattr(ready.ui, f"{name}SpinBox")
    before = box.value
    track, handle, groove = track_of(slider)
    QTest.mouseClick(track, Qt.MouseButton.LeftButton, pos=QPoint(groove.right() - 3, handle.center().y()))
    assert box.value == pytest.approx(before + page, abs=0.011)
    QTest.keyClick(track, Qt.Key.Key_PageDown)
    assert box.value == pytest.approx(before, abs=0.011)
    QTest.keyClick(track, Qt.Key.Key_Right)
    assert box.value == pytest.approx(before + page / 10, abs=0.011)


def test_a_double_click_goes_back_to_the_film(ready):
    film_width = ready.joint.jsw_before.mean
    for name, value in (("gap", 0.7), ("shift", 0.5), ("tilt", 3.0)):
        getattr(ready.ui, f"{name}SpinBox").value = value
    ready.rest()
    for name in ("gap", "shift", "tilt"):
        track, _handle, groove = track_of(getattr(ready.ui, f"{name}Slider"))
        QTest.mouseDClick(
            track, Qt.MouseButton.LeftButton, pos=QPoint(groove.left() + 3, groove.center().y())
        )
        ready.rest()
    assert ready.joint.edit == GapEdit()
    assert ready.ui.gapSlider.value == pytest.approx(film_width, abs=1e-9)
    assert (ready.ui.shiftSlider.value, ready.ui.tiltSlider.value) == (0.0, 0.0)
    assert ready.joint.undo_kind is EditKind.RESET


def test_the_slider_shows_what_makes_sense_and_more_by_typing(ready):
    ui, film_width = ready.ui, ready.joint.jsw_before.mean
    assert ui.gapSlider.minimum == 0.0
    assert ui.gapSlider.maximum == pytest.approx(1.5 * film_width, abs=0.011)
    assert ui.gapSpinBox.maximum > 2 * film_width
    box = focus(ready, ui.gapSpinBox)
    wide = round(2 * film_width, 2)
    type_keys(box, f"{wide}")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert ready.joint.edit.target_jsw == wide
    assert ui.gapSlider.maximum == pytest.approx(wide, abs=1e-9)
    assert ui.gapSlider.value == pytest.approx(wide, abs=0.006)
    ready.joint.reset()
    assert ui.gapSlider.maximum == pytest.approx(1.5 * film_width, abs=0.011)


def test_a_width_that_is_refused_does_not_widen_the_slider(ready, monkeypatch):
    def refuse(*_args, **_options):
        raise InputError("the crop allows 3.94 mm")

    ui, usual = ready.ui, ready.ui.gapSlider.maximum
    monkeypatch.setattr(type(ready.joint), "set_edit", refuse)
    ui.gapSpinBox.value = ui.gapSpinBox.maximum
    ready.panel.live_edit.flush()
    assert ui.gapMessageLabel.text == "the crop allows 3.94 mm"
    assert ui.gapSlider.maximum == usual
    assert ui.gapSpinBox.value == pytest.approx(ready.joint.jsw_before.mean, abs=0.011)


def test_the_films_own_width_has_a_mark_under_the_slider(ready):
    ui, film_width = ready.ui, ready.joint.jsw_before.mean
    for width in (film_width, 0.5):
        ready.joint.set_edit(GapEdit(target_jsw=width))
        ready.host.process_events()
        label = ui.filmMarkLabel
        assert label.isVisible()
        track, handle, _groove = track_of(ui.gapSlider)
        middle = label.mapToGlobal(label.rect.center()).x()
        handle_middle = track.mapToGlobal(handle.center()).x()
        pixels_per_mm = (track.width - handle.width()) / (ui.gapSlider.maximum - ui.gapSlider.minimum)
        assert middle - handle_middle == pytest.approx((film_width - width) * pixels_per_mm, abs=2)
        assert f"On the film: {film_width:.2f}\N{THIN SPACE}\N{PLUS-MINUS SIGN}" in label.toolTip
