"""A session with the panel's real buttons, step by step, with a picture of each."""

import tempfile
from pathlib import Path

import numpy as np
import slicer
import vtk
from bench import JOINT, Bench, needs_torch, process_events, screenshot


class LayerSeparationPanelTest(Bench):
    """The tests are the steps of one session; each does first what is missing of those before."""

    @classmethod
    def setUpClass(cls):
        """Start from an empty scene."""
        slicer.mrmlScene.Clear(0)
        process_events()

    def test_01_empty(self):
        """Without a radiograph the panel says what is missing."""
        self.assertIsNone(self.session.film)
        self.assertFalse(self.ui.placeJointButton.enabled)
        self.assertIn("radiograph", self.ui.placeJointButton.toolTip)
        screenshot("01_empty")

    def test_02_film(self):
        """The radiograph is chosen by itself; pixel spacing and its source are shown."""
        self.fresh_film()
        self.assertIn("0.175 mm/px", self.ui.spacingLabel.text)
        self.assertTrue(self.ui.placeJointButton.enabled)
        screenshot("02_film")

    def test_03_calibrate(self):
        """A known length sets the pixel spacing; taken back, the file's own is there again."""
        self.film()
        self.session.film.calibrate(100.0, 15.0)
        self.assertIn("0.150", self.session.film.spacing_text)
        self.session.film.clear_calibration()
        self.assertIn("0.175", self.session.film.spacing_text)

    def test_04_place(self):
        """Two clicks along the finger mark a joint."""
        self.placed()
        self.assertEqual(self.ui.jointTable.rowCount, 1)
        self.assertTrue(self.ui.separateButton.enabled)
        screenshot("03_placed")

    def test_05_separate(self):
        """The joint is separated; the edited film stands beside the film."""
        self.ready()
        before = self.joint.jsw_before
        self.assertIsNotNone(before.mean, before.reason)
        self.assertIn("mm", self.ui.filmGapLabel.text)
        screenshot("04_separated")

    def test_06_layers(self):
        """The three layers are shown beside the film, and add up to it in the joint's square."""
        self.ready()
        self.click("layersButton")
        roles = ("soft_tissue", "upper_bone", "lower_bone", "noise")
        layers = [self.joint.references.find(role) for role in roles]
        total = sum(slicer.util.arrayFromVolume(layer)[0] for layer in layers)
        window = self.joint.layers.crop.region
        film = self.session.film.radiograph.attenuation[window.slices]
        inside = self.joint.layers.crop.inside
        np.testing.assert_allclose(total[inside], film[inside], atol=1e-5)
        screenshot("05_layers")
        self.click("sideBySideButton")

    def test_07_gap(self):
        """The slider moves bone, picture and width."""
        self.ready()
        before = self.synthetic()
        self.drag_gap(0.6)
        self.assertGreater(np.abs(self.synthetic() - before).max(), 0.01)
        screenshot("06_narrowed")
        self.drag_gap(2.2)
        screenshot("07_widened")

    def test_08_undo_redo_reset(self):
        """Edits can be taken back, done again, and taken back all."""
        self.ready()
        self.drag_gap(0.9)
        self.drag_gap(1.4)
        self.click("undoButton")
        self.assertAlmostEqual(self.joint.jsw_after.mean, 0.9, places=2)
        self.assertAlmostEqual(self.ui.gapSlider.value, 0.9, places=2)
        self.click("redoButton")
        self.assertAlmostEqual(self.joint.jsw_after.mean, 1.4, places=2)
        self.click("resetButton")
        film = self.session.film.radiograph.intensity
        np.testing.assert_array_equal(self.synthetic().squeeze(), film)

    def test_09_shift_and_tilt(self):
        """The other two sliders, and which bone moves."""
        self.ready()
        self.ui.bothRadioButton.click()
        self.ui.shiftSlider.value = 0.5
        self.wait(lambda: abs(self.joint.edit.shift - 0.5) < 0.006, "the joint shifted", 30)
        self.ui.tiltSlider.value = 4.0
        self.wait(lambda: abs(self.joint.edit.tilt_deg - 4.0) < 0.06, "the joint tilted", 30)
        self.assertEqual(self.joint.edit.moves, "both")
        screenshot("08_shifted_and_tilted")
        self.ui.upperRadioButton.click()
        self.click("resetButton")

    def test_10_handle(self):
        """A bone that is dragged in the view moves the sliders."""
        self.ready()
        self.ui.handlesCheckBox.checked = True
        process_events()
        screenshot("09_handles")
        pose = self.panel.view.overlay.find("upper_bone_pose")
        matrix = vtk.vtkMatrix4x4()
        pose.GetMatrixTransformToParent(matrix)
        step = self.session.film.to_ras(np.array([[0.0, -4.0]])) - self.session.film.to_ras(np.zeros((1, 2)))
        for axis in range(3):
            matrix.SetElement(axis, 3, matrix.GetElement(axis, 3) + float(step[0, axis]))
        width = self.joint.jsw_after.mean
        pose.SetMatrixTransformToParent(matrix)
        self.wait(lambda: self.joint.jsw_after.mean > width + 0.3, "the edit following the handle", 30)
        self.wait(
            lambda: abs(self.ui.gapSlider.value - self.joint.jsw_after.mean) < 0.02,
            "the slider following",
            10,
        )
        self.ui.handlesCheckBox.checked = False

    def test_11_sweep(self):
        """A sequence of joint space widths can be stepped through."""
        self.ready()
        self.ui.sweepSection.collapsed = False
        self.ui.sweepFromSpinBox.value, self.ui.sweepToSpinBox.value = 0.5, 2.0
        self.ui.sweepStepsSpinBox.value = 4
        self.click("makeSequenceButton")
        self.wait(lambda: not self.panel.state.busy, "the sequence made")
        browser = self.panel.sweep.sequence()
        self.assertEqual(browser.GetNumberOfItems(), 4)
        self.ui.frameSlider.value = 3
        process_events()
        self.assertEqual(browser.GetSelectedItemNumber(), 3)
        self.assertIn("2", self.ui.frameLabel.text)
        screenshot("10_sweep")
        self.ui.sweepSection.collapsed = True
        self.click("sideBySideButton")

    def test_12_export(self):
        """The current edit is written, all files or none."""
        self.ready()
        self.drag_gap(0.8)
        self.ui.exportSection.collapsed = False
        with tempfile.TemporaryDirectory() as folder:
            self.ui.exportFolderPathLineEdit.currentPath = folder
            process_events()
            self.click("exportButton")
            self.wait(lambda: not self.panel.state.busy, "the export done")
            found = {path.name for path in Path(folder).rglob("*") if path.is_file()}
            self.assertGreaterEqual(
                found, {"image.png", "image.nrrd", "segmentation.seg.nrrd", "joint.json", "film.png"}
            )
            screenshot("11_export")
            self.ui.exportFolderPathLineEdit.currentPath = ""
        self.ui.exportSection.collapsed = True

    def test_13_corrected_silhouettes(self):
        """The layers follow a bone's segment that the user repaired."""
        self.ready()
        if self.ui.resetButton.enabled:
            self.click("resetButton")
        node, image = self.joint.references.find("segmentation"), self.joint.references.find("synthetic")
        mask = slicer.util.arrayFromSegmentBinaryLabelmap(node, "Upper_bone", image).copy()
        rows = np.flatnonzero(mask.any(axis=(0, 2)))
        before = float(slicer.util.arrayFromVolume(self.joint.references.find("upper_bone")).sum())
        mask[:, rows[: len(rows) // 3]] = 0
        slicer.util.updateSegmentBinaryLabelmapFromArray(mask, node, "Upper_bone", image)
        self.click("correctedButton")
        self.wait(lambda: not self.panel.state.busy, "the layers following")
        after = float(slicer.util.arrayFromVolume(self.joint.references.find("upper_bone")).sum())
        self.assertLess(after, 0.95 * before)
        segment, algorithm = node.GetSegmentation().GetSegment("Upper_bone"), vtk.reference("")
        self.assertTrue(segment.GetTag("DICOM.SegmentAlgorithmType", algorithm))
        self.assertEqual(str(algorithm), "SEMIAUTOMATIC")

    def test_14_cancel(self):
        """A separation that is cancelled leaves the panel usable."""
        self.ready()
        self.place("MCP2")
        self.click("separateButton")
        self.ui.cancelButton.click()
        self.wait(lambda: not self.panel.state.busy, "cancelled", 5)
        self.wait(lambda: self.ui.separateButton.enabled, "Separate enabled again", 30)

    def test_15_remove(self):
        """With a joint, its nodes go; the radiograph stays."""
        self.ready()
        while self.session.joints.joints:
            self.click("removeButton")
            process_events()
        self.assertEqual(slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode"), 0)
        self.assertEqual(slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLSequenceNode"), 0)
        self.assertIsNotNone(self.session.film)

    def test_16_scene_closed_while_it_runs(self):
        """Closing the scene in the middle of a separation is safe."""
        self.ready()
        self.place("PIP3")
        self.click("separateButton")
        slicer.mrmlScene.Clear(0)
        process_events()
        self.wait(lambda: not self.panel.state.busy, "idle after the scene was closed")
        self.assertIsNone(self.session.film)
        self.fresh_film()
        self.place(JOINT)
        self.assertTrue(self.ui.separateButton.enabled)

    def test_17_leave_and_come_back(self):
        """Another module and back: the session is still there."""
        self.placed()
        slicer.util.selectModule("Data")
        process_events()
        slicer.util.selectModule("LayerSeparation")
        process_events()
        self.assertIsNotNone(self.joint)

    def test_18_whole_hand(self):
        """All joints of the hand are found, and separated together."""
        needs_torch(self)
        self.fresh_film()
        self.click("findJointsButton")
        self.wait(lambda: not self.panel.state.busy, "the joints found")
        self.assertEqual(self.ui.jointTable.rowCount, 14)
        screenshot("12_found")
        self.click("separateButton")
        self.wait(lambda: not self.panel.state.busy, "all joints separated")
        widths = [joint.jsw_before for joint in self.session.joints.joints]
        self.assertEqual(len(widths), 14)
        self.assertGreaterEqual(sum(width is not None and width.mean is not None for width in widths), 12)
        screenshot("13_whole_hand")

    def test_19_data_set(self):
        """A data set by a plan is cancelled, resumed, and complete; a segmentation is loaded back."""
        self.ready()
        with tempfile.TemporaryDirectory() as folder:
            self.ui.exportSection.collapsed = False
            self.ui.exportFolderPathLineEdit.currentPath = folder
            self.ui.exportWhatComboBox.setCurrentIndex(3)
            self.ui.planSamplesSpinBox.value = 24
            self.ui.planFromSpinBox.value = 0.5
            self.click("exportButton")
            self.wait(lambda: self.ui.progressBar.value >= 4, "some samples")
            screenshot("14_data_set")
            self.click("cancelButton")
            self.assertIn("Resume goes on", self.ui.messageLabel.text)
            self.click("resumeButton")
            self.wait(lambda: not self.panel.state.busy, "the data set")
            self.assertIn("is complete", self.ui.messageLabel.text)
            self.assertEqual(len(list(Path(folder).rglob("labels.csv"))), 1)
            self.ui.exportWhatComboBox.setCurrentIndex(0)
            self.panel.export.set_formats(["dicom"])
            self.click("exportButton")
            self.wait(lambda: not self.panel.state.busy, "the files")
            self.assertEqual(self.ui.messageLabel.text, "1 folder written")
            from LayerSeparation import LayerSeparationLogic

            [path] = Path(folder).rglob("segmentation.dcm")
            node = LayerSeparationLogic().loadSegmentation(path, self.session.film_node)
            self.assertEqual(node.GetSegmentation().GetNumberOfSegments(), 4)
            screenshot("15_loaded")
            slicer.mrmlScene.RemoveNode(node)
