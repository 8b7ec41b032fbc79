"""What the module's views show, whatever happens in the scene."""

from __future__ import annotations

import numpy as np
import pytest
import slicer
from scene_fixtures import add_film, add_joint, true_layers

from LayerSeparationLib import GapEdit
from LayerSeparationLib.scene import SceneJoints
from LayerSeparationLib.scene.node_references import remove_node
from LayerSeparationLib.scene.sweep_sequences import IMAGE_SHOWN, make_sweep
from LayerSeparationLib.views.layouts import (
    EDITED,
    FILM,
    LAYERS,
    LAYERS_LAYOUT,
    SIDE_BY_SIDE_LAYOUT,
    UPPER_BONE,
    composite_of,
    view_nodes,
)


@pytest.fixture
def edited(film_views, joints, joint):
    """Return a joint with an edit, shown beside the film."""
    joint.set_edit(GapEdit(target_jsw=0.8))
    film_views.open_film(joint.film, joint)
    return joint


def labels(scene):
    return {name: view.GetLayoutLabel() for name, view in view_nodes(scene).items()}


def test_the_film_beside_its_edit(views, edited, joints, scene):
    assert views.layout.GetViewArrangement() == SIDE_BY_SIDE_LAYOUT
    assert views.background(FILM) is edited.film.node
    assert views.background(EDITED) is joints.synthetic_film
    assert {name: labels(scene)[name] for name in (FILM, EDITED)} == {FILM: "Film", EDITED: "Edited"}
    for name in ("LayerSeparationFilm", "LayerSeparationSynthetic"):
        assert not views.widgets[name].is_slider_visible
    assert views.widgets["Red"].is_slider_visible


def test_the_film_beside_itself_before_the_first_separation(views, film_views, joint_film):
    film_views.open_film(joint_film)
    film_views.show_side_by_side()
    assert views.background(EDITED) is joint_film.node


def take_away(joints, joint, what):
    scene = joint.film.node.GetScene()
    if what == "joint":
        joints.remove(joint)
    elif what == "line":
        scene.RemoveNode(joint.line)
    elif what == "layer":
        scene.RemoveNode(joint.references.find(UPPER_BONE))
    elif what == "synthetic film":
        scene.RemoveNode(joints.synthetic_film)
    elif what == "synthetic volume":
        remove_node(joint.references.find("synthetic"))


@pytest.mark.parametrize("what", ["joint", "line", "layer", "synthetic film", "synthetic volume"])
@pytest.mark.parametrize("in_batch", [False, True], ids=["alone", "in a batch"])
def test_the_view_called_film_shows_the_film_whatever_is_removed(
    scene, views, film_views, joints, edited, what, in_batch
):
    # Slicer's selectors of volumes take another one by themselves when theirs goes, and tell linked views.
    synthetic = joints.synthetic_film
    tag = scene.AddObserver(
        scene.NodeRemovedEvent,
        lambda *_: [
            composite_of(view).SetBackgroundVolumeID(
                synthetic.GetID() if synthetic.GetScene() else edited.film.node.GetID()
            )
            for view in view_nodes(scene).values()
        ],
    )
    if in_batch:
        scene.StartState(scene.BatchProcessState)
    take_away(joints, edited, what)
    if in_batch:
        scene.EndState(scene.BatchProcessState)
    scene.RemoveObserver(tag)
    assert views.background(FILM) is edited.film.node
    assert views.background(EDITED) is (joints.synthetic_film or edited.film.node)


def test_another_module_can_not_put_something_else_into_the_film(scene, views, joints, edited):
    composite = composite_of(view_nodes(scene)[FILM])
    composite.SetBackgroundVolumeID(joints.synthetic_film.GetID())
    assert views.background(FILM) is edited.film.node
    composite.SetForegroundVolumeID(joints.synthetic_film.GetID())
    assert composite.GetForegroundVolumeID() is None
    other = add_film(scene, np.zeros((8, 8), np.uint8))
    composite.SetForegroundVolumeID(other.GetID())
    assert composite.GetForegroundVolumeID() == other.GetID()
    composite.SetBackgroundVolumeID(other.GetID())
    assert views.background(FILM) is edited.film.node


def test_views_out_of_sight_are_left_alone(scene, views, joints, edited):
    views.layout.SetViewArrangement(views.layout.SlicerLayoutFourUpView)
    composite = composite_of(view_nodes(scene)[FILM])
    composite.SetBackgroundVolumeID(joints.synthetic_film.GetID())
    assert views.background(FILM) is joints.synthetic_film
    views.layout.SetViewArrangement(SIDE_BY_SIDE_LAYOUT)
    assert views.background(FILM) is edited.film.node


def test_layers_say_whose_they_are(scene, views, film_views, edited):
    film_views.show_layers()
    assert views.layout.GetViewArrangement() == LAYERS_LAYOUT
    assert [views.background(name) for name in LAYERS] == [edited.references.find(name) for name in LAYERS]
    titles = labels(scene)
    assert titles["soft_tissue"] == "Soft tissue, as on the film"
    assert titles["upper_bone"] == "Upper bone, edited"
    edited.reset()
    film_views.set_right()
    assert labels(scene)["lower_bone"] == "Lower bone, as on the film"


