"""The module's layouts, and views that look straight at the film."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from scene_fixtures import add_film

from LayerSeparationLib.scene import Film
from LayerSeparationLib.views.layouts import FILM, is_in_view, layout_description, view_nodes, view_title
from LayerSeparationLib.views.view_place import film_to_view


def test_descriptions_are_layouts_of_views_of_one_group():
    tree = ElementTree.fromstring(layout_description(["film", "edited", "upper_bone"], 2))
    found = list(tree.iter("view"))
    assert [view.get("singletontag") for view in found] == [
        "LayerSeparationFilm",
        "LayerSeparationSynthetic",
        "LayerSeparationUpperBone",
    ]
    assert len({view.find("property[@name='viewgroup']").text for view in found}) == 1
    assert len(tree.findall("item")) == 2


def test_views_have_names_for_people():
    names = [view_title(name) for name in ("film", "edited", "soft_tissue", "upper_bone", "lower_bone")]
    assert names == ["Film", "Edited", "Soft tissue", "Upper bone", "Lower bone"]


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


def test_a_film_seen_from_the_side_is_not_in_view(scene, film_views, joint_film):
    film_views.open_film(joint_film)
    view = view_nodes(scene)[FILM]
    assert is_in_view(joint_film)
    film_views.close()
    view.SetOrientation("Coronal")
    assert not is_in_view(joint_film)
    view.SetOrientation("Axial")
    view.SetMappedInLayout(0)
    assert not is_in_view(joint_film)
