"""A hand at a glance: labels that cover nothing, colours that name their reference, no invented number."""

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from LayerSeparationLib import Radiograph
from LayerSeparationLib.figures import Deviation, Reference, draw_hand, other_hand
from LayerSeparationLib.figures.canvas import (
    FAINT,
    INK,
    NARROWER_COLOUR,
    SLIGHTLY_NARROWER_COLOUR,
    SPACE_COLOUR,
    WIDER_COLOUR,
    dark_figure,
)
from LayerSeparationLib.figures.hand_frame import lay_out
from LayerSeparationLib.figures.joint_mark import draw_mark
from LayerSeparationLib.figures.label_places import LabelColumns, body_height, place_labels
from LayerSeparationLib.follow_up import JointChange, Verdict, since_baseline
from LayerSeparationLib.joints import JOINT_NAMES, JointCrop, JointPose
from LayerSeparationLib.joints.hand_frame import MEAN_JOINTS
from LayerSeparationLib.measurement import Margins, jsw_of_margins, without_jsw

MM = 0.2


@pytest.fixture(scope="module")
def film():
    """A film of 160 mm x 120 mm."""
    intensity = np.random.default_rng(0).uniform(0.1, 0.6, (800, 600))
    return Radiograph.from_array(intensity, spacing_mm=MM, name="$both_hands$")


def joint(film, name, side, centre_px, gap_px, finding=""):
    """Return a joint of so many canonical px (0.082 mm) of gap; None: not measurable."""
    crop = JointCrop(film, JointPose(name, centre_px, (0, -1), side=side))
    if gap_px is None:
        return crop, without_jsw(crop, "no joint found in the crop (or none that is seen)")
    x = np.arange(60.0, 201.0)
    upper, lower = (np.column_stack([x, np.full(x.size, y)]) for y in (100.0, 100.0 + gap_px))
    sd = np.full(x.size, 0.5)
    jsw = jsw_of_margins(crop, Margins(upper, lower, (60, 200), (60, 200), sd, sd))
    return crop, jsw.with_findings(finding) if finding else jsw


@pytest.fixture(scope="module")
def hands(film):
    """Both hands of a film: MCP2 narrower on the right by 0.41 mm, one to be checked, one without JSW."""
    return [
        joint(film, "MCP2", "R", (150, 400), 15),
        joint(film, "MCP2", "L", (450, 400), 20),
        joint(film, "MCP3", "R", (200, 380), 20, "the margins can hardly be told (look at both)"),
        joint(film, "MCP3", "L", (400, 380), 20),
        joint(film, "PIP2", "L", (460, 200), None),
    ]


def texts_of(path):
    """Return the words of an SVG with their colour."""
    found = re.findall(r'<text style="([^"]*)"[^>]*>([^<]*)</text>', path.read_text(encoding="utf-8"))
    return {text: re.search(r"fill: (#\w+)", style)[1] for style, text in found}


def test_other_hand_is_compared_where_both_were_measured(hands):
    reference = other_hand(hands)
    assert set(reference.deviations) == {("MCP2", "R"), ("MCP2", "L")}
    right, left = (reference.deviations["MCP2", side] for side in "RL")
    assert right.length == pytest.approx(-5 * 0.082)
    assert left.length == pytest.approx(5 * 0.082)
    half = (hands[0][1].interval[1] - hands[0][1].interval[0]) / 2 * np.sqrt(2)
    assert right.interval == pytest.approx((right.length - half, right.length + half), rel=1e-3)
    assert right.limit == pytest.approx(1.96 * half / 1.645, rel=1e-3)
    assert (right.verdict, left.verdict) == ("narrower", "wider")
    assert other_hand(hands[:1]) is None


def test_words_and_colours_of_both_hands(hands, tmp_path):
    draw_hand(tmp_path / "hand.svg", hands, synthetic=True)
    words = texts_of(tmp_path / "hand.svg")
    (narrower,) = (text for text in words if text.startswith("▼ narrower -0.41 (-0.4"))
    assert words["R MCP2  1.23 mm"] == words[narrower]
    assert words["R MCP2  1.23 mm"] not in {words["L MCP2  1.64 mm"], INK}
    assert {words["R MCP3  1.64 mm"], words["L MCP3  1.64 mm"]} == {INK}
    assert words["L PIP2  -"] == FAINT
    assert "check: the margins can hardly be told" in words
    assert any(text.startswith("not measurable: no joint found in") for text in words)
    assert "narrower (-) or wider (+) than on the other hand on this film" in words
    assert "left and right hands · narrower: R MCP2 · wider: L MCP2" in words
    assert {"SYNTHETIC", "$both_hands$", "-0.5", "+0.5 mm", "3 measured", "1 check"} <= set(words)
    (caption,) = (text for text in words if text.startswith("JSW in mm"))
    assert "90 % interval" in caption
    assert "pixel spacing 0.2 mm (given by the user)" in caption


