"""The host's views follow the scene's layout, and show what Slicer's own classes draw."""

import numpy as np
import pytest
import slicer
import vtk
from panel_host.slice_drawing import why_not
from panel_host.slice_views import BAR_HEIGHT_PX
from scene_fixtures import add_film
from vtk.util import numpy_support

drawn = pytest.mark.skipif(why_not() != "", reason=f"views are not drawn: {why_not()}")
TWO_ROWS = (
    '<layout type="vertical" split="true">'
    '<item splitSize="300"><view class="vtkMRMLSliceNode" singletontag="Above">'
    '<property name="viewlabel" action="default">A</property></view></item>'
    '<item splitSize="100"><view class="vtkMRMLSliceNode" singletontag="Below"/></item></layout>'
)


@pytest.fixture
def layouts(panel_host):
    """Return the layout manager, its views in their places."""
    panel_host.process_events()
    return slicer.app.layoutManager()


@pytest.fixture
def arrange(panel_host, layouts):
    """Return a function that chooses a layout; it returns the names of the views that are in it."""

    def arrange(number):
        layouts.setLayout(number)
        panel_host.process_events()
        widgets = {name: layouts.sliceWidget(name) for name in layouts.sliceViewNames()}
        return {name for name, widget in widgets.items() if widget.mrmlSliceNode().IsMappedInLayout()}

    return arrange


@pytest.fixture
def red(arrange, layouts):
    """Return Slicer's red view, alone in the window, with a film of 40 x 20 px whose left half is white."""
    arrange(slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView)
    pixels = np.zeros((40, 20), np.float32)
    pixels[:, :10] = 1.0
    film = add_film(slicer.mrmlScene, pixels, 1.0)
    film.GetDisplayNode().SetAutoWindowLevel(False)
    film.GetDisplayNode().SetWindowLevel(1.0, 0.5)
    widget = layouts.sliceWidget("Red")
    widget.mrmlSliceCompositeNode().SetBackgroundVolumeID(film.GetID())
    widget.fitSliceToBackground()
    return widget


def picture(widget):
    """Return the pixels of a view, (rows, columns, 3)."""
    widget.sliceView().forceRender()
    window = widget.sliceView().renderWindow()
    grabbed = vtk.vtkWindowToImageFilter()
    grabbed.SetInput(window)
    grabbed.ReadFrontBufferOff()
    grabbed.Update()
    image = grabbed.GetOutput()
    columns, rows, _ = image.GetDimensions()
    return numpy_support.vtk_to_numpy(image.GetPointData().GetScalars()).reshape(rows, columns, 3)[::-1]


def test_slicers_own_layouts_are_laid_out(layouts, arrange):
    node = slicer.vtkMRMLLayoutNode
    assert arrange(node.SlicerLayoutFourUpView) == {"Red", "Green", "Yellow"}
    width, height = layouts.viewport().width, layouts.viewport().height
    four = layouts.sliceWidget("Red").sliceLogic().GetSliceNode().GetDimensions()
    assert four[0] == pytest.approx(width / 2, abs=2)
    assert four[1] == pytest.approx(height / 2 - BAR_HEIGHT_PX, abs=2)
    assert arrange(node.SlicerLayoutOneUpRedSliceView) == {"Red"}
    one = layouts.sliceWidget("Red").mrmlSliceNode().GetDimensions()
    assert one[:2] == (width, height - BAR_HEIGHT_PX)
    assert layouts.layout == node.SlicerLayoutOneUpRedSliceView


def test_a_layout_of_ones_own_makes_its_views_and_gives_them_their_shares(layouts, arrange):
    node = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    node.AddLayoutDescription(4711, TWO_ROWS)
    assert arrange(4711) == {"Above", "Below"}
    above, below = (layouts.sliceWidget(name) for name in ("Above", "Below"))
    heights = [widget.height for widget in (above, below)]
    assert heights[0] == pytest.approx(3 * heights[1], abs=4)
    assert above.sliceController().sliceViewLabel == "A"
    above.sliceController().sliceViewLabel = "Over"
    assert above.sliceController().viewLabel().text == "Over"
    assert arrange(slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView) == {"Red", "Green", "Yellow"}


def test_views_outlive_a_scene_that_is_closed(panel_host, layouts):
    slicer.mrmlScene.Clear(0)
    panel_host.process_events()
    assert set(layouts.sliceViewNames()) >= {"Red", "Green", "Yellow"}
    assert layouts.sliceWidget("Red").mrmlSliceNode().GetScene() is slicer.mrmlScene
    assert layouts.sliceWidget("Grey") is None


def test_nothing_is_drawn_unless_it_is_asked_for(layouts, red):
    before = layouts.counts.done, layouts.counts.asked
    red.sliceView().scheduleRender()
    assert (layouts.counts.done, layouts.counts.asked) == (before[0], before[1] + 1)
    layouts.sliceWidget("Green").sliceView().forceRender()
    assert layouts.counts.done == before[0], "Green is not in the layout"


def test_redraws_that_are_asked_for_in_a_pause_come_once_at_its_end(layouts, red):
    with slicer.util.RenderBlocker(), slicer.util.RenderBlocker():
        assert red.sliceView().renderPaused
        asked = layouts.counts.asked
        red.sliceView().scheduleRender()
        red.sliceView().scheduleRender()
    assert not red.sliceView().renderPaused
    assert layouts.counts.asked == asked + 3
    assert layouts.pauses == 0


@drawn
def test_the_film_is_drawn_where_it_lies(red):
    shown = picture(red)
    middle = shown[shown.shape[0] // 2, :, 0].astype(int)
    white = np.flatnonzero(middle > 200)
    assert white.max() == pytest.approx(shown.shape[1] / 2, abs=10)
    assert len(white) == pytest.approx(shown.shape[0] / 4, abs=20)


@drawn
def test_markups_are_drawn_hidden_and_removed(red):
    line = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsLineNode")
    line.CreateDefaultDisplayNodes()
    display = line.GetDisplayNode()
    display.SetSelectedColor(1.0, 0.0, 0.0)
    display.SetPropertiesLabelVisibility(False)
    line.AddControlPoint(-5.0, -10.0, 0.0)
    line.AddControlPoint(-15.0, -30.0, 0.0)

    def red_pixels():
        shown = picture(red).astype(int)
        return int(((shown[..., 0] > 150) & (shown[..., 1] < 80) & (shown[..., 2] < 80)).sum())

    assert red_pixels() > 200
    display.SetVisibility(False)
    assert red_pixels() == 0
    display.SetVisibility(True)
    assert red_pixels() > 200
    slicer.mrmlScene.RemoveNode(line)
    assert red_pixels() == 0


@drawn
def test_texts_in_the_corners_are_drawn(red):
    before = picture(red)[:60].astype(int)
    red.sliceView().cornerAnnotation().SetText(vtk.vtkCornerAnnotation.UpperEdge, "SYNTHETIC")
    assert np.abs(picture(red)[:60].astype(int) - before).max() > 150


@drawn
def test_a_picture_of_the_window_shows_panel_and_views(panel_host, red, tmp_path):
    from PySide6 import QtGui

    assert slicer.util.mainWindow() is None
    path = tmp_path / "window.png"
    assert panel_host.window.picture(str(path))
    assert slicer.util.mainWindow() is panel_host.window
    image = QtGui.QImage(str(path))
    assert (image.width(), image.height()) == (1600, 1000)
    views = [QtGui.QColor(image.pixel(x, 500)).lightness() for x in range(500, 1590)]
    assert max(views) > 200
    assert min(views) < 30
