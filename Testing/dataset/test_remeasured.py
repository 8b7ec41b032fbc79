"""JSW measured anew on samples: agrees where all is well, and tells a bone that is out of place."""

import json
from dataclasses import replace

import numpy as np
import pytest

from LayerSeparationLib import GapEdit, JointPose, Radiograph, synthesize
from LayerSeparationLib.dataset.report.remeasure import MOST_SAMPLES, Remeasured, jsw_anew, remeasured
from LayerSeparationLib.dataset.report.spread_samples import spread_samples
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX as MM


@pytest.mark.parametrize("tilt_deg", [0.0, 4.0])
@pytest.mark.parametrize("width_mm", [0.5, 1.2, 2.3])
def test_a_moved_joint_has_the_width_that_was_asked_for(mcp_layers, width_mm, tilt_deg):
    joint = synthesize(mcp_layers, GapEdit(target_jsw=width_mm, tilt_deg=tilt_deg))
    assert jsw_anew(joint).mean == pytest.approx(width_mm, abs=0.02)


def test_a_bone_in_another_place_is_noticed(mcp_layers):
    def up(image):
        return np.concatenate([image[5:], np.zeros_like(image[:5])])

    joint = synthesize(mcp_layers, GapEdit(target_jsw=1.0))
    masks = replace(joint.masks, upper_bone=up(joint.masks.upper_bone))
    wrong = replace(joint, upper_bone=up(joint.upper_bone), masks=masks)
    found = Remeasured()
    found.add(wrong)
    assert found.greatest_difference == pytest.approx(5 * MM, abs=0.02)


def test_on_a_turned_and_finer_film_too(separator, phantoms):
    truth = phantoms["MCP"].radiograph.intensity
    film = Radiograph.from_array(np.kron(np.pad(truth, 60, mode="edge"), np.ones((2, 2), np.float32)), MM / 2)
    layers = separator.separate(film, JointPose("MCP3", (375.5, 375.5), (0.1, -1)))
    joint = synthesize(layers, GapEdit(target_jsw=1.0))
    assert jsw_anew(joint).mean == pytest.approx(1.0, abs=0.02)


def test_closed_and_unknown_joints_are_counted_apart(mcp_layers, separator):
    found = Remeasured()
    found.add(synthesize(mcp_layers, GapEdit(target_jsw=0.0)))
    assert (found.closed, found.not_measurable, found.pairs) == (1, 0, [])
    grey = Radiograph.from_array(np.full((256, 256), 0.3, np.float32), MM)
    found.add(synthesize(separator.separate(grey, JointPose.whole_crop(grey)), GapEdit(change=0.3)))
    assert (found.closed, found.not_measurable, found.pairs) == (1, 1, [])
    assert found.as_json("mm")["mean_absolute_difference"] is None


def test_a_change_is_compared_with_the_moved_margins(mcp_layers):
    joint, found = synthesize(mcp_layers, GapEdit(change=-0.5)), Remeasured()
    found.add(joint)
    (asked, measured), *_ = found.pairs
    assert asked == pytest.approx(joint.jsw_before.mean - 0.5, abs=1e-6)
    assert measured == pytest.approx(asked, abs=0.02)


def test_a_data_set_says_what_was_found(finished):
    root, plan = finished
    done = json.loads((root / "dataset.json").read_text())["jsw"]["measured_anew"]
    assert done["unit"] == "mm"
    assert done["samples"] == plan.samples == done["count"] + done["closed"] + done["not_measurable"]
    assert done["count"] > 0.8 * plan.samples
    assert done["mean_absolute_difference"] < 0.02
    assert done["greatest_absolute_difference"] < 0.15
    card = (root / "README.md").read_text()
    assert f"Measured anew: in {plan.samples} samples" in card
    assert f"by {done['mean_absolute_difference_mm']:.3f} mm in the mean" in card


def test_many_samples_are_looked_at_in_part_all_over_the_plan(plan_of, cache):
    plan = plan_of(per_joint=5000)
    numbers = [planned.number for planned, _ in spread_samples(plan, cache, MOST_SAMPLES)]
    assert (len(numbers), numbers[0], numbers[-1]) == (200, 0, plan.samples - 1)
    assert np.ptp(np.diff(numbers)) <= 1
    assert remeasured(plan_of(per_joint=1), cache).samples == 3