def test_without_a_reference_nothing_is_coloured(film, tmp_path):
    draw_hand(tmp_path / "hand.svg", [joint(film, "MCP2", "R", (150, 400), 15)])
    words = texts_of(tmp_path / "hand.svg")
    assert words["MCP2  1.23 mm"] == INK
    assert "1.17 to 1.29" in words
    assert "no other hand and no earlier film to compare with: joints are not coloured" in words
    assert not {"SYNTHETIC", "+0.5 mm"} & set(words)


@pytest.mark.parametrize(
    ("length", "colour", "told"),
    [
        (-0.7, NARROWER_COLOUR, "▼ progressed -0.70 (-0.75 to -0.65)"),
        (-0.1101, SLIGHTLY_NARROWER_COLOUR, "▼ progressed -0.11 (-0.16 to -0.06)"),
        (-0.004, INK, "unchanged 0.00 (-0.05 to +0.05)"),
        (0.7, WIDER_COLOUR, "▲ widened +0.70 (+0.65 to +0.75)"),
    ],
)
def test_colour_says_first_whether_a_change_is_real(film, tmp_path, length, colour, told):
    verdict = told.split()[-5]
    deviation = Deviation(length, (length - 0.05, length + 0.05), "mm", 0.11, verdict)
    reference = Reference("earlier film 2021.dcm", {("MCP2", "R"): deviation}, "by more than 0.11 mm")
    draw_hand(tmp_path / "hand.svg", [joint(film, "MCP2_R", "R", (150, 400), 15)], reference)
    words = texts_of(tmp_path / "hand.svg")
    assert near(words["MCP2  1.23 mm"], colour)
    assert words[told] == (FAINT if colour == INK else words["MCP2  1.23 mm"])
    is_scaled = "narrower (-) or wider (+) than on the earlier film 2021.dcm" in words
    assert is_scaled == (colour != INK)
    assert ("no joint differs from the earlier film 2021.dcm by more than 0.11 mm" in words) != is_scaled


def near(colour, other):
    """Whether two colours differ by no more than a step of 255 in each channel."""
    channels = [[int(one[k : k + 2], 16) for k in (1, 3, 5)] for one in (colour, other)]
    return max(abs(a - b) for a, b in zip(*channels, strict=True)) <= 1


def test_what_most_joints_share_is_said_once(film, tmp_path):
    finding = "nothing confirms the joints' names (the film ends before the wrist)"
    places = ((150, 400), (250, 380), (350, 390))
    joints = [joint(film, f"MCP{number}", "R", place, 15, finding) for number, place in enumerate(places, 2)]
    shared = Deviation(verdict="can't tell", unit="px")
    reference = Reference("earlier film", {("MCP2", "R"): shared}, note="can't tell for 3 of 3 joints: dim")
    draw_hand(tmp_path / "hand.svg", joints, reference)
    content = (tmp_path / "hand.svg").read_text(encoding="utf-8")
    assert content.count("confirms the joints") == 1
    words = texts_of(tmp_path / "hand.svg")
    assert f"most joints: {finding}" in {text.replace("&#x27;", "'") for text in words}
    assert "can't tell for 3 of 3 joints: dim" in words
    assert "can't tell" not in words


def test_reasons_are_not_cut(film, tmp_path):
    finding = "; ".join(f"reason number {number} that is rather long" for number in range(9))
    draw_hand(tmp_path / "hand.svg", [joint(film, "MCP2", "R", (150, 400), 15, finding)])
    words = " ".join(texts_of(tmp_path / "hand.svg"))
    assert f"check: {finding}" in words


def test_marks_leave_the_joint_space_in_sight(tmp_path):
    flat = Radiograph.from_array(np.full((800, 600), 0.5), spacing_mm=MM)
    crop, jsw = joint(flat, "MCP2", "R", (300, 400), 20)
    frame = lay_out([[crop]], [0.5], 1.0)[0][0]
    figure = dark_figure((4, 4))
    axes = figure.add_axes((0, 0, 1, 1))
    left, right = draw_mark(axes, frame, crop, jsw, INK, 1.3)
    space = frame.to_inches(np.concatenate([jsw.upper_margin_px, jsw.lower_margin_px]))
    brackets = [line.get_xydata() for line in axes.lines if line.get_color() == INK]
    assert len(brackets) == 2
    for bracket in brackets:
        outside = (bracket[:, 0] < space[:, 0].min()) | (bracket[:, 0] > space[:, 0].max())
        assert outside.all()
    assert left[0] < space[:, 0].min() < space[:, 0].max() < right[0]
    drawn = [line.get_xydata() for line in axes.lines if line.get_color() == SPACE_COLOUR]
    assert len(drawn) == 2
    # The central half is measured, and drawn, of margins over all of the joint.
    assert np.ptp(drawn[0][:, 0]) == pytest.approx(0.5 * np.ptp(space[:, 0]), rel=0.03)


