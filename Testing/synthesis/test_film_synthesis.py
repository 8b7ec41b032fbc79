"""Edits of several joints on one film: one film, one phalanx, each gap as it was asked for."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage, optimize

from LayerSeparationLib import GapEdit, JointPose, Radiograph, make_hand, synthesize, synthesize_film
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.joints import JointCrop
from LayerSeparationLib.measurement import measure_jsw
from LayerSeparationLib.radiograph import Rectangle
from LayerSeparationLib.separation import JointLayers
from LayerSeparationLib.separation.layers import CanonicalSeparation
from LayerSeparationLib.separation.margin_rows import MarginRows
from LayerSeparationLib.synthesis import MovableFilm, MovableJoint

MM = 0.1
SHAPE = (460, 240)
X = 120.0
SHAFT_PX = 40
"""Half the width of the finger's bones on the film."""

WIDER = [GapEdit(change=0.8, moves="both"), GapEdit(change=0.6, moves="both")]


def textured_film():
    """Return a film whose texture tells where every pixel of it went."""
    rng = np.random.default_rng(4)
    texture = ndimage.gaussian_filter(rng.normal(size=SHAPE), 2.0)
    return Radiograph.from_array((0.5 + 0.05 * texture / texture.std()).astype(np.float32), MM)


def joint_at(film, name, y, side="L"):
    """Return the layers of a joint of a straight finger: half of the attenuation is bone, gap 1.2 mm."""
    crop = JointCrop(film, JointPose(name, (X, y), (0.0, -1.0), side=side))
    rows, columns = np.mgrid[:256, :256]
    half_px = SHAFT_PX * MM / crop.unit_per_px
    shaft = np.abs(columns - 127.5) < half_px
    edge = 0.6 / crop.unit_per_px
    bones = np.stack([shaft & (rows < 127.5 - edge), shaft & (rows > 127.5 + edge)]).astype(np.float32)
    shares = np.concatenate([1 - 0.5 * bones.sum(axis=0)[None], 0.5 * bones]).astype(np.float32)
    line = np.ones(256)
    margins = MarginRows.from_array(
        np.stack(
            [line * (127.5 - edge), line * (127.5 + edge), line * 0.5, line * 0.5, shaft[0] * line]
        ).astype(np.float32)
    )
    image = crop.canonical_image()
    return JointLayers(crop, CanonicalSeparation(image, shares, bones, margins), "0" * 64)


@pytest.fixture(scope="module")
def short_finger():
    """Two joints 9 mm apart: either square reaches the other joint."""
    film = textured_film()
    return MovableFilm(
        [MovableJoint(joint_at(film, "MCP2", 290.0)), MovableJoint(joint_at(film, "PIP2", 200.0))]
    )


@pytest.fixture(scope="module")
def hand():
    return make_hand(3, spacing_mm=0.15)


@pytest.fixture(scope="module")
def little_finger(hand, separator):
    """PIP and DIP whose squares meet along the middle phalanx."""
    return MovableFilm(
        [
            MovableJoint(separator.separate(hand.radiograph, hand.joints[name].pose))
            for name in ("PIP5", "DIP5")
        ]
    )


def displacement(before, after, part):
    """Return (x, y) by which a textured part of an image was moved, in pixels."""

    def differences(shift):
        return (ndimage.shift(before, shift[::-1], order=3, mode="nearest") - after)[part.slices].ravel()

    starts = [(0.0, y) for y in np.arange(-12.0, 13.0, 2.0)]
    best = min(starts, key=lambda start: np.square(differences(start)).sum())
    return optimize.least_squares(differences, best).x


def phalanx(film, edited):
    """Return the shared bone's attenuation on the film, before and after edits."""
    bone = next(one for one in film.bones if one.as_upper is not None and one.as_lower is not None)
    shared = film.shared_bone(bone)
    moved = shared.move(edited[bone.as_upper].motion.upper, edited[bone.as_lower].motion.lower, shared.region)
    images = np.zeros((2, *SHAPE), np.float32)
    images[:, shared.region.top : shared.region.bottom, shared.region.left : shared.region.right] = (
        shared.attenuation,
        moved.attenuation,
    )
    return images


