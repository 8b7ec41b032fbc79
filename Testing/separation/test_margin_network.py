"""The margin network: blind to brightness and contrast, even-handed, unsure where nothing can be told."""

import numpy as np
import pytest
import torch

from LayerSeparationLib.inference.runner import NetworkRunner
from LayerSeparationLib.inference.weights import find_weights
from LayerSeparationLib.separation import default_weights
from LayerSeparationLib.separation.margin_finding import look
from LayerSeparationLib.separation.margin_network import (
    COLUMNS,
    FIRST_COLUMN,
    FIRST_ROW,
    ROWS,
    MarginNetwork,
    MarginReader,
    read_rows,
    standardise,
    window,
)
from LayerSeparationLib.separation.network import ARCHITECTURE, MARGINS_PART

SEEN = slice(FIRST_COLUMN, FIRST_COLUMN + COLUMNS)


@pytest.fixture(scope="module")
def runner():
    weights = find_weights(default_weights())
    return NetworkRunner.with_weights(MarginReader(), weights, ARCHITECTURE, "cpu", part=MARGINS_PART)


@pytest.fixture(scope="module")
def film(phantoms):
    return phantoms["PIP"].radiograph.intensity


@pytest.fixture(scope="module")
def found(runner, film):
    return look(runner, [film])[0]


@pytest.mark.parametrize(("factor", "veil"), [(0.5, 0.3), (0.9, 0.0), (0.1, 0.7), (3.0, -1.0)])
def test_brightness_and_contrast_change_nothing(runner, film, found, factor, veil):
    changed = look(runner, [np.float32(factor) * film + np.float32(veil)])[0]
    joint = slice(*(round(end) for end in found.ends_px))
    assert np.abs(changed.rows_px - found.rows_px)[:, joint].max() < 1e-3
    assert np.abs(changed.sd_px - found.sd_px)[:, joint].max() < 1e-3
    assert changed.shared == pytest.approx(found.shared, abs=1e-4)


def test_a_film_with_its_bones_dark_is_another_film(runner, film, found):
    turned = look(runner, [1 - film])[0]
    assert np.abs(turned.rows_px - found.rows_px)[:, SEEN].max() > 1


def test_standardised_windows_differ_by_rounding_only(film):
    image = torch.from_numpy(film.copy())[None, None]
    plain, veiled = standardise(window(image)), standardise(window(0.5 * image + 0.3))
    assert float((plain - veiled).abs().max()) < 1e-4
    assert float(plain.mean()) == pytest.approx(0, abs=0.05)
    assert plain.shape == (1, 1, ROWS, COLUMNS)


def test_a_flat_window_is_not_blown_up():
    nothing = standardise(torch.full((1, 1, ROWS, COLUMNS), 0.3))
    assert float(nothing.abs().max()) < 0.01


def test_a_mirrored_joint_has_mirrored_margins(runner, film, found):
    mirrored = look(runner, [np.ascontiguousarray(film[:, ::-1])])[0].turned_over()
    central = slice(96, 160)
    assert mirrored.rows_px[:, central] == pytest.approx(found.rows_px[:, central], abs=1.0)
    both = found.together_with(mirrored)
    assert both.rows_px == pytest.approx((found.rows_px + mirrored.rows_px) / 2, abs=1e-4)
    apart = np.abs(found.rows_px - mirrored.rows_px) / 2
    assert np.all(both.sd_px >= apart - 1e-4)


def test_beyond_the_window_rows_go_on_and_nothing_is_shared(found):
    for values in (found.rows_px, found.sd_px):
        assert np.all(values[:, :FIRST_COLUMN] == values[:, [FIRST_COLUMN]])
        assert np.all(values[:, SEEN.stop :] == values[:, [SEEN.stop - 1]])
    assert not found.shared[:FIRST_COLUMN].any()
    assert not found.shared[SEEN.stop :].any()
    assert found.shared[SEEN].max() > 0.9
    assert FIRST_ROW <= found.rows_px.min() <= found.rows_px.max() < FIRST_ROW + ROWS


def logits_of(probability):
    return torch.log(torch.as_tensor(probability, dtype=torch.float32).clamp_min(1e-12)).reshape(1, 1, -1, 1)


@pytest.mark.parametrize("row", [60.0, 60.3, 87.5, 120.75])
def test_one_peak_is_read_to_a_fraction_of_a_pixel(row):
    places = np.arange(ROWS)
    found, sd = read_rows(logits_of(np.exp(-0.5 * ((places - row) / 0.8) ** 2)))
    assert float(found) == pytest.approx(row + FIRST_ROW, abs=0.02)
    assert float(sd) < 0.15  # a bell as sharp as those of training is a row that is known


def test_two_peaks_are_one_row_with_a_large_deviation():
    places = np.arange(ROWS)
    both = sum(weight * np.exp(-0.5 * ((places - row) / 0.8) ** 2) for row, weight in ((60, 0.6), (80, 0.4)))
    found, sd = read_rows(logits_of(both))
    assert float(found) == pytest.approx(60 + FIRST_ROW, abs=0.02)
    assert float(sd) == pytest.approx(20 * np.sqrt(0.4), abs=0.2)


def test_where_nothing_can_be_told_the_deviation_is_that_of_the_window():
    _, sd = read_rows(torch.zeros(1, 2, ROWS, 3))
    assert float(sd.min()) > ROWS / np.sqrt(12)


def test_shapes_for_any_weights():
    torch.manual_seed(5)
    network, reader = MarginNetwork().eval(), MarginReader().eval()
    image = torch.rand((2, 1, 256, 256), generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        maps, (rows, sd, shared) = network(image), reader(image)
    assert maps.rows.shape == (2, 2, ROWS, COLUMNS)
    assert maps.shared.shape == (2, COLUMNS)
    assert rows.shape == sd.shape == (2, 2, 256)
    assert shared.shape == (2, 256)
    assert float(sd.min()) >= 0
    assert 0 <= float(shared.min()) <= float(shared.max()) <= 1
    assert sum(parameter.numel() for parameter in network.parameters()) < 1e6
