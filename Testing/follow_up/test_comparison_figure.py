"""Pictures of two visits: both films with margins and widths, reasons said once, no empty column."""

import re
from dataclasses import replace

import numpy as np
import pytest

from LayerSeparationLib.figures.canvas import FAINT, INK, SPACE_COLOUR
from LayerSeparationLib.follow_up import Verdict, measure_change
from LayerSeparationLib.follow_up.comparison_card import ComparisonCard
from LayerSeparationLib.follow_up.comparison_figure import draw_changes
from LayerSeparationLib.follow_up.deviations import deviation_of
from LayerSeparationLib.joints.affine import map_points


@pytest.fixture(scope="module")
def narrowed(scene):
    """A joint that is narrower by 0.4 mm on a film where the hand lies turned and shifted."""
    return measure_change(scene.film(seed=1), scene.widened(-0.4).posed(3, 6, -4).film(seed=2))


def words_of(path):
    found = re.findall(r'<text style="([^"]*)"[^>]*>([^<]*)</text>', path.read_text(encoding="utf-8"))
    return [(text, re.search(r"fill: (#\w+)", style)[1]) for style, text in found]


def test_card_says_both_widths_and_the_change(narrowed, tmp_path):
    draw_changes(tmp_path / "changes.svg", [narrowed])
    words = dict(words_of(tmp_path / "changes.svg"))
    assert "side unknown · progressed: MCP2" in words
    (change,) = (text for text in words if re.fullmatch(r"progressed -0\.\d\d \(-0.* to -0.*\) mm", text))
    assert words[change] not in {INK, FAINT}
    for film, jsw in (("baseline", narrowed.baseline), ("follow-up", narrowed.follow_up)):
        (told,) = (text for text in words if text.startswith(f"{film}: "))
        assert told.startswith(f"{film}: {jsw.mean:.2f} mm (")
    assert "Brightness: both films" in " ".join(words)


def test_margins_of_the_follow_up_lie_where_its_bones_are_shown(narrowed):
    card = ComparisonCard(narrowed, deviation_of(narrowed, ()), with_difference=True)
    before, after = (
        [line + 40 for line in card._on_shown_image(jsw.margins, place)]
        for place, jsw in enumerate((narrowed.baseline, narrowed.follow_up))
    )
    columns = np.arange(110.0, 146.0)
    upper, lower = (np.interp(columns, *after[k].T) - np.interp(columns, *before[k].T) for k in range(2))
    # The lower bones lie on each other; the upper one came nearer by 0.4 mm.
    assert abs(lower.mean()) < 0.7
    assert upper.mean() * 0.082 == pytest.approx(0.4, abs=0.08)


def test_both_films_have_their_margins(narrowed, tmp_path):
    draw_changes(tmp_path / "changes.svg", [narrowed])
    lines = re.findall(
        rf'style="fill: none; [^"]*stroke: {SPACE_COLOUR}', (tmp_path / "changes.svg").read_text()
    )
    assert len(lines) == 4


def test_a_reason_of_all_joints_is_said_once_and_no_column_is_empty(narrowed, tmp_path):
    reason = "the pixel spacing of the follow-up is unknown"
    lost = replace(
        narrowed,
        change=None,
        interval=None,
        registration=None,
        verdict=Verdict.UNKNOWN,
        reason=reason,
    )
    changes = [replace(lost, name=f"MCP{number}") for number in range(2, 5)]
    draw_changes(tmp_path / "changes.svg", changes)
    words = [text for text, _ in words_of(tmp_path / "changes.svg")]
    assert [text for text in words if reason in text] == [f"can't tell for 3 of 3 joints: {reason}"]
    assert "side unknown · 3 can't tell" in words
    assert not any("difference" in text or "differs" in text for text in words)
    assert "-" not in words


def test_a_joint_of_one_film_only_says_so(narrowed, tmp_path):
    lost = replace(
        narrowed,
        change=None,
        interval=None,
        registration=None,
        crops=None,
        follow_up=None,
        verdict=Verdict.UNKNOWN,
        reason="not on the follow-up",
    )
    draw_changes(tmp_path / "changes.svg", [narrowed, replace(lost, name="MCP3")])
    words = [text for text, _ in words_of(tmp_path / "changes.svg")]
    assert {"can't tell: not on the follow-up", "follow-up: not found"} <= set(words)


def test_registered_margins_are_those_of_the_follow_up_film(narrowed):
    card = ComparisonCard(narrowed, deviation_of(narrowed, ()), with_difference=True)
    shown = card._on_shown_image(narrowed.follow_up.margins, 1)[1] + 40
    back = map_points(narrowed.registration.lower, shown)
    assert back == pytest.approx(narrowed.follow_up.margins.lower, abs=1e-6)
