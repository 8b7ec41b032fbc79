"""A scene is saved and opened again, and the session goes on without another separation."""

import tempfile
from pathlib import Path

import numpy as np
import slicer
from bench import Bench, process_events, screenshot


class LayerSeparationSceneTest(Bench):
    """Saving and loading in a running Slicer."""

    def test_saved_and_opened_again(self):
        """The gap can be edited at once; image, width, table and sweep are as they were."""
        self.fresh_film()
        self.ready()
        self.drag_gap(0.7)
        self.panel.sweep.ui.sweepStepsSpinBox.value = 3
        self.click("makeSequenceButton")
        self.wait(lambda: not self.panel.state.busy, "the sequence made")
        before, weights = self.synthetic(), self.joint.layers.weights_sha256
        with tempfile.TemporaryDirectory() as folder:
            file = str(Path(folder) / "session.mrb")
            self.assertTrue(slicer.util.saveScene(file))
            slicer.mrmlScene.Clear(0)
            process_events()
            self.assertIsNone(self.session.film)
            slicer.util.loadScene(file)
            self.wait(lambda: self.joint is not None, "the joint found again", 20)
        np.testing.assert_allclose(self.synthetic(), before, atol=1e-6)
        self.assertEqual(self.joint.layers.weights_sha256, weights)
        self.assertAlmostEqual(self.joint.jsw_after.mean, 0.7, places=2)
        self.assertEqual(self.panel.sweep.sequence().GetNumberOfItems(), 3)
        self.drag_gap(1.1)
        self.assertGreater(np.abs(self.synthetic() - before).max(), 0.01)
        screenshot("12_opened_again")
