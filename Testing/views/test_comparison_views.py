"""Two visits side by side: the same bone in the middle of each view, and what differs."""

from __future__ import annotations

import numpy as np
import pytest
import slicer
from scene_fixtures import EARLIER_SHIFT_PX

from LayerSeparationLib.scene.joint_lines import joint_lines
from LayerSeparationLib.scene.scene_comparison import SceneComparison
from LayerSeparationLib.scene.visits import Visit, compare_visits
from LayerSeparationLib.views.comparison_views import ComparisonViews
from LayerSeparationLib.views.layouts import (
    BASELINE,
    COMPARISON_LAYOUT,
    DIFFERENCE,
    FILM_LAYOUT,
    FOLLOW_UP,
    SIDE_BY_SIDE_LAYOUT,
    VISITS,
    is_in_view,
    view_nodes,
)
from LayerSeparationLib.views.view_place import place_of


@pytest.fixture
def comparison(earlier, joints):
    visits = Visit.of_film(earlier), Visit.of(joints)
    changes = compare_visits(visits[0].layers, visits[1].layers, visits, lambda *_: None)
    return SceneComparison(earlier, joints, changes)


@pytest.fixture
def visits(scene, film_views, comparison):
    """Return the views of the comparison, its joint in the middle."""
    film_views.open_film(comparison.film)
    visits = ComparisonViews(scene, film_views.layouts)
    visits.choose(comparison, comparison.changes[0])
    visits.show()
    yield visits
    visits.close()


def middle_px(view, film):
    return film.to_px(place_of(view).centre[None])[0]


def test_each_view_shows_its_film_with_the_same_bone_in_the_middle(visits, views, scene, comparison, joint):
    assert views.layout.GetViewArrangement() == COMPARISON_LAYOUT
    assert views.background(BASELINE) is comparison.baseline.node
    assert views.background(FOLLOW_UP) is comparison.film.node
    nodes = view_nodes(scene)
    titles = [nodes[name].GetLayoutLabel() for name in VISITS]
    assert titles == ["Earlier: MCP3", "Now: MCP3", "Difference: orange is brighter now"]
    now = middle_px(nodes[FOLLOW_UP], comparison.film)
    then = middle_px(nodes[BASELINE], comparison.baseline)
    np.testing.assert_allclose(then - now, EARLIER_SHIFT_PX, atol=0.3)
    np.testing.assert_allclose(then, np.array([127.5, 127.5]) + EARLIER_SHIFT_PX, atol=0.3)
    np.testing.assert_allclose(middle_px(nodes[DIFFERENCE], comparison.baseline), then, atol=1e-6)
    # The joint's 14 mm fill the views, as large in each.
    scales = [place_of(nodes[name]).mm_per_px for name in VISITS]
    np.testing.assert_allclose(scales, scales[0], rtol=0.01)
    assert scales[0] * 400 == pytest.approx(176 * 0.082 * 1.05, rel=0.01)
    # Neither line is drawn over the other film.
    for line in (joint.line, *joint_lines(comparison.baseline)):
        display = line.GetDisplayNode()
        assert not {nodes[name].GetID() for name in VISITS} & set(display.GetViewNodeIDs())
        assert display.GetViewNodeIDs()
    # A click into them is no place of a joint.
    assert not is_in_view(comparison.film)


def test_the_difference_is_where_the_upper_bone_came_down(visits, views, make, comparison):
    volume = views.background(DIFFERENCE)
    image = make.voxels(volume)
    rows = comparison.changes[0].baseline.margins.upper[:, 1]
    row = int(np.median(rows))
    # Where the plate was there is space now seen from the shaft; where the gap was there is plate.
    assert image[row + 1 : row + 5, 100:156].mean() > 0.03
    assert abs(image[200:250, 60:196].mean()) < 0.01
    colors = volume.GetDisplayNode().GetColorNode()
    ends = [[0.0] * 4, [0.0] * 4, [0.0] * 4]
    for color, index in zip(ends, (0, 128, 255), strict=True):
        colors.GetColor(index, color)
    assert ends[0][2] > ends[0][0]
    assert max(ends[1][:3]) < 0.01
    assert ends[2][0] > ends[2][2]
    assert not volume.GetSaveWithScene()


def test_views_follow_one_another_and_the_size_of_the_window(visits, views, scene, comparison):
    nodes = view_nodes(scene)
    moved = nodes[FOLLOW_UP]
    before = middle_px(nodes[BASELINE], comparison.baseline)
    origin = moved.GetSliceToRAS()
    origin.SetElement(0, 3, origin.GetElement(0, 3) - 0.82)
    moved.UpdateMatrices()
    after = middle_px(nodes[BASELINE], comparison.baseline)
    np.testing.assert_allclose(after - before, (10, 0), atol=0.1)
    visits.choose(comparison, None)
    assert nodes[DIFFERENCE].GetLayoutLabel() == "Difference"
    assert views.background(DIFFERENCE) is None
    np.testing.assert_allclose(middle_px(nodes[FOLLOW_UP], comparison.film), (127.5, 127.5), atol=1e-6)
    visits.choose(comparison, comparison.changes[0])
    views.resize(nodes[BASELINE].GetLayoutName(), (200, 300))
    assert place_of(nodes[FOLLOW_UP]).mm_per_px * 200 == pytest.approx(176 * 0.082 * 1.05, rel=0.01)


def test_the_layout_goes_back_to_the_users(visits, views, film_views, comparison):
    of_user = slicer.vtkMRMLLayoutNode.SlicerLayoutFourUpView
    film_views.layouts.leave()
    assert views.layout.GetViewArrangement() == of_user
    film_views.layouts.enter()
    assert views.layout.GetViewArrangement() == COMPARISON_LAYOUT
    assert visits.are_shown
    film_views.show_side_by_side()
    assert views.layout.GetViewArrangement() == SIDE_BY_SIDE_LAYOUT
    assert not visits.are_shown
    visits.show()
    film_views.layouts.leave()
    visits.choose(None, None)
    film_views.layouts.enter()
    assert views.layout.GetViewArrangement() == FILM_LAYOUT


def test_a_baseline_that_is_removed_leaves_no_view_behind(visits, views, scene, comparison):
    scene.RemoveNode(comparison.baseline.node)
    visits.choose(None, None)
    assert views.layout.GetViewArrangement() == FILM_LAYOUT
    hidden = scene.GetNodesByName("Difference")
    assert hidden.GetNumberOfItems() == 0
