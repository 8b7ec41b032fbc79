"""Noise of a film: found where it is, told from bone, not made up where a film is white."""

import numpy as np
import pytest
from scipy import ndimage

from LayerSeparationLib import JointPose, Radiograph, make_joint
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX as MM
from LayerSeparationLib.separation.film_noise import details, find_noise

NOWHERE = np.zeros((160, 160), bool)


def grain_like(shape, sd, coarse, seed=0):
    grain = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=shape), coarse)
    return (sd * grain / grain.std()).astype(np.float32)


@pytest.mark.parametrize("coarse", [0.0, 0.8, 1.5])
def test_noise_over_soft_tissue_is_found_as_strong_as_it_is(coarse):
    slope = np.linspace(0.3, 0.5, 160, dtype=np.float32)[:, None]
    grain = grain_like(NOWHERE.shape, 0.008, coarse)
    noise = find_noise(slope + grain, NOWHERE, MM, 8)
    assert noise.sd == pytest.approx(0.008, rel=0.25)
    assert np.corrcoef(noise.intensity.ravel(), grain.ravel())[0, 1] > 0.85
    assert np.abs(ndimage.gaussian_filter(noise.intensity, 12)).max() < 0.003  # the slope of 0.2 is no noise


def test_edges_of_bone_stay_with_the_bone():
    bone = np.zeros(NOWHERE.shape, np.float32)
    bone[60:100, 30:130] = 0.3
    bone = ndimage.gaussian_filter(bone, 1)
    grain = grain_like(NOWHERE.shape, 0.005, 0.6)
    noise = find_noise(0.35 + bone + grain, bone > 0.15, MM, 8)
    edge = np.abs(ndimage.gaussian_gradient_magnitude(bone, 1)) > 0.05
    assert edge.sum() > 300
    assert np.square(noise.intensity[edge]).mean() < 2 * 0.005**2
    assert noise.remove_from(0.35 + bone + grain)[edge] == pytest.approx((0.35 + bone)[edge], abs=0.03)


def test_a_white_film_has_no_noise():
    film = np.clip(0.4 + grain_like(NOWHERE.shape, 0.01, 0.6), 0, 1)
    film[:, 80:] = np.clip(0.998 + grain_like((160, 80), 0.002, 0.6), 0, 1)
    noise = find_noise(film, film > 0.9, MM, 8)
    assert (np.abs(noise.intensity) <= 0.2 * (1 - film) + 1e-6).all()
    assert np.abs(noise.intensity[:, 95:]).max() < 0.001


@pytest.mark.parametrize("shape", [(12, 40), (160, 9)])
def test_small_and_odd_films(shape):
    film = (0.4 + grain_like(shape, 0.01, 0)).astype(np.float32)
    noise = find_noise(film, np.ones(shape, bool), 0.3, 8)
    assert noise.intensity.shape == shape
    assert np.isfinite(noise.intensity).all()
    assert 0 < noise.sd < 0.02


def test_details_and_what_is_left_make_the_image():
    film = grain_like(NOWHERE.shape, 0.1, 1)
    parts = list(details(film, 3))
    assert [part.shape for part in parts] == [film.shape] * 3
    smooth = film - sum(parts)
    assert np.square(np.diff(smooth, axis=0)).mean() < 0.05 * np.square(np.diff(film, axis=0)).mean()


def test_the_noise_of_a_phantom_is_the_noise_that_was_laid_over_it(separator):
    phantom = make_joint("MCP", 11, jsw_mm=1.5)
    clean = -np.expm1(-(phantom.soft_tissue + phantom.upper_bone + phantom.lower_bone))
    grain = grain_like(clean.shape, 0.006, 0.7, seed=4)
    film = Radiograph.from_array(np.clip(clean + grain, 0, 1).astype(np.float32), MM)
    layers = separator.separate(film, JointPose.whole_crop(film))
    soft = ndimage.distance_transform_edt((phantom.upper_silhouette | phantom.lower_silhouette) == 0) > 10
    soft &= clean > 0.15
    assert layers.film_noise.sd == pytest.approx(0.006, rel=0.25)
    assert np.corrcoef(layers.film_noise.intensity[soft], grain[soft])[0, 1] > 0.85
