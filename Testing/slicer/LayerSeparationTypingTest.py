"""Numbers typed key by key, the slider's steps, and keys, at a person's speed."""

import time

import qt
import slicer
from bench import Bench, process_events

KEY_S = 0.06


class LayerSeparationTypingTest(Bench):
    """Events are those of a keyboard; the widgets are Slicer's own."""

    def test_1_a_width_is_typed(self):
        """Nothing is written back before the number is complete, and it is one step to undo."""
        self.ready()
        box = self.ui.gapSpinBox
        for text, width in (("0.65", 0.65), ("1.37", 1.37)):
            self.joint.reset()
            box.setFocus()
            box.selectAll()
            for letter in text:
                self.press(box, ord(letter), letter)
            self.assertEqual(box.cleanText, text)
            self.press(box, qt.Qt.Key_Return)
            self.assertAlmostEqual(self.joint.edit.target_jsw, width, places=6)
            self.assertIn("narrowing", self.ui.undoButton.toolTip)
            self.click("undoButton")
            self.assertTrue(self.joint.edit.is_neutral)

    def test_2_a_width_is_taken_when_the_hand_rests(self):
        """What was typed stays as it was typed."""
        self.ready()
        self.joint.reset()
        box = self.ui.gapSpinBox
        box.setFocus()
        box.selectAll()
        for letter in "0.8":
            self.press(box, ord(letter), letter)
        self.wait(lambda: self.joint.edit.target_jsw == 0.8, "the width taken", 10)
        self.assertEqual(box.cleanText, "0.8")
        self.press(box, qt.Qt.Key_Return)
        self.joint.reset()

    def test_3_steps_of_the_slider(self):
        """A page step is a tenth of a millimetre, whatever the widget's own is."""
        self.ready()
        self.joint.reset()
        track, before = self.ui.gapSlider.findChild(qt.QSlider), self.ui.gapSpinBox.value
        track.triggerAction(qt.QAbstractSlider.SliderPageStepSub)
        self.assertAlmostEqual(self.ui.gapSpinBox.value, before - 0.1, delta=0.011)
        track.triggerAction(qt.QAbstractSlider.SliderSingleStepSub)
        self.assertAlmostEqual(self.ui.gapSpinBox.value, before - 0.11, delta=0.011)
        self.let_hand_rest()
        self.click("undoButton")

    def press(self, widget, key, text=""):
        """Press and release a key in a widget."""
        for kind in (qt.QEvent.KeyPress, qt.QEvent.KeyRelease):
            event = qt.QKeyEvent(kind, key, qt.Qt.NoModifier, text)
            slicer.app.processEvents()
            qt.QApplication.sendEvent(widget, event)
        end = time.monotonic() + KEY_S
        while time.monotonic() < end:
            process_events()
