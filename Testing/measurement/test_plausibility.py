"""What can't be a joint is told, of silhouettes, margins and widths; sound phantoms are not doubted."""

from dataclasses import replace

import numpy as np
import pytest

from LayerSeparationLib import JointPose, Radiograph, make_joint
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX, JointCrop
from LayerSeparationLib.measurement import (
    Margins,
    Quality,
    check_film,
    measure_jsw,
    without_jsw,
)
from LayerSeparationLib.measurement.hand_check import compare_with_hand
from LayerSeparationLib.measurement.jsw import measure_margins
from LayerSeparationLib.measurement.jsw_check import check_width
from LayerSeparationLib.measurement.margin_check import check_margins
from LayerSeparationLib.measurement.pixel_check import check_pixels
from LayerSeparationLib.measurement.silhouette_check import check_silhouettes
from LayerSeparationLib.separation import MarginRows
from LayerSeparationLib.training.margin_tracer import trace_margins

KINDS = ("MCP", "PIP", "DIP", "IP")


def silhouettes_of(joint):
    return np.stack([joint.upper_silhouette, joint.lower_silhouette]).astype(np.float32)


def with_veil(radiograph):
    """Half the contrast under a veil, as by a very wide window."""
    return Radiograph.from_array(0.45 + 0.4 * radiograph.intensity, radiograph.spacing.mm)


@pytest.fixture(scope="module")
def joints():
    return [make_joint(kind, seed) for kind in KINDS for seed in range(70, 74)]


def test_sound_bones_and_margins_are_not_doubted(joints):
    for joint in joints:
        silhouettes = silhouettes_of(joint)
        margins = trace_margins(joint.upper_bone, joint.lower_bone, silhouettes)
        assert check_silhouettes(silhouettes) == ()
        assert check_margins(margins, silhouettes) == ()


def test_separated_phantoms_are_measured(separator, phantoms):
    for kind, phantom in phantoms.items():
        name = f"{kind}1" if kind == "IP" else f"{kind}2"
        jsw = measure_jsw(separator.separate(phantom.radiograph, replace(phantom.pose, name=name)))
        assert jsw.quality is Quality.MEASURED, jsw.status


def cut_hole(silhouettes):
    rows, columns = np.nonzero(silhouettes[1] > 0.5)
    silhouettes[1, rows.min() + 25 : rows.min() + 40, int(np.median(columns)) :][:, :15] = 0


def cut_bay(silhouettes):
    rows, columns = np.nonzero(silhouettes[0] > 0.5)
    silhouettes[0, rows.max() - 55 : rows.max() - 35, : columns.min() + 45] = 0


def add_spike(silhouettes):
    row = int(np.nonzero(silhouettes[1] > 0.5)[0].min()) + 60
    silhouettes[1, row : row + 14, :] = 1
    silhouettes[1, row : row + 14, :20] = 0


def cut_end(silhouettes):
    silhouettes[0, :20] = 0


def leak(silhouettes):
    """The upper silhouette runs on into the head."""
    row = int(np.nonzero(silhouettes[0] > 0.5)[0].max())
    silhouettes[0, row - 30 : row + 90, 110:150] = 1


def scatter(silhouettes):
    silhouettes[1, 60:70, 10:30] = 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("spoil", "finding"),
    [
        (cut_hole, "a hole in the lower bone"),
        (cut_bay, "a bay in the upper bone's outline"),
        (add_spike, "a spike at the lower bone's outline"),
        (cut_end, "the upper bone ends too soon"),
        (leak, "one bone reaches far into the other"),
        (scatter, "the lower bone is in pieces"),
    ],
)
def test_spoilt_silhouettes_are_told(kind, spoil, finding):
    silhouettes = silhouettes_of(make_joint(kind, 71))
    spoil(silhouettes)
    assert any(told.startswith(finding) for told in check_silhouettes(silhouettes)), finding


def test_a_bone_may_end_at_the_edge_of_the_film():
    silhouettes = silhouettes_of(make_joint("MCP", 71))
    silhouettes[0, :40] = 0
    on_film = np.ones((256, 256), bool)
    assert check_silhouettes(silhouettes, on_film) != ()
    on_film[:40] = False
    assert check_silhouettes(silhouettes, on_film) == ()


def spoilt_margins(**changes):
    joint = make_joint("MCP", 71)
    silhouettes = silhouettes_of(joint)
    return replace(trace_margins(joint.upper_bone, joint.lower_bone, silhouettes), **changes), silhouettes


