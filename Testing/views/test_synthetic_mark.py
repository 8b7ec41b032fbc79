"""SYNTHETIC stands on every view that shows an edited image, whatever put it there."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import slicer
import vtk
from vtk.util import numpy_support

from LayerSeparationLib import GapEdit
from LayerSeparationLib.scene.sweep_sequences import IMAGE_SHOWN, make_sweep
from LayerSeparationLib.views.layouts import SIDE_BY_SIDE_LAYOUT
from LayerSeparationLib.views.synthetic_mark import SyntheticMarks, _Mark

EDITED_VIEW = "LayerSeparationSynthetic"


@pytest.fixture
def marks(scene, views):
    """Return the marks of the scene's views."""
    marks = SyntheticMarks(scene)
    yield marks
    marks.close()


@pytest.fixture
def edited(marks, film_views, joints, joint):
    """Return a joint with an edit, shown beside the film."""
    joint.set_edit(GapEdit(target_jsw=0.8))
    film_views.open_film(joint.film, joint)
    return joint


def window_of(renderer):
    """Return a view that is nothing but a renderer, on a screen at 100 %."""
    return SimpleNamespace(renderer=renderer, pixel_ratio=1.0, render=lambda: None)


def composite(views, name):
    return views.logics[name].GetSliceCompositeNode()


def test_the_edit_is_marked_and_the_film_is_not(views, edited):
    assert views.marked() == {EDITED_VIEW}
    assert views.widgets[EDITED_VIEW].texts() == [" SYNTHETIC "]
    edited.reset()
    assert views.marked() == set()
    edited.set_edit(GapEdit(target_jsw=0.7), finished=False)
    assert views.marked() == {EDITED_VIEW}


@pytest.mark.parametrize("spoil", ["line", "calibration", "polarity"])
def test_an_outdated_edit_is_marked_as_long_as_it_is_shown(views, edited, spoil):
    if spoil == "line":
        end = np.array(edited.line.GetNthControlPointPosition(1)) + 1
        edited.line.SetNthControlPointPositionWorld(1, *end)
    elif spoil == "calibration":
        edited.film.calibrate(100.0, 15.0)
    else:
        edited.film.invert_polarity = True
    assert views.marked() == {EDITED_VIEW}


@pytest.mark.parametrize("layer", ["background", "foreground", "label", "another"])
@pytest.mark.parametrize("role", ["synthetic film", "synthetic", "upper_bone", "frame"])
def test_a_view_of_the_user_is_marked_too(views, joints, edited, layer, role):
    if role == "frame":
        make_sweep(edited, [0.6, 1.2])
        node = edited.references.find(IMAGE_SHOWN)
    else:
        node = joints.synthetic_film if role == "synthetic film" else edited.references.find(role)
    red, place = composite(views, "Red"), ("background", "foreground", "label", "another").index(layer)
    red.SetNthLayerVolumeID(place, node.GetID())
    assert "Red" in views.marked()
    red.SetNthLayerVolumeID(place, None)
    assert "Red" not in views.marked()


def test_layers_of_an_edited_joint_are_marked(views, film_views, edited):
    film_views.show_layers()
    assert views.marked() - {EDITED_VIEW} == {"LayerSeparationUpperBone", "LayerSeparationLowerBone"}
    edited.reset()
    assert views.marked() == set()


def test_a_frame_as_wide_as_the_film_is_the_film(views, film_views, edited):
    browser = make_sweep(edited, [edited.jsw_before.mean, 0.6])
    film_views.show_frame(edited.references.find(IMAGE_SHOWN))
    browser.SetSelectedItemNumber(1)
    slicer.vtkSlicerSequencesLogic().UpdateProxyNodesFromSequences(browser)
    assert EDITED_VIEW in views.marked()


def test_a_copy_of_an_edit_is_marked(scene, views, edited, joints):
    copy = slicer.vtkMRMLScalarVolumeNode()
    copy.Copy(joints.synthetic_film)
    scene.AddNode(copy)
    composite(views, "Red").SetBackgroundVolumeID(copy.GetID())
    assert "Red" in views.marked()


def test_the_mark_goes_while_the_film_is_held(views, film_views, edited):
    edited.show_film(True)
    assert views.marked() == set()
    edited.show_film(False)
    assert views.marked() == {EDITED_VIEW}
    film_views.hold_film(True)
    assert views.marked() == set()


def test_a_removed_edit_takes_its_mark_along(views, joints, edited):
    joints.remove(edited)
    assert views.marked() == set()


def test_a_batch_is_looked_at_once_at_its_end(scene, views, film_views, edited):
    renders = views.widgets[EDITED_VIEW].renders
    scene.StartState(scene.BatchProcessState)
    edited.reset()
    assert views.marked() == {EDITED_VIEW}
    scene.EndState(scene.BatchProcessState)
    assert views.marked() == set()
    assert views.widgets[EDITED_VIEW].renders == renders + 1
    assert views.layout.GetViewArrangement() == SIDE_BY_SIDE_LAYOUT


@pytest.mark.parametrize("size_px", [(160, 120), (900, 1200)], ids=["small", "large"])
@pytest.mark.parametrize("ground", [1.0, 0.5, 0.0], ids=["bright", "grey", "dark"])
def test_the_mark_can_be_read(size_px, ground):
    if not hasattr(vtk, "vtkEGLRenderWindow") or not vtk.vtkEGLRenderWindow().SupportsOpenGL():
        pytest.skip("nothing can be drawn here")
    window, renderer = vtk.vtkEGLRenderWindow(), vtk.vtkRenderer()
    window.SetOffScreenRendering(True)
    window.SetMultiSamples(0)
    window.SetSize(*size_px)
    window.AddRenderer(renderer)
    renderer.SetBackground(ground, ground, ground)
    _Mark().show(window_of(renderer))
    window.Render()
    pixels = vtk.vtkUnsignedCharArray()
    window.GetRGBACharPixelData(0, 0, size_px[0] - 1, size_px[1] - 1, 0, pixels)
    image = numpy_support.vtk_to_numpy(pixels).reshape(size_px[1], size_px[0], 4)[::-1, :, :3] / 255
    yellow = (image[..., 0] > 0.8) & (image[..., 2] < 0.4)
    letters = np.nonzero(yellow)
    assert 6 <= np.ptp(letters[0]) <= 24
    assert np.ptp(letters[1]) < size_px[0] - 10
    assert letters[0].max() < 0.25 * size_px[1]
    # WCAG's contrast of the letters to what is right around them.
    around = image[letters[0].min() : letters[0].max() + 1, letters[1].min() : letters[1].max() + 1]
    dark, bright = (np.percentile(around @ [0.2126, 0.7152, 0.0722], q) for q in (10, 98))
    assert (bright**2.2 + 0.05) / (dark**2.2 + 0.05) > 7


def test_the_mark_grows_with_its_view():
    window, renderer, mark = vtk.vtkRenderWindow(), vtk.vtkRenderer(), _Mark()
    window.AddRenderer(renderer)
    window.SetSize(160, 120)
    mark.show(window_of(renderer))
    sizes = []
    for rows in (120, 480, 1200):
        window.SetSize(160, rows)
        sizes.append(mark._actor.GetTextProperty().GetFontSize())
    assert sizes == [11, 20, 22]