@pytest.mark.parametrize(
    ("mcp", "pip"),
    [
        (GapEdit(change=-0.5), GapEdit(change=-0.4, moves="lower")),
        (GapEdit(change=0.8, moves="both"), GapEdit(change=-0.6, moves="both")),
        (GapEdit(change=0.6, shift=0.3), GapEdit(change=0.5, moves="lower", shift=-0.2)),
        (GapEdit(change=-0.5), GapEdit()),
    ],
)
def test_each_gap_changes_by_its_own_edit(short_finger, mcp, pip):
    film = synthesize_film(short_finger, [mcp, pip])
    before, after = phalanx(short_finger, film.joints)
    # The base, 0.7 to 2.0 mm distal of the MCP joint's centre, and the head, as far proximal of the PIP's.
    base, head = Rectangle(271, 283, 90, 150), Rectangle(208, 220, 90, 150)
    for joint, part, bone in ((film.joints[0], base, "upper"), (film.joints[1], head, "lower")):
        motion = getattr(joint.motion, bone)
        wanted = np.array([motion.x_px, motion.y_px]) * joint.layers.crop.unit_per_px / MM
        assert displacement(before, after, part) == pytest.approx(wanted, abs=0.05)
    for joint, edit in zip(film.joints, (mcp, pip), strict=True):
        assert joint.jsw_after.mean - joint.jsw_before.mean == pytest.approx(edit.change or 0.0, abs=0.01)


def test_motions_of_both_joints_add_up_along_the_shaft(short_finger):
    """Of a motion by both, the middle of a short shaft goes as far as its ends; of a motion by one, half."""
    mcp, pip = GapEdit(change=0.8), GapEdit(change=-0.8, moves="lower")  # both move the phalanx up
    middle = Rectangle(239, 251, 90, 150)
    moved = {}
    for name, edits in {"both": (mcp, pip), "mcp": (mcp, GapEdit()), "pip": (GapEdit(), pip)}.items():
        edited = [synthesize(one, edit) for one, edit in zip(short_finger.joints, edits, strict=True)]
        moved[name] = displacement(*phalanx(short_finger, edited), middle)[1]
    assert moved["both"] == pytest.approx(-8, abs=0.1)
    assert moved["mcp"] == pytest.approx(-4, abs=1)
    assert moved["pip"] == pytest.approx(-4, abs=1)


def test_the_phalanx_is_there_once(short_finger):
    """Attenuation is neither doubled nor missing along the shaft, whatever both joints do to it."""
    layers = [joint.layers for joint in short_finger.joints]
    bone = next(one for one in short_finger.bones if one.key.name == "proximal phalanx 2")
    shared = short_finger.shared_bone(bone)
    x, y = shared.region.origin_px
    column = shared.attenuation[:, int(X) - x]
    share = column[210 - y : 280 - y] / layers[0].radiograph.attenuation[210:280, int(X)]
    assert share == pytest.approx(0.5, abs=0.05)
    film = synthesize_film(short_finger, [GapEdit(change=0.8), GapEdit(change=0.8, moves="lower")])
    change = film.image - layers[0].radiograph.intensity
    shaft = np.s_[215:275, 85:155]
    # The texture moves; what all of the shaft attenuates on average stays.
    assert abs(change[shaft].mean()) < 0.01
    # Both ends go 8 px towards each other.
    shorter = float((shared.silhouette > 0.5).sum()) - 16 * (2 * SHAFT_PX + 1)
    assert film.bones[0].mask.sum() == pytest.approx(shorter, rel=0.01)
    mask = film.bones[0].mask_on_film(SHAPE)
    assert mask[215:275, 90:150].all()
    assert ndimage.label(mask)[1] == 1


def test_without_motion_it_is_the_film(short_finger, little_finger):
    for movable in (short_finger, little_finger):
        film = synthesize_film(movable, [GapEdit()] * 2)
        assert not film.is_synthetic
        np.testing.assert_array_equal(film.image, movable.radiograph.intensity)


def test_an_edit_that_meets_no_other_joint_is_that_of_the_joint_alone(hand, separator):
    names = ("MCP1", "PIP3", "DIP5")
    layers = [separator.separate(hand.radiograph, hand.joints[name].pose) for name in names]
    edits = [GapEdit(), GapEdit(change=-0.4, tilt_deg=2.0, moves="both"), GapEdit()]
    film = synthesize_film(layers, edits)
    np.testing.assert_array_equal(film.image, synthesize(layers[1], edits[1]).film)
    assert film.is_synthetic