def voxels_shown(views, name):
    return slicer.util.arrayFromVolume(views.background(name))[0]


def test_layers_of_the_film_can_be_looked_at_in_place_of_the_edits(scene, views, film_views, edited):
    film_views.show_layers()
    assert film_views.is_edit_shown
    film_views.show_layers()
    for name in LAYERS:
        np.testing.assert_array_equal(voxels_shown(views, name), getattr(edited.layers, name))
        assert labels(scene)[name].endswith(", as on the film")
    assert not film_views.is_edit_shown
    count = scene.GetNumberOfNodes()
    edited.set_edit(GapEdit(target_jsw=1.9))
    film_views.set_right()
    film_views.show_layers()
    assert views.background(UPPER_BONE) is edited.references.find(UPPER_BONE)
    assert scene.GetNumberOfNodes() == count
    film_views.hold_film(True)
    np.testing.assert_array_equal(voxels_shown(views, UPPER_BONE), edited.layers.upper_bone)
    film_views.hold_film(False)
    assert views.background(UPPER_BONE) is edited.references.find(UPPER_BONE)
    film_views.close()
    assert scene.GetNumberOfNodes() < count


def test_layers_follow_the_joint_that_is_chosen(scene, views, film_views, joints, edited, joint_phantom):
    film_views.show_layers()
    bare = joints.add(edited.film.to_ras(np.array([[60.0, 90.0], [60.0, 30.0]])))
    film_views.choose_joint(bare)
    assert views.background(UPPER_BONE) is None
    assert labels(scene)[UPPER_BONE] == "Upper bone: not separated"
    film_views.choose_joint(edited)
    assert views.background(UPPER_BONE) is edited.references.find(UPPER_BONE)


def test_a_frame_of_a_sweep_is_left_with_its_joint(views, film_views, joints, edited):
    make_sweep(edited, [0.6, 1.2])
    frame = edited.references.find(IMAGE_SHOWN)
    film_views.show_frame(frame)
    assert views.background(EDITED) is frame
    bare = joints.add(edited.film.to_ras(np.array([[60.0, 90.0], [60.0, 30.0]])))
    film_views.choose_joint(bare)
    assert views.background(EDITED) is joints.synthetic_film
    film_views.choose_joint(edited)
    film_views.show_frame(frame)
    remove_node(frame)
    assert views.background(EDITED) is joints.synthetic_film
    assert not film_views.is_frame_shown


def test_the_film_is_held_in_every_view(scene, views, film_views, joints, edited):
    film_views.hold_film(True)
    assert views.background(EDITED) is edited.film.node
    assert labels(scene)[EDITED] == "Edited: film shown"
    film_views.hold_film(False)
    assert views.background(EDITED) is joints.synthetic_film


def test_without_an_application_the_views_of_the_scene_are_kept_right(scene, joints, joint):
    from LayerSeparationLib.views.film_views import FilmViews

    film_views = FilmViews(scene)
    before = scene.GetNumberOfNodes()
    film_views.open_film(joint.film, joint)
    film_views.show_layers()
    assert scene.GetNumberOfNodes() == before
    film_views.close()


def test_a_film_that_goes_leaves_nothing_behind(scene, views, edited):
    scene.RemoveNode(edited.film.node)
    assert views.background(FILM) is None


def test_a_scene_that_is_closed_is_left_alone(scene, views, film_views, edited):
    scene.Clear(0)
    film_views.open_film(None)
    assert views.background(FILM) is None


# Places.


@pytest.fixture
def hand(film_views, hand_film, hand_phantom):
    """Return two separated joints of a hand that are far from one another."""
    joints = SceneJoints(hand_film)
    for name in ("MCP2", "PIP5"):
        truth = hand_phantom.joints[name]
        joint = add_joint(joints, truth, name)
        joint.set_layers(true_layers(hand_film, joint.pose, truth))
    film_views.open_film(hand_film, joints.joints[0])
    yield joints
    joints.close()


def mm_per_px(views):
    shown = [logic.GetSliceNode() for logic in views.logics.values()]
    shown = [node for node in shown if node.IsMappedInLayout() and node.GetViewGroup() == 3781]
    drawn = [slicer.util.arrayFromVTKMatrix(node.GetXYToRAS()) for node in shown]
    scales = [np.linalg.norm(matrix[:3, axis]) for matrix in drawn for axis in (0, 1)]
    asked = [node.GetFieldOfView()[axis] / node.GetDimensions()[axis] for node in shown for axis in (0, 1)]
    np.testing.assert_allclose(scales, asked, rtol=1e-6)
    return np.array(scales)


def shown_px(view, film):
    """Return the pixels of the film at the left upper and the right lower corner of a view."""
    columns, rows, _ = view.GetDimensions()
    matrix = view.GetXYToRAS()
    corners = np.array([matrix.MultiplyPoint((x, y, 0, 1))[:3] for x, y in ((0, rows), (columns, 0))])
    return film.to_px(corners)


