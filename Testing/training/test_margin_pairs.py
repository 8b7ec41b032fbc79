"""Pairs of film and margins: the margins go where the bones go."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from LayerSeparationLib.separation.margin_network import COLUMNS, FIRST_COLUMN, FIRST_ROW, ROWS, MarginMaps
from LayerSeparationLib.training.film_conditions import FilmConditions
from LayerSeparationLib.training.margin_pairs import MarginMotions, MarginPairMaker
from LayerSeparationLib.training.margin_training import BELL_PX, margin_loss
from LayerSeparationLib.training.phantom_truths import make_phantom_margins

CLEAR = FilmConditions(
    exposure=(1, 1),
    gamma=(1, 1),
    windowed=0,
    uneven=0,
    covered=0,
    coarse=0,
    blur_px=(0, 0),
    noise=(0, 0),
    compressed=0,
    levels=0,
)
STILL = MarginMotions(
    gap_change_px=0, sideways_px=0, bone_tilt_deg=0, rotation_deg=0, scale=(1, 1), offset_px=0
)


@pytest.fixture(scope="module")
def truths():
    return make_phantom_margins(8)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def mean_gap(rows, shared):
    widths = torch.where(shared > 0, rows[:, 1] - rows[:, 0], torch.nan)
    return torch.nanmean(widths, dim=1).numpy()


def draw(truths, motions, count=12, seed=0):
    """Return a batch of one truth, so that it is known of which joint each film is."""
    return MarginPairMaker(truths, motions, CLEAR).make_batch(count, generator(seed))


def test_phantoms_of_each_kind_with_their_margins(truths):
    assert len(truths) >= 7
    for truth in truths:
        assert truth.layers.shape == (3, 256, 256)
        assert truth.gap_px == pytest.approx(np.nanmean(np.diff(truth.margins_px, axis=0)), abs=1e-4)
        assert 1 < truth.gap_px < 60
        (left, right), (own_left, own_right) = truth.ends_px
        assert left < right
        assert own_left < own_right


def test_a_joint_that_stays_keeps_its_margins(truths):
    batch = draw(truths[:1], replace(STILL, gap_px=(truths[0].gap_px,) * 2))
    expected = truths[0].margins_px
    left, right = truths[0].ends_px[:, 0].max(), truths[0].ends_px[:, 1].min()
    columns = torch.arange(256)
    for rows, shared in zip(batch.rows_px, batch.shared, strict=True):
        likely = (columns >= left) & (columns <= right)
        if _alike(rows, expected):
            assert torch.equal(shared > 0, likely)
        else:
            assert _alike(rows.flip(-1), expected)
            assert torch.equal(shared.flip(-1) > 0, likely)


def _alike(rows, expected):
    known = np.isfinite(expected) & np.isfinite(rows.numpy())
    return np.abs(rows.numpy() - expected)[known].max() < 1e-3


def test_joints_are_mirrored_about_half_of_the_time(truths):
    still = replace(STILL, gap_px=(truths[0].gap_px,) * 2)
    batch = draw(truths[:1], still, count=24)
    first = batch.image[0]
    same = [bool((image - first).abs().max() < 1e-4) for image in batch.image]
    turned = [bool((image.flip(-1) - first).abs().max() < 1e-4) for image in batch.image]
    assert all(a or b for a, b in zip(same, turned, strict=True))
    assert 4 < sum(same) < 20


@pytest.mark.parametrize("gap_px", [2.0, 11.5, 24.0])
def test_the_gap_is_the_one_that_was_drawn(truths, gap_px):
    """Half of the joints keep their gap, the others have the one from the range, here of one value."""
    truth = truths[1]
    batch = draw([truth], replace(STILL, gap_px=(gap_px, gap_px)), count=16)
    gaps = mean_gap(batch.rows_px, torch.isfinite(batch.rows_px).all(dim=1))
    kept = np.abs(gaps - truth.gap_px) < 0.05
    assert gaps[~kept] == pytest.approx(gap_px, abs=0.05)
    assert 3 < kept.sum() < 13


def test_nearby_changes_stay_within_their_range(truths):
    motions = replace(STILL, gap_change_px=3.0, gap_px=(truths[0].gap_px,) * 2)
    batch = draw(truths[:1], motions, count=32)
    change = mean_gap(batch.rows_px, torch.isfinite(batch.rows_px).all(dim=1)) - truths[0].gap_px
    assert np.abs(change).max() < 3.05
    assert change.min() < -1
    assert change.max() > 1


def test_margins_are_where_the_film_has_its_edges(truths):
    """Whatever the motion, the film gets darker from the plate into the gap and brighter into the head."""
    motions = MarginMotions(gap_px=(14.0, 26.0), gap_change_px=0)
    image, rows, shared = (
        getattr(draw(truths, motions, count=16, seed=4), name) for name in ("image", "rows_px", "shared")
    )
    seen = 0
    for film, (upper, lower), likely in zip(image[:, 0].numpy(), rows.numpy(), shared.numpy(), strict=True):
        columns = np.flatnonzero((likely > 0) & np.isfinite(upper) & np.isfinite(lower))
        columns = columns[len(columns) // 4 : 3 * len(columns) // 4]
        if not columns.size or np.mean(lower[columns] - upper[columns]) < 12:
            continue
        levels = [
            film[np.clip(np.rint(row + step).astype(int), 0, 255), columns].mean()
            for row, step in ((upper, -3), (upper, 3), (lower, -3), (lower, 3))
            for row in [row[columns]]
        ]
        assert levels[0] > levels[1] + 0.02
        assert levels[3] > levels[2] + 0.02
        seen += 1
    assert seen >= 6


def test_what_is_unknown_stays_unknown(truths):
    rows = truths[0].margins_px.copy()
    rows[0, :120] = np.nan
    half_known = replace(truths[0], margins_px=rows)
    batch = draw([half_known], replace(STILL, gap_px=(half_known.gap_px,) * 2), count=8)
    for found in batch.rows_px:
        known = torch.isfinite(found)
        upper, lower = (int(torch.count_nonzero(bone)) for bone in known)
        assert upper == pytest.approx(np.isfinite(rows[0]).sum(), abs=1)
        assert lower == pytest.approx(np.isfinite(rows[1]).sum(), abs=1)


def test_the_same_seed_the_same_pairs(truths):
    maker = MarginPairMaker(truths)
    first, second, other = (maker.make_batch(4, generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first.image, second.image)
    assert torch.equal(first.shared, second.shared)
    assert torch.equal(first.rows_px.nan_to_num(), second.rows_px.nan_to_num())
    assert not torch.equal(first.image, other.image)


def answer(batch, sd=BELL_PX):
    """Return the logits of somebody who knows the margins."""
    rows = batch.rows_px[:, :, FIRST_COLUMN : FIRST_COLUMN + COLUMNS].nan_to_num(100) - FIRST_ROW
    places = torch.arange(ROWS, dtype=torch.float32)[:, None]
    logits = -0.5 * ((places - rows[:, :, None]) / sd).square()
    return MarginMaps(logits, (batch.shared[:, FIRST_COLUMN : FIRST_COLUMN + COLUMNS] - 0.5) * 40)


def test_a_perfect_answer_costs_least(truths):
    batch = draw(truths, MarginMotions(), count=6)
    right = answer(batch)
    off = answer(replace(batch, rows_px=batch.rows_px + 2))
    nothing = MarginMaps(torch.zeros_like(right.rows), torch.zeros_like(right.shared))
    costs = [float(margin_loss(found, batch)[0]) for found in (right, off, nothing)]
    assert costs == sorted(costs)
    entropy = 0.5 * np.log(2 * np.pi * np.e * BELL_PX**2)
    _, terms = margin_loss(right, batch)
    assert float(terms["margins"]) == pytest.approx(entropy, abs=0.02)
    assert float(terms["ends"]) < 1e-6
    assert float(margin_loss(nothing, batch)[1]["margins"]) == pytest.approx(np.log(ROWS), abs=1e-3)


def test_columns_without_a_known_row_are_not_judged(truths):
    batch = draw(truths, MarginMotions(), count=4)
    nowhere = replace(batch, rows_px=torch.full_like(batch.rows_px, torch.nan))
    _, terms = margin_loss(answer(batch), nowhere)
    assert float(terms["margins"]) == 0
