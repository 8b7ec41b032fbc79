"""What the views show, in Slicer's own window, whatever is done to the scene."""

import numpy as np
import slicer
from bench import Bench, process_events, screenshot

FILM, EDITED = "LayerSeparationFilm", "LayerSeparationSynthetic"
FILM_LAYOUT, SIDE_BY_SIDE_LAYOUT = 3780, 3781


class LayerSeparationViewsTest(Bench):
    """Each test begins with a joint that is separated, beside its edit."""

    def setUp(self):
        """Show the film beside its edit."""
        super().setUp()
        self.ready()
        self.click("sideBySideButton")
        process_events()

    @property
    def manager(self):
        """What lays out Slicer's views."""
        return slicer.app.layoutManager()

    def shown(self, name):
        """Return the volume in the background of a view."""
        composite = self.manager.sliceWidget(name).mrmlSliceCompositeNode()
        return slicer.mrmlScene.GetNodeByID(composite.GetBackgroundVolumeID() or "")

    def marked(self, name):
        """Tell whether a view carries the word SYNTHETIC."""
        renderer = self.manager.sliceWidget(name).sliceView().renderWindow().GetRenderers().GetItemAsObject(0)
        props = renderer.GetViewProps()
        found = [props.GetItemAsObject(index) for index in range(props.GetNumberOfItems())]
        return any(prop.IsA("vtkTextActor") and "SYNTHETIC" in (prop.GetInput() or "") for prop in found)

    def test_1_names_and_sliders(self):
        """Views have names for people, and no slider that does nothing."""
        for name, title in ((FILM, "Film"), (EDITED, "Edited")):
            widget = self.manager.sliceWidget(name)
            self.assertEqual(widget.sliceController().viewLabel().text, title)
            self.assertFalse(widget.sliceController().sliceOffsetSlider().visible)

    def test_2_removed(self):
        """The view called Film shows the film when a layer, the line, or the joint is removed."""
        film = self.session.film_node
        self.drag_gap(0.8)
        self.assertIs(self.shown(FILM), film)
        self.assertTrue(self.marked(EDITED))
        self.assertFalse(self.marked(FILM))
        slicer.mrmlScene.RemoveNode(self.joint.references.find("upper_bone"))
        process_events()
        self.assertIs(self.shown(FILM), film)
        slicer.mrmlScene.RemoveNode(self.joint.line)
        process_events()
        self.assertIs(self.shown(FILM), film)
        self.assertIs(self.shown(EDITED), film)
        self.assertFalse(self.marked(EDITED))
        screenshot("20_removed")

    def test_3_held(self):
        """While the film is held, nothing says that it is synthetic."""
        self.drag_gap(0.8)
        self.joint.show_film(True)
        process_events()
        self.assertIs(self.shown(EDITED), self.session.film_node)
        self.assertFalse(self.marked(EDITED))
        screenshot("21_held")
        self.joint.show_film(False)
        self.assertTrue(self.marked(EDITED))
        self.click("resetButton")

    def test_4_one_magnification(self):
        """Both views show the same place at the same magnification, also after the user zoomed in one."""
        nodes = [self.manager.sliceWidget(name).mrmlSliceNode() for name in (FILM, EDITED)]
        width, height, depth = nodes[0].GetFieldOfView()
        nodes[0].SetFieldOfView(width / 2, height / 2, depth)
        process_events()
        scales = [slicer.util.arrayFromVTKMatrix(node.GetXYToRAS())[:3, :2] for node in nodes]
        np.testing.assert_allclose(*[np.linalg.norm(scale, axis=0) for scale in scales], rtol=1e-3)
        screenshot("22_zoomed")

    def test_5_the_users_layout(self):
        """The user's layout is there in other modules, the module's in the module."""
        own = self.manager.layout
        self.assertEqual(own, SIDE_BY_SIDE_LAYOUT)
        slicer.util.selectModule("Data")
        process_events()
        self.assertNotIn(self.manager.layout, (FILM_LAYOUT, SIDE_BY_SIDE_LAYOUT))
        slicer.util.selectModule("LayerSeparation")
        process_events()
        self.assertEqual(self.manager.layout, own)

    def test_6_a_mark_in_the_users_view(self):
        """An edit that the user puts into a view of Slicer's own is marked there."""
        self.drag_gap(0.8)
        layout = self.manager.layout
        self.manager.setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView)
        composite = self.manager.sliceWidget("Red").mrmlSliceCompositeNode()
        composite.SetBackgroundVolumeID(self.session.joints.synthetic_film.GetID())
        process_events()
        self.assertTrue(self.marked("Red"))
        screenshot("23_red")
        composite.SetBackgroundVolumeID(self.session.film_node.GetID())
        self.assertFalse(self.marked("Red"))
        self.manager.setLayout(layout)
