"""JSW remeasured on samples' films: agrees where all is well, and tells a film of another width."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from LayerSeparationLib import GapEdit, JointPose, Radiograph, synthesize
from LayerSeparationLib.dataset import LayerCache
from LayerSeparationLib.dataset.report import data_card, finish
from LayerSeparationLib.dataset.report.remeasure import RemeasuredWidths, remeasure_jsw
from LayerSeparationLib.dataset.report.spread_samples import load_samples, spread_numbers
from LayerSeparationLib.joints import CANONICAL_MM_PER_PX as MM


@pytest.mark.parametrize("tilt_deg", [0.0, 4.0])
@pytest.mark.parametrize("width_mm", [0.7, 1.2, 2.3])
def test_a_moved_joint_has_the_width_that_was_asked_for(mcp_layers, separator, width_mm, tilt_deg):
    joint = synthesize(mcp_layers, GapEdit(target_jsw=width_mm, tilt_deg=tilt_deg))
    assert remeasure_jsw(joint, separator).mean == pytest.approx(width_mm, abs=0.15)


def test_widths_are_right_on_average(mcp_layers, separator):
    found = RemeasuredWidths("mm")
    for width_mm in (0.8, 1.1, 1.4, 1.7, 2.0):
        joint = synthesize(mcp_layers, GapEdit(target_jsw=width_mm))
        found.add(joint, remeasure_jsw(joint, separator))
    assert len(found.pairs) == 5
    assert found.as_json()["mean_absolute_difference"] < 0.05


def test_it_is_the_recomposed_film_that_is_looked_at(mcp_layers, separator):
    """Other layers, the same film: the same margins. Another film, the same layers: other margins."""
    joint = synthesize(mcp_layers, GapEdit(target_jsw=1.0))
    expected = remeasure_jsw(joint, separator).mean
    bare = replace(joint, upper_bone=np.zeros_like(joint.upper_bone))
    assert remeasure_jsw(bare, separator).mean == expected
    wider = synthesize(mcp_layers, GapEdit(target_jsw=1.4))
    found = RemeasuredWidths("mm")
    found.add(joint, remeasure_jsw(wider, separator))
    assert found.greatest_difference == pytest.approx(0.4, abs=0.1)


def test_on_a_turned_and_finer_film_too(separator, phantoms):
    truth = phantoms["MCP"].radiograph.intensity
    film = Radiograph.from_array(np.kron(np.pad(truth, 60, mode="edge"), np.ones((2, 2), np.float32)), MM / 2)
    layers = separator.separate(film, JointPose("MCP3", (375.5, 375.5), (0.1, -1)))
    joint = synthesize(layers, GapEdit(target_jsw=1.0))
    assert remeasure_jsw(joint, separator).mean == pytest.approx(1.0, abs=0.15)


def test_closed_and_unknown_joints_are_counted_apart(mcp_layers, separator):
    found = RemeasuredWidths("mm")
    closed = synthesize(mcp_layers, GapEdit(target_jsw=0.0))
    found.add(closed, remeasure_jsw(closed, separator))
    assert (found.closed + found.not_measurable, found.pairs) == (1, [])
    grey = Radiograph.from_array(np.full((256, 256), 0.3, np.float32), MM)
    unknown = synthesize(separator.separate(grey, JointPose.whole_crop(grey)), GapEdit(change=0.3))
    remeasured = remeasure_jsw(unknown, separator)
    assert remeasured.short_findings == "no joint found in the crop"
    found.add(unknown, remeasured)
    assert (found.closed + found.not_measurable, found.pairs) == (2, [])
    assert found.not_measurable >= 1
    assert found.as_json()["mean_absolute_difference"] is None


def test_a_change_is_compared_with_the_moved_margins(mcp_layers, separator):
    joint, found = synthesize(mcp_layers, GapEdit(change=-0.5)), RemeasuredWidths("mm")
    found.add(joint, remeasure_jsw(joint, separator))
    (asked, measured), *_ = found.pairs
    assert asked == pytest.approx(joint.jsw_before.mean - 0.5, abs=1e-6)
    assert measured == pytest.approx(asked, abs=0.15)


def test_a_data_set_says_what_was_found(finished):
    root, plan = finished
    done = json.loads((root / "dataset.json").read_text())["jsw"]["remeasured"]
    assert done["unit"] == "mm"
    assert done["samples"] == plan.samples == done["count"] + done["closed"] + done["not_measurable"]
    assert done["count"] > 0.8 * plan.samples
    assert done["mean_absolute_difference"] < 0.05
    assert done["greatest_absolute_difference"] < 0.25
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
    plan, loaded = plan_of(per_joint=15), []
    load = LayerCache.load
    monkeypatch.setattr(LayerCache, "load", lambda self, key: loaded.append(key) or load(self, key))
    found = RemeasuredWidths("mm")
    tiles = finish.examine_samples(plan, cache, found)
    assert loaded == [joint.key for joint in plan.joints]
    assert (found.samples, len(tiles)) == (45, 24)
    assert all("mm" in tile.text or tile.text.endswith("JSW -") for tile in tiles)
    assert sum("mm" in tile.text for tile in tiles) > 18


def test_what_other_weights_made_is_not_remeasured(plan_of, cache, monkeypatch):
    plan = plan_of(per_joint=2)
    other = SimpleNamespace(weights=SimpleNamespace(sha256="0" * 64))
    monkeypatch.setattr(finish, "Separator", lambda _device: other)
    found = RemeasuredWidths("mm")
    assert finish.examine_samples(plan, cache, found)
    assert (found.samples, found.other_weights) == (0, plan.samples)
    assert found.as_json()["other_weights"] == plan.samples
    assert "other weights" in data_card._remeasured(found)


def test_joints_that_are_not_cached_are_left_out(plan_of, tmp_path):
    assert list(load_samples(plan_of(), LayerCache(tmp_path), {0, 5})) == []
