"""A picture of every state of a session, of phantoms only; the tutorial's are among them.

Taken where LAYERSEPARATION_SCREENSHOTS names a folder: `make pictures` does, and ships those that the
documentation shows.
"""

import os
import tempfile
import unittest

import numpy as np
import slicer
from bench import JOINT, Bench, earlier_film, needs_torch, process_events, screenshot


@unittest.skipUnless(os.environ.get("LAYERSEPARATION_SCREENSHOTS"), "no pictures are asked for")
class LayerSeparationPicturesTest(Bench):
    """The tests are the states in the order of a session."""

    @classmethod
    def setUpClass(cls):
        """Start from an empty scene."""
        slicer.mrmlScene.Clear(0)
        process_events()

    def select(self, name):
        """Choose a joint in the list."""
        row = next(index for index, one in enumerate(self.session.joints.joints) if one.name == name)
        self.ui.jointTable.setCurrentCell(row, 0)
        process_events()

    def test_01_film(self):
        """Nothing; the film; the film while its pixel spacing is calibrated."""
        screenshot("01_empty")
        self.fresh_film()
        screenshot("02_film")
        self.click("calibrateButton")
        line = self.placed_line()
        for point in self.session.film.to_ras(np.array([[200.0, 1200.0], [900.0, 1200.0]])):
            line.AddControlPoint(*(float(value) for value in point))
        process_events()
        self.ui.calibrationSpinBox.value = 122.5
        screenshot("03_calibrating")
        self.click("calibrateButton")

    def test_02_joints(self):
        """All joints are found; one is placed."""
        needs_torch(self)
        self.click("findJointsButton")
        self.wait(lambda: not self.panel.state.busy, "the joints found")
        self.select(JOINT)
        screenshot("04_found")
        self.click("removeButton")
        from LayerSeparationLib.phantom import sample_films

        self.click("placeJointButton")
        line = self.placed_line()
        ends_px = next(one for one in sample_films() if one.name == "PhantomHand").joints[JOINT]
        ends = self.session.film.to_ras(np.array(ends_px))
        line.AddControlPoint(*(float(value) for value in ends[0]))
        screenshot("05_placing")
        line.AddControlPoint(*(float(value) for value in ends[1]))
        self.wait(lambda: len(self.session.joints.joints) == 14, "the joint in the list", 30)
        self.joint.name = JOINT
        process_events()

    def placed_line(self):
        """Return the line that is being drawn."""
        selection = slicer.mrmlScene.GetNodeByID("vtkMRMLSelectionNodeSingleton")
        return slicer.mrmlScene.GetNodeByID(selection.GetActivePlaceNodeID())

    def test_03_edits(self):
        """Separated, narrowed, closed, widened, the film held in place of the edit."""
        needs_torch(self)
        self.click("separateButton")
        self.wait(lambda: not self.panel.state.busy, "all joints separated")
        self.select(JOINT)
        screenshot("06_separated")
        width = self.joint.jsw_before.mean
        self.drag_gap(round(0.45 * width, 2))
        screenshot("07_narrowed")
        self.joint.show_film(True)
        screenshot("08_film_held")
        self.joint.show_film(False)
        self.drag_gap(round(1.5 * width, 2))
        screenshot("09_widened")
        self.ui.gapSlider.value = 0.0
        self.let_hand_rest()
        screenshot("10_not_measurable")
        self.drag_gap(round(0.45 * width, 2))

    def test_04_views(self):
        """The edit's layers, the film's; handles."""
        needs_torch(self)
        self.click("layersButton")
        screenshot("11_layers_of_edit")
        self.click("layersButton")
        screenshot("12_layers_of_film")
        self.click("sideBySideButton")
        self.ui.handlesCheckBox.checked = True
        screenshot("13_handles")
        self.ui.handlesCheckBox.checked = False
        self.click("wholeFilmButton")
        screenshot("14_whole_film")
        self.click("wholeFilmButton")

    def test_05_sweep(self):
        """A sweep that was made."""
        needs_torch(self)
        self.ui.viewSection.collapsed = True
        self.ui.sweepSection.collapsed = False
        self.ui.sweepFromSpinBox.value, self.ui.sweepToSpinBox.value = 0.5, 2.0
        self.ui.sweepStepsSpinBox.value = 7
        self.click("makeSequenceButton")
        self.wait(lambda: not self.panel.state.busy, "the sequence made")
        self.ui.frameSlider.value = 5
        screenshot("15_sweep")
        self.ui.sweepSection.collapsed = True
        self.ui.viewSection.collapsed = False
        self.click("sideBySideButton")

    def test_06_export(self):
        """An export that is done; a data set under way."""
        needs_torch(self)
        self.ui.gapSection.collapsed = self.ui.viewSection.collapsed = True
        self.ui.exportSection.collapsed = False
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            self.ui.exportFolderPathLineEdit.currentPath = folder
            self.click("exportButton")
            self.wait(lambda: not self.panel.state.busy, "the export done")
            screenshot("16_export")
            self.ui.exportWhatComboBox.setCurrentIndex(3)
            self.ui.planSamplesSpinBox.value = 100
            self.click("exportButton")
            self.wait(lambda: self.ui.progressBar.value >= 40, "some samples")
            screenshot("17_data_set")
            if self.ui.cancelButton.enabled:
                self.ui.cancelButton.click()
            self.wait(lambda: not self.panel.state.busy, "the data set cancelled")
            self.ui.exportWhatComboBox.setCurrentIndex(0)
            self.ui.exportFolderPathLineEdit.currentPath = ""
        self.ui.exportSection.collapsed = True
        self.ui.gapSection.collapsed = self.ui.viewSection.collapsed = False

    def test_07_compare(self):
        """Compared with an earlier film, on which some gaps were wider."""
        needs_torch(self)
        self.ui.gapSection.collapsed = self.ui.viewSection.collapsed = True
        earlier_film(self.session, {"MCP2": 0.3, "PIP3": 0.2, "MCP5": -0.25}, "PhantomHand, a year before")
        self.ui.compareSection.collapsed = False
        self.click("compareButton")
        self.wait(lambda: not self.panel.state.busy, "the films compared")
        self.select("MCP2")
        screenshot("18_compare")
        self.ui.compareSection.collapsed = True
        self.ui.gapSection.collapsed = self.ui.viewSection.collapsed = False
        self.click("sideBySideButton")
        self.select(JOINT)

    def test_08_removed(self):
        """The selected joint is removed; the views stay with the film."""
        needs_torch(self)
        self.click("removeButton")
        screenshot("19_removed")