@pytest.mark.parametrize(
    ("line", "rows", "finding"),
    [
        ("upper", -35.0, "the upper margin lies deep in its bone"),
        ("upper", 25.0, "the upper margin leaves its bone"),
        ("lower", 12.0, "the lower margin leaves the outline of its bone"),
    ],
)
def test_margins_off_their_bones_are_told(line, rows, finding):
    margins, silhouettes = spoilt_margins()
    moved = replace(margins, **{line: getattr(margins, line) + np.array([0, rows])})
    assert any(told.startswith(finding) for told in check_margins(moved, silhouettes))


def test_a_margin_that_jumps_to_another_edge_is_told():
    margins, silhouettes = spoilt_margins()
    upper = margins.upper.copy()
    upper[len(upper) // 2 :, 1] -= 18
    told = check_margins(replace(margins, upper=upper), silhouettes)
    assert told[0].startswith("the upper margin is steeper")


@pytest.mark.parametrize(
    ("kind", "step_px", "told"), [("MCP", 4, 0), ("MCP", 7, 1), ("PIP", 7, 0), ("PIP", 9, 1), ("", 7, 0)]
)
def test_a_step_to_another_edge_nearby_is_told(kind, step_px, told):
    margins, silhouettes = spoilt_margins()
    x = margins.upper[:, 0]
    upper = np.column_stack([x, np.interp(x, x[[0, -1]], margins.upper[[0, -1], 1])])
    upper[:, 1] -= step_px * np.clip((x - np.median(x)) / 3, 0, 1)
    found = check_margins(replace(margins, upper=upper), silhouettes, kind)
    assert sum(finding.startswith("the upper margin has a step") for finding in found) == told


def test_uncertain_margins_are_told():
    margins, silhouettes = spoilt_margins()
    uncertain = replace(margins, lower_sd_px=np.full_like(margins.lower_sd_px, 3.0))
    assert check_margins(uncertain, silhouettes)[0].startswith("the lower margin can hardly be told")


def test_a_film_cut_off_at_black_is_told(separator):
    joint = make_joint("MCP", 71, jsw_mm=1.6)
    intensity = joint.radiograph.intensity
    tissue = float(np.median(intensity[~(joint.upper_silhouette | joint.lower_silhouette)]))
    for cut, expected in ((0.0, False), (1.3 * tissue, True)):
        film = Radiograph.from_array(np.clip(intensity - cut, 0, 1), spacing_mm=CANONICAL_MM_PER_PX)
        jsw = measure_jsw(separator.separate(film, JointPose.whole_crop(film)))
        told = [finding for finding in jsw.findings if finding.startswith("the film is cut off at black")]
        assert (len(told) == 1) is expected
        assert (jsw.quality is Quality.MEASURED) is not expected


@pytest.mark.parametrize(("spacing_mm", "is_told"), [(0.3, False), (0.5, False), (0.65, True), (1.0, True)])
def test_pixels_coarser_than_those_of_the_training_are_told(spacing_mm, is_told):
    margins, _ = spoilt_margins()
    film = Radiograph.from_array(np.linspace(0.2, 0.8, 80 * 80).reshape(80, 80), spacing_mm=spacing_mm)
    pose = JointPose("MCP3", (40.0, 40.0), (0.0, -1.0))
    found = check_pixels(JointCrop(film, pose), margins)
    assert [told.startswith("the film's pixels are too coarse") for told in found] == [True] * is_told


def test_a_least_width_that_can_not_be_told_is_told():
    rows = np.stack([np.full(256, 100, np.float32), np.full(256, 116, np.float32)])
    sd = np.full((2, 256), 0.5, np.float32)
    shared = np.zeros(256, np.float32)
    shared[60:200] = 1
    film = Radiograph.from_array(np.full((256, 256), 0.3), spacing_mm=CANONICAL_MM_PER_PX)
    crop = JointCrop(film, JointPose.whole_crop(film))
    assert measure_margins(crop, MarginRows(rows, sd, shared)).quality is Quality.MEASURED
    # Few columns, so that the mean stays certain; the width is least there.
    rows[0, 128:132], sd[0, 128:132] = 104, 6
    jsw = measure_margins(crop, MarginRows(rows, sd, shared))
    assert jsw.quality is Quality.CHECK
    assert jsw.short_findings == "the least width can't be told"


def test_ends_that_do_not_match_are_told_by_the_silhouettes():
    margins, silhouettes = spoilt_margins()
    columns = np.flatnonzero((silhouettes[1, 160:200] > 0.5).all(axis=0))
    half = silhouettes.copy()
    half[1, :, : int(columns.mean())] = 0
    told = check_margins(margins, half)
    assert any(one.startswith("the upper bone's end is too wide") for one in told)
    assert any(one.startswith("outlines and margins end at different places") for one in told)
    aside = silhouettes.copy()
    aside[1] = np.roll(aside[1], 45, axis=1)
    assert any(one.startswith("the bones lie side by side") for one in check_margins(margins, aside))


@pytest.mark.parametrize("moved_px", [24, -24])
def test_a_silhouette_that_is_shifted_to_a_side_is_told(joints, moved_px):
    for joint in joints:
        silhouettes = silhouettes_of(joint)
        margins = trace_margins(joint.upper_bone, joint.lower_bone, silhouettes)
        silhouettes[1] = np.roll(silhouettes[1], moved_px, axis=1)
        assert check_margins(margins, silhouettes) != ()


def test_an_outline_that_runs_into_the_joint_space_is_told():
    margins, silhouettes = spoilt_margins()
    x = margins.lower[:, 0].astype(int)[: len(margins.lower) // 2]
    for column, row in zip(x, margins.lower[:, 1].astype(int), strict=False):
        silhouettes[1, row - 10 : row, column] = 1
    assert check_margins(margins, silhouettes)[0].startswith("the lower bone's outline runs into the joint")


def test_a_plate_may_lie_as_deep_as_joints_of_the_kind_are_hollow():
    margins, silhouettes = spoilt_margins()
    upper = margins.upper.copy()
    bottom = 255 - np.argmax(silhouettes[0, ::-1] > 0.5, axis=0)[upper[:, 0].astype(int)]
    upper[:, 1] = bottom - 26.0
    deep = replace(margins, upper=upper)
    assert not any("deep" in told for told in check_margins(deep, silhouettes, "MCP"))
    assert any("deep" in told for told in check_margins(deep, silhouettes, "DIP"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_width_that_can_not_be_is_told_in_mm_or_by_the_bones(kind):
    assert check_width(kind, 1.8, "mm", 0.15) == ()
    assert "9.30 mm" in check_width(kind, 9.3, "mm", 0.2)[0]
    assert "90%" in check_width(kind, 9.3, "px", 0.9)[0]
    assert check_width(kind, 9.3, "px", 0.15) == ()


def hand_of(values):
    film = Radiograph.from_array(np.full((256, 256), 0.5, np.float32), 0.082)
    crop = JointCrop(film, JointPose.whole_crop(film))
    nothing = without_jsw(crop, "not asked for")
    poses = [JointPose(name, (9, 9), (0, -1), side="L") for name in values]
    widths = [
        replace(nothing, mean=value, quality=Quality.MEASURED, findings=()) for value in values.values()
    ]
    return poses, widths


def test_a_joint_much_wider_than_its_neighbours_is_told_a_narrow_one_is_not():
    alike = {"PIP2": 0.9, "PIP3": 1.0, "PIP4": 0.95, "PIP5": 0.85, "IP1": 2.9, "MCP1": 1.6}
    assert not any(compare_with_hand(*hand_of(alike)))
    found = compare_with_hand(*hand_of({**alike, "PIP4": 2.6}))
    assert [bool(told) for told in found] == [False, False, True, False, False, False]
    assert "2.60 against 0.90 mm" in found[2][0]
    assert not any(compare_with_hand(*hand_of({**alike, "PIP4": 0.15})))
    assert not any(compare_with_hand(*hand_of({"PIP2": 0.9, "PIP3": 2.6, "PIP4": 0.9})))


@pytest.mark.parametrize("kind", ["MCP", "PIP", "DIP"])
def test_under_a_veil_no_width_is_wrong_and_measured(separator, kind):
    wrong = []
    for seed in (80, 81, 82, 83):
        joint = make_joint(kind, seed)
        jsw = measure_jsw(
            separator.separate(with_veil(joint.radiograph), replace(joint.pose, name=f"{kind}2"))
        )
        if jsw.quality is Quality.MEASURED and abs(jsw.mean - joint.jsw_mean_mm) > 0.5:
            wrong.append((seed, jsw.mean, joint.jsw_mean_mm))
    assert wrong == []


def test_no_joints_have_no_findings():
    assert check_film([], []) == []
    assert isinstance(spoilt_margins()[0], Margins)
