"""A hand's own frame: back and forth, and fitted to joints however they are turned, mirrored or spoilt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from LayerSeparationLib.joints.hand_frame import MEAN_JOINTS, HandFrame, fit_frame, visible_joints
from LayerSeparationLib.joints.hand_view import UPRIGHT, film_view, hand_view, pyramid, view_to_film

angles = st.floats(-np.pi, np.pi)
lengths = st.floats(50, 3000)
places = st.floats(-500, 5000)


def placed(frame, points=MEAN_JOINTS):
    matrix = frame.to_film
    return points @ matrix[:, :2].T + matrix[:, 2]


def frame_at(x, y, length, angle, mirrored):
    return HandFrame((x, y), (length * np.sin(angle), -length * np.cos(angle)), mirrored)


@given(places, places, lengths, angles, st.booleans())
def test_a_mean_hand_is_fitted_exactly(x, y, length, angle, mirrored):
    frame = frame_at(x, y, length, angle, mirrored)
    fitted, residual = fit_frame(placed(frame), np.ones(14), mirrored)
    assert fitted.centre_px == pytest.approx(frame.centre_px, abs=1e-6 * length)
    assert fitted.distal_px == pytest.approx(frame.distal_px, abs=1e-6 * length)
    assert residual < 1e-6
    assert fit_frame(placed(frame), np.ones(14), not mirrored)[1] > 0.1


@given(
    lengths, angles, st.booleans(), st.sets(st.integers(0, 13), min_size=1, max_size=3), st.integers(0, 99)
)
def test_a_few_wrong_joints_hardly_matter(length, angle, mirrored, wrong, seed):
    frame = frame_at(300, 200, length, angle, mirrored)
    joints = placed(frame)
    joints[list(wrong)] += length * np.random.default_rng(seed).uniform(0.15, 0.4, (len(wrong), 2))
    fitted, _ = fit_frame(joints, np.ones(14), mirrored)
    assert fitted.length_px == pytest.approx(length, rel=0.08)
    assert np.hypot(*np.subtract(fitted.centre_px, frame.centre_px)) < 0.05 * length


def test_joints_of_no_weight_are_ignored():
    frame = frame_at(10, 20, 400, 0.3, True)
    joints = placed(frame)
    joints[5:] = 1e6
    fitted, _ = fit_frame(joints, np.array([1.0] * 5 + [0.0] * 9), True)
    assert fitted.length_px == pytest.approx(400, rel=1e-6)


def test_thumb_lies_to_the_right_of_an_upright_left_hand():
    joints = placed(HandFrame((100, 100), (0, -200), mirrored=False))
    assert joints[5, 0] > joints[9, 0]
    assert joints[11, 1] < joints[2, 1]
    mirrored = placed(HandFrame((100, 100), (0, -200), mirrored=True))
    assert mirrored[5, 0] < mirrored[9, 0]


@given(places, places, lengths, angles, st.booleans())
def test_a_view_shows_the_hand_upright(x, y, length, angle, mirrored):
    frame = frame_at(x, y, length, angle, mirrored)
    matrix = view_to_film(frame)
    seen = placed(UPRIGHT)
    assert seen @ matrix[:, :2].T + matrix[:, 2] == pytest.approx(placed(frame), abs=1e-6 * (length + abs(x)))


def test_views_are_sampled_where_the_film_says():
    """A bright spot at a joint of a large film is found at the same joint of both views."""
    film = np.zeros((1500, 1200), np.float32)
    frame = frame_at(700, 800, 1100, 0.4, True)
    x, y = placed(frame)[7]
    rows, columns = np.mgrid[:1500, :1200]
    film += np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * 14.0**2)).astype(np.float32)
    levels = pyramid(film, 6)
    upright = hand_view(levels, frame)
    assert centroid(upright) == pytest.approx(placed(UPRIGHT)[7], abs=0.1)
    assert centroid(film_view(levels)) == pytest.approx(
        [127.5 + (x - 599.5) * 0.16, 127.5 + (y - 749.5) * 0.16], abs=0.1
    )


def centroid(view):
    weight = np.maximum(view - view.max() / 4, 0)
    rows, columns = np.mgrid[: view.shape[0], : view.shape[1]]
    return np.array([(weight * columns).sum(), (weight * rows).sum()]) / weight.sum()


def test_visible_joints_are_in_the_usual_order():
    joints, weights = visible_joints({"MCP2": (3, 4), "IP1": (5, 6)})
    assert weights.sum() == 2
    assert joints[1].tolist() == [3, 4]
    assert joints[5].tolist() == [5, 6]
