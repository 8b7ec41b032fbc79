"""Curves on the canonical grid: at a fraction of a pixel, in one piece, with gaps where margins are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from LayerSeparationLib.synthesis import RigidMotion
from LayerSeparationLib.synthesis.taper import taper_at
from LayerSeparationLib.views.joint_curves import carry, outline, smooth_margin, within, without_margin

Y, X = np.mgrid[:256, :256]
CENTRE, RADIUS = np.array([120.7, 100.3]), 40.0
DISTANCE = np.hypot(X - CENTRE[0], Y - CENTRE[1])


def off_circle(curve):
    return np.hypot(*(curve - CENTRE).T) - RADIUS


def test_a_soft_edge_is_found_to_a_twentieth_of_a_pixel():
    [curve] = outline((1 / (1 + np.exp((DISTANCE - RADIUS) / 0.7))).astype(np.float32))
    assert np.abs(off_circle(curve)).max() < 0.05
    np.testing.assert_array_equal(curve[0], curve[-1])


def test_a_hard_edge_has_no_stairs():
    [curve] = outline((DISTANCE < RADIUS).astype(np.float32))
    assert np.abs(off_circle(curve)).max() < 0.35
    steps = np.diff(curve, axis=0)
    steps = steps[np.hypot(*steps.T) > 0.2]
    turns = np.degrees(np.diff(np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))))
    assert np.abs(turns).max() < 30, "stairs turn by 45 and 90 degrees"


def test_an_outline_ends_at_the_crops_border():
    [curve] = outline((np.hypot(X - 128, Y - 256) < 60).astype(np.float32))
    assert sorted(curve[[0, -1], 0]) == pytest.approx([68, 188], abs=1)
    np.testing.assert_allclose(curve[[0, -1], 1], 255)


def test_nothing_has_no_outline():
    assert outline(np.zeros((256, 256), np.float32)) == []


def test_an_outline_leaves_its_margin_free():
    line = np.column_stack([np.arange(200.0), np.full(200, 50.0)])
    margin = np.column_stack([np.arange(60.0, 121.0), np.linspace(50.5, 51.5, 61)])
    left, right = without_margin([line], margin)
    np.testing.assert_array_equal(left[-1], margin[0])
    np.testing.assert_array_equal(right[0], margin[-1])
    assert (left[-2, 0], right[1, 0]) == pytest.approx((60, 120), abs=5)
    [whole] = without_margin([line], margin + np.array([0, 8.0]))
    assert len(whole) == 200


def test_a_margin_is_drawn_without_zigzag_and_hooks():
    x = np.arange(60.0, 121.0)
    arc = 130 - np.sqrt(75.0**2 - (x - 90) ** 2)
    rough = arc + 0.5 * (-1) ** np.arange(61)
    rough[[0, -1]] += 3.0
    drawn = smooth_margin(np.column_stack([x, rough]), 2.0)
    np.testing.assert_allclose(drawn[8:-8, 1], arc[8:-8], atol=0.15)
    assert np.abs(drawn[[0, -1], 1] - arc[[0, -1]]).max() < 1.2
    assert np.abs(np.diff(drawn[:, 1])).max() < 1.2 < np.abs(np.diff(rough)).max()
    straight = np.column_stack([x, 0.3 * x])
    np.testing.assert_allclose(smooth_margin(straight, 2.0), straight)


def test_a_curve_is_cut_at_the_films_border():
    line = np.column_stack([np.arange(-20.0, 50.0), np.full(70, 5.0)])
    [kept] = within([line], (10, 30))
    assert (kept[0, 0], kept[-1, 0]) == (0.0, 29.0)


def test_a_bone_moves_rigidly_at_the_joint_and_not_at_all_at_the_border():
    motion = RigidMotion(x_px=3.0, y_px=-8.0, turn_deg=4.0)
    points = np.array([[127.5, 127.5], [140.0, 120.0], [127.5, 60.0], [127.5, 0.0]])
    moved = carry(points, motion, covers_film=False)
    np.testing.assert_allclose(moved[:2], points[:2] @ motion.matrix[:, :2].T + motion.matrix[:, 2])
    np.testing.assert_allclose(moved[3], points[3], atol=0.1)
    # What is seen at a place is what the motion, faded there, brought to it.
    back = moved @ motion.inverse[:, :2].T + motion.inverse[:, 2]
    np.testing.assert_allclose(moved + taper_at(moved)[:, None] * (back - moved), points, atol=0.05)
