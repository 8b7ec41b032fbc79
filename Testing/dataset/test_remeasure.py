"""JSW remeasured on samples: agrees where all is well, and tells a bone that is out of place."""

import json
from dataclasses import replace

import numpy as np
import pytest

from LayerSeparationLib import GapEdit, JointPose, Radiograph, synthesize
from LayerSeparationLib.dataset import LayerCache
from LayerSeparationLib.dataset.report import finish
from LayerSeparationLib.dataset.report.remeasure import RemeasuredWidths, remeasure_jsw
from LayerSeparationLib.dataset.report.spread_samples import load_samples, spread_numbers
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX as MM


@pytest.mark.parametrize("tilt_deg", [0.0, 4.0])
@pytest.mark.parametrize("width_mm", [0.5, 1.2, 2.3])
def test_a_moved_joint_has_the_width_that_was_asked_for(mcp_layers, width_mm, tilt_deg):
    joint = synthesize(mcp_layers, GapEdit(target_jsw=width_mm, tilt_deg=tilt_deg))
    assert remeasure_jsw(joint).mean == pytest.approx(width_mm, abs=0.02)


def test_a_bone_in_another_place_is_noticed(mcp_layers):
    def up(image):
        return np.concatenate([image[5:], np.zeros_like(image[:5])])

    joint = synthesize(mcp_layers, GapEdit(target_jsw=1.0))
    masks = replace(joint.masks, upper_bone=up(joint.masks.upper_bone))
    wrong = replace(joint, upper_bone=up(joint.upper_bone), masks=masks)
    found = RemeasuredWidths("mm")
    found.add(wrong)
    assert found.greatest_difference == pytest.approx(5 * MM, abs=0.02)


def test_on_a_turned_and_finer_film_too(separator, phantoms):
    truth = phantoms["MCP"].radiograph.intensity
    film = Radiograph.from_array(np.kron(np.pad(truth, 60, mode="edge"), np.ones((2, 2), np.float32)), MM / 2)
    layers = separator.separate(film, JointPose("MCP3", (375.5, 375.5), (0.1, -1)))
    joint = synthesize(layers, GapEdit(target_jsw=1.0))
    assert remeasure_jsw(joint).mean == pytest.approx(1.0, abs=0.02)


def test_closed_and_unknown_joints_are_counted_apart(mcp_layers, separator):
    found = RemeasuredWidths("mm")
    found.add(synthesize(mcp_layers, GapEdit(target_jsw=0.0)))
    assert (found.closed, found.not_measurable, found.pairs) == (1, 0, [])
    grey = Radiograph.from_array(np.full((256, 256), 0.3, np.float32), MM)
    found.add(synthesize(separator.separate(grey, JointPose.whole_crop(grey)), GapEdit(change=0.3)))
    assert (found.closed, found.not_measurable, found.pairs) == (1, 1, [])
    assert found.as_json()["mean_absolute_difference"] is None


def test_a_change_is_compared_with_the_moved_margins(mcp_layers):
    joint, found = synthesize(mcp_layers, GapEdit(change=-0.5)), RemeasuredWidths("mm")
    found.add(joint)
    (asked, measured), *_ = found.pairs
    assert asked == pytest.approx(joint.jsw_before.mean - 0.5, abs=1e-6)
    assert measured == pytest.approx(asked, abs=0.02)


def test_a_data_set_says_what_was_found(finished):
    root, plan = finished
    done = json.loads((root / "dataset.json").read_text())["jsw"]["remeasured"]
    assert done["unit"] == "mm"
    assert done["samples"] == plan.samples == done["count"] + done["closed"] + done["not_measurable"]
    assert done["count"] > 0.8 * plan.samples
    assert done["mean_absolute_difference"] < 0.02
    assert done["greatest_absolute_difference"] < 0.15
    card = (root / "README.md").read_text()
    assert f"Remeasured: in {plan.samples} samples" in card
    assert f"by {done['mean_absolute_difference']:.3f} mm in the mean" in card


def test_many_samples_are_looked_at_in_part_all_over_the_plan(plan_of):
    plan = plan_of(per_joint=5000)
    numbers = sorted(spread_numbers(plan, 200))
    assert (len(numbers), numbers[0], numbers[-1]) == (200, 0, plan.samples - 1)
    assert np.ptp(np.diff(numbers)) <= 1
    assert spread_numbers(plan_of(per_joint=1), 200) == {0, 1, 2}


def test_layers_are_loaded_once_for_measures_and_contact_sheet(plan_of, cache, monkeypatch):
    plan, loaded = plan_of(per_joint=50), []
    load = LayerCache.load
    monkeypatch.setattr(LayerCache, "load", lambda self, key: loaded.append(key) or load(self, key))
    found = RemeasuredWidths("mm")
    tiles = finish.examine_samples(plan, cache, found)
    assert loaded == [joint.key for joint in plan.joints]
    assert (found.samples, len(tiles)) == (150, 40)
    assert all("mm" in tile.text or tile.text.endswith("JSW -") for tile in tiles)
    assert sum("mm" in tile.text for tile in tiles) > 30


def test_joints_that_are_not_cached_are_left_out(plan_of, tmp_path):
    assert list(load_samples(plan_of(), LayerCache(tmp_path), {0, 5})) == []
