"""The scene's film is what the library makes of all edits at once, in whatever order they came."""

import numpy as np
import pytest

from LayerSeparationLib import GapEdit, synthesize_film
from LayerSeparationLib.scene import SceneJoints

NAMES = ("MCP5", "PIP5", "DIP5")


@pytest.fixture
def finger(hand_film, hand_phantom, make):
    """Three joints of a little finger; PIP and DIP see one middle phalanx."""
    joints = SceneJoints(hand_film)
    for name in NAMES:
        truth = hand_phantom.joints[name]
        joint = make.joint(joints, truth, name)
        joint.set_layers(make.layers(hand_film, joint.pose, truth))
    yield joints
    joints.close()


def of_library(joints, hidden=()):
    shown = [GapEdit() if joint.name in hidden else joint.edit for joint in joints.joints]
    return synthesize_film([joint.layers for joint in joints.joints], shown)


def test_the_film_is_that_of_the_library_after_every_step(finger, make):
    mcp, pip, dip = finger.joints
    film = finger.film.radiograph.intensity

    def check(hidden=()):
        wanted = of_library(finger, hidden)
        np.testing.assert_array_equal(make.voxels(finger.synthetic_film), wanted.image)
        return wanted

    for change in (-0.2, -0.4):
        pip.set_edit(GapEdit(change=change, moves="both"), finished=change == -0.4)
        check()
    assert {bone.joints for bone in check().bones} >= {("PIP5", "DIP5")}
    dip.set_edit(GapEdit(change=0.5, moves="lower", tilt_deg=2.0))
    check()
    mcp.set_edit(GapEdit(change=-0.3))
    check()
    pip.show_film(True)
    check(hidden=("PIP5",))
    pip.show_film(False)
    check()
    dip.undo()
    check()
    dip.redo()
    both = check()
    alone = [joint.result.film != film for joint in (pip, dip)]
    assert (alone[0] & alone[1]).any()
    assert both.is_synthetic
    for joint in (mcp, pip, dip):
        joint.reset()
    np.testing.assert_array_equal(make.voxels(finger.synthetic_film), film)


def test_a_neighbour_that_goes_leaves_the_others_edit(finger, make):
    _mcp, pip, dip = finger.joints
    pip.set_edit(GapEdit(change=0.6, moves="both"))
    dip.set_edit(GapEdit(change=0.6, moves="both"))
    finger.remove(dip)
    np.testing.assert_array_equal(make.voxels(finger.synthetic_film), of_library(finger).image)
    np.testing.assert_array_equal(make.voxels(finger.synthetic_film), pip.result.film)


def test_other_layers_of_a_neighbour_are_seen_in_the_film(finger, make, hand_phantom):
    _mcp, pip, dip = finger.joints
    pip.set_edit(GapEdit(change=0.6, moves="both"))
    layers = make.layers(finger.film, dip.pose, hand_phantom.joints["DIP5"])
    layers.canonical.silhouettes[1][200:] = 0
    layers.canonical.shares[0][200:] += layers.canonical.shares[2][200:]
    layers.canonical.shares[2][200:] = 0
    dip.set_layers(layers)
    np.testing.assert_array_equal(make.voxels(finger.synthetic_film), of_library(finger).image)
