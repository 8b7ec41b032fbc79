"""Edited joints that can be told are told, others are not."""

import sys

import numpy as np
import pytest
from scipy import ndimage

from LayerSeparationLib.errors import DependencyError
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX
from LayerSeparationLib.synthesis import GapEdit
from LayerSeparationLib.training import evaluate_telling as evaluate_telling_module
from LayerSeparationLib.training.evaluate_telling import (
    JointImages,
    TwinImages,
    evaluate_telling,
    exchange_widths,
    tell_apart,
)


def twins(count: int, seed: int, *, smoothed: bool, size: int = 32) -> TwinImages:
    """Return images of noise; the edited ones are other noise, and softer if that is asked for."""
    rng = np.random.default_rng(seed)
    noise = 128 + 20 * rng.normal(size=(2, count, size, size))
    if smoothed:
        noise[1] = 128 + 1.6 * (ndimage.gaussian_filter(noise[1], (0, 0.5, 0.5)) - 128)
    unedited, edited = np.clip(noise, 0, 255).astype(np.uint8)
    return TwinImages(unedited, edited)


@pytest.mark.parametrize(("smoothed", "least", "most"), [(True, 0.99, 1.0), (False, 0.3, 0.7)])
def test_a_classifier_finds_what_is_to_be_found(smoothed, least, most):
    taught, asked = (twins(count, seed, smoothed=smoothed) for count, seed in ((80, 1), (40, 2)))
    assert least <= tell_apart(taught, asked) <= most


def test_half_resolution_is_the_mean_of_squares():
    images = np.arange(32, dtype=np.uint8).reshape(1, 4, 8)
    half = JointImages(*[images] * 5).at_half_resolution()
    assert half.edited.tolist() == [[[4, 6, 8, 10], [20, 22, 24, 26]]]


def test_figures_of_a_joint_set(joint_set, separator):
    done = []
    figures = evaluate_telling(joint_set, "val", separator, lambda *counts: done.append(counts))
    assert (figures["joints_taught"], figures["joints_asked"]) == (4, 2)
    assert figures["weights_sha256"] == separator.weights.sha256
    for name in ("films", "films_at_half_resolution", "silhouettes_at_half_resolution"):
        assert figures[name].keys() == {
            "auc_against_real",
            "auc_against_matched_real",
            "auc_with_widths_of_joints",
        }
        assert all(0 <= figures[name][pair] <= 1 for pair in ("auc_against_real", "auc_against_matched_real"))
        assert (
            figures[name]["auc_with_widths_of_joints"] is None
        )  # widths of the set differ by 0.3 mm at most
    # Both were about 1.4 mm wide; edited, they differ from that by 0.3 mm or more.
    assert figures["auc_by_width_alone"] == 1
    assert figures["classifier"] == "small"
    assert done[0] == ("joints to teach", 1, 4)


def test_where_the_joint_lies_tells_nothing(joint_set, separator, monkeypatch):
    """Moved as one, a joint is seen in a window that moves with it: its outlines are the very same."""
    taught = {}

    def remember(teach, ask, **_):
        taught[len(taught)] = teach.real
        return 0.5

    monkeypatch.setattr(evaluate_telling_module, "tell_apart", remember)
    edit = GapEdit(change=0.5, shift=8 * CANONICAL_MM_PER_PX)
    monkeypatch.setattr(evaluate_telling_module, "_draw_edit", lambda rng: edit)
    evaluate_telling(joint_set, "val", separator)
    # The widths of the set are too much alike to be exchanged: two pairs of each kind of image.
    still, moved_as_one = taught[4], taught[5]
    assert still.shape == moved_as_one.shape == (4, 112, 112)
    assert np.mean(np.abs(still.astype(float) - moved_as_one) > 10) < 0.01


def test_widths_are_exchanged_so_that_all_together_stay_the_same():
    rng = np.random.default_rng(3)
    widths = np.append(rng.normal(1.3, 0.3, 60), np.nan)
    given = exchange_widths(widths, rng)
    suited = np.isfinite(given)
    change = np.abs(given[suited] - widths[suited])
    assert suited.sum() >= 25
    assert change.min() >= 0.3
    assert change.max() <= 0.9
    np.testing.assert_array_equal(np.sort(given[suited]), np.sort(widths[suited]))


def test_a_large_classifier_is_that_of_a_library():
    """It learns too slowly for a test: one batch says that it is taught and asked."""
    densenet = pytest.importorskip("monai.networks.nets.densenet")
    network = evaluate_telling_module._make_classifier("densenet121")
    assert isinstance(network, densenet.DenseNet121)
    taught, asked = (twins(4, seed, smoothed=True, size=64) for seed in (1, 2))
    assert 0.0 <= tell_apart(taught, asked, epochs=1, classifier="densenet121") <= 1.0


def test_without_its_library_it_is_asked_for(joint_set, separator, monkeypatch):
    monkeypatch.setitem(sys.modules, "monai", None)
    monkeypatch.setitem(sys.modules, "monai.networks.nets.densenet", None)
    with pytest.raises(DependencyError, match="pip install monai"):
        evaluate_telling(joint_set, "val", separator, classifier="densenet121")
