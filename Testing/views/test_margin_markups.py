"""Margins and JSW follow the edit, out of the user's way."""

from __future__ import annotations

import numpy as np
import pytest

from LayerSeparationLib import GapEdit
from LayerSeparationLib.views.margin_markups import (
    LOWER,
    MARGIN_ROLES,
    RULER,
    UPPER,
    show_margins,
    update_margins,
)


def points_px(joint, role):
    node = joint.references.find(role)
    ras = [node.GetNthControlPointPositionWorld(n) for n in range(node.GetNumberOfControlPoints())]
    return joint.film.to_px(np.array(ras))


def test_margins_lie_where_the_jsw_was_measured(joint):
    update_margins(joint)
    jsw = joint.jsw_after
    for role, line in ((UPPER, jsw.upper_margin_px), (LOWER, jsw.lower_margin_px)):
        drawn = points_px(joint, role)
        np.testing.assert_allclose(drawn[[0, -1]], line[[0, -1]], atol=1e-3)
        np.testing.assert_allclose(drawn[:, 1], np.interp(drawn[:, 0], *line.T), atol=0.5)
    assert joint.references.find(RULER).GetName().strip() == f"JSW {jsw.mean:.2f} mm"


def test_the_ruler_is_as_long_as_the_jsw_and_beside_the_joint(joint):
    joint.set_edit(GapEdit(target_jsw=1.1))
    update_margins(joint)
    ends = points_px(joint, RULER)
    assert np.hypot(*(ends[1] - ends[0])) * 0.082 == pytest.approx(1.1, abs=1e-3)
    assert ends[:, 0].min() > joint.jsw_after.upper_margin_px[:, 0].max()


def test_they_follow_the_edit_without_new_nodes(scene, joint):
    update_margins(joint)
    count = scene.GetNumberOfNodes()
    before = points_px(joint, UPPER)
    joint.set_edit(GapEdit(change=0.82))
    update_margins(joint)
    assert scene.GetNumberOfNodes() == count
    np.testing.assert_allclose(before[:, 1] - points_px(joint, UPPER)[:, 1], 10, atol=0.01)
    assert joint.references.find(RULER).GetName().strip() == f"JSW {joint.jsw_after.mean:.2f} mm"


def test_they_are_locked_thin_and_without_points(joint):
    update_margins(joint)
    for role in MARGIN_ROLES:
        node = joint.references.find(role)
        assert node.GetLocked()
        assert not node.GetDisplayNode().GetPointLabelsVisibility()
        assert node.GetDisplayNode().GetVisibility()
        assert bool(node.GetDisplayNode().GetPropertiesLabelVisibility()) is (role == RULER)
        assert not node.GetMeasurement("length").GetEnabled()


def test_hidden_margins_stay_hidden(joint):
    update_margins(joint)
    show_margins(joint, False)
    joint.set_edit(GapEdit(change=0.3))
    update_margins(joint)
    assert not any(joint.references.find(role).GetDisplayNode().GetVisibility() for role in MARGIN_ROLES)
    show_margins(joint, True)
    assert all(joint.references.find(role).GetDisplayNode().GetVisibility() for role in MARGIN_ROLES)


def test_margins_that_the_user_removed_come_back_and_go_with_the_joint(scene, joint):
    update_margins(joint)
    scene.RemoveNode(joint.references.find(LOWER))
    update_margins(joint)
    assert joint.references.find(LOWER) is not None
    joint.remove()
    assert scene.GetNumberOfNodesByClass("vtkMRMLMarkupsCurveNode") == 0
