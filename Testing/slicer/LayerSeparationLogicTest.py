"""The session as a script: no panel, as with `Slicer --no-main-window --python-script`."""

import tempfile
import unittest
from pathlib import Path

import numpy as np
import slicer
from bench import needs_torch


class LayerSeparationLogicTest(unittest.TestCase):
    """`LayerSeparationLogic` in a running Slicer."""

    def setUp(self):
        """Start from an empty scene."""
        slicer.mrmlScene.Clear(0)

    def test_1_batch(self):
        """Film in, joint placed, separated, edited, swept, exported."""
        needs_torch(self)
        from LayerSeparation import LayerSeparationLogic
        from LayerSeparationLib import GapEdit
        from LayerSeparationLib.phantom import sample_films
        from LayerSeparationLib.scene.sample_data import load_sample

        logic = LayerSeparationLogic()
        joints = logic.joints(load_sample("PhantomJoint"))
        ends = next(one for one in sample_films() if one.name == "PhantomJoint").joints["MCP5"]
        joint = logic.addJoint(joints, *ends, name="MCP5")
        self.assertEqual(logic.separate(joints, "cpu"), [joint])
        film = joints.film.radiograph.attenuation[joint.layers.crop.region.slices]
        roles = ("soft_tissue", "upper_bone", "lower_bone", "noise")
        layers = [joint.references.find(role) for role in roles]
        total = sum(slicer.util.arrayFromVolume(layer)[0] for layer in layers)
        inside = joint.layers.crop.inside
        np.testing.assert_allclose(total[inside], film[inside], atol=1e-5)
        logic.setEdit(joint, GapEdit(target_jsw=0.8))
        self.assertAlmostEqual(joint.jsw_after.mean, 0.8, places=2)
        browser = logic.makeSweep(joint, [0.5, 1.0])
        self.assertEqual(browser.GetNumberOfItems(), 2)
        with tempfile.TemporaryDirectory() as folder:
            written = logic.export([joint], folder) + logic.exportSweep(joint, [0.5, 1.0], folder)
            self.assertEqual([path.name for path in written], ["gap_0.80", "gap_0.50", "gap_1.00"])
            self.assertTrue((Path(written[0]) / "segmentation.seg.nrrd").is_file())
        joints.close()

    def test_2_exported_segments_come_back(self):
        """Slicer opens what was exported, with four overlapping segments."""
        needs_torch(self)
        from LayerSeparation import LayerSeparationLogic
        from LayerSeparationLib.phantom import sample_films
        from LayerSeparationLib.scene.sample_data import load_sample

        logic = LayerSeparationLogic()
        joints = logic.joints(load_sample("PhantomJoint"))
        ends = next(one for one in sample_films() if one.name == "PhantomJoint").joints["MCP5"]
        joint = logic.addJoint(joints, *ends, name="MCP5")
        logic.separate(joints, "cpu")
        with tempfile.TemporaryDirectory() as folder:
            (written,) = logic.export([joint], folder)
            node = slicer.util.loadSegmentation(str(written / "segmentation.seg.nrrd"))
            image = slicer.util.loadVolume(str(written / "image.nrrd"))
        segmentation = node.GetSegmentation()
        names = [segmentation.GetNthSegment(n).GetName() for n in range(segmentation.GetNumberOfSegments())]
        self.assertEqual(names, ["Upper bone", "Lower bone", "Joint space", "Soft tissue"])
        self.assertAlmostEqual(image.GetSpacing()[0], 0.082, places=6)
        joints.close()

    def test_3_the_modules_own_test(self):
        """What `Reload and Test` runs."""
        from LayerSeparation import LayerSeparationTest

        LayerSeparationTest().runTest()
