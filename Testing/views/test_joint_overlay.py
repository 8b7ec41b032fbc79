"""What shows the selected joint: made once, moved along, nothing left, every point where it belongs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import slicer
import vtk
from scipy import ndimage
from vtk.util import numpy_support

from LayerSeparationLib import GapEdit
from LayerSeparationLib.joints.affine import map_points
from LayerSeparationLib.scene import Film, SceneJoints
from LayerSeparationLib.scene.joint_lines import LINE_COLOR, SELECTED_COLOR
from LayerSeparationLib.views.joint_overlay import JointOverlay
from LayerSeparationLib.views.jsw_label import jsw_text, place_beside
from LayerSeparationLib.views.layouts import _VIEWS, EDITED, FILM, LAYERS

MODELS = ("box", "jsw_bar", "upper_outline", "lower_outline", "upper_margin", "lower_margin")
LINES = MODELS[1:]


def shown(scene, role):
    """Return the node that shows something; None before."""
    nodes = [scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes())]
    return next(
        (node for node in nodes if node.GetAttribute("LayerSeparation.role") == f"shown_{role}"), None
    )


def points_px(overlay, role):
    """Return all points of a model, pixels of the film."""
    model = shown(overlay.film.node.GetScene(), role)
    return overlay.film.to_px(numpy_support.vtk_to_numpy(model.GetPolyData().GetPoints().GetData()))


def is_visible(scene, role):
    node = shown(scene, role)
    if node is None:
        return False
    displays = [node.GetNthDisplayNode(n) for n in range(node.GetNumberOfDisplayNodes())]
    return bool(displays) and all(display.GetVisibility() for display in displays)


@pytest.fixture
def wanted():
    return []


@pytest.fixture
def overlay(joint, wanted):
    overlay = JointOverlay(joint.film, wanted.append)
    overlay.show(joint)
    yield overlay
    overlay.close()


@pytest.fixture
def hand(hand_film, hand_phantom, make):
    """Return the joints of a hand: PIP3 and MCP2 are separated, on a turned crop of a larger film."""
    joints = SceneJoints(hand_film)
    for name in ("PIP3", "MCP2"):
        truth = hand_phantom.joints[name]
        joint = make.joint(joints, truth, name)
        joint.set_layers(make.layers(hand_film, joint.pose, truth))
    yield joints
    joints.close()


def test_everything_is_one_set_of_nodes_that_is_not_saved_and_belongs_to_no_joint(scene, joint, overlay):
    joint.set_edit(GapEdit(target_jsw=0.8))
    overlay.follow_edit(joint, True)
    nodes = [shown(scene, role) for role in MODELS]
    assert all(nodes)
    assert scene.GetNumberOfNodesByClass("vtkMRMLMarkupsNode") == 1  # the joint's line
    for node in nodes:
        assert not node.GetSaveWithScene()
        assert node.GetHideFromEditors()
        assert node.GetAttribute("LayerSeparation.joint") is None
        assert not node.GetNthDisplayNode(0).GetSaveWithScene()
    assert not {id(node) for _role, node in joint.references.all()} & {id(node) for node in nodes}


def test_another_joint_is_shown_by_the_same_nodes(scene, hand):
    one, other = hand.joints
    overlay = JointOverlay(hand.film, lambda _edit: None)
    overlay.show(one)
    count, before = scene.GetNumberOfNodes(), points_px(overlay, "box")
    overlay.show(other)
    assert scene.GetNumberOfNodes() == count
    assert np.abs(points_px(overlay, "box") - before).max() > 50
    np.testing.assert_allclose(points_px(overlay, "box")[:4].mean(axis=0), other.pose.centre_px, atol=1e-6)
    overlay.close()


def test_nothing_is_left_when_it_is_closed_or_the_last_joint_is_gone(scene, joint):
    before = scene.GetNumberOfNodes()
    overlay = JointOverlay(joint.film, lambda _edit: None)
    overlay.show(joint)
    assert scene.GetNumberOfNodes() > before
    overlay.show(None)
    assert scene.GetNumberOfNodes() == before
    overlay.show(joint)
    overlay.close()
    assert scene.GetNumberOfNodes() == before


def test_what_another_overlay_left_is_removed(scene, joint):
    before = scene.GetNumberOfNodes()
    JointOverlay(joint.film, lambda _edit: None).show(joint)
    JointOverlay(joint.film, lambda _edit: None)
    assert scene.GetNumberOfNodes() == before


def test_margins_lie_where_the_jsw_was_measured_and_the_bar_spans_it(joint, overlay):
    for target in (1.6, 1.1, 0.4):
        joint.set_edit(GapEdit(target_jsw=target, moves="both", tilt_deg=2.0))
        overlay.follow_edit(joint, False)
        jsw = joint.jsw_after
        for role, line in (("upper_margin", jsw.upper_margin_px), ("lower_margin", jsw.lower_margin_px)):
            off = points_px(overlay, role) - line
            assert np.median(np.abs(off)) < 0.2, "smoothed, and no more"
        top, bottom = points_px(overlay, "jsw_bar")[:2]
        assert np.hypot(*(bottom - top)) * 0.082 == pytest.approx(target, abs=0.08)
        for end, role in ((top, "upper_margin"), (bottom, "lower_margin")):
            line = points_px(overlay, role)
            assert end[1] == pytest.approx(np.interp(end[0], *line.T), abs=0.02)


def test_outlines_lie_where_the_silhouette_is_one_half(hand):
    overlay = JointOverlay(hand.film, lambda _edit: None)
    overlay.set_parts(margins=False)
    for joint in hand.joints:
        overlay.show(joint)
        crop = joint.layers.crop
        for role, silhouette in zip(
            ("upper_outline", "lower_outline"), joint.layers.canonical.silhouettes, strict=True
        ):
            canonical = map_points(crop.film_to_canonical, points_px(overlay, role))
            assert len(canonical) > 100
            y, x = canonical.T[::-1]
            value = ndimage.map_coordinates(silhouette, [y, x], order=1)
            slopes = [ndimage.gaussian_filter(silhouette, 1.0, order=order) for order in ((1, 0), (0, 1))]
            slope = np.hypot(*(ndimage.map_coordinates(part, [y, x], order=1) for part in slopes))
            inner = np.all((canonical > 3) & (canonical < 252), axis=1)
            distance_px = np.abs(value - 0.5)[inner] / slope[inner]
            assert np.median(distance_px) < 0.1
            assert distance_px.max() < 0.5
    overlay.close()


@pytest.mark.parametrize(
    "edit",
    [
        GapEdit(change=-0.5, shift=0.3, tilt_deg=5.0),
        GapEdit(change=0.4, shift=-0.2, tilt_deg=-3.0, moves="lower"),
        GapEdit(change=0.6, shift=0.2, tilt_deg=4.0, moves="both"),
    ],
)
def test_handles_and_edits_are_the_same_thing(hand, edit):
    joint, heard = hand.joints[0], []
    overlay = JointOverlay(hand.film, heard.append)
    overlay.show(joint)
    scene = hand.film.node.GetScene()

    def edited(which):
        joint.set_edit(which)
        overlay.follow_edit(joint, True)

    edited(edit)
    assert heard == []
    matrices = {}
    for role in ("upper_bone_pose", "lower_bone_pose"):
        matrices[role] = vtk.vtkMatrix4x4()
        shown(scene, role).GetMatrixTransformToParent(matrices[role])
    edited(GapEdit(moves=edit.moves))
    assert heard == []
    for role, matrix in matrices.items():
        shown(scene, role).SetMatrixTransformToParent(matrix)
    asked = heard[-1]
    assert asked.moves == edit.moves
    assert asked.change == pytest.approx(edit.change, abs=1e-6)
    assert asked.shift == pytest.approx(edit.shift, abs=1e-6)
    assert asked.tilt_deg == pytest.approx(edit.tilt_deg, abs=1e-6)
    overlay.close()
    assert shown(scene, "upper_bone_pose") is None


def test_a_handle_moves_the_bone_that_it_shows(scene, joint, overlay, wanted):
    """A bone pulled distally by 0.5 mm: the joint space is as much wider."""
    transform = shown(scene, "upper_bone_pose")
    matrix = vtk.vtkMatrix4x4()
    matrix.SetElement(1, 3, 0.5)  # anterior is up on the film
    before = joint.jsw_before.mean
    transform.SetMatrixTransformToParent(matrix)
    [edit] = wanted
    assert edit.change == pytest.approx(0.5, abs=1e-6)
    joint.set_edit(edit, finished=False)
    overlay.follow_edit(joint, False)
    assert joint.jsw_after.mean == pytest.approx(before + 0.5, abs=0.01)
    kept = vtk.vtkMatrix4x4()
    transform.GetMatrixTransformToParent(kept)
    assert kept.GetElement(1, 3) == pytest.approx(0.5, abs=1e-9)
    assert wanted == [edit]


def test_a_handle_pulled_too_far_or_out_of_the_plane_is_held_back(scene, joint, overlay, wanted):
    matrix = vtk.vtkMatrix4x4()
    matrix.SetElement(1, 3, 80.0)
    matrix.SetElement(2, 3, 5.0)
    shown(scene, "upper_bone_pose").SetMatrixTransformToParent(matrix)
    assert 3.5 < wanted[-1].change < 4.0
    joint.set_edit(wanted[-1])
    overlay.follow_edit(joint, True)
    shown(scene, "upper_bone_pose").GetMatrixTransformToParent(matrix)
    assert matrix.GetElement(2, 3) == pytest.approx(0, abs=1e-9)


def test_parts_are_shown_and_hidden(scene, joint, overlay):
    assert all(is_visible(scene, role) for role in MODELS)
    overlay.set_parts(outlines=False)
    assert not is_visible(scene, "upper_outline")
    assert is_visible(scene, "upper_margin")
    overlay.set_parts(margins=False, outlines=True)
    assert [role for role in LINES if is_visible(scene, role)] == ["upper_outline", "lower_outline"]
    handles = shown(scene, "lower_bone_pose").GetDisplayNode()
    assert not handles.GetEditorVisibility()
    overlay.set_parts(handles=True)
    assert handles.GetEditorVisibility()
    joint.set_edit(GapEdit(change=0.2))
    overlay.follow_edit(joint, True)
    assert not is_visible(scene, "jsw_bar")


def test_the_film_is_seen_without_the_edit(scene, overlay):
    overlay.set_parts(handles=True)
    overlay.hold_film(True)
    assert not any(is_visible(scene, role) for role in LINES)
    assert not shown(scene, "lower_bone_pose").GetDisplayNode().GetEditorVisibility()
    overlay.hold_film(False)
    assert all(is_visible(scene, role) for role in LINES)
    assert shown(scene, "lower_bone_pose").GetDisplayNode().GetEditorVisibility()


def test_nodes_that_the_user_removed_come_back(scene, joint, overlay):
    for role in ("upper_outline", "upper_bone_pose", "jsw_profile"):
        scene.RemoveNode(shown(scene, role))
    joint.set_edit(GapEdit(change=0.2))
    overlay.follow_edit(joint, True)
    assert is_visible(scene, "upper_outline")
    assert shown(scene, "upper_bone_pose")
    assert shown(scene, "jsw_profile")


def test_profile_is_plotted_in_the_jsws_unit(scene, joint, overlay):
    joint.set_edit(GapEdit(target_jsw=0.8))
    overlay.follow_edit(joint, True)
    table = shown(scene, "jsw_profile").GetTable()
    film, edited = (
        np.array([table.GetValueByName(row, name).ToDouble() for row in range(table.GetNumberOfRows())])
        for name in ("film", "edited")
    )
    assert film.mean() == pytest.approx(joint.jsw_before.mean, abs=1e-6)
    assert edited.mean() == pytest.approx(0.8, abs=1e-6)
    chart = shown(scene, "jsw_profile_chart")
    assert chart.GetNumberOfPlotSeriesNodes() == 2
    assert chart.GetYAxisTitle() == "JSW (mm)"
    assert chart.GetTitle() == "MCP3: joint space width"


def test_a_joint_without_layers_has_a_box_only(scene, hand, hand_phantom, make):
    joint = make.joint(hand, hand_phantom.joints["DIP3"], "DIP3")
    overlay = JointOverlay(hand.film, lambda _edit: None)
    overlay.show(hand.joints[0])
    overlay.show(joint)
    assert is_visible(scene, "box")
    assert not any(is_visible(scene, role) for role in LINES)
    overlay.close()


def test_the_segmentation_is_not_shown_by_itself(joint):
    assert not joint.references.find("segmentation").GetDisplayNode().GetVisibility()


def test_events_of_a_step(scene, joint, overlay):
    """A step of the slider moves points: no node comes or goes, and each node tells of it once."""
    joint.set_edit(GapEdit(change=-0.2), finished=False)
    overlay.follow_edit(joint, False)
    heard = []
    for role in MODELS:
        shown(scene, role).AddObserver(
            slicer.vtkMRMLModelNode.PolyDataModifiedEvent, lambda *_, role=role: heard.append(role)
        )
    for event in (scene.NodeAddedEvent, scene.NodeRemovedEvent):
        scene.AddObserver(event, lambda *_: heard.append("node"))
    joint.set_edit(GapEdit(change=-0.25), finished=False)
    overlay.follow_edit(joint, False)
    assert "node" not in heard
    assert all(heard.count(role) <= 2 for role in MODELS)
    assert "box" not in heard


def test_the_selected_joints_line_has_the_colour_of_its_box(scene, hand):
    """All lines stand out from air and from bone, by their brightness alone."""
    one, other = (joint.line.GetDisplayNode() for joint in hand.joints)
    overlay = JointOverlay(hand.film, lambda _edit: None)
    overlay.show(hand.joints[0])
    assert one.GetSelectedColor() == shown(scene, "box").GetNthDisplayNode(1).GetColor()
    assert other.GetSelectedColor() == LINE_COLOR
    for grey in (0.0, 1.0):
        assert contrast(LINE_COLOR, (grey,) * 3) > 3
    overlay.show(hand.joints[1])
    assert (one.GetSelectedColor(), other.GetSelectedColor()) == (LINE_COLOR, SELECTED_COLOR)
    one.SetSelectedColor(0.0, 1.0, 0.0)
    overlay.show(hand.joints[0])
    assert one.GetSelectedColor() == (0.0, 1.0, 0.0), "the user's own"
    overlay.close()


def contrast(one, other):
    """Return the contrast of two colours as WCAG 2 has it, 1..21."""
    brightness = sorted(
        0.05
        + float(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ (0.2126, 0.7152, 0.0722))
        for c in (np.array(one), np.array(other))
    )
    return brightness[1] / brightness[0]


def views_of(scene, role):
    return set(shown(scene, role).GetNthDisplayNode(0).GetViewNodeIDs())


def test_nothing_of_an_edit_is_drawn_where_nothing_was_edited(scene, joint, overlay):
    views = {}
    for name in (FILM, EDITED, *LAYERS):
        views[name] = slicer.vtkMRMLSliceNode()
        views[name].SetSingletonTag(_VIEWS[name][0])
        scene.AddNode(views[name])
    ids = {name: view.GetID() for name, view in views.items()}
    overlay.set_parts(handles=True)
    everywhere = set(ids.values()) - {ids[FILM]}
    for role in ("upper_outline", "upper_margin", "upper_bone_pose"):
        assert views_of(scene, role) == everywhere
    edit_to(overlay, joint, 1.0)
    for role in ("upper_outline", "upper_margin", "upper_bone_pose"):
        assert views_of(scene, role) == everywhere - {ids[LAYERS[0]]}


@pytest.fixture
def crosshair(scene):
    """Return the node that knows where the mouse is."""
    node = slicer.vtkMRMLCrosshairNode()
    node.SetSingletonTag("default")
    return scene.AddNode(node)


def edit_to(overlay, joint, target, finished=True):
    joint.set_edit(GapEdit(target_jsw=target), finished=finished)
    overlay.follow_edit(joint, finished)


def test_line_and_square_are_out_of_the_way_of_an_edit_until_the_mouse_is_near(
    scene, joint, overlay, crosshair
):
    line = joint.line.GetDisplayNode()
    edit_to(overlay, joint, 1.0, finished=False)
    assert (bool(line.GetVisibility()), is_visible(scene, "box")) == (False, False)
    near, far = overlay.film.to_ras(np.array([[128.0, 100.0], [128.0, 400.0]]))
    crosshair.SetCursorPositionRAS(near)
    assert not line.GetVisibility(), "a handle may be dragged there"
    edit_to(overlay, joint, 0.9)
    crosshair.SetCursorPositionRAS(far)
    assert not line.GetVisibility()
    crosshair.SetCursorPositionRAS(near)
    assert (bool(line.GetVisibility()), is_visible(scene, "box")) == (True, True)
    edit_to(overlay, joint, 0.8)
    assert not line.GetVisibility()
    overlay.show(joint)
    assert not line.GetVisibility()
    overlay.set_parts(joints=True)
    assert line.GetVisibility()
    edit_to(overlay, joint, 0.7)
    assert line.GetVisibility()
    assert is_visible(scene, "box")
    overlay.set_parts(joints=False)
    assert (bool(line.GetVisibility()), is_visible(scene, "box")) == (False, False)
    crosshair.SetCursorPositionRAS(near)
    assert line.GetVisibility()


def test_line_and_square_stay_without_an_edit(scene, joint, overlay, make, joint_phantom):
    """Other layers are no edit, nor is a box that is unticked."""
    line = joint.line.GetDisplayNode()
    overlay.set_parts(joints=True)
    overlay.set_parts(joints=False)
    assert (bool(line.GetVisibility()), is_visible(scene, "box")) == (True, True)
    joint.set_layers(make.layers(joint.film, joint.pose, joint_phantom))
    overlay.follow_edit(joint, True)
    assert (bool(line.GetVisibility()), is_visible(scene, "box")) == (True, True)


def test_the_first_layers_of_a_joint_are_no_edit(scene, hand, hand_phantom, make):
    joint = make.joint(hand, hand_phantom.joints["DIP3"], "DIP3")
    overlay = JointOverlay(hand.film, lambda _edit: None)
    overlay.show(joint)
    joint.set_layers(make.layers(hand.film, joint.pose, hand_phantom.joints["DIP3"]))
    overlay.follow_edit(joint, True)
    assert (bool(joint.line.GetDisplayNode().GetVisibility()), is_visible(scene, "box")) == (True, True)
    overlay.close()


def test_a_hidden_line_comes_back_with_another_joint_and_in_a_loaded_scene(scene, hand):
    one, other = hand.joints
    overlay = JointOverlay(hand.film, lambda _edit: None)
    overlay.show(one)
    display = one.line.GetDisplayNode()
    edit_to(overlay, one, 1.0)
    assert not display.GetVisibility()
    JointOverlay(hand.film, lambda _edit: None)
    assert display.GetVisibility(), "as the overlay of a loaded scene finds it"
    overlay = JointOverlay(hand.film, lambda _edit: None)
    overlay.show(one)
    edit_to(overlay, one, 0.8)
    assert not display.GetVisibility()
    overlay.show(other)
    assert display.GetVisibility()
    display.SetVisibility(False)
    overlay.show(one)
    edit_to(overlay, one, 1.0)
    overlay.close()
    assert not display.GetVisibility(), "it was the user who hid it"


def test_a_film_that_is_held_is_no_edit(scene, joint, overlay):
    joint.show_film(True)
    overlay.follow_edit(joint, joint.is_edit_finished)
    assert is_visible(scene, "box")


def test_a_frame_of_a_sweep_has_its_own_curves_and_no_handles(scene, joint, overlay):
    overlay.set_parts(handles=True)
    edit_to(overlay, joint, 1.4)
    own = points_px(overlay, "upper_margin")
    overlay.show_frame(GapEdit(target_jsw=0.4))
    assert not shown(scene, "upper_bone_pose").GetDisplayNode().GetEditorVisibility()
    moved = points_px(overlay, "upper_margin")
    np.testing.assert_allclose(moved - own, [[0, 1.0 / 0.082]] * len(own), atol=0.01)
    overlay.show_frame(None)
    np.testing.assert_allclose(points_px(overlay, "upper_margin"), own)


PLUS_MINUS = "\N{THIN SPACE}\N{PLUS-MINUS SIGN}\N{THIN SPACE}"


def test_the_label_names_the_unit_and_one_decimal_of_pixels(joint):
    jsw = joint.jsw_after
    jsw = replace(jsw, interval=(1.5512, 1.6688))
    assert jsw_text(jsw) == f"JSW 1.60{PLUS_MINUS}0.07 mm"
    in_px = replace(jsw, unit="px", mean=12.34, interval=(11, 13.04))
    assert jsw_text(in_px) == f"JSW 12.3{PLUS_MINUS}1.3 px"
    assert jsw_text(jsw.with_findings("a bay")) == f"JSW 1.60{PLUS_MINUS}0.07 mm, check"
    assert jsw_text(replace(jsw, mean=None)) == "JSW: closed"


VIEW, LABEL = (400.0, 300.0), (80.0, 16.0)
NO_OUTLINES = np.empty((0, 2))


@pytest.mark.parametrize(
    "box",
    [
        (100, 100, 200, 150),
        (350, 100, 390, 150),
        (-30, 100, 40, 150),
        (5, 250, 395, 330),
        (5, -20, 395, 40),
        (-500, -500, 900, 900),
        (390, 290, 500, 400),
        (-50, 5, 500, 295),
    ],
)
def test_the_label_is_inside_the_view_and_does_not_cover_the_gap(box):
    low, high = np.array(box[:2], float), np.array(box[2:], float)
    place = place_beside(np.array([low, high]), LABEL, VIEW, 10.0, NO_OUTLINES)
    assert 0 <= place[0] <= VIEW[0] - LABEL[0]
    assert 0 <= place[1] <= VIEW[1] - LABEL[1]
    is_beside = np.any(np.array(place) >= high) or np.any(np.array(place) + LABEL <= low)
    fills = np.all(low <= (80, 20)) and np.all(high >= (320, 280))
    assert is_beside or fills


def test_the_label_is_not_in_a_view_without_the_gap():
    assert place_beside(np.array([[450.0, 10.0], [500.0, 40.0]]), LABEL, VIEW, 10.0, NO_OUTLINES) is None


def test_the_label_covers_no_outline_where_there_is_room():
    box = np.array([[100.0, 140.0], [200.0, 160.0]])
    heights = np.arange(0.0, 300.0, 4)
    sides = np.concatenate([np.column_stack([np.full(75, x), heights]) for x in (90.0, 215.0)])
    x, _y = place_beside(box, LABEL, VIEW, 10.0, sides[75:])
    assert x + LABEL[0] < 100, "left of the gap"
    x, y = place_beside(box, LABEL, VIEW, 10.0, sides)
    assert (x + LABEL[0] < 215, y + LABEL[1] < 140) == (True, True)
    across = np.column_stack([np.arange(100.0, 201.0), np.full(101, 120.0)])
    above = across + np.array([0.0, 60.0])
    x, _y = place_beside(box, LABEL, VIEW, 10.0, np.concatenate([sides, across, above]))
    assert x > 215, "beside the bones"


def test_nothing_is_left_of_a_film_that_was_removed(scene, joint):
    overlay = JointOverlay(joint.film, lambda _edit: None)
    overlay.show(joint)
    scene.RemoveNode(joint.film.node)
    overlay.close()
    assert not any(shown(scene, role) for role in (*MODELS, "upper_bone_pose", "jsw_profile"))


def test_without_a_pixel_spacing_everything_is_in_pixels(scene, joint_phantom, make):
    film = Film(make.film(scene, joint_phantom.radiograph.native(), 1.0, "unknown"))
    joints = SceneJoints(film)
    joint = joints.add(film.to_ras(make.line_px(joint_phantom.pose, 128.0)), "MCP3")
    joint.set_layers(make.layers(film, joint.pose, joint_phantom))
    overlay = JointOverlay(film, lambda _edit: None)
    overlay.show(joint)
    assert joint.jsw_after.unit == "px"
    top, bottom = points_px(overlay, "jsw_bar")[:2]
    assert np.hypot(*(bottom - top)) == pytest.approx(joint.jsw_after.mean, abs=1.0)
    assert shown(scene, "jsw_profile_chart").GetYAxisTitle() == "JSW (px)"
    overlay.close()
    joints.close()