def test_lengths_in_px_say_so(tmp_path):
    film = Radiograph.from_array(np.random.default_rng(0).uniform(0.1, 0.6, (800, 600)))
    crop = JointCrop(film, JointPose("MCP2", (300, 400), (0, -1), field_of_view_px=128))
    measured = joint(film.with_spacing(MM), "MCP2", None, (300, 400), 15)[1]
    draw_hand(tmp_path / "hand.svg", [(crop, replace(measured, unit="px"))])
    words = texts_of(tmp_path / "hand.svg")
    assert "MCP2  1.2 px" in words
    assert any("pixel spacing unknown: lengths in px of the film" in text for text in words)


@pytest.mark.parametrize("suffix", [".png", ".pdf"])
def test_kind_of_file_follows_its_name(hands, tmp_path, suffix):
    path = tmp_path / f"hand{suffix}"
    draw_hand(path, hands)
    assert path.read_bytes()[:4] == {".png": b"\x89PNG", ".pdf": b"%PDF"}[suffix]
    if suffix == ".png":
        assert Image.open(path).width >= 1200


def test_joints_of_two_films_are_refused(film, hands):
    other = replace(film, name="other")
    with pytest.raises(ValueError, match="of one film, not of 2"):
        draw_hand("nowhere.png", [hands[0], joint(other, "MCP2", "R", (150, 400), 15)])


def test_changes_are_deviations_only_with_a_verdict():
    told = {"side": "R", "unit": "mm", "own_note": "", "baseline": None, "follow_up": None}
    changes = [
        JointChange(
            name="MCP2", change=-0.3, interval=(-0.4, -0.2), verdict=Verdict.PROGRESSED, reason="", **told
        ),
        JointChange(
            name="MCP3", change=0.1, interval=(-0.4, 0.6), verdict=Verdict.UNKNOWN, reason="dim", **told
        ),
    ]
    reference = since_baseline(changes)
    assert reference.deviations["MCP2", "R"].label == "progressed -0.30 (-0.40 to -0.20)"
    assert reference.deviations["MCP2", "R"].limit == pytest.approx(0.119, abs=0.001)
    assert reference.deviations["MCP3", "R"] == Deviation(verdict="can't tell", reason="dim")


def columns_of(top, bottom):
    return LabelColumns(-0.3, 6.8, top, bottom, 0.1)


@pytest.mark.parametrize("mirror", [-1, 1])
@pytest.mark.parametrize("turn_deg", [-25, -12, 0, 12, 25])
def test_lines_of_a_hand_run_over_no_joint_and_never_cross(turn_deg, mirror):
    angle = np.deg2rad(turn_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    heights = np.random.default_rng(turn_deg + 90).uniform(0.4, 0.9, 14)
    sites = MEAN_JOINTS * [mirror, -1] @ turn.T * 8.5
    sites = sites - sites.min(axis=0) + [0.4, 0.6]
    fingers = [name[-1] for name in JOINT_NAMES]
    top = max(body_height(fingers, heights), sites[:, 1].max() + 0.6)
    places = place_labels(sites, fingers, heights, columns_of(top, 0))
    for finger in set(fingers):
        assert len({place.is_left for place, of in zip(places, fingers, strict=True) if of == finger}) == 1
    ends = np.array([(place.x, place.y) for place in places])
    assert not crossings(sites, ends)
    for index, end in enumerate(ends):
        along = np.linspace(sites[index], end, 400)
        others = np.delete(sites, index, axis=0)
        assert np.hypot(*np.moveaxis(along[:, None] - others, -1, 0)).min() > 0.1


def crossings(sites, ends):
    i, j = np.triu_indices(len(sites), 1)

    def side(a, b, c):
        return (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]

    apart = side(sites[i], ends[i], sites[j]) * side(sites[i], ends[i], ends[j]) < -1e-9
    back = side(sites[j], ends[j], sites[i]) * side(sites[j], ends[j], ends[i]) < -1e-9
    return int(np.sum(apart & back))


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_labels_never_meet_and_stay_in_their_columns(count, seed):
    random = np.random.default_rng(seed)
    sites, heights = random.uniform(0, 6, (count, 2)), random.uniform(0.3, 0.9, count)
    names = [str(number) for number in range(count)]
    top = max(body_height(names, heights), 1.0)
    places = place_labels(sites, names, heights, columns_of(top, 0))
    for side in (True, False):
        column = [
            (place.y + 0.1, height)
            for place, height in zip(places, heights, strict=True)
            if place.is_left is side
        ]
        column.sort(reverse=True)
        assert all(above - height > below - 1e-6 for (above, height), (below, _) in pairwise(column))
        if column:
            assert column[0][0] <= top + 1e-6
            assert column[-1][0] - column[-1][1] >= -1e-6


def test_too_many_labels_are_refused():
    with pytest.raises(ValueError, match="don't fit"):
        place_labels(np.zeros((5, 2)), list("abcde"), np.full(5, 0.5), columns_of(1, 0))
