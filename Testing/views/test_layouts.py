"""Views that look straight at the film, linked, with what the user looks at kept."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
import slicer
from scene_fixtures import add_film

from LayerSeparationLib.scene import Film, node_attributes
from LayerSeparationLib.views.layouts import (
    FILM,
    LAYERS_LAYOUT,
    SIDE_BY_SIDE_LAYOUT,
    SYNTHETIC,
    composite_of,
    film_to_view,
    fit_again,
    is_in_view,
    layout_description,
    show_layers,
    show_side_by_side,
    view_nodes,
    view_title,
)

TAGS = ("Film", "Synthetic", "SoftTissue", "UpperBone", "LowerBone")


@pytest.fixture
def logics(host):
    """Return the views that Slicer's layout manager would make of the layouts."""
    host.scene.AddNewNodeByClass("vtkMRMLLayoutNode")
    logics = []
    for tag in TAGS:
        logic = slicer.vtkMRMLSliceLogic()
        logic.SetMRMLApplicationLogic(host.application)
        logic.SetMRMLScene(host.scene)
        logic.AddSliceNode(f"LayerSeparation{tag}")
        logic.ResizeSliceNode(400, 500)
        logics.append(logic)
    yield logics
    for logic in logics:
        logic.SetMRMLScene(None)


@pytest.fixture
def views(host, logics):
    """Return those views by name."""
    return view_nodes(host.scene)


def background(view):
    return view.GetScene().GetNodeByID(composite_of(view).GetBackgroundVolumeID())


def test_descriptions_are_layouts_of_linked_views():
    tree = ElementTree.fromstring(layout_description(["film", "synthetic", "upper_bone"], 2))
    found = list(tree.iter("view"))
    assert [view.get("singletontag") for view in found] == [
        "LayerSeparationFilm",
        "LayerSeparationSynthetic",
        "LayerSeparationUpperBone",
    ]
    assert len({view.find("property[@name='viewgroup']").text for view in found}) == 1
    assert len(tree.findall("item")) == 2


def test_film_and_synthetic_side_by_side(scene, views, joints, joint):
    show_side_by_side(joint.film, joint)
    layout = scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    assert layout.GetViewArrangement() == SIDE_BY_SIDE_LAYOUT
    assert background(views[FILM]) is joint.film.node
    assert background(views[SYNTHETIC]) is joints.synthetic_film
    for name in (FILM, SYNTHETIC):
        assert composite_of(views[name]).GetLinkedControl()
        assert views[name].GetOrientationMarkerType() == views[name].OrientationMarkerTypeNone
        assert view_title(name)


def test_the_film_beside_itself_before_the_first_separation(views, joint_film):
    show_side_by_side(joint_film.node)
    assert background(views[SYNTHETIC]) is joint_film.node


def test_four_views_of_the_layers(scene, views, joint):
    show_layers(joint)
    assert scene.GetFirstNodeByClass("vtkMRMLLayoutNode").GetViewArrangement() == LAYERS_LAYOUT
    for role in (node_attributes.SOFT_TISSUE, node_attributes.UPPER_BONE, node_attributes.LOWER_BONE):
        assert background(views[role]) is joint.references.find(role)


def test_the_view_turns_to_the_joint_and_then_stays_where_the_user_moved_it(views, joint):
    show_side_by_side(joint.film, joint)
    view = views[FILM]
    region = joint.layers.crop.region
    middle = joint.film.to_ras(
        np.array([[(region.left + region.right) / 2, (region.top + region.bottom) / 2]])
    )
    seen = [view.GetSliceToRAS().GetElement(row, 3) for row in range(3)]
    np.testing.assert_allclose(seen, middle[0])
    width, height, depth = view.GetFieldOfView()
    assert height / width == pytest.approx(500 / 400)
    view.SetFieldOfView(width / 3, height / 3, depth)
    show_layers(joint)
    assert views[node_attributes.UPPER_BONE].GetFieldOfView()[0] == pytest.approx(width / 3)
    show_side_by_side(joint.film)
    assert view.GetFieldOfView()[0] > width / 3


@pytest.mark.parametrize(
    "matrix",
    [
        np.diag([-0.2, -0.2, 1.0, 1.0]),
        np.array([[-0.2, 0, 0, 5], [0, 0, -1, 7], [0, -0.2, 0, 9], [0, 0, 0, 1.0]]),
        np.array([[0, -0.2, 0, 0], [0.2, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]),
    ],
    ids=["axial", "coronal", "turned"],
)
def test_films_of_any_plane_are_seen_upright(scene, matrix, joint_phantom):
    film = Film(add_film(scene, joint_phantom.radiograph.native(), matrix=matrix))
    view = film_to_view(film.geometry, np.zeros(3))
    right, down = film.to_ras(np.array([[1.0, 0], [0, 1.0]])) - film.to_ras(np.zeros((1, 2)))
    assert right @ view[:3, 0] > 0
    assert down @ view[:3, 1] < 0
    assert abs(abs(np.linalg.det(view)) - 1) < 1e-9


def test_without_views_nothing_happens(joint):
    scene = joint.film.node.GetScene()
    before = scene.GetNumberOfNodes()
    show_side_by_side(joint.film, joint)
    show_layers(joint)
    assert scene.GetNumberOfNodes() == before


def test_views_that_get_their_size_late_show_the_whole_film(scene, views, logics, joint_film):
    show_side_by_side(joint_film)
    rows, columns = joint_film.radiograph.shape
    for logic in logics:
        logic.ResizeSliceNode(300, 900)
    fit_again(scene)
    width, height, _depth = views[FILM].GetFieldOfView()
    row_mm, column_mm = joint_film.geometry.step_mm
    assert width == pytest.approx(1.05 * columns * column_mm)
    assert width / 300 == pytest.approx(height / 900)
    assert height >= rows * row_mm


def test_what_the_user_zoomed_to_is_left_alone(scene, views, joint_film):
    show_side_by_side(joint_film)
    views[FILM].SetFieldOfView(4.0, 5.0, 1.0)
    fit_again(scene)
    assert views[FILM].GetFieldOfView()[:2] == (4.0, 5.0)


def test_a_film_seen_from_the_side_is_not_in_view(views, joint_film):
    show_side_by_side(joint_film)
    for view in views.values():
        view.SetMappedInLayout(0)
    assert not is_in_view(joint_film)
    views[FILM].SetMappedInLayout(1)
    assert is_in_view(joint_film)
    views[FILM].SetOrientation("Coronal")
    assert not is_in_view(joint_film)


def test_views_of_another_shape_are_as_full_as_the_first(views, logics, joint):
    for logic in logics:
        logic.ResizeSliceNode(300, 900)
    show_side_by_side(joint.film, joint)
    width = views[FILM].GetFieldOfView()[0]
    for logic in logics:
        logic.ResizeSliceNode(400, 400)
    show_layers(joint)
    fit_again(joint.line.GetScene())
    assert views[node_attributes.UPPER_BONE].GetFieldOfView()[:2] == pytest.approx((width, width))
