"""The keys of the module: what each does, where it does nothing, and that they are told everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
import qt
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from LayerSeparationLib import GapEdit
from LayerSeparationLib.scene.edit_history import EditKind
from LayerSeparationLib.widgets.keys import KEYS, Command, key_table
from LayerSeparationLib.widgets.states import Facts, controls

TUTORIAL = Path(__file__).parents[2] / "Docs" / "tutorial.md"
NO, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def press(bench, key, modifier=NO, focus=None):
    """Press a key in the panel, or in one of its widgets."""
    target = focus or bench.widget.parent
    bench.widget.parent.activateWindow()
    target.setFocus()
    bench.host.process_events()
    QTest.keyClick(qt.QApplication.focusWidget() or target, key, modifier)
    bench.host.process_events()


def test_arrows_step_the_gap(ready):
    box = ready.ui.gapSpinBox
    before = box.value
    for key, modifier, step in (
        (Qt.Key.Key_Left, NO, -0.01),
        (Qt.Key.Key_Left, SHIFT, -0.1),
        (Qt.Key.Key_Right, NO, 0.01),
        (Qt.Key.Key_Right, SHIFT, 0.1),
    ):
        press(ready, key, modifier)
        before += step
        assert box.value == pytest.approx(before, abs=0.011)
    for _press in range(20):
        press(ready, Qt.Key.Key_Left)
    ready.rest()
    assert ready.joint.edit.target_jsw == pytest.approx(before - 0.2, abs=0.011)
    assert ready.joint.undo_kind is EditKind.NARROWING
    ready.ui.undoButton.click()
    assert ready.joint.edit == GapEdit()


def test_arrows_step_the_list_of_joints(film):
    film.place()
    film.place(((60.0, 90.0), (60.0, 30.0)))
    first, second = film.session.all_joints
    film.session.select(first)
    for key, joint in ((Qt.Key.Key_Up, first), (Qt.Key.Key_Down, second), (Qt.Key.Key_Down, second)):
        press(film, key)
        assert film.joint is joint
    press(film, Qt.Key.Key_Up, focus=film.ui.jointTable)
    assert film.joint is first


def test_arrows_are_the_widgets_own_where_it_has_a_use_for_them(ready):
    gap, tilt, moves = ready.ui.gapSpinBox, ready.ui.tiltSpinBox, ready.ui.upperRadioButton
    before = gap.value
    press(ready, Qt.Key.Key_Right, focus=ready.ui.tiltSlider.findChild(qt.QSlider))
    assert (gap.value, tilt.value) == (before, pytest.approx(0.1))
    press(ready, Qt.Key.Key_Right, focus=moves)
    assert gap.value == before
    assert not moves.checked
    press(ready, Qt.Key.Key_Right, SHIFT, focus=ready.ui.gapSlider.findChild(qt.QSlider))
    assert gap.value == pytest.approx(before + 0.1, abs=0.011)


def test_keys_do_nothing_while_text_has_the_focus(ready):
    ready.joint.set_edit(GapEdit(target_jsw=0.8))
    line, text, combo = qt.QLineEdit(), qt.QPlainTextEdit(), qt.QComboBox()
    combo.setEditable(True)
    for field in (line, text, combo):
        ready.widget.parent.layout().addWidget(field)
        field.show()
    ready.ui.jointTable.editItem(ready.ui.jointTable.item(0, 0))
    ready.host.process_events()
    editor = ready.ui.jointTable.findChild(qt.QLineEdit)
    for field in (editor, line, text, combo, ready.ui.gapSpinBox):
        for key in (Qt.Key.Key_F, Qt.Key.Key_J, Qt.Key.Key_1, Qt.Key.Key_Left):
            press(ready, key, focus=field)
        assert not ready.joint.film_is_shown, field
        assert not ready.panel.joints.placing, field
    assert line.text == "1fj" or line.text.lower() == "fj1"
    press(ready, Qt.Key.Key_Z, CTRL, focus=line)
    assert ready.joint.edit == GapEdit(target_jsw=0.8)
    press(ready, Qt.Key.Key_F)
    assert ready.joint.film_is_shown


def test_undo_and_redo_by_both_of_their_keys(ready):
    for modifier in (CTRL, CTRL | Qt.KeyboardModifier.AltModifier):
        ready.joint.set_edit(GapEdit(target_jsw=0.8))
        press(ready, Qt.Key.Key_Z, modifier)
        assert ready.joint.edit == GapEdit()
        press(ready, Qt.Key.Key_Y, modifier)
        assert ready.joint.edit == GapEdit(target_jsw=0.8)
        ready.joint.reset()


def test_a_key_that_somebody_else_has_too_breaks_neither(ready):
    others = []
    action = qt.QAction("Undo", ready.widget.parent)
    action.setShortcut(qt.QKeySequence("Ctrl+Z"))
    action.triggered.connect(lambda *_: others.append("undo"))
    ready.widget.parent.addAction(action)
    for width in (1.0, 0.9, 0.8):
        ready.joint.set_edit(GapEdit(target_jsw=width))
    press(ready, Qt.Key.Key_Z, CTRL)
    press(ready, Qt.Key.Key_Z, CTRL)
    assert ready.joint.edit == GapEdit(target_jsw=0.9)
    press(ready, Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.AltModifier)
    assert ready.joint.edit == GapEdit(target_jsw=1.0)
    ready.widget.exit()
    press(ready, Qt.Key.Key_Z, CTRL)
    assert others == ["undo"]
    ready.widget.enter()


def test_escape_ends_placing_and_calibrating_and_is_free_otherwise(film):
    def lines():
        import slicer

        return slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode")

    heard = []
    film.ui.placeJointButton.click()
    press(film, Qt.Key.Key_Escape)
    assert not film.panel.joints.placing
    film.ui.calibrateButton.click()
    press(film, Qt.Key.Key_Escape)
    assert not film.panel.film.calibrating
    film.ui.calibrateButton.click()
    film.click_line(film.panel.film._placing, ((10.0, 10.0), (110.0, 10.0)))
    press(film, Qt.Key.Key_Escape, focus=film.ui.calibrationSpinBox.findChild(qt.QAbstractSpinBox))
    assert not film.panel.film.calibrating
    assert lines() == []
    other = qt.QShortcut(film.widget.parent)
    other.setKey(qt.QKeySequence("Esc"))
    other.connect("activated()", lambda: heard.append("escape"))
    press(film, Qt.Key.Key_Escape)
    assert heard == ["escape"]


def test_views_have_the_keys_of_their_buttons(ready):
    for key, name in (
        (Qt.Key.Key_1, "filmButton"),
        (Qt.Key.Key_2, "sideBySideButton"),
        (Qt.Key.Key_3, "layersButton"),
    ):
        press(ready, key)
        assert getattr(ready.ui, name).checked, name


def test_keys_go_with_the_module_and_work_after_reloads(ready):
    ready.joint.set_edit(GapEdit(target_jsw=0.8))
    slicer_calls = ready.widget
    slicer_calls.exit()
    press(ready, Qt.Key.Key_F)
    assert not ready.joint.film_is_shown
    slicer_calls.enter()
    for reloads in (1, 2):
        ready.widget = ready.host.reload("LayerSeparation")
        ready.host.process_events()
        assert ready.joint.edit == GapEdit(target_jsw=0.8)
        press(ready, Qt.Key.Key_F)
        assert ready.joint.film_is_shown, reloads
        press(ready, Qt.Key.Key_F)
        slicer_calls.exit()
        press(ready, Qt.Key.Key_F)
        assert not ready.joint.film_is_shown, reloads
        slicer_calls.enter()
        press(ready, Qt.Key.Key_F)
        assert ready.joint.film_is_shown, reloads
        press(ready, Qt.Key.Key_F)


def test_every_key_is_in_the_table_of_the_tutorial():
    rows = [f"| {keys} | {does} |" for keys, does in key_table()]
    assert len(rows) == len(KEYS) == len(Command)
    assert "\n".join(rows) in TUTORIAL.read_text(encoding="utf-8")


def test_tooltips_tell_the_keys():
    facts = Facts(
        film=True,
        joints=1,
        joint=True,
        layers=True,
        edited=True,
        undo="narrowing of MCP3 L",
        redo="tilt of MCP3 L",
    )
    tooltips = {name: control.tooltip for name, control in controls(facts).items()}
    assert tooltips["undoButton"] == "Undo narrowing of MCP3 L (Ctrl+Z)"
    assert tooltips["redoButton"] == "Redo tilt of MCP3 L (Ctrl+Y)"
    for name, key in (
        ("placeJointButton", "J"),
        ("holdFilmButton", "F"),
        ("filmButton", "1"),
        ("sideBySideButton", "2"),
        ("layersButton", "3"),
        ("wholeFilmButton", "4"),
    ):
        assert tooltips[name].endswith(f"({key})"), name
