"""The user's layout comes back, and the module's with the module."""

from __future__ import annotations

import pytest

from LayerSeparationLib.views.film_views import FilmViews
from LayerSeparationLib.views.layouts import FILM_LAYOUT, LAYERS_LAYOUT, SIDE_BY_SIDE_LAYOUT


@pytest.fixture
def number(views):
    """Return a function that says which layout is on."""
    return views.layout.GetViewArrangement


@pytest.fixture
def users(views):
    """Return a layout of Slicer that is the user's."""
    views.layout.SetViewArrangement(views.layout.SlicerLayoutOneUpRedSliceView)
    return views.layout.SlicerLayoutOneUpRedSliceView


def test_a_film_is_shown_alone_and_its_result_beside_it(users, film_views, joint_film, number):
    film_views.open_film(joint_film)
    assert number() == FILM_LAYOUT
    film_views.offer_result()
    assert number() == SIDE_BY_SIDE_LAYOUT


def test_leaving_gives_the_users_layout_back_and_entering_the_modules(users, film_views, joint_film, number):
    film_views.open_film(joint_film)
    film_views.show_layers()
    film_views.layouts.leave()
    assert number() == users
    film_views.layouts.enter()
    assert number() == LAYERS_LAYOUT


def test_a_layout_that_the_user_chose_meanwhile_stays(views, film_views, joint_film, number):
    film_views.open_film(joint_film)
    views.layout.SetViewArrangement(views.layout.SlicerLayoutConventionalView)
    film_views.offer_result()
    film_views.layouts.leave()
    film_views.layouts.enter()
    film_views.offer_result()
    assert number() == views.layout.SlicerLayoutConventionalView
    film_views.show_side_by_side()
    assert number() == SIDE_BY_SIDE_LAYOUT
    film_views.layouts.leave()
    assert number() == views.layout.SlicerLayoutConventionalView


def test_nothing_is_switched_while_another_module_is_in_view(users, scene, joint_film, number):
    film_views = FilmViews(scene)
    film_views.open_film(joint_film)
    film_views.offer_result()
    assert number() == users
    film_views.layouts.enter()
    assert number() == SIDE_BY_SIDE_LAYOUT
    film_views.close()
