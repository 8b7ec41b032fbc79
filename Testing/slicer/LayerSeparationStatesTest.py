"""States name their reason and go with it; a selection comes back; a film takes its joints along."""

import tempfile
from pathlib import Path

import numpy as np
import slicer
from bench import Bench, process_events

STATE_COLUMN = 4


class LayerSeparationStatesTest(Bench):
    """Joints' states, a film that is removed, the selection after loading."""

    @classmethod
    def setUpClass(cls):
        """Start from an empty scene."""
        slicer.mrmlScene.Clear(0)
        process_events()

    def state(self, row=0):
        """Return what the table says of a joint."""
        return self.ui.jointTable.item(row, STATE_COLUMN).text()

    def test_1_reasons(self):
        """Calibration, polarity and a moved line are named, and gone with their cause; the edit stays."""
        self.ready()
        self.drag_gap(0.8)
        edited, film = self.synthetic(), self.session.film
        self.assertEqual(self.state(), "edited")
        self.ui.invertCheckBox.click()
        process_events()
        self.assertEqual(self.state(), "polarity changed")
        self.ui.invertCheckBox.click()
        process_events()
        self.assertEqual(self.state(), "edited")
        film.calibrate(100.0, 15.0)
        process_events()
        self.assertEqual(self.state(), "spacing changed")
        self.assertIn("0.150 mm/px, calibrated", self.ui.spacingLabel.text)
        film.clear_calibration()
        process_events()
        self.assertEqual(self.state(), "edited")
        line = self.joint.line
        x, y, z = line.GetNthControlPointPositionWorld(1)
        line.SetNthControlPointPositionWorld(1, x + 2, y, z)
        process_events()
        self.assertEqual(self.state(), "line moved")
        line.SetNthControlPointPositionWorld(1, x, y, z)
        process_events()
        self.assertEqual(self.state(), "edited")
        np.testing.assert_array_equal(self.synthetic(), edited)

    def test_2_selection(self):
        """A scene that is loaded comes back with the joint that was selected."""
        self.fresh_film()
        for name in ("MCP2", "MCP3", "PIP3"):
            self.place(name)
        wanted = next(joint for joint in self.session.all_joints if joint.name == "MCP3")
        self.session.select(wanted)
        process_events()
        with tempfile.TemporaryDirectory() as folder:
            file = str(Path(folder) / "session.mrb")
            self.assertTrue(slicer.util.saveScene(file))
            slicer.mrmlScene.Clear(0)
            process_events()
            slicer.util.loadScene(file)
            self.wait(lambda: self.joint is not None, "the joint found again", 20)
        process_events()
        self.assertEqual(self.joint.name, "MCP3")
        self.assertEqual({item.row() for item in self.ui.jointTable.selectedItems()}, {1})

    def test_3_removed_film(self):
        """A film that is removed takes its joints with it, after a question where the user made them."""
        questions, ask = [], slicer.util.confirmYesNoDisplay
        slicer.util.confirmYesNoDisplay = lambda text, *_args, **_more: (
            questions.append(text) or len(questions) > 1
        )
        try:
            for count, lines in ((1, 1), (2, 0)):
                self.fresh_film()
                self.place()
                slicer.mrmlScene.RemoveNode(self.session.film_node)
                self.wait(lambda count=count: len(questions) == count, "the question", 10)
                process_events()
                found = slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode")
                self.assertEqual(
                    len([line for line in found if line.GetAttribute("LayerSeparation.role")]), lines
                )
                self.assertEqual(self.ui.jointTable.rowCount, 0)
        finally:
            slicer.util.confirmYesNoDisplay = ask
        self.assertIn("was removed. Remove its joints, too (1)?", questions[0])
        slicer.mrmlScene.Clear(0)
        process_events()
        self.assertEqual(len(questions), 2)
