"""Training pairs: what is in the image is in the layers, moved as asked."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from LayerSeparationLib.separation.network import Separation
from LayerSeparationLib.training.losses import LossWeights, hierarchical_loss
from LayerSeparationLib.training.motion import compose, invert, move, rigid
from LayerSeparationLib.training.phantom_truths import make_phantom_truths
from LayerSeparationLib.training.pseudo_pairs import UNCHANGED_FILM, PairMaker, PairSettings


@pytest.fixture(scope="module")
def truths():
    return make_phantom_truths(4)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def tensor(*values):
    return torch.tensor(values)


def test_translation_moves_right_and_down():
    image = torch.zeros(1, 1, 32, 32)
    image[0, 0, 10, 12] = 1
    moved = move(image, rigid(tensor(0.0), tensor(5.0), tensor(3.0)))
    assert float(moved[0, 0, 13, 17]) == pytest.approx(1, abs=1e-4)


def test_motions_compose_and_invert():
    first = rigid(tensor(0.3), tensor(4.0), tensor(-2.0))
    second = rigid(tensor(-0.1), tensor(1.0), tensor(6.0))
    there_and_back = compose(invert(compose(second, first)), compose(second, first))
    assert torch.allclose(there_and_back, torch.eye(2, 3)[None], atol=1e-5)


def test_the_image_is_the_sum_of_the_layers(truths):
    batch = PairMaker(truths, replace(PairSettings(), noise=(0, 0))).make_batch(torch.arange(4), generator())
    recomposed = -torch.expm1(-batch.layers.sum(dim=1, keepdim=True))
    assert float((recomposed.clamp(max=0.998) - batch.image).abs().max()) < 1e-5
    assert float(batch.layers.min()) >= 0
    assert 0 <= float(batch.silhouettes.min()) <= float(batch.silhouettes.max()) <= 1.0001


def test_bones_move_towards_each_other_as_far_as_asked(truths):
    settings = replace(UNCHANGED_FILM, push_px=(8.0, 8.0), sideways_px=0, bone_tilt_deg=0)
    batch = PairMaker(truths, settings).make_batch(torch.arange(4), generator())
    for mask, truth in zip(batch.silhouettes.numpy(), truths, strict=True):
        upper = np.flatnonzero((mask[0] > 0.5).any(axis=1)).max()
        lower = np.flatnonzero((mask[1] > 0.5).any(axis=1)).min()
        assert upper == np.flatnonzero(truth.upper_silhouette.any(axis=1)).max() + 8
        assert lower == np.flatnonzero(truth.lower_silhouette.any(axis=1)).min() - 8


def test_same_seed_same_pairs(truths):
    maker = PairMaker(truths, PairSettings())
    first, second, other = (maker.make_batch(torch.arange(4), generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(first.image, second.image)
    assert not torch.equal(first.image, other.image)


def test_joints_that_overlap_on_the_film_are_not_pushed(truths):
    unknown = np.ones_like(truths[0].sharing_known)
    unknown[100:140] = False
    maker = PairMaker([replace(truths[0], sharing_known=unknown)], UNCHANGED_FILM)
    batch = maker.make_batch(torch.zeros(1, dtype=torch.long), generator())
    mask = batch.silhouettes[0, 0].numpy() > 0.5
    assert mask.sum() == pytest.approx(truths[0].upper_silhouette.sum(), rel=0.01)
    assert float(batch.sharing_known.mean()) == pytest.approx(unknown.mean(), abs=0.01)


def test_a_perfect_answer_costs_next_to_nothing(truths):
    batch = PairMaker(truths, UNCHANGED_FILM).make_batch(torch.arange(4), generator())
    logits = (batch.silhouettes - 0.5) * 40
    shares = batch.layers / batch.layers.sum(dim=1, keepdim=True)
    _, perfect = hierarchical_loss(Separation(logits, shares), batch, LossWeights(), generator())
    even = Separation(torch.zeros_like(logits), torch.full_like(shares, 1 / 3))
    _, poor = hierarchical_loss(even, batch, LossWeights(), generator())
    for level in perfect:
        assert float(perfect[level]) < 0.05 * float(poor[level]) + 2e-3, level


def test_what_is_unknown_is_not_judged(truths):
    batch = PairMaker(truths, UNCHANGED_FILM).make_batch(torch.arange(4), generator())
    nowhere = replace(batch, sharing_known=torch.zeros_like(batch.sharing_known))
    even = Separation(torch.zeros_like(batch.silhouettes), torch.full_like(batch.layers, 1 / 3))
    _, levels = hierarchical_loss(even, nowhere, LossWeights(), generator())
    assert float(levels["overlap"]) == 0
    assert float(levels["bone"]) == 0
    assert float(levels["soft_tissue"]) > 0.01
