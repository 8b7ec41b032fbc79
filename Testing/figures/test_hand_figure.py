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
from LayerSeparationLib.figures.canvas import FAINT, INK, NARROWER_COLOUR, WIDER_COLOUR
from LayerSeparationLib.figures.label_places import place_labels
from LayerSeparationLib.follow_up import JointChange, Verdict, since_baseline
from LayerSeparationLib.joints import JointCrop, JointPose
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
    half = (hands[0][1].interval[1] - hands[0][1].interval[0]) / 2
    assert right.half_interval == pytest.approx(half * np.sqrt(2), rel=1e-3)
    assert other_hand(hands[:1]) is None


def test_words_and_colours_of_both_hands(hands, tmp_path):
    draw_hand(tmp_path / "hand.svg", hands, synthetic=True)
    words = texts_of(tmp_path / "hand.svg")
    assert words["R MCP2  1.23 mm"] not in {words["L MCP2  1.64 mm"], INK}
    assert {words["R MCP3  1.64 mm"], words["L MCP3  1.64 mm"]} == {INK}
    assert words["L PIP2  -"] == FAINT
    assert "check: the margins can hardly be told" in words
    assert any(text.startswith("not measurable: no joint found in") for text in words)
    assert "than: other hand on this film" in words
    assert {"SYNTHETIC", "$both_hands$", "narrower by 0.5", "wider by 0.5 mm"} <= set(words)
    (caption,) = (text for text in words if text.startswith("JSW in mm"))
    assert "90 % interval" in caption
    assert "pixel spacing 0.2 mm (given by the user)" in caption


def test_without_a_reference_nothing_is_coloured(film, tmp_path):
    draw_hand(tmp_path / "hand.svg", [joint(film, "MCP2", "R", (150, 400), 15)])
    words = texts_of(tmp_path / "hand.svg")
    assert words["MCP2  1.23 mm"] == INK
    assert "no reference: joints are not coloured" in words
    assert "SYNTHETIC" not in words


@pytest.mark.parametrize(("length", "colour"), [(-0.7, NARROWER_COLOUR), (0.0, INK), (0.7, WIDER_COLOUR)])
def test_colour_says_how_far_from_the_reference(film, tmp_path, length, colour):
    reference = Reference("earlier film 2021.dcm", {("MCP2", "R"): Deviation(length, 0.05, "told")})
    draw_hand(tmp_path / "hand.svg", [joint(film, "MCP2_R", "R", (150, 400), 15)], reference)
    words = texts_of(tmp_path / "hand.svg")
    assert words["MCP2  1.23 mm"] == colour
    assert f"1.17 to 1.29   {length:+.2f} ± 0.05 told" in words
    assert "than: earlier film 2021.dcm" in words


def test_lengths_in_px_say_so(tmp_path):
    film = Radiograph.from_array(np.random.default_rng(0).uniform(0.1, 0.6, (800, 600)))
    crop = JointCrop(film, JointPose("MCP2", (300, 400), (0, -1), field_of_view_px=128))
    measured = joint(film.with_spacing(MM), "MCP2", None, (300, 400), 15)[1]
    draw_hand(tmp_path / "hand.svg", [(crop, replace(measured, unit="px"))])
    words = texts_of(tmp_path / "hand.svg")
    assert "MCP2  1.23 px" in words
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
    told = {"side": "R", "unit": "mm", "note": "", "baseline": None, "follow_up": None}
    changes = [
        JointChange(
            name="MCP2", change=-0.3, interval=(-0.4, -0.2), verdict=Verdict.PROGRESSED, reason="", **told
        ),
        JointChange(
            name="MCP3", change=0.1, interval=(-0.4, 0.6), verdict=Verdict.UNKNOWN, reason="dim", **told
        ),
    ]
    reference = since_baseline(changes)
    assert reference.deviations["MCP2", "R"].label() == "-0.30 ± 0.10 progressed"
    assert reference.deviations["MCP3", "R"] == Deviation(None, 0.0, "dim")


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 28), st.integers(0, 2**32 - 1))
def test_lines_to_labels_never_cross_and_labels_never_meet(count, seed):
    sites = np.random.default_rng(seed).uniform(0, 6, (count, 2))
    places = place_labels(sites, -0.5, 6.5, top=7.0, bottom=-0.5, height=0.5)
    columns = {side: sorted(place.y for place in places if place.is_left is side) for side in (True, False)}
    assert all(b - a > 0.5 - 1e-9 for ys in columns.values() for a, b in pairwise(ys))
    ends = np.array([(place.x, place.y) for place in places])
    i, j = np.triu_indices(count, 1)

    def side(a, b, c):
        return (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]

    apart = side(sites[i], ends[i], sites[j]) * side(sites[i], ends[i], ends[j]) < -1e-9
    back = side(sites[j], ends[j], sites[i]) * side(sites[j], ends[j], ends[i]) < -1e-9
    assert not np.any(apart & back)


def test_too_many_labels_are_refused():
    with pytest.raises(ValueError, match="don't fit"):
        place_labels(np.zeros((5, 2)), -1, 1, top=1, bottom=0, height=0.5)
