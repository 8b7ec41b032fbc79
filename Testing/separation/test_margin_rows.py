"""Rows of the margins: ends, the same margins on another crop, and what is no margins."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from LayerSeparationLib.joints.affine import invert
from LayerSeparationLib.separation import MarginRows


def margin_rows(shared, rows=(100.0, 112.0)):
    """Return level margins, or those of two arrays of rows."""
    rows = np.stack([np.broadcast_to(np.asarray(row, np.float32), 256) for row in rows])
    sd = np.stack([np.linspace(0.3, 0.6, 256), np.full(256, 0.5)]).astype(np.float32)
    return MarginRows(rows, sd, np.asarray(shared, np.float32))


def box(left, right, level=1.0):
    shared = np.zeros(256, np.float32)
    shared[left : right + 1] = level
    return shared


def turn(angle_deg, x=0.0, y=0.0):
    """Return a turn about the middle of the crop, then a shift."""
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    linear = np.array([[c, -s], [s, c]])
    middle = np.full(2, 127.5)
    return np.column_stack([linear, middle - linear @ middle + [x, y]])


def test_ends_lie_where_the_probability_crosses_a_half():
    shared = box(61, 199)
    shared[60], shared[200] = 0.75, 0.75
    shared[59], shared[201] = 0.25, 0.0
    assert margin_rows(shared).ends_px == pytest.approx((59.5, 200 + 1 / 3), abs=1e-6)


def test_a_joint_that_reaches_the_border_ends_there():
    assert margin_rows(np.ones(256)).ends_px == (0.0, 255.0)


@pytest.mark.parametrize("level", [0.0, 0.49])
def test_nothing_likely_is_no_joint(level):
    assert margin_rows(box(60, 200, level)).ends_px is None


def test_the_largest_run_is_the_joint():
    shared = np.maximum(box(80, 180), np.maximum(box(20, 22), box(230, 231)))
    assert margin_rows(shared).ends_px == (79.5, 180.5)


def test_a_shift_moves_rows_and_ends():
    rows = np.linspace(95, 105, 256)
    found = margin_rows(box(60, 200), (rows, rows + 12)).seen_through(turn(0, 6, -4))
    joint = np.arange(70, 200)
    assert found.rows_px[0][joint] == pytest.approx(rows[joint - 6] - 4, abs=1e-4)
    assert found.sd_px[0][joint] == pytest.approx(np.linspace(0.3, 0.6, 256)[joint - 6], abs=1e-6)
    assert found.ends_px == pytest.approx((65.5, 206.5), abs=1e-4)
    assert not found.shared[:60].any()


@given(st.floats(-8, 8), st.floats(-6, 6), st.floats(-6, 6))
def test_a_turn_tilts_the_margins(angle_deg, x, y):
    found = margin_rows(box(60, 200)).seen_through(turn(angle_deg, x, y))
    columns = np.arange(90, 170)
    slope = np.tan(np.radians(angle_deg))
    for rows, row in zip(found.rows_px, (100.0, 112.0), strict=True):
        origin = turn(angle_deg, x, y) @ [127.5, row, 1]
        assert rows[columns] == pytest.approx(origin[1] + slope * (columns - origin[0]), abs=1e-3)


@given(st.floats(-6, 6), st.floats(-5, 5), st.floats(-5, 5))
def test_there_and_back_is_the_same(angle_deg, x, y):
    curve = 100 + 6 * np.cos(np.arange(256) / 40)
    before = margin_rows(box(60, 200), (curve, curve + 11))
    matrix = turn(angle_deg, x, y)
    after = before.seen_through(matrix).seen_through(invert(matrix))
    joint = slice(60, 200)
    assert after.rows_px[:, joint] == pytest.approx(before.rows_px[:, joint], abs=0.02)
    assert after.ends_px == pytest.approx(before.ends_px, abs=0.5)


def test_two_looks_are_one_mean_the_less_certain_where_they_differ():
    one, other = margin_rows(box(60, 200)), margin_rows(box(64, 200), (104.0, 112.0))
    both = one.together_with(other)
    assert both.rows_px[0] == pytest.approx(102)
    assert both.rows_px[1] == pytest.approx(112)
    assert both.sd_px[0] == pytest.approx(np.hypot(one.sd_px[0], 2), abs=1e-5)
    assert both.sd_px[1] == pytest.approx(0.5)
    assert both.shared[62] == pytest.approx(0.5)


def test_turned_over_is_the_mirror_image():
    rows = np.linspace(95, 105, 256)
    turned = margin_rows(box(60, 180), (rows, rows + 12)).turned_over()
    assert turned.rows_px[0] == pytest.approx(rows[::-1], abs=1e-4)
    assert turned.ends_px == (255 - 180.5, 255 - 59.5)


def test_nobody_looked():
    nothing = MarginRows.none()
    assert nothing.ends_px is None
    assert nothing.as_array().shape == (MarginRows.COUNT, 256)


def test_stored_as_one_array_and_read_again():
    before = margin_rows(box(60, 200))
    values = before.as_array()
    assert (values.shape, values.dtype) == ((MarginRows.COUNT, 256), np.float32)
    after = MarginRows.from_array(values)
    assert np.array_equal(after.as_array(), values)
    assert after.ends_px == before.ends_px


@pytest.mark.parametrize("shape", [(4, 256), (6, 256), (256,), (5, 256, 1)])
def test_another_array_is_refused(shape):
    with pytest.raises(ValueError, match="margins are 5 rows"):
        MarginRows.from_array(np.zeros(shape, np.float32))