def test_outside_of_the_squares_and_where_nothing_moves_it_is_the_film(little_finger):
    film = synthesize_film(little_finger, WIDER)
    original = little_finger.radiograph.intensity
    inside = np.zeros(original.shape, bool)
    for joint in film.joints:
        crop = joint.layers.crop
        inside[crop.region.slices] |= crop.inside
    np.testing.assert_array_equal(film.image[~inside], original[~inside])
    assert (film.image != original)[inside].mean() > 0.1


def test_the_film_is_stored_once_as_it_was():
    """Grey values of an edited 8-bit film are whole where both joints changed them, too."""
    film = textured_film()
    film = Radiograph.from_array(np.rint(film.intensity * 255) / 255, MM)
    movable = MovableFilm(
        [MovableJoint(joint_at(film, name, y)) for name, y in (("MCP2", 290), ("PIP2", 150))]
    )
    made = synthesize_film(movable, WIDER)
    grey = made.image.astype(np.float64) * 255
    assert np.abs(grey - np.rint(grey)).max() < 1e-3
    assert (made.image != film.intensity).mean() > 0.05


def test_a_film_that_was_stored_as_jpeg_changes_within_the_squares_alone():
    film = textured_film()
    file = BytesIO()
    Image.fromarray(np.rint(film.intensity * 255).astype(np.uint8)).save(file, "jpeg", quality=80)
    film = Radiograph.from_array(np.asarray(Image.open(file)) / 255, MM)
    assert film.storage.jpeg is not None
    movable = MovableFilm(
        [MovableJoint(joint_at(film, name, y)) for name, y in (("MCP2", 290), ("PIP2", 150))]
    )
    made = synthesize_film(movable, WIDER)
    outside = np.ones(SHAPE, bool)
    for index, joint in enumerate(made.joints):
        outside[joint.layers.crop.region.slices] = False
        part = movable.extent(made.joints, index)
        np.testing.assert_array_equal(movable.compose(made.joints, part), made.image[part.slices])
    np.testing.assert_array_equal(made.image[outside], film.intensity[outside])
    # Its blocks are multiples of the same steps as before, where both joints changed them.
    again = Radiograph.from_array(made.image, MM).storage.jpeg
    assert again is not None
    np.testing.assert_allclose(again.steps, film.storage.jpeg.steps)


def test_neighbours_on_a_phantom_hand_leave_no_seam(hand, little_finger):
    """Along the borders of both squares the film is as smooth as it was."""
    film = synthesize_film(little_finger, WIDER)
    change = film.image - hand.radiograph.intensity
    for joint in film.joints:
        crop = joint.layers.crop
        depth = ndimage.distance_transform_edt(np.pad(crop.inside, 1))[1:-1, 1:-1]
        rim = (depth > 0) & (depth <= 3)
        other = next(one for one in film.joints if one is not joint).layers.crop
        rim_on_film = np.zeros(hand.radiograph.shape, bool)
        rim_on_film[crop.region.slices] = rim
        rim_on_film[other.region.slices] &= ~other.inside
        assert np.abs(change[rim_on_film]).max() < 0.02


def test_the_same_region_is_composed_the_same_way(little_finger):
    """What the scene rewrites piece by piece is what is written at once."""
    edits = [GapEdit(change=0.8, moves="both", tilt_deg=3.0), GapEdit(change=-0.3)]
    film = synthesize_film(little_finger, edits)
    for index in (0, 1):
        part = little_finger.extent(film.joints, index)
        np.testing.assert_array_equal(little_finger.compose(film.joints, part), film.image[part.slices])


def test_bones_are_named_once(hand, separator):
    names = ("MCP1", "IP1", "MCP2", "PIP2", "DIP2")
    layers = [separator.separate(hand.radiograph, hand.joints[name].pose) for name in names]
    film = synthesize_film(layers, [GapEdit()] * 5)
    assert {(bone.key.name, bone.joints) for bone in film.bones} == {
        ("metacarpal 1", ("MCP1",)),
        ("proximal phalanx 1", ("MCP1", "IP1")),
        ("distal phalanx 1", ("IP1",)),
        ("metacarpal 2", ("MCP2",)),
        ("proximal phalanx 2", ("MCP2", "PIP2")),
        ("middle phalanx 2", ("PIP2", "DIP2")),
        ("distal phalanx 2", ("DIP2",)),
    }
    assert all(bone.key.side == "L" for bone in film.bones)
    for bone in film.bones:
        truth = np.zeros(hand.radiograph.shape, bool)
        for name in bone.joints:
            joint = hand.joints[name]
            is_upper = bone.key.name.split()[0] != "metacarpal" and name == bone.joints[0]
            if bone.key.name.startswith("distal"):
                is_upper = True
            truth[joint.region.slices] |= joint.upper_silhouette if is_upper else joint.lower_silhouette
        mask = bone.mask_on_film(hand.radiograph.shape)
        assert (mask & truth).sum() / mask.sum() > 0.97, bone.key.name


