"""What can be asked, and what is refused."""

import math

import pytest

from LayerSeparationLib import GapEdit
from LayerSeparationLib.errors import InputError


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"target_jsw_mm": 1.0, "change_mm": 0.2}, "one of a target"),
        ({"target_jsw_mm": 1.0, "shift_px": 2}, "either in mm or in px"),
        ({"target_jsw_mm": -0.1}, "0 or more"),
        ({"change_mm": math.nan}, "finite"),
        ({"tilt_deg": 31}, "30 degrees"),
        ({"moves": "left"}, "upper, lower, both"),
    ],
)
def test_impossible_edits(values, message):
    with pytest.raises(InputError, match=message):
        GapEdit(**values)


@pytest.mark.parametrize(
    ("edit", "unit"),
    [
        (GapEdit(), None),
        (GapEdit(tilt_deg=3), None),
        (GapEdit(shift_mm=1), "mm"),
        (GapEdit(change_px=3), "px"),
    ],
)
def test_unit(edit, unit):
    assert edit.unit == unit


def test_a_mm_edit_needs_pixel_spacing(separator, phantoms):
    from LayerSeparationLib import JointPose, Radiograph

    film = Radiograph.from_array(phantoms["MCP"].radiograph.intensity)
    layers = separator.separate(film, JointPose.whole_crop(film))
    with pytest.raises(InputError, match="pixel spacing is unknown"):
        layers.synthesize(GapEdit(change_mm=0.3))
    widened = layers.synthesize(GapEdit(change_px=5))
    assert widened.jsw_after.unit == "px"
    assert widened.jsw_after.mean - widened.jsw_before.mean == pytest.approx(5, abs=0.02)


def test_px_are_refused_where_mm_are_known(mcp_layers):
    with pytest.raises(InputError, match="lengths in mm"):
        mcp_layers.synthesize(GapEdit(change_px=5))


def test_a_motion_beyond_the_crop_is_refused(mcp_layers):
    with pytest.raises(InputError, match="the crop allows"):
        mcp_layers.synthesize(GapEdit(change_mm=6))
