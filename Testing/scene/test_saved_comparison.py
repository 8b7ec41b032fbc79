"""A comparison survives saving and loading a scene: list, verdicts, picture, and what is out of date."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from LayerSeparationLib.follow_up import write_comparison
from LayerSeparationLib.scene import Film, SceneJoints, films_in
from LayerSeparationLib.scene.change_table import change_table_of
from LayerSeparationLib.scene.joint_lines import joint_lines
from LayerSeparationLib.scene.node_attributes import COMPARISON
from LayerSeparationLib.scene.scene_comparison import SceneComparison, compare_with


def refuse(*_inputs):
    raise AssertionError("nothing is to be found")


@pytest.fixture
def compared(earlier, joints):
    """Return the comparison; joints on another grey scale have the layers that they have."""
    known = {film.name: layers for film, layers in _layers_by_film(earlier, joints)}

    def separate(jobs, _progress):
        crops = [replace(known[film.name].crop, radiograph=film) for film, _pose in jobs]
        return [replace(known[film.name], crop=crop) for (film, _pose), crop in zip(jobs, crops, strict=True)]

    return compare_with(joints, earlier, refuse, separate)


def _layers_by_film(earlier, joints):
    of_earlier = SceneJoints(earlier)
    layers = of_earlier.joints[0].layers
    of_earlier.close()
    return [(earlier, layers), (joints.film, joints.joints[0].layers)]


@pytest.fixture
def load(scene, tmp_path):
    """Return a function that saves the scene, closes and loads it, and returns the films' names and nodes."""
    opened = []

    def load():
        path = tmp_path / "scene.mrb"
        assert scene.WriteToMRB(str(path))
        scene.Clear(False)
        assert scene.ReadFromMRB(str(path))
        films = {node.GetName(): node for node in films_in(scene)}
        opened.append(SceneJoints(Film(films["joint"])))
        return films, opened[-1]

    yield load
    for joints in opened:
        joints.close()


def numbers(jsw):
    return jsw.unit, jsw.mean, jsw.interval, jsw.minimum, jsw.minimum_interval, jsw.quality, jsw.findings


def test_all_of_it_comes_back(compared, joints, load, tmp_path):
    [before] = compared.changes
    difference = before.difference_image()
    joints.close()
    films, loaded = load()
    comparison = SceneComparison.restore(loaded)
    assert comparison.baseline.node is films["earlier"]
    [change] = comparison.changes
    for name in ("name", "side", "unit", "change", "interval", "verdict", "reason", "note", "scale",
                 "correlation", "grey_scale", "detectable_change", "weights_sha256"):  # fmt: skip
        assert getattr(change, name) == getattr(before, name), name
    for visit in ("baseline", "follow_up"):
        assert numbers(getattr(change, visit)) == numbers(getattr(before, visit))
        np.testing.assert_array_equal(
            getattr(change, visit).upper_margin_px, getattr(before, visit).upper_margin_px
        )
        np.testing.assert_array_equal(getattr(change, visit).profile, getattr(before, visit).profile)
    np.testing.assert_array_equal(change.difference_image(), difference)
    np.testing.assert_array_equal(change.registration.upper, before.registration.upper)
    assert comparison.are_current() == [True]
    [joint] = loaded.joints
    assert comparison.change_of(joint) is change
    # It is written and exported as the one before.
    written = write_comparison(tmp_path / "out", comparison.changes, with_pictures=False)
    assert written == ["changes.csv", "changes.json"]
    record = change_table_of(loaded.film).GetAttribute(COMPARISON)
    comparison.write()
    assert change_table_of(loaded.film).GetAttribute(COMPARISON) == record


@pytest.mark.parametrize("what", ["line", "baseline line", "spacing", "pixels", "renamed"])
def test_what_was_changed_before_or_after_is_out_of_date(compared, joints, joint, earlier, load, what):
    if what == "renamed":
        joint.name = "MCP4"
    elif what == "line":
        _move(joint.line)
    elif what == "baseline line":
        _move(joint_lines(earlier)[0])
    elif what == "spacing":
        earlier.calibrate(100.0, 10.0)
    joints.close()
    films, loaded = load()
    if what == "pixels":
        image = films["earlier"].GetImageData()
        image.SetScalarComponentFromDouble(3, 3, 0, 0, 7.0)
        image.Modified()
    comparison = SceneComparison.restore(loaded)
    assert comparison.are_current() == [what == "renamed"]
    assert comparison.joint_of(comparison.changes[0]) is loaded.joints[0]
    if what in ("spacing", "pixels"):
        assert comparison.changes[0].crops is None


def test_what_is_damaged_is_as_good_as_none(compared, joints):
    table = change_table_of(joints.film)
    whole = table.GetAttribute(COMPARISON)
    assert SceneComparison.restore(joints) is not None
    for text in ("", "{half", whole.replace("progressed", "regressed"), whole.replace('"margins"', '"m"')):
        table.SetAttribute(COMPARISON, text)
        assert SceneComparison.restore(joints) is None


def _move(line):
    end = np.add(line.GetNthControlPointPositionWorld(0), (0.4, 0.0, 0.0))
    line.SetNthControlPointPositionWorld(0, *end)
