"""What is drawn of a joint lies in the picture where it should, and can be told from bright and dark film."""

from __future__ import annotations

import numpy as np
import pytest
import slicer
import vtk
from panel_host.slice_drawing import why_not
from scene_fixtures import add_film, add_joint, true_layers
from scipy import spatial

from LayerSeparationLib import GapEdit, make_hand
from LayerSeparationLib.scene import Film, SceneJoints
from LayerSeparationLib.views.joint_overlay import LOWER_OUTLINE, UPPER_MARGIN, UPPER_OUTLINE, JointOverlay

pytestmark = pytest.mark.skipif(why_not() != "", reason=f"views are not drawn: {why_not()}")
FIELD_MM = 24.0
NEAR_PX = 1.5


class Drawn:
    """A joint in Slicer's red view, alone in the window."""

    def __init__(self, host, truth, pixels, spacing_mm):
        layouts = slicer.app.layoutManager()
        layouts.setLayout(slicer.vtkMRMLLayoutNode.SlicerLayoutOneUpRedSliceView)
        host.process_events()
        self.widget = layouts.sliceWidget("Red")
        self.film = Film(add_film(slicer.mrmlScene, pixels, spacing_mm))
        self.joints = SceneJoints(self.film)
        self.joint = add_joint(self.joints, truth, "PIP3")
        self.joint.set_layers(true_layers(self.film, self.joint.pose, truth))
        self.joint.line.GetDisplayNode().SetVisibility(False)
        self.overlay = JointOverlay(self.film, lambda _edit: None)
        self.overlay.show(self.joint)
        self.widget.mrmlSliceCompositeNode().SetBackgroundVolumeID(self.film.node.GetID())
        self.look_at(self.joint.pose.centre_px)

    def edit(self, edit):
        self.joint.set_edit(edit)
        self.overlay.follow_edit(self.joint, True)

    def look_at(self, place_px, field_mm=FIELD_MM):
        view = self.widget.mrmlSliceNode()
        centre = self.film.to_ras(np.array([place_px]))[0]
        for axis in range(3):
            view.GetSliceToRAS().SetElement(axis, 3, centre[axis])
        columns, rows, _ = view.GetDimensions()
        view.SetFieldOfView(field_mm * columns / rows, field_mm, 1.0)
        view.UpdateMatrices()

    def picture(self):
        """Return the pixels of the view, (rows, columns, 3) of int."""
        view = self.widget.sliceView()
        view.forceRender()
        flat = vtk.vtkUnsignedCharArray()
        columns, rows = view.renderWindow().GetSize()
        view.renderWindow().GetPixelData(0, 0, columns - 1, rows - 1, 0, flat, 0)
        return np.array(flat).reshape(rows, columns, 3)[::-1].astype(int)

    def places(self, role):
        """Return where a curve should be in the picture, (n, 2) of (row, column), a point each half pixel."""
        inverse = vtk.vtkMatrix4x4()
        view = self.widget.mrmlSliceNode()
        vtk.vtkMatrix4x4.Invert(view.GetXYToRAS(), inverse)
        data = self.overlay.find(role).GetPolyData()
        found = []
        for cell in range(data.GetNumberOfCells()):
            points = data.GetCell(cell).GetPoints()
            ras = [points.GetPoint(index) for index in range(points.GetNumberOfPoints())]
            xy = np.array([inverse.MultiplyPoint((*point, 1.0))[:2] for point in ras])
            along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(xy, axis=0).T))])
            at = np.arange(0, along[-1], 0.5)
            found.append(np.column_stack([np.interp(at, along, xy[:, axis]) for axis in (1, 0)]))
        columns, rows, _ = view.GetDimensions()
        places = np.concatenate(found)
        # Rows of a view run up; the centre of its lowest pixel is at 0.
        places[:, 0] = rows - 1 - places[:, 0]
        return places[np.all((places > 3) & (places < (rows - 4, columns - 4)), axis=1)]

    def close(self):
        self.overlay.close()
        self.joints.close()


