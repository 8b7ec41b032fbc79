"""Intervals: wider where margins are less certain, never below nothing, and true as often as they say."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from LayerSeparationLib.measurement import Margins
from LayerSeparationLib.measurement.interval import mean_interval, minimum_interval, profile_interval


def margins(width_px=12.0, sd_px=0.5):
    x = np.arange(60.0, 201.0)
    sd = np.full(x.size, sd_px)
    lines = (np.column_stack([x, np.full(x.size, y)]) for y in (100.0, 100.0 + width_px))
    return Margins(*lines, (60, 200), (60, 200), sd, sd)


def test_an_interval_is_about_its_width_and_grows_with_the_margins_deviations():
    low, high = mean_interval(margins())
    assert (low + high) / 2 == pytest.approx(12)
    assert np.diff(mean_interval(margins(sd_px=5.0)))[0] == pytest.approx(10 * (high - low), rel=0.3)
    half = 1.6449 * np.sqrt(0.95**2 * 0.5 + 0.55**2)
    assert profile_interval(margins())[0] == pytest.approx([12 - half, 12 + half], abs=0.001)


def test_a_column_that_is_less_certain_widens_its_own_interval_most():
    one = margins()
    sd = one.upper_sd_px.copy()
    sd[70] = 3.0
    spans = np.diff(profile_interval(replace(one, upper_sd_px=sd)), axis=1)[:, 0]
    assert spans.argmax() == 70 - 35
    one.lower[70, 1] = 109.0
    uncertain = replace(one, upper_sd_px=sd)
    low, high = minimum_interval(uncertain)
    assert low == pytest.approx(9 - spans.max() / 2)
    assert high == pytest.approx(mean_interval(uncertain)[1])  # its own would go beyond: no minimum does
    one.lower[70, 1] = 104.0
    assert np.diff(minimum_interval(one))[0] == pytest.approx(np.diff(profile_interval(one))[0, 0])


def test_no_width_is_less_than_nothing():
    assert mean_interval(margins(width_px=0.1))[0] == 0
    assert profile_interval(margins(width_px=0.1)).min() == 0


def test_nine_in_ten_intervals_of_the_mean_hold_the_truth():
    """Widths that err as the intervals assume of margins of 0.5 px, alike over 1.3 mm."""
    random = np.random.default_rng(3)
    held = []
    for _ in range(400):
        noise = ndimage.gaussian_filter1d(random.standard_normal((2, 400)), 16 / np.sqrt(4 * np.pi), axis=1)
        noise = np.sqrt(0.95**2 * 0.25 + 0.55**2 / 2) * (noise / noise.std())[:, 100:241]
        one = margins()
        one.upper[:, 1] += noise[0]
        one.lower[:, 1] += noise[1]
        low, high = mean_interval(one)
        held.append(low <= 12 <= high)
    assert 0.85 < np.mean(held) < 0.95
