"""What a node says of being synthetic follows its pixels, at every step."""

from __future__ import annotations

import numpy as np
import pytest

from LayerSeparationLib import GapEdit

ROLES = ("synthetic", "upper_bone", "lower_bone", "segmentation")


def says_synthetic(node):
    return node.GetAttribute("LayerSeparation.synthetic") == "true"


def test_the_whole_film_is_synthetic_as_long_as_it_holds_an_edit(joints, joint, make):
    film = joint.film.radiograph.intensity
    for edit, synthetic in ((GapEdit(target_jsw=0.8), True), (GapEdit(), False)):
        joint.set_edit(edit)
        assert says_synthetic(joints.synthetic_film) is synthetic
        assert bool((make.voxels(joints.synthetic_film) != film).any()) is synthetic


@pytest.mark.parametrize("spoil", ["line", "calibration", "polarity"])
def test_an_edit_that_is_outdated_is_in_the_pixels_still(joints, joint, spoil):
    joint.set_edit(GapEdit(target_jsw=0.8))
    if spoil == "line":
        joint.line.SetNthControlPointPositionWorld(
            1, *(np.array(joint.line.GetNthControlPointPosition(1)) + 1)
        )
    elif spoil == "calibration":
        joint.film.calibrate(100.0, 15.0)
    else:
        joint.film.invert_polarity = True
    assert joint.status.value == "outdated"
    assert says_synthetic(joints.synthetic_film)


def test_the_first_step_of_a_drag_is_synthetic_before_it_is_finished(joints, joint):
    joint.set_edit(GapEdit(target_jsw=0.8), finished=False)
    assert all(says_synthetic(joint.references.find(role)) for role in ROLES)
    assert says_synthetic(joints.synthetic_film)
    assert not says_synthetic(joint.references.find("soft_tissue"))


def test_a_film_that_is_held_is_not_synthetic(joints, joint):
    joint.set_edit(GapEdit(target_jsw=0.8))
    joint.show_film(True)
    assert not says_synthetic(joints.synthetic_film)
    assert not says_synthetic(joint.references.find("synthetic"))
    joint.show_film(False)
    assert says_synthetic(joints.synthetic_film)
    assert says_synthetic(joint.references.find("synthetic"))