def holds(view, joint):
    (left, top), (right, bottom) = shown_px(view, joint.film)
    region = joint.layers.crop.region
    return bool(
        left <= region.left
        and top <= region.top
        and right >= region.right - 1
        and bottom >= region.bottom - 1
    )


def test_all_views_have_one_magnification_whatever_their_sizes(scene, views, film_views, hand):
    for layout in (film_views.show_side_by_side, film_views.show_layers, film_views.show_film):
        layout()
        for number, name in enumerate(list(views.logics)):
            if name.startswith("LayerSeparation"):
                views.resize(name, (300 + 90 * number, 700 - 60 * number))
        scales = mm_per_px(views)
        np.testing.assert_allclose(scales, scales[0], rtol=1e-3)


def test_what_the_user_does_with_one_view_the_others_follow(scene, views, film_views, hand):
    views.resize("LayerSeparationSynthetic", (300, 700))
    film, edit = (view_nodes(scene)[name] for name in (FILM, EDITED))
    width, height, depth = film.GetFieldOfView()
    film.SetFieldOfView(width / 3, height / 3, depth)
    film.SetXYZOrigin(2.0, -3.0, 0.0)
    np.testing.assert_allclose(mm_per_px(views), width / 3 / 400, rtol=1e-6)
    middles = [shown_px(view, hand.film).mean(axis=0) for view in (film, edit)]
    np.testing.assert_allclose(*middles, atol=1e-6)
    views.resize("LayerSeparationFilm", (800, 800))
    np.testing.assert_allclose(mm_per_px(views), width / 3 / 400, rtol=1e-6)


def test_a_view_does_not_leave_the_film(scene, views, film_views, hand):
    view = view_nodes(scene)[EDITED]
    before = view.GetSliceOffset()
    view.SetSliceOffset(before + 1)
    assert view.GetSliceOffset() == pytest.approx(before, abs=1e-9)
    middle = np.array(view.GetXYToRAS().MultiplyPoint((200, 250, 0, 1)))[None, :3]
    np.testing.assert_allclose(hand.film.to_ras(hand.film.to_px(middle)), middle, atol=1e-9)


def test_choosing_a_joint_shows_it(scene, views, film_views, hand):
    first, second = hand.joints
    film_views.show_side_by_side()
    shown = [view_nodes(scene)[name] for name in (FILM, EDITED)]
    for joint, other in ((second, first), (first, second)):
        film_views.choose_joint(joint)
        assert all(holds(view, joint) for view in shown)
        assert not any(holds(view, other) for view in shown)
        side = joint.layers.crop.region.shape[0] * 0.2
        assert side / mm_per_px(views)[0] > 0.25 * 400


def test_a_joint_in_sight_at_a_useful_size_is_not_jumped_to(scene, views, film_views, hand):
    first, second = hand.joints
    film_views.show_side_by_side()
    film_views.choose_joint(second)
    view = view_nodes(scene)[FILM]
    width, height, depth = view.GetFieldOfView()
    view.SetFieldOfView(width * 1.5, height * 1.5, depth)
    view.SetXYZOrigin(1.0, 2.0, 0.0)
    before = shown_px(view, hand.film)
    film_views.choose_joint(None)
    film_views.choose_joint(second)
    np.testing.assert_allclose(shown_px(view, hand.film), before, atol=1e-6)
    film_views.choose_joint(first)
    np.testing.assert_allclose(mm_per_px(views), 1.5 * width / 400, rtol=1e-6)
    middle = shown_px(view, hand.film).mean(axis=0)
    np.testing.assert_allclose(middle + 0.0, first.pose.centre_px, atol=3)


def test_the_whole_film_and_the_joint_again(scene, views, film_views, hand):
    film_views.show_side_by_side()
    rows, columns = hand.film.radiograph.shape
    film_views.show_whole_film()
    for view in (view_nodes(scene)[name] for name in (FILM, EDITED)):
        (left, top), (right, bottom) = shown_px(view, hand.film)
        assert left <= -0.5
        assert top <= -0.5
        assert right >= columns - 0.5
        assert bottom >= rows - 0.5
    film_views.show_whole_film()
    assert holds(view_nodes(scene)[EDITED], hand.joints[0])
    assert not holds(view_nodes(scene)[EDITED], hand.joints[1])


def test_views_that_get_their_size_late_show_the_whole_film(scene, views, film_views, joint_film):
    film_views.open_film(joint_film)
    views.resize("LayerSeparationFilm", (300, 900))
    view = view_nodes(scene)[FILM]
    width, height, _depth = view.GetFieldOfView()
    rows, columns = joint_film.radiograph.shape
    row_mm, column_mm = joint_film.geometry.step_mm
    assert width == pytest.approx(1.05 * columns * column_mm)
    assert width / 300 == pytest.approx(height / 900)
    assert height >= rows * row_mm


def test_a_joint_that_was_brought_into_sight_stays_there_in_a_smaller_window(scene, views, film_views, hand):
    film_views.show_side_by_side()
    for name in ("LayerSeparationFilm", "LayerSeparationSynthetic"):
        views.resize(name, (150, 130))
    assert all(holds(view_nodes(scene)[name], hand.joints[0]) for name in (FILM, EDITED))
