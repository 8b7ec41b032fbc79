"""A known change between two films is found, with an interval that holds it, or it is said why not."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from LayerSeparationLib import make_joint, read_radiograph
from LayerSeparationLib.follow_up import (
    Verdict,
    compare_joints,
    compare_measured,
    detectable_change,
    judge,
    make_comparison_record,
    measure_change,
    register_joint,
    share_grey_scale,
)
from LayerSeparationLib.follow_up.joint_change import FILM_SD_MM, change_of_measured
from LayerSeparationLib.measurement import MeasuredJoint, Quality, measure_jsw


@pytest.mark.parametrize(
    ("change_mm", "verdict"), [(-0.6, Verdict.PROGRESSED), (0.05, Verdict.UNCHANGED), (0.4, Verdict.WIDENED)]
)
def test_change_of_a_joint_that_was_laid_down_and_exposed_anew(scene, change_mm, verdict):
    later = scene.widened(change_mm, sideways_px=1.5).posed(4.0, 5.0, -4.0)
    found = measure_change(scene.film(seed=1), later.film(seed=2, gamma=1.2))
    assert found.change == pytest.approx(change_mm, abs=0.013)
    low, high = found.interval
    assert low <= change_mm <= high
    assert 3.2 * FILM_SD_MM < high - low < 0.1
    assert found.verdict is verdict
    assert found.unit == "mm"
    assert found.scale == pytest.approx(1.0, abs=0.003)


def test_change_is_in_mm_of_the_baseline_whatever_the_magnification(scene):
    later = scene.widened(-0.5).posed(-2.0, 2.0, 3.0, scale=1.04)
    found = measure_change(scene.film(seed=1), later.film(seed=2))
    assert found.change == pytest.approx(-0.5, abs=0.02)
    assert found.scale == pytest.approx(1.04, abs=0.004)
    assert "4 % larger on the follow-up" in found.note
    back = measure_change(later.film(seed=2), scene.film(seed=1))
    assert back.change == pytest.approx(0.5 * 1.04, abs=0.02)


def test_follow_up_of_other_pixels(scene):
    """The same film with a pixel spacing twice as large, and a pose that says so, is as large again."""
    later = scene.widened(-0.5).film(seed=2, spacing_mm=0.1)
    found = measure_change(scene.film(seed=1), later)
    assert found.scale == pytest.approx(0.1 / 0.082, rel=0.005)
    assert found.verdict is Verdict.UNKNOWN
    assert found.reason.startswith("the bones differ in size by 22 %")


def test_without_pixel_spacing_the_change_is_in_px_and_has_no_verdict(scene):
    films = scene.film(seed=1, spacing_mm=None), scene.widened(-0.41).film(seed=2, spacing_mm=None)
    found = measure_change(*films)
    assert (found.unit, found.verdict) == ("px", Verdict.UNKNOWN)
    assert found.change == pytest.approx(-5.0, abs=0.15)
    assert found.reason == "the pixel spacing of the films is unknown"


def test_spacing_known_on_one_film_only(scene):
    found = measure_change(scene.film(seed=1), scene.film(seed=2, spacing_mm=None))
    assert (found.change, found.verdict) == (None, Verdict.UNKNOWN)
    assert found.reason == "the pixel spacing of the follow-up is unknown"


def test_no_bone_no_change(scene):
    nothing = np.zeros_like(scene.upper)
    empty = type(scene)(scene.soft + scene.upper, nothing, scene.lower, nothing, scene.lower_silhouette)
    found = measure_change(scene.film(seed=1), empty.film(seed=2))
    assert (found.change, found.verdict) == (None, Verdict.UNKNOWN)
    assert found.reason.startswith("not registered")


def test_lower_bones_coincide_in_the_registered_images(scene):
    later = scene.widened(0.6).posed(3.0, 4.0, 2.0)
    baseline, moved = measure_change(scene.film(seed=1), later.film(seed=2)).registered_images()
    head = (scene.lower_silhouette > 0.5) & (scene.upper_silhouette < 0.5)
    head[:20], head[-40:], head[:, :20], head[:, -20:] = False, False, False, False
    assert np.abs(moved - baseline)[head].mean() < 0.02
    rim = (scene.upper_silhouette > 0.5) & (scene.widened(0.6).upper_silhouette < 0.5)
    assert np.abs(moved - baseline)[rim].mean() > 0.04


def test_registration_of_one_film_onto_itself_moves_nothing(scene):
    film = scene.film(seed=1)
    found = register_joint(film, film)
    for matrix in (found.upper, found.lower):
        np.testing.assert_allclose(matrix, [[1, 0, 0], [0, 1, 0]], atol=2e-3)
    assert min(found.correlation) > 0.999


def test_a_joint_is_measured_once_and_its_findings_go_with_it(scene):
    films = scene.film(seed=1), scene.film(seed=2)
    found = "much wider than the hand's other MCP joints"
    before, after = (
        MeasuredJoint(Path("hand.png"), "MCP2", film, (), measure_jsw(film).with_findings(found), (found,))
        for film in films
    )
    (change,) = compare_measured([before], [after])
    assert change.baseline is before.jsw
    assert change.follow_up is after.jsw
    assert make_comparison_record([change])["joints"][0]["baseline"]["status"] == f"check: {found}"


def test_the_joints_of_a_film_are_judged_beside_one_another(scene):
    narrow = scene.widened(-0.9)
    hand = [narrow.film(seed=finger, name=f"MCP{finger}", side="R") for finger in (3, 4, 5)]
    hand.append(scene.widened(0.9).film(seed=2, name="MCP2", side="R"))
    film = hand[0].radiograph
    of_one_film = [replace(joint, crop=replace(joint.crop, radiograph=film)) for joint in hand]
    changes = {change.name: change for change in compare_joints(of_one_film, [])}
    assert changes["MCP2"].baseline.short_findings == "much wider than the hand's other MCP joints"
    assert changes["MCP3"].baseline.short_findings == ""


def test_joints_are_paired_by_name_and_side(scene):
    film = scene.film(seed=1, side="R")
    other = scene.film(seed=2, side="L")
    found, lost = compare_joints([film], [scene.film(seed=3, side="R"), other][::-1])
    assert [(change.side, change.verdict) for change in (found, lost)] == [
        ("R", Verdict.UNCHANGED),
        ("L", Verdict.UNKNOWN),
    ]
    assert lost.reason == "not on the baseline"
    (thumb,) = compare_joints([scene.film(seed=1, name="IP")], [scene.film(seed=2, name="IP1_R", side="R")])
    assert (thumb.name, thumb.side, thumb.verdict) == ("IP1", "R", Verdict.UNCHANGED)
    by_hand = scene.film(seed=1, name="mcp2_L"), scene.film(seed=2, name="MCP2_R")
    assert [(change.side, change.reason) for change in compare_joints(by_hand[:1], by_hand[1:])] == [
        ("R", "not on the baseline"),
        ("L", "not on the follow-up"),
    ]
    (unsided,) = compare_joints([scene.film(seed=1)], [other])
    assert (unsided.side, unsided.verdict) == ("L", Verdict.UNCHANGED)
    (twice,) = compare_joints([film, film], [film])
    assert twice.reason == "2 times on the baseline"


@pytest.mark.parametrize(
    ("change", "half_width", "verdict"),
    [
        (-0.12, 0.02, Verdict.PROGRESSED),
        (0.12, 0.02, Verdict.WIDENED),
        (-0.10, 0.02, Verdict.UNCHANGED),
        (0.0, 0.2, Verdict.UNKNOWN),
        (-0.5, 0.2, Verdict.PROGRESSED),
        (-0.115, 0.12, Verdict.UNKNOWN),
    ],
)
def test_rule_of_the_verdict(change, half_width, verdict):
    assert judge(change, (change - half_width, change + half_width))[0] is verdict


def test_the_smallest_detectable_change_is_196_standard_deviations_and_011_mm_at_least():
    assert detectable_change((-0.02, 0.02)) == 0.11
    sd = 0.1
    assert detectable_change((0.3 - 1.645 * sd, 0.3 + 1.645 * sd)) == pytest.approx(0.196, abs=1e-3)
    assert judge(-0.19, (-0.19 - 1.645 * sd, -0.19 + 1.645 * sd))[0] is Verdict.UNKNOWN
    assert judge(-0.20, (-0.20 - 1.645 * sd, -0.20 + 1.645 * sd))[0] is Verdict.PROGRESSED


def test_one_film_compared_with_itself_claims_no_more_than_two_films_can_tell(scene):
    film = scene.film(seed=1)
    found = measure_change(film, film)
    assert found.change == pytest.approx(0, abs=1e-3)
    assert (found.interval[1] - found.interval[0]) / 2 > 1.6 * FILM_SD_MM
    assert found.detectable_change == 0.11


def test_films_of_different_people_have_no_verdict(scene):
    other = make_joint("MCP", 31, jsw_mm=0.6)
    silhouettes = other.upper_silhouette.astype(np.float32), other.lower_silhouette.astype(np.float32)
    stranger = type(scene)(other.soft_tissue, other.upper_bone, other.lower_bone, *silhouettes)
    found = measure_change(scene.film(seed=1), stranger.film(seed=2))
    assert found.verdict is Verdict.UNKNOWN or found.interval[1] - found.interval[0] > 0.1


def test_a_registration_that_contradicts_two_measured_widths_is_no_verdict(scene):
    films = scene.film(seed=1), scene.widened(0.3).film(seed=2)
    before, after = map(measure_jsw, films)
    assert change_of_measured(*films, before, after).verdict is Verdict.WIDENED
    found = change_of_measured(*films, before, before)
    assert found.verdict is Verdict.UNKNOWN
    assert re.fullmatch(r"inconsistent \(registered \+0\.(29|30|31) mm, JSW [+-]?0\.00 mm\)", found.reason)
    doubtful = before.with_findings("hole")
    assert change_of_measured(*films, doubtful, before).verdict is Verdict.WIDENED


def test_registration_alone_tells_a_change_where_one_film_shows_no_margins(scene):
    films = scene.film(seed=1), scene.widened(0.4).film(seed=2)
    before, after = map(measure_jsw, films)
    for visits in ((before, lost(after)), (lost(before), after)):
        found = change_of_measured(*films, *visits)
        assert found.verdict is Verdict.WIDENED
        assert found.change == pytest.approx(0.4, abs=0.02)
    assert change_of_measured(*films, lost(before), lost(after)).change is None


def lost(jsw):
    """Return a width as one that could not be measured."""
    return replace(jsw, mean=None, interval=None, margins=None, quality=Quality.NOT_MEASURABLE)


@pytest.fixture
def stored(tmp_path):
    """Return a function: an 8-bit film of the scene with a gain and an offset, read back."""

    def store(scene, name, gain=1.0, offset=0, bits=8):
        grey = np.clip(gain * 200 * scene.film(seed=1).image + offset, 0, 255)
        pixels = grey.astype(np.uint8) if bits == 8 else (257 * grey).astype(np.uint16)
        Image.fromarray(pixels).save(tmp_path / name)
        return read_radiograph(tmp_path / name, spacing_mm=0.082)

    return store


def test_films_that_were_stored_alike_share_one_grey_scale(scene, stored):
    films = stored(scene, "a.png"), stored(scene.widened(0.4), "b.png", gain=1.02)
    assert films[0].intensity_map != films[1].intensity_map
    first, second = share_grey_scale(*films)
    assert first.intensity_map == second.intensity_map
    again, _ = share_grey_scale(films[1], films[0])
    assert again.intensity_map == first.intensity_map
    assert np.abs(first.intensity - films[0].intensity).max() < 0.05


@pytest.mark.parametrize("other", [{"gain": 0.5, "offset": 90}, {"bits": 16}])
def test_films_on_another_window_or_in_other_numbers_keep_their_own(scene, stored, other):
    films = stored(scene, "a.png"), stored(scene, "b.png", **other)
    first, second = share_grey_scale(*films)
    assert (first, second) == films