def is_orange(picture):
    red, green, blue = np.moveaxis(picture, -1, 0)
    return (red - blue > 60) & (red - green > 20)


def is_blue(picture):
    red, _green, blue = np.moveaxis(picture, -1, 0)
    return blue - red > 60


@pytest.fixture(scope="module")
def hand_phantom():
    """Return a phantom hand on a coarse film."""
    return make_hand(3, spacing_mm=0.2)


@pytest.fixture(params=["as it is", "bright"])
def drawn(request, panel_host, hand_phantom):
    pixels = hand_phantom.radiograph.native().astype(np.float32)
    if request.param == "bright":
        pixels = 0.75 * pixels.max() + 0.25 * pixels
    drawn = Drawn(panel_host, hand_phantom.joints["PIP3"], pixels, 0.2)
    display = drawn.film.node.GetDisplayNode()
    display.SetAutoWindowLevel(False)
    display.SetWindowLevelMinMax(0.0, float(pixels.max()))
    yield drawn
    drawn.close()


def test_curves_are_drawn_where_they_should_be_and_nowhere_else(drawn):
    for edit in (GapEdit(), GapEdit(change=-0.4, tilt_deg=4.0, shift=0.5, moves="both")):
        drawn.edit(edit)
        picture = drawn.picture()
        for roles, has_color in (((UPPER_OUTLINE, UPPER_MARGIN), is_orange), ((LOWER_OUTLINE,), is_blue)):
            colored = np.argwhere(has_color(picture))
            wanted = np.concatenate([drawn.places(role) for role in roles])
            assert len(wanted) > 500
            # Elsewhere another curve or the label lies over it.
            assert np.mean(spatial.cKDTree(colored).query(wanted)[0] < NEAR_PX) > 0.95
            if has_color is is_orange:
                assert np.max(spatial.cKDTree(wanted).query(colored)[0]) < 2 * NEAR_PX


def test_a_curve_is_thin_and_has_a_dark_halo(drawn):
    picture = drawn.picture()
    drawn.overlay.set_parts(outlines=False, margins=False)
    plain = drawn.picture()
    wanted = drawn.places(UPPER_OUTLINE)
    changed = np.abs(picture - plain).max(axis=-1) > 8
    assert changed.sum() < 5 * (len(wanted) + len(drawn.places(LOWER_OUTLINE)) + 2000)
    darker = (plain - picture).min(axis=-1) > 8
    near = spatial.cKDTree(np.argwhere(darker)).query(wanted)[0]
    assert np.median(near) < 2.5


def test_the_label_is_in_the_picture_wherever_the_joint_lies(drawn):
    x, y = drawn.joint.pose.centre_px
    for place, field_mm in (((x, y), 24.0), ((x + 45, y), 24.0), ((x - 40, y - 50), 24.0), ((x, y), 6.0)):
        drawn.look_at(place, field_mm)
        with_label = drawn.picture()
        drawn.overlay.hold_film(True)
        without = drawn.picture()
        drawn.overlay.hold_film(False)
        white = (with_label.min(axis=-1) > 240) & (without.max(axis=-1) < 235)
        rows, columns = np.nonzero(white)
        assert len(rows) > 60, "letters"
        assert rows.min() > 0
        assert rows.max() < white.shape[0] - 1
        assert columns.min() > 0
        assert columns.max() < white.shape[1] - 1


def test_at_200_percent_lines_and_letters_are_twice_as_large(drawn, monkeypatch):
    single = drawn.picture()
    drawn.overlay.close()
    monkeypatch.setattr("LayerSeparationLib.views.view_windows.ViewWindow.pixel_ratio", 2.0)
    drawn.overlay.show(drawn.joint)
    double = drawn.picture()
    for has_color in (is_orange, is_blue):
        assert has_color(double).sum() == pytest.approx(2 * has_color(single).sum(), rel=0.35)
