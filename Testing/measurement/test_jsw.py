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
)


def margins_of(phantom):
    silhouettes = np.stack([phantom.upper_silhouette, phantom.lower_silhouette]).astype(np.float32)
    return find_margins(phantom.upper_bone, phantom.lower_bone, silhouettes)


def crop_of(phantom):
    return JointCrop(phantom.radiograph, JointPose.whole_crop(phantom.radiograph))


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


@pytest.mark.parametrize("kind", ["MCP", "PIP", "DIP", "IP"])
def test_exact_layers_give_the_exact_jsw(kind):
    errors = []
    for seed in range(300, 304):
        phantom = make_joint(kind, seed, jsw_mm=0.7 + 0.25 * (seed - 300))
        errors.append(jsw_of_margins(crop_of(phantom), margins_of(phantom)).mean - phantom.jsw_mean_mm)
    assert np.abs(errors).mean() < 0.06
    assert np.abs(errors).max() < 0.15


def test_margins_lie_on_the_true_margins():
    phantom = make_joint("MCP", 310, jsw_mm=1.5)
    margins = margins_of(phantom)
    for found, truth in ((margins.upper, phantom.upper_margin_px), (margins.lower, phantom.lower_margin_px)):
        columns, _ = margins.widths()
        order = np.argsort(truth[:, 0])
        expected = np.interp(columns, truth[order, 0], truth[order, 1])
        error_px = np.interp(columns, found[:, 0], found[:, 1]) - expected
        assert np.median(np.abs(error_px)) * CANONICAL_MM_PER_PX < 0.06


def test_separated_phantoms(separator, phantoms):
    for phantom in phantoms.values():
        jsw = measure_jsw(separator.separate(phantom.radiograph, phantom.pose))
        assert jsw.unit == "mm"
        assert jsw.mean == pytest.approx(phantom.jsw_mean_mm, abs=0.25)
        assert jsw.minimum <= jsw.mean
        assert jsw.profile.mean() == pytest.approx(jsw.mean)


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


def test_a_bone_that_is_missing_is_named():
    empty = np.zeros((256, 256), np.float32)
    silhouettes = np.zeros((2, 256, 256), np.float32)
    silhouettes[0, :100, 80:180] = 1
    with pytest.raises(MarginsNotFoundError, match=r"joint's crop: no lower bone.*Check that") as raised:
        find_margins(empty, empty, silhouettes)
    assert raised.value.reason == "no lower bone found in the crop"
    assert isinstance(raised.value, LayerSeparationError)


def test_a_joint_without_margins_has_the_bare_reason(separator):
    film = Radiograph.from_array(np.full((256, 256), 0.3, np.float32), CANONICAL_MM_PER_PX)
    jsw = measure_jsw(separator.separate(film, JointPose.whole_crop(film)))
    assert jsw.mean is None
    assert jsw.status.endswith("bone found in the crop")


@pytest.mark.parametrize("faint", ["upper", "lower"])
def test_a_bone_that_is_hardly_there_has_no_margin(faint):
    phantom = make_joint("MCP", 300)
    silhouettes = np.stack([phantom.upper_silhouette, phantom.lower_silhouette]).astype(np.float32)
    bones = {"upper": phantom.upper_bone, "lower": phantom.lower_bone}
    bones[faint] = np.full_like(bones[faint], 0.01)
    with pytest.raises(MarginsNotFoundError, match=f"the {faint} bone is too faint"):
        find_margins(bones["upper"], bones["lower"], silhouettes)


def test_bones_side_by_side_are_no_joint():
    empty = np.full((256, 256), 0.1, np.float32)
    silhouettes = np.zeros((2, 256, 256), np.float32)
    silhouettes[0, :120, 20:90] = 1
    silhouettes[1, 130:, 120:220] = 1
    with pytest.raises(MarginsNotFoundError, match="do not face each other"):
        find_margins(empty, empty, silhouettes)


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
