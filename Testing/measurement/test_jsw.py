"""JSW against the exact geometry of phantoms; and the reasons where there is none."""

import numpy as np
import pytest

from LayerSeparationLib import JointPose, Radiograph, make_joint
from LayerSeparationLib.errors import LayerSeparationError
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX, JointCrop
from LayerSeparationLib.measurement import (
    Margins,
    MarginsNotFoundError,
    Quality,
    find_margins,
    joint_space,
    jsw_of_margins,
    measure_jsw,
    measure_margins,
)
from LayerSeparationLib.separation import MarginRows


def margin_rows(left=60, right=200, upper_row=100.0, lower_row=112.0):
    """Return level margins that both bones share from column ``left`` to ``right``."""
    shared = np.zeros(256, np.float32)
    shared[left : right + 1] = 1
    rows = np.stack([np.full(256, row, np.float32) for row in (upper_row, lower_row)])
    return MarginRows(rows, np.full((2, 256), 0.4, np.float32), shared)


def flat_margins(upper_row, lower_row, left=60.0, right=200.0):
    columns = np.arange(left, right + 1)
    return Margins(
        upper=np.column_stack([columns, np.full(columns.size, upper_row)]),
        lower=np.column_stack([columns, np.full(columns.size, lower_row)]),
        upper_extent=(left, right),
        lower_extent=(left, right),
        upper_sd_px=np.full(columns.size, 0.5),
        lower_sd_px=np.full(columns.size, 0.5),
    )


@pytest.fixture(scope="module")
def errors_mm(separator):
    """Return what the JSW of three phantoms of each kind is off by."""
    errors = {}
    for kind in ("MCP", "PIP", "DIP", "IP"):
        made = [make_joint(kind, 20 + number, jsw_mm=0.8 + 0.35 * number) for number in range(3)]
        found = [measure_margins(crop, rows) for crop, rows in (look(separator, phantom) for phantom in made)]
        assert all(jsw.unit == "mm" and jsw.minimum <= jsw.mean for jsw in found)
        errors[kind] = [jsw.mean - phantom.jsw_mean_mm for jsw, phantom in zip(found, made, strict=True)]
    return errors


def look(separator, phantom):
    pose = JointPose.whole_crop(phantom.radiograph)
    return JointCrop(phantom.radiograph, pose), separator.find_margins(phantom.radiograph, pose)


@pytest.mark.parametrize("kind", ["MCP", "PIP", "DIP", "IP"])
def test_each_phantom_has_its_jsw(errors_mm, kind):
    assert np.abs(errors_mm[kind]).max() < 0.15


def test_the_jsw_of_phantoms_is_right_on_average(errors_mm):
    every = np.concatenate(list(errors_mm.values()))
    assert np.abs(every).mean() < 0.05
    assert abs(every.mean()) < 0.03


def test_margins_lie_on_the_true_margins(separator, phantoms):
    phantom = phantoms["MCP"]
    margins = find_margins(look(separator, phantom)[1])
    columns, _ = margins.widths()
    for found, truth in ((margins.upper, phantom.upper_margin_px), (margins.lower, phantom.lower_margin_px)):
        order = np.argsort(truth[:, 0])
        expected = np.interp(columns, truth[order, 0], truth[order, 1])
        error_px = np.interp(columns, found[:, 0], found[:, 1]) - expected
        assert np.median(np.abs(error_px)) * CANONICAL_MM_PER_PX < 0.05


def test_layers_carry_the_margins(mcp_layers, phantoms):
    jsw = measure_jsw(mcp_layers)
    assert jsw.mean == pytest.approx(phantoms["MCP"].jsw_mean_mm, abs=0.15)
    assert jsw.profile.mean() == pytest.approx(jsw.mean)
    assert jsw.interval[0] < jsw.mean < jsw.interval[1]


VEILED = {"veil": lambda grey: 0.3 + 0.5 * grey, "gamma": lambda grey: grey**0.7}


@pytest.mark.parametrize("name", VEILED)
def test_a_veil_and_another_gamma_hardly_change_the_jsw(separator, phantoms, name):
    for phantom in phantoms.values():
        film = Radiograph.from_array(VEILED[name](phantom.radiograph.intensity), CANONICAL_MM_PER_PX)
        pose = JointPose.whole_crop(film)
        veiled = measure_margins(JointCrop(film, pose), separator.find_margins(film, pose))
        assert veiled.mean == pytest.approx(measure_margins(*look(separator, phantom)).mean, abs=0.05)


def test_mean_minimum_and_profile_of_known_margins():
    film = Radiograph.from_array(np.tile(np.linspace(0, 0.9, 256, dtype=np.float32), (256, 1)), 0.082)
    margins = flat_margins(100.25, 112.75)
    margins.lower[70, 1] = 110.0
    jsw = jsw_of_margins(JointCrop(film, JointPose.whole_crop(film)), margins)
    assert jsw.minimum == pytest.approx(9.75 * 0.082)
    assert jsw.mean == pytest.approx(12.5 * 0.082, abs=0.005)
    assert jsw.position[-1] - jsw.position[0] == pytest.approx(0.5 * 141 * 0.082, abs=0.1)
    assert jsw.upper_margin_px[0] == pytest.approx([60, 100.25])
    assert jsw.status == "measured"


