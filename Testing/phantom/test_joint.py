import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from LayerSeparationLib.errors import InputError
from LayerSeparationLib.phantom import FilmSettings, PhantomJoint, make_joint

KINDS = ("MCP", "PIP", "DIP", "IP")


def same_bytes(one: PhantomJoint, other: PhantomJoint) -> bool:
    names = ("soft_tissue", "upper_bone", "lower_bone", "noise", "upper_silhouette", "upper_margin_px")
    arrays = [(getattr(one, name), getattr(other, name)) for name in names]
    arrays.append((one.radiograph.intensity, other.radiograph.intensity))
    return all(first.tobytes() == second.tobytes() for first, second in arrays)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [0, 5, 11])
def test_layers_and_noise_add_up_to_the_film(kind, seed):
    joint = make_joint(kind, seed)
    total = joint.soft_tissue + joint.upper_bone + joint.lower_bone + joint.noise
    assert np.abs(total - joint.radiograph.attenuation).max() < 1e-5
    for layer in (joint.soft_tissue, joint.upper_bone, joint.lower_bone):
        assert layer.dtype == np.float32
        assert layer.shape == joint.radiograph.shape == (256, 256)
        assert layer.min() >= 0.0


def test_clean_film_is_its_layers_alone():
    joint = make_joint("MCP", 3, film=FilmSettings.clean())
    assert np.abs(joint.noise).max() < 1e-5


def test_gamma_and_exposure_keep_the_sum():
    film = FilmSettings(exposure=1.2, gamma=0.8, noise=0.5, collimation_mm=(1.0, 0.0, 2.0, 0.0), marker=True)
    joint = make_joint("PIP", 2, film=film)
    total = joint.soft_tissue + joint.upper_bone + joint.lower_bone + joint.noise
    assert np.abs(total - joint.radiograph.attenuation).max() < 1e-5
    assert joint.radiograph.intensity[:, :6].max() < 0.01, "the left shutter is black"
    assert joint.radiograph.intensity[:, 40:200].min() > 0.07


def test_the_same_seed_gives_the_same_bytes():
    assert same_bytes(make_joint("IP", 8), make_joint("IP", 8))
    assert not same_bytes(make_joint("IP", 8), make_joint("IP", 9))


@given(
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 2**31),
    jsw_mm=st.floats(-1.0, 3.0),
    tilt_deg=st.floats(-10.0, 10.0),
)
@settings(max_examples=12, deadline=None)
def test_the_joint_space_is_as_wide_as_asked(kind, seed, jsw_mm, tilt_deg):
    joint = make_joint(kind, seed, jsw_mm=jsw_mm, tilt_deg=tilt_deg, shape=(128, 128), spacing_mm=0.164)
    assert abs(joint.jsw_mean_mm - jsw_mm) < 0.01
    assert joint.jsw_min_mm <= joint.jsw_mean_mm
    upper, lower = joint.upper_margin_px, joint.lower_margin_px
    centre = joint.pose.centre_px
    assert centre == pytest.approx((63.5, 63.5))
    first, last = max(upper[0, 0], lower[0, 0]), min(upper[-1, 0], lower[-1, 0])
    across = np.linspace(first + (last - first) / 4, last - (last - first) / 4, 101)
    gap_px = np.interp(across, *lower.T) - np.interp(across, *upper.T)
    assert gap_px.mean() * 0.164 == pytest.approx(jsw_mm, abs=0.01)
    assert (first + last) / 2 == pytest.approx(63.5, abs=0.01)


def test_a_seed_without_wish_has_a_joint_space_between_disease_and_health():
    widths = {
        kind: [make_joint(kind, seed, shape=(32, 32)).jsw_mean_mm for seed in range(12)] for kind in KINDS
    }
    assert 1.2 < np.median(widths["MCP"]) < 2.0
    assert 0.6 < np.median(widths["PIP"]) < 1.1
    assert min(min(values) for values in widths.values()) > 0.05
    assert max(widths["MCP"]) <= 2.0
    assert min(widths["MCP"]) < 1.0


def crossing(column: np.ndarray, at: np.ndarray, level: float) -> float:
    index = int(np.argmax((column[:-1] < level) & (column[1:] >= level)))
    share = (level - column[index]) / (column[index + 1] - column[index])
    return float(at[index] + share * (at[index + 1] - at[index]))


@pytest.mark.parametrize("kind", KINDS)
def test_margins_lie_where_the_layers_reach_half_their_height(kind):
    """Head: half of its rise from nothing. Plate: half of its step up from the rim."""
    head_errors, plate_errors = [], []
    for seed in range(8):
        joint = make_joint(kind, seed, film=FilmSettings.clean())
        mm, rows = joint.spacing_mm, np.arange(256)
        for x in range(112, 145, 4):
            head = np.interp(x, *joint.lower_margin_px.T)
            at = np.arange(head - 0.5 / mm, head + 0.6 / mm, 0.05)
            column = np.interp(at, rows, joint.lower_bone[:, x])
            head_errors.append((crossing(column, at, 0.5 * column.max()) - head) * mm)
            plate = np.interp(x, *joint.upper_margin_px.T)
            at = np.arange(plate + 0.35 / mm, plate - 0.6 / mm, -0.05)
            column = np.interp(at, rows, joint.upper_bone[:, x])
            plate_errors.append((crossing(column, at, 0.5 * (column[0] + column.max())) - plate) * mm)
    for errors in (head_errors, plate_errors):
        assert abs(np.mean(errors)) < 0.035
        assert np.mean(np.abs(errors)) < 0.05