def test_two_joints_of_one_name_and_side_share_nothing():
    film = textured_film()
    joints = [joint_at(film, "MCP2", 290.0), joint_at(film, "MCP2_L", 170.0), joint_at(film, "PIP2", 100.0)]
    made = synthesize_film(joints, [GapEdit(change=0.2)] * 3)
    assert [bone.key.name for bone in made.bones] == [
        *("MCP2 upper bone", "MCP2_L upper bone", "PIP2 lower bone"),
        *("MCP2 lower bone", "MCP2_L lower bone", "middle phalanx 2"),
    ]


def test_what_can_not_be_one_film_is_refused(short_finger):
    layers = [joint.layers for joint in short_finger.joints]
    other = joint_at(textured_film().with_spacing(MM), "DIP2", 100.0)
    brighter = Radiograph.from_array(other.radiograph.intensity * 0.9, MM, name="another")
    with pytest.raises(InputError, match="at least one"):
        synthesize_film([], [])
    with pytest.raises(InputError, match="2 joints and 1 edits"):
        synthesize_film(layers, [GapEdit()])
    with pytest.raises(InputError, match="joints of one film"):
        synthesize_film([*layers, joint_at(brighter, "DIP2", 100.0)], [GapEdit()] * 3)
    with pytest.raises(InputError, match="Two joints are called MCP2"):
        synthesize_film([layers[0], replace(layers[0])], [GapEdit()] * 2)
    assert synthesize_film([*layers, other], [GapEdit()] * 3).image.shape == SHAPE


@pytest.mark.parametrize("names", [("MCP2", "PIP2"), ("PIP5", "DIP5")])
def test_gaps_measured_on_the_new_film_are_those_asked_for(hand, separator, names):
    """Two neighbours narrowed together, separated and measured anew on the film that this gives."""
    poses = [hand.joints[name].pose for name in names]
    layers = [separator.separate(hand.radiograph, pose) for pose in poses]
    film = synthesize_film(layers, [GapEdit(change=-0.3, moves="both")] * 2)
    new = Radiograph.from_array(film.image, hand.radiograph.spacing.mm)
    for pose, joint in zip(poses, film.joints, strict=True):
        measured = measure_jsw(separator.separate(new, pose))
        assert measured.mean == pytest.approx(joint.jsw_after.mean, abs=0.06)
        assert joint.jsw_after.mean == pytest.approx(joint.jsw_before.mean - 0.3, abs=0.01)


@pytest.mark.parametrize(("edge_mm", "parts"), [(22.0, 1), (19.0, 2)])
def test_a_narrow_slit_between_two_squares_belongs_to_the_bone(hand, separator, edge_mm, parts):
    """Squares of PIP2 and DIP2, 23.5 mm apart, miss each other by 1.5 mm, or by 4.5 mm."""
    poses = [replace(hand.joints[name].pose, field_of_view_mm=edge_mm) for name in ("PIP2", "DIP2")]
    film = synthesize_film([separator.separate(hand.radiograph, pose) for pose in poses], [GapEdit()] * 2)
    bone = next(one for one in film.bones if one.key.name == "middle phalanx 2")
    mask = bone.mask_on_film(hand.radiograph.shape)
    assert ndimage.label(mask)[1] == parts
    truth = np.zeros_like(mask)
    truth[hand.joints["PIP2"].region.slices] |= hand.joints["PIP2"].upper_silhouette
    truth[hand.joints["DIP2"].region.slices] |= hand.joints["DIP2"].lower_silhouette
    seen = np.zeros_like(mask)
    for joint in film.joints:
        seen[joint.layers.crop.region.slices] |= joint.layers.crop.inside
    between = mask & ~seen
    assert between.any() == (parts == 1)
    assert (between & ~truth).sum() <= 0.03 * mask.sum()
    assert not between.any() or (between & truth).sum() / between.sum() > 0.9
