"""What can be asked, and what is refused."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from LayerSeparationLib import GapEdit, MovableJoint, synthesize
from LayerSeparationLib.errors import InputError


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"target_jsw": 1.0, "change": 0.2}, "either a target"),
        ({"target_jsw": 1.0, "unit": "cm"}, "unit must be one of mm, px"),
        ({"target_jsw": -0.1}, "0 or more"),
        ({"change": math.nan}, "finite"),
        ({"tilt_deg": None}, "tilt_deg must be a finite number, not None"),
        ({"tilt_deg": 31}, "30 degrees"),
        ({"moves": "left"}, "upper, lower, both"),
    ],
)
def test_impossible_edits(values, message):
    with pytest.raises(InputError, match=message):
        GapEdit(**values)


@pytest.mark.parametrize(
    ("edit", "neutral", "has_lengths"),
    [
        (GapEdit(), True, False),
        (GapEdit(moves="both", unit="px"), True, False),
        (GapEdit(change=0.0), True, True),
        (GapEdit(target_jsw=0.0), False, True),
        (GapEdit(tilt_deg=3), False, False),
        (GapEdit(shift=1), False, True),
    ],
)
def test_what_an_edit_asks_for(edit, neutral, has_lengths):
    assert (edit.is_neutral, edit.has_lengths) == (neutral, has_lengths)
    assert edit.without_motion() == GapEdit(moves=edit.moves, unit=edit.unit)


edits = st.builds(
    GapEdit,
    target_jsw=st.none() | st.floats(0, 10),
    shift=st.floats(-10, 10),
    tilt_deg=st.floats(-30, 30),
    moves=st.sampled_from(["upper", "lower", "both"]),
    unit=st.sampled_from(["mm", "px"]),
) | st.builds(GapEdit, change=st.floats(-10, 10))


@given(edits)
def test_an_edit_comes_back_from_json(edit):
    assert GapEdit.from_json(json.loads(json.dumps(edit.as_json()))) == edit


@given(edits, st.floats(0, 10), st.floats(-10, 10))
def test_another_gap_replaces_the_one_before_and_nothing_else(edit, target, change):
    asked = edit.with_target(target)
    assert (asked.target_jsw, asked.change) == (target, None)
    assert asked.with_change(change).with_target(target) == asked
    assert (asked.shift, asked.tilt_deg, asked.moves) == (edit.shift, edit.tilt_deg, edit.moves)
    assert asked.unit == edit.unit


@pytest.mark.parametrize("values", [{"gap": 1}, {"target_jsw": "1"}, [1], "0.8", None])
def test_what_is_no_edit_is_said(values):
    with pytest.raises(InputError, match="edit"):
        GapEdit.from_json(values)


def test_limits_can_be_asked_for(mcp_layers):
    movable = MovableJoint(mcp_layers)
    edit, limits = GapEdit(), GapEdit.limits(movable.jsw, mcp_layers.crop.unit_per_px)
    assert limits.unit == "mm"
    per_px = mcp_layers.crop.unit_per_px
    for target in limits.target_jsw:
        motion = synthesize(movable, edit.with_target(target)).motion.upper
        assert -motion.y_px * per_px == pytest.approx(target - movable.jsw.mean, abs=1e-3)
    for change in limits.change:
        motion = synthesize(movable, edit.with_change(change)).motion.upper
        assert -motion.y_px * per_px == pytest.approx(change)
    with pytest.raises(InputError, match="the crop allows"):
        synthesize(movable, edit.with_change(1.02 * limits.change[1]))


def test_a_mm_edit_needs_pixel_spacing(separator, phantoms):
    from LayerSeparationLib import JointPose, Radiograph

    film = Radiograph.from_array(phantoms["MCP"].radiograph.intensity)
    layers = separator.separate(film, JointPose.whole_crop(film))
    with pytest.raises(InputError, match="pixel spacing is unknown"):
        synthesize(layers, GapEdit(change=0.3))
    widened = synthesize(layers, GapEdit(change=5, unit="px"))
    assert widened.jsw_after.unit == "px"
    assert widened.jsw_after.mean - widened.jsw_before.mean == pytest.approx(5, abs=0.02)


def test_px_are_refused_where_mm_are_known(mcp_layers):
    with pytest.raises(InputError, match="lengths in mm"):
        synthesize(mcp_layers, GapEdit(change=5, unit="px"))


def test_a_motion_beyond_the_crop_is_refused(mcp_layers):
    with pytest.raises(InputError, match="the crop allows"):
        synthesize(mcp_layers, GapEdit(change=6))
