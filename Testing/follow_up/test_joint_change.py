"""A known change between two films is found, with an interval that holds it, or it is said why not."""

import numpy as np
import pytest

from LayerSeparationLib import make_joint
from LayerSeparationLib.follow_up import Verdict, compare_joints, judge, measure_change, register_joint


@pytest.mark.parametrize(
    ("change_mm", "verdict"), [(-0.6, Verdict.PROGRESSED), (0.05, Verdict.UNCHANGED), (0.4, Verdict.WIDENED)]
)
def test_change_of_a_joint_that_was_laid_down_and_exposed_anew(scene, change_mm, verdict):
    later = scene.widened(change_mm, sideways_px=1.5).posed(4.0, 5.0, -4.0)
    found = measure_change(scene.film(seed=1), later.film(seed=2, gamma=1.2))
    assert found.change == pytest.approx(change_mm, abs=0.013)
    low, high = found.interval
    assert low <= change_mm <= high
    assert high - low < 0.06
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


def test_joints_are_paired_by_name_and_side(scene):
    film = scene.film(seed=1, side="R")
    other = scene.film(seed=2, side="L")
    found, lost = compare_joints([film], [scene.film(seed=3, side="R"), other][::-1])
    assert [(change.side, change.verdict) for change in (found, lost)] == [
        ("R", Verdict.UNCHANGED),
        ("L", Verdict.UNKNOWN),
    ]
    assert lost.reason == "not on the baseline"
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


def test_films_of_different_people_have_no_verdict(scene):
    other = make_joint("MCP", 31, jsw_mm=0.6)
    silhouettes = other.upper_silhouette.astype(np.float32), other.lower_silhouette.astype(np.float32)
    stranger = type(scene)(other.soft_tissue, other.upper_bone, other.lower_bone, *silhouettes)
    found = measure_change(scene.film(seed=1), stranger.film(seed=2))
    assert found.verdict is Verdict.UNKNOWN or found.interval[1] - found.interval[0] > 0.1
