"""Maps of the joint network become places with probabilities."""

import numpy as np
import pytest

from LayerSeparationLib.joints.joint_maps import find_peaks

CELLS = 128


def logits_with(peaks, absent=-20.0):
    """Return logits of one joint: Gaussian peaks (x, y in cells, share) and the share of 'not there'."""
    y, x = np.mgrid[:CELLS, :CELLS]
    probability = np.full((CELLS, CELLS), 1e-9)
    for column, row, share in peaks:
        peak = np.exp(-((x - column) ** 2 + (y - row) ** 2) / 2)
        probability += share * peak / peak.sum()
    return np.append(np.log(probability).ravel(), absent)[None]


@pytest.mark.parametrize(("column", "row"), [(40.0, 60.0), (40.37, 60.81), (100.5, 7.25)])
def test_a_peak_is_placed_between_the_cells(column, row):
    ((place,),) = find_peaks(logits_with([(column, row, 1.0)]))
    assert place.view_px == pytest.approx((2 * column + 0.5, 2 * row + 0.5), abs=0.05)
    assert place.probability == pytest.approx(1, abs=0.01)


def test_two_places_share_the_probability():
    (places,) = find_peaks(logits_with([(30, 30, 0.7), (90, 90, 0.3)]))
    assert [place.probability for place in places[:2]] == pytest.approx([0.7, 0.3], abs=0.02)
    assert places[1].view_px == pytest.approx((180.5, 180.5), abs=0.1)


def test_a_joint_that_is_not_there_has_no_place():
    assert find_peaks(logits_with([(30, 30, 1.0)], absent=8.0)) == [[]]
