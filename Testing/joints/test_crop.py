"""The canonical crop and the way back, to a fraction of a pixel."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX, JointCrop, JointPose
from LayerSeparationLib.joints.affine import map_points
from LayerSeparationLib.radiograph import PixelSpacing, Radiograph, SpacingSource

angles = st.floats(-180, 180)
spacings = st.tuples(st.floats(0.05, 0.4), st.floats(0.05, 0.4))


def film_with_blob(x, y, shape=(300, 260), sigma=3.0, spacing=None):
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    blob = np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * sigma**2))
    return Radiograph.from_array((0.2 + 0.6 * blob).astype(np.float32), spacing)


def centroid(image):
    weight = np.clip(image - image.min() - 0.05, 0, None)
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    return (weight * columns).sum() / weight.sum(), (weight * rows).sum() / weight.sum()


def pose_at(x, y, angle_deg, **more):
    angle = np.deg2rad(angle_deg)
    return JointPose("MCP3", (x, y), (np.sin(angle), -np.cos(angle)), **more)


@given(angle=angles, spacing=spacings)
@settings(max_examples=50, deadline=None)
def test_there_and_back(angle, spacing):
    crop = JointCrop(film_with_blob(130, 150, spacing=spacing), pose_at(130.3, 149.6, angle))
    points = np.random.default_rng(0).uniform(0, 255, (20, 2))
    film = map_points(crop.canonical_to_film, points)
    assert np.allclose(map_points(crop.film_to_canonical, film), points, atol=1e-9)
    assert np.allclose(map_points(crop.canonical_to_film, np.array([127.5, 127.5])), [130.3, 149.6])


@given(angle=angles, spacing=spacings)
@settings(max_examples=50, deadline=None)
def test_a_canonical_pixel_is_the_same_length_in_every_direction(angle, spacing):
    crop = JointCrop(film_with_blob(130, 150, spacing=spacing), pose_at(130, 150, angle))
    steps_mm = crop.canonical_to_film[:, :2] * np.array([spacing[1], spacing[0]])[:, None]
    assert np.allclose(steps_mm.T @ steps_mm, np.eye(2) * CANONICAL_MM_PER_PX**2, atol=1e-9)
    assert np.linalg.det(steps_mm) > 0  # turned, never mirrored


@given(angle=angles, aspect=st.floats(0.2, 5))
@settings(max_examples=50, deadline=None)
def test_without_mm_the_aspect_of_pixels_alone_gives_the_same_shape(angle, aspect):
    unknown = PixelSpacing(None, None, SpacingSource.UNKNOWN, aspect=aspect)
    film = replace(film_with_blob(130, 150), spacing=unknown)
    crop = JointCrop(film, pose_at(130, 150, angle, field_of_view_px=128.0))
    row, column = np.sqrt(aspect), 1 / np.sqrt(aspect)
    steps_px = crop.canonical_to_film[:, :2] * np.array([column, row])[:, None]
    assert crop.unit == "px"
    assert np.allclose(steps_px.T @ steps_px, np.eye(2) * 0.5**2, atol=1e-9)


def test_distal_is_up():
    crop = JointCrop(film_with_blob(130, 150, spacing=0.1), pose_at(130, 150, 90))
    above = map_points(crop.canonical_to_film, np.array([127.5, 27.5]))
    assert np.allclose(above, [130 + 100 * CANONICAL_MM_PER_PX / 0.1, 150])


@pytest.mark.parametrize("angle", [0, 17, -95, 180])
@pytest.mark.parametrize("spacing", [(0.15, 0.15), (0.05, 0.05), (0.1, 0.2)])
def test_a_spot_lands_where_the_matrix_says(angle, spacing):
    film = film_with_blob(140.4, 155.7, spacing=spacing, sigma=0.6 / spacing[0])
    crop = JointCrop(film, pose_at(130, 150, angle))
    expected = map_points(crop.film_to_canonical, np.array([140.4, 155.7]))
    assert np.allclose(centroid(crop.canonical_image()), expected, atol=0.1)


@pytest.mark.parametrize("angle", [0, 30])
def test_the_way_back_puts_the_spot_where_it_was(angle):
    film = film_with_blob(140.4, 155.7, spacing=0.15, sigma=4)
    crop = JointCrop(film, pose_at(130, 150, angle))
    back = crop.to_region(crop.canonical_image())
    x, y = centroid(np.where(crop.inside, back, 0.2))
    assert (x + crop.region.left, y + crop.region.top) == pytest.approx((140.4, 155.7), abs=0.05)


def test_a_canonical_crop_is_not_resampled():
    film = film_with_blob(100, 90, shape=(256, 256), spacing=CANONICAL_MM_PER_PX)
    crop = JointCrop(film, JointPose.whole_crop(film))
    assert crop.is_canonical
    assert crop.covers_film
    assert np.array_equal(crop.canonical_image(), film.intensity)
    assert np.array_equal(crop.to_region(film.intensity), film.intensity)


def test_a_crop_may_hang_over_the_border():
    film = film_with_blob(20, 30, spacing=0.15)
    crop = JointCrop(film, pose_at(5, 8, 20))
    assert (crop.region.top, crop.region.left) == (0, 0)
    image = crop.canonical_image()
    assert image.shape == (256, 256)
    assert np.isfinite(image).all()
    expected = map_points(crop.film_to_canonical, np.array([20, 30]))
    assert np.allclose(centroid(image), expected, atol=0.3)


def test_finer_films_do_not_alias():
    stripes = 0.4 + 0.3 * (
        np.arange(1200) % 2
    )  # one pixel light, one dark: finer than the canonical crop can show
    film = Radiograph.from_array(np.tile(stripes.astype(np.float32), (1200, 1)), 0.02)
    image = JointCrop(film, pose_at(600, 600, 0)).canonical_image()
    assert image.std() < 0.01
    assert image.mean() == pytest.approx(0.55, abs=0.01)


def test_width_in_px_where_spacing_is_unknown():
    film = film_with_blob(130, 150)
    crop = JointCrop(film, pose_at(130, 150, 0, field_of_view_px=128))
    assert crop.unit == "px"
    assert crop.unit_per_px == 0.5
    assert crop.region.shape == (129, 129)  # its outermost pixel centres lie on the edge of the square
    with pytest.raises(InputError, match="spacing in mm, or the joint's width"):
        JointCrop(film, pose_at(130, 150, 0))


@pytest.mark.parametrize(("x", "y"), [(-5, 10), (10, 301), (260, 10)])
def test_a_joint_outside_of_the_film_is_refused(x, y):
    with pytest.raises(InputError, match="outside"):
        JointCrop(film_with_blob(20, 30, spacing=0.15), pose_at(x, y, 0))