def test_without_spacing_lengths_are_pixels_of_the_film():
    film = Radiograph.from_array(np.tile(np.linspace(0, 0.9, 512, dtype=np.float32), (512, 1)))
    jsw = jsw_of_margins(JointCrop(film, JointPose.whole_crop(film)), flat_margins(100, 110))
    assert jsw.unit == "px"
    assert jsw.mean == pytest.approx(20)


@pytest.mark.parametrize("lower_row", [95.0, 100.5])
def test_margins_that_touch_or_cross_give_no_jsw(lower_row):
    film = Radiograph.from_array(np.tile(np.linspace(0, 0.9, 256, dtype=np.float32), (256, 1)), 0.082)
    jsw = jsw_of_margins(JointCrop(film, JointPose.whole_crop(film)), flat_margins(100, lower_row))
    assert jsw.mean is None
    assert jsw.minimum is None
    assert jsw.status.startswith("not measurable: closed: margins touch (")
    assert jsw.quality == "not measurable"
    assert jsw.interval is None
    assert jsw.short_findings == "closed: margins touch"


def test_the_central_half_of_what_both_bones_share_is_measured():
    margins = find_margins(margin_rows(60, 200))
    assert margins.upper_extent == margins.lower_extent == (59.5, 200.5)
    columns, widths = margins.widths()
    assert (columns[0], columns[-1]) == (95, 165)
    assert widths == pytest.approx(12.0)
    assert margins.upper[0, 0] < columns[0] < columns[-1] < margins.upper[-1, 0]
    assert margins.upper_sd_px.shape == margins.lower_sd_px.shape == (len(margins.upper),)
    assert margins.upper_sd_px == pytest.approx(0.4)


def test_margins_that_are_not_there():
    with pytest.raises(MarginsNotFoundError, match=r"crop: no joint found in the crop.*Check that") as raised:
        find_margins(MarginRows.from_array(np.zeros((5, 256), np.float32)))
    assert raised.value.reason.startswith("no joint found in the crop (")
    assert isinstance(raised.value, LayerSeparationError)


def test_bones_that_share_less_than_2_mm_are_no_joint():
    with pytest.raises(MarginsNotFoundError, match="do not face each other"):
        find_margins(margin_rows(120, 140))
    assert find_margins(margin_rows(120, 144)).upper_extent == (119.5, 144.5)


@pytest.mark.parametrize("grey", [0.0, 0.3, 1.0])
def test_a_crop_without_a_joint_has_the_bare_reason(separator, grey):
    film = Radiograph.from_array(np.full((256, 256), grey, np.float32), CANONICAL_MM_PER_PX)
    pose = JointPose.whole_crop(film)
    jsw = measure_margins(JointCrop(film, pose), separator.find_margins(film, pose))
    assert jsw.mean is None
    assert jsw.status.startswith("not measurable: no joint found in the crop (")
    assert jsw.short_findings == "no joint found in the crop"


def test_joint_space_lies_between_the_margins():
    film = Radiograph.from_array(np.full((256, 256), 0.5, np.float32), CANONICAL_MM_PER_PX)
    mask = joint_space(JointCrop(film, JointPose.whole_crop(film)), flat_margins(100, 110))
    rows, columns = np.nonzero(mask)
    assert (rows.min(), rows.max()) == (101, 109)
    assert columns.max() - columns.min() + 1 == pytest.approx(0.7 * 141, abs=2)


@pytest.mark.parametrize("centre", [(300.0, 300.0), (30.0, 300.0)])
def test_joint_space_follows_the_pose(centre):
    """On a film twice as fine, the joint turned by a quarter: the space stands upright, cut by the film."""
    film = Radiograph.from_array(np.full((600, 600), 0.5, np.float32), CANONICAL_MM_PER_PX / 2)
    crop = JointCrop(film, JointPose("MCP2", centre, (1.0, 0.0)))
    rows, columns = np.nonzero(joint_space(crop, flat_margins(100, 110)))
    right = centre[0] + 2 * (127.5 - np.array([100, 110]))
    assert columns.max() + crop.region.left == pytest.approx(right[0], abs=1)
    assert columns.min() + crop.region.left == pytest.approx(right[1], abs=1)
    assert rows.max() - rows.min() + 1 == pytest.approx(2 * 0.7 * 141, abs=4)


def test_findings_make_a_jsw_one_to_check_and_stay_when_the_bones_move():
    film = Radiograph.from_array(np.full((256, 256), 0.5, np.float32), CANONICAL_MM_PER_PX)
    crop = JointCrop(film, JointPose.whole_crop(film))
    jsw = jsw_of_margins(crop, flat_margins(100, 112), ("a hole in the upper bone (at its base)",))
    assert (jsw.quality, jsw.reason) == (Quality.CHECK, None)
    assert jsw.status == "check: a hole in the upper bone (at its base)"
    assert jsw.short_findings == "a hole in the upper bone"
    assert jsw.with_findings(*jsw.findings).findings == jsw.findings
    closed = jsw_of_margins(crop, flat_margins(100, 100.5), jsw.doubts)
    assert closed.quality is Quality.NOT_MEASURABLE
    assert closed.doubts == jsw.findings
