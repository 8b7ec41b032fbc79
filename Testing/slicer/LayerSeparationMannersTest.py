"""How the module behaves as a guest in Slicer: keys, sliders, files, the panel's size, labels, the log."""

import importlib.util
import logging
import tempfile
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import qt
import SimpleITK
import slicer
from bench import Bench, is_in_slicer, needs_torch, process_events

WIDEST_PX = 420
"""Of 460 px that Slicer's module panel mostly has, without its margins and scroll bars."""
PANEL_PX = (460, 640)
"""What Data Probe leaves of a window of 1,000 px; elsewhere than in Slicer's window it is set."""
LONG = "a reason that goes on and on, " * 20
VIEW = "LayerSeparationSynthetic"
SPACING_MM = 0.2


class LayerSeparationMannersTest(Bench):
    """All through the panel's widgets and Slicer's views."""

    @classmethod
    def setUpClass(cls):
        """Start from an empty scene."""
        slicer.mrmlScene.Clear(0)
        process_events()

    def shortcuts(self, key):
        """Return the shortcuts of a key that would act now, the module's or others'."""
        parent = slicer.util.mainWindow() or self.widget.parent
        wanted = qt.QKeySequence(key).toString()
        found = [one for one in parent.findChildren(qt.QShortcut) if one.key.toString() == wanted]
        return [one for one in found if one.enabled]

    def press(self, key):
        """Do what a key does that no widget takes for itself: ask all shortcuts that would act."""
        for shortcut in self.shortcuts(key):
            # Signals are called in PythonQt, emitted elsewhere.
            getattr(shortcut.activated, "emit", shortcut.activated)()
        process_events()

    def focus(self, widget):
        """Give a widget the keyboard, or skip the test where no window has it."""
        for window in (slicer.util.mainWindow(), self.widget.parent):
            if window is not None:
                window.activateWindow()
        widget.setFocus()
        process_events()
        if not widget.hasFocus():
            self.skipTest("Slicer's window can't be made the active one here")

    @contextmanager
    def file_chosen(self, path):
        """Let the file dialog answer with a path."""
        dialog = qt.QFileDialog
        qt.QFileDialog = SimpleNamespace(getOpenFileName=lambda *_: str(path))
        try:
            yield
        finally:
            qt.QFileDialog = dialog

    def open_film(self, path):
        """Open a film with the panel's button, in an empty scene."""
        slicer.mrmlScene.Clear(0)
        process_events()
        self.ui.filmSection.collapsed = False
        with self.file_chosen(path):
            self.click("openFilmButton")
        self.wait(lambda: self.session.film is not None, "the film chosen", 30)

    def test_01_escape(self):
        """Escape ends placing and calibrating without a trace, and is free otherwise."""
        self.fresh_film()
        others = len(self.shortcuts("Esc"))
        self.assertFalse(slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode"))
        self.ui.filmSection.collapsed = False
        for button in (self.ui.placeJointButton, self.ui.calibrateButton):
            button.click()
            process_events()
            self.assertTrue(button.checked)
            self.assertEqual(len(self.shortcuts("Esc")), others + 1)
            self.press("Esc")
            self.assertFalse(button.checked)
            self.assertFalse(slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode"))
            self.assertEqual(len(self.shortcuts("Esc")), others)

    def test_02_letters_in_a_text_field(self):
        """F and J are letters where text is typed, and keys elsewhere."""
        self.placed()
        field = qt.QLineEdit(self.widget.parent)
        field.show()
        try:
            self.focus(field)
            typing = {key: len(self.shortcuts(key)) for key in ("F", "J", "1")}
            self.focus(self.ui.jointTable)
            for key, count in typing.items():
                self.assertEqual(len(self.shortcuts(key)), count + 1, key)
            self.press("J")
            self.assertTrue(self.ui.placeJointButton.checked)
            self.press("Esc")
        finally:
            field.setParent(None)
            field.deleteLater()

    def test_03_double_click_on_the_sliders(self):
        """A double click goes back to the film, wherever it is made."""
        self.ready()
        self.joint.reset()
        film_width = self.joint.jsw_before.mean
        for name, value in (("gap", round(film_width / 2, 2)), ("shift", 0.5), ("tilt", 3.0)):
            getattr(self.ui, f"{name}SpinBox").value = value
        self.let_hand_rest()
        self.assertFalse(self.joint.edit.is_neutral)
        for name in ("gap", "shift", "tilt"):
            track = getattr(self.ui, f"{name}Slider").findChild(qt.QSlider)
            event = qt.QMouseEvent(
                qt.QEvent.MouseButtonDblClick,
                qt.QPointF(3.0, 3.0),
                qt.Qt.LeftButton,
                qt.Qt.LeftButton,
                qt.Qt.NoModifier,
            )
            qt.QApplication.sendEvent(track, event)
            self.let_hand_rest()
        self.assertTrue(self.joint.edit.is_neutral)
        self.assertAlmostEqual(self.ui.gapSlider.value, film_width, delta=0.006)

    def test_04_range_and_tick_of_the_slider(self):
        """It shows 0 to 1.5 times the film's width, more by typing; the film's width has a tick."""
        self.ready()
        self.joint.reset()
        process_events()
        slider, width = self.ui.gapSlider, self.joint.jsw_before.mean
        self.assertEqual(slider.minimum, 0.0)
        self.assertAlmostEqual(slider.maximum, 1.5 * width, delta=0.011)
        self.assertGreater(self.ui.gapSpinBox.maximum, 2 * width)
        label, track = self.ui.filmMarkLabel, slider.findChild(qt.QSlider)
        self.assertTrue(label.visible)
        self.assertRegex(label.toolTip, rf"{width:.2f}\s±\s0\.\d\d mm")
        middle = label.mapToGlobal(label.rect.center()).x() - track.mapToGlobal(qt.QPoint(0, 0)).x()
        handle = track.style().pixelMetric(qt.QStyle.PM_SliderLength)
        wanted = handle / 2 + (track.width - handle) * width / slider.maximum
        self.assertAlmostEqual(middle, wanted, delta=3)
        self.drag_gap(round(2 * width, 2))
        self.assertAlmostEqual(slider.maximum, 2 * width, delta=0.011)
        self.assertAlmostEqual(slider.value, 2 * width, delta=0.011)
        self.click("resetButton")

    def test_05_dicom_spacing(self):
        """A DICOM file with PixelSpacing only, that no database knows, has its spacing in the panel."""
        if importlib.util.find_spec("pydicom") is None:
            self.skipTest("pydicom is not installed")
        import pydicom
        from pydicom.uid import ExplicitVRLittleEndian, generate_uid

        from LayerSeparationLib.phantom import make_joint

        pixels = np.round(make_joint("MCP", 20, jsw_mm=1.6).radiograph.intensity * 4095).astype("<u2")
        dataset = pydicom.Dataset()
        dataset.file_meta = pydicom.dataset.FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
        dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = generate_uid()
        dataset.Rows, dataset.Columns = pixels.shape
        dataset.BitsAllocated = dataset.BitsStored = 16
        dataset.HighBit, dataset.PixelRepresentation, dataset.SamplesPerPixel = 15, 0, 1
        dataset.PhotometricInterpretation, dataset.Modality = "MONOCHROME2", "DX"
        dataset.PixelSpacing = [SPACING_MM, SPACING_MM]
        dataset.PixelData = pixels.tobytes()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "film.dcm"
            pydicom.dcmwrite(str(path), dataset, enforce_file_format=True)
            self.open_film(path)
            self.assertTrue(self.ui.spacingLabel.text.startswith("0.200 mm/px"), self.ui.spacingLabel.text)
            self.assertIn("0.200 mm/px", self.ui.filmSection.text)

    def test_06_one_png_among_numbered_ones(self):
        """Open film... takes the one file that was chosen, with its own pixels."""
        if not is_in_slicer():
            self.skipTest("slicer-core has no reader of PNG")
        with tempfile.TemporaryDirectory() as folder:
            images = [np.full((60, 50), 40 * number, np.uint8) for number in range(1, 5)]
            for number, image in enumerate(images, 1):
                image[::2, ::2] += number
                SimpleITK.WriteImage(
                    SimpleITK.GetImageFromArray(image), str(Path(folder) / f"film{number:03d}.png")
                )
            self.open_film(Path(folder) / "film003.png")
            loaded = slicer.util.arrayFromVolume(self.session.film_node)
            self.assertEqual(np.squeeze(loaded).shape, (60, 50))
            # Rows may be stored from below.
            self.assertEqual((int(loaded.min()), int(loaded.max())), (120, 123))
            self.assertEqual(len(slicer.util.getNodesByClass("vtkMRMLVolumeNode")), 1)

    def test_07_the_panel_fits(self):
        """No text widens it, and the row that says what runs stays in sight."""
        self.fresh_film()
        ui = self.ui
        sections = [name for name in vars(ui) if hasattr(getattr(ui, name), "collapsed")]
        before = {name: getattr(ui, name).collapsed for name in sections}
        labels = (ui.messageLabel, ui.spacingLabel, ui.deviceLabel, ui.gapMessageLabel)
        texts = [label.text for label in labels]
        try:
            for name in sections:
                getattr(ui, name).collapsed = False
            self.session.film_node.SetName(f"film {LONG}")
            for label in labels:
                label.text = LONG
            ui.gapMessageLabel.visible = True
            process_events()
            for widget in (self.widget.parent, ui.sections):
                # A property in PythonQt, a method elsewhere.
                hint = widget.minimumSizeHint
                self.assertLess((hint() if callable(hint) else hint).width(), WIDEST_PX)
            if not is_in_slicer():
                self.widget.parent.resize(*PANEL_PX)
            bar = ui.sectionsScrollArea.verticalScrollBar()
            for place in (bar.minimum, bar.maximum):
                bar.setValue(place)
                process_events()
                seen = ui.messageLabel.visibleRegion().boundingRect()
                self.assertEqual(
                    (seen.width(), seen.height()), (ui.messageLabel.width, ui.messageLabel.height)
                )
        finally:
            for label, text in zip(labels, texts, strict=True):
                label.text = text
            ui.gapMessageLabel.visible = False
            for name, collapsed in before.items():
                getattr(ui, name).collapsed = collapsed
            self.fresh_film()

    def labels(self):
        """Return the JSW labels that are seen in a view, and the view's window."""
        window = slicer.app.layoutManager().sliceWidget(VIEW).sliceView().renderWindow()
        renderer = window.GetRenderers().GetItemAsObject(0)
        props = renderer.GetViewProps()
        found = [props.GetItemAsObject(index) for index in range(props.GetNumberOfItems())]
        seen = [one for one in found if one.IsA("vtkTextActor") and one.GetVisibility()]
        return [one for one in seen if (one.GetInput() or "").startswith("JSW")], renderer

    def test_08_the_label_of_the_jsw(self):
        """It is whole and inside of the view wherever the joint lies in it."""
        self.ready()
        self.click("sideBySideButton")
        self.drag_gap(0.8)
        node = slicer.app.layoutManager().sliceWidget(VIEW).mrmlSliceNode()
        origin = node.GetXYZOrigin()
        width, height, _depth = node.GetFieldOfView()
        for across, along in ((0.0, 0.0), (0.4, 0.0), (-0.4, 0.0), (0.0, 0.4), (0.4, -0.4)):
            node.SetSliceOrigin(origin[0] + across * width, origin[1] + along * height, origin[2])
            process_events()
            labels, renderer = self.labels()
            self.assertEqual(len(labels), 1, (across, along))
            self.assertRegex(labels[0].GetInput(), r"JSW 0\.80\s±\s0\.\d\d mm")
            size = [0.0, 0.0]
            labels[0].GetSize(renderer, size)
            for start, length, whole in zip(
                labels[0].GetPosition(), size, node.GetDimensions(), strict=False
            ):
                self.assertGreaterEqual(start, 0)
                self.assertLessEqual(start + length, whole)
        node.SetSliceOrigin(*origin)
        self.click("resetButton")

    def test_09_the_log_is_quiet(self):
        """An export as DICOM does not tell of every attribute that highdicom copies."""
        needs_torch(self)
        if importlib.util.find_spec("highdicom") is None:
            self.skipTest("highdicom is not installed")
        self.ready()
        records, logger = [], logging.getLogger()
        handler = logging.Handler()
        handler.emit = records.append
        level, quiet = logger.level, logging.getLogger("highdicom").level
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
        self.ui.exportSection.collapsed = False
        before = self.panel.export.formats
        try:
            with tempfile.TemporaryDirectory() as folder:
                self.ui.exportWhatComboBox.setCurrentIndex(0)
                self.ui.exportFolderPathLineEdit.currentPath = folder
                self.panel.export.set_formats(["dicom"])
                process_events()
                self.click("exportButton")
                self.wait(lambda: not self.panel.state.busy, "the export done")
                self.assertTrue(list(Path(folder).rglob("*.dcm")))
        finally:
            logger.removeHandler(handler)
            logger.setLevel(level)
            self.panel.export.set_formats(before)
            self.ui.exportFolderPathLineEdit.currentPath = ""
            self.ui.exportSection.collapsed = True
        told = [record.getMessage() for record in records if record.name.startswith("highdicom")]
        self.assertEqual(told, [])
        self.assertEqual(logging.getLogger("highdicom").level, quiet)