@pytest.mark.parametrize("kind", KINDS)
def test_silhouettes_agree_with_the_bones(kind):
    joint = make_joint(kind, 4, film=FilmSettings(noise=0.0, blur_mm=0.0))
    for bone, silhouette in (
        (joint.upper_bone, joint.upper_silhouette),
        (joint.lower_bone, joint.lower_silhouette),
    ):
        assert silhouette.dtype == bool
        assert not bone[~silhouette].any()
        assert (bone[silhouette] > 0.01).mean() > 0.995
        assert 4000 < silhouette.sum() < 40000
    assert joint.upper_silhouette[:60].sum() > 1000
    assert not joint.lower_silhouette[:90].any()


def test_narrow_joints_overlap_and_wide_ones_do_not():
    narrow = make_joint("MCP", 6, jsw_mm=0.0)
    wide = make_joint("MCP", 6, jsw_mm=6.0)
    assert (narrow.upper_silhouette & narrow.lower_silhouette).sum() > 500
    assert not (wide.upper_silhouette & wide.lower_silhouette).any()


def test_brightness_is_that_of_finished_films():
    soft, upper, lower, least, greatest = [], [], [], [], []
    for seed in range(200, 216):
        joint = make_joint("MCP", seed)
        grey = 255.0 * joint.radiograph.intensity
        up, low = joint.upper_silhouette, joint.lower_silhouette
        soft.append(grey[~(up | low)].mean())
        upper.append(grey[up & ~low].mean())
        lower.append(grey[low & ~up].mean())
        least.append(grey.min())
        greatest.append(grey.max())
    assert 65 < np.mean(soft) < 95
    assert 120 < np.mean(upper) < 170
    assert 130 < np.mean(lower) < 175
    assert min(least) > 19.9
    assert max(greatest) < 253


def test_the_subchondral_plate_is_bright_and_the_rim_beyond_it_is_not():
    ratios = []
    for seed in range(8):
        joint = make_joint("MCP", seed, film=FilmSettings.clean())
        x = 128
        plate = np.interp(x, *joint.upper_margin_px.T)
        at = np.arange(256)
        column = joint.upper_bone[:, x]
        behind = np.interp(plate - np.arange(2.0, 8.0), at, column).mean()
        rim = np.interp(plate + np.arange(3.0, 6.0), at, column).mean()
        shaft = np.interp(plate - np.arange(60.0, 80.0), at, column).mean()
        ratios.append((behind / max(rim, 0.01), behind / shaft))
    beyond_rim, beyond_shaft = np.median(ratios, axis=0)
    assert beyond_rim > 1.5
    assert beyond_shaft > 1.3


def test_another_spacing_shows_the_same_joint():
    fine = make_joint("PIP", 3, spacing_mm=0.05, shape=(420, 420), film=FilmSettings.clean())
    coarse = make_joint("PIP", 3, spacing_mm=0.1, shape=(210, 210), film=FilmSettings.clean())
    assert fine.jsw_mean_mm == pytest.approx(coarse.jsw_mean_mm, abs=1e-9)
    areas = [joint.upper_silhouette.sum() * joint.spacing_mm**2 for joint in (fine, coarse)]
    assert areas[0] == pytest.approx(areas[1], rel=0.01)
    assert fine.radiograph.spacing.mm == pytest.approx((0.05, 0.05))


def test_tilt_turns_the_distal_bone_clockwise():
    straight = make_joint("PIP", 3, tilt_deg=0.0, film=FilmSettings.clean())
    tilted = make_joint("PIP", 3, tilt_deg=12.0, film=FilmSettings.clean())
    middles = [np.nonzero(joint.upper_silhouette[5])[0].mean() for joint in (straight, tilted)]
    assert middles[1] - middles[0] > 5.0


def test_a_crop_takes_well_under_a_second():
    make_joint("MCP", 0)
    start = time.process_time()
    for seed in range(3):
        make_joint("MCP", seed)
    assert (time.process_time() - start) / 3 < 0.6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "CMC"}, "CMC"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"jsw_mm": 9.0}, "jsw_mm"),
        ({"jsw_mm": float("nan")}, "jsw_mm"),
        ({"spacing_mm": 0.0}, "spacing_mm"),
        ({"spacing_mm": -0.1}, "spacing_mm"),
        ({"shape": (8, 8)}, "shape"),
        ({"shape": (256, 256, 3)}, "shape"),
        ({"tilt_deg": 45.0}, "tilt_deg"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        make_joint(**{"kind": "MCP", "seed": 0, **arguments})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("exposure", 0.0),
        ("gamma", 9.0),
        ("blur_mm", -1.0),
        ("noise", float("inf")),
        ("grain_mm", 2.0),
        ("collimation_mm", (1.0, 2.0)),
        ("collimation_mm", (1.0, 2.0, 3.0, -4.0)),
    ],
)
def test_bad_film_settings_are_named(field, value):
    with pytest.raises(InputError, match=field):
        FilmSettings(**{field: value})
