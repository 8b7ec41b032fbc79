"""The joint that was selected is selected again: after loading a scene, and after a reload of the module."""

from __future__ import annotations

import pytest
import slicer

from LayerSeparationLib import GapEdit
from LayerSeparationLib.scene.sample_data import add_phantom_film

PLACES = ((60.0, 150.0), (127.5, 130.0), (195.0, 110.0))


@pytest.fixture
def three(film):
    """A bench with three joints, the second one selected."""
    for x, y in PLACES:
        film.place(((x, y + 40.0), (x, y - 40.0)))
    for joint, name in zip(film.session.all_joints, ("MCP2", "MCP3", "MCP4"), strict=True):
        joint.name = name
    film.session.select(film.session.all_joints[1])
    film.host.process_events()
    return film


def selected_row(bench):
    rows = {item.row() for item in bench.ui.jointTable.selectedItems()}
    return rows.pop() if len(rows) == 1 else None


def check_second_joint_is_selected(bench):
    assert bench.ui.jointTable.rowCount == 3
    assert bench.joint.name == "MCP3"
    assert selected_row(bench) == 1
    assert bench.widget._parameterNode.joint is bench.joint.line


def load_into_an_empty_scene(path):
    slicer.mrmlScene.Clear(0)
    assert slicer.mrmlScene.ReadFromMRB(str(path))


def load_over_the_scene(path):
    assert slicer.mrmlScene.ReadFromMRB(str(path), True)


@pytest.mark.parametrize("load", [load_into_an_empty_scene, load_over_the_scene])
@pytest.mark.parametrize("wait", [True, False], ids=["events between", "at once"])
def test_a_scene_that_is_loaded_comes_back_with_its_joint(three, tmp_path, load, wait):
    path = tmp_path / "scene.mrb"
    assert slicer.util.saveScene(str(path))
    three.session.select(three.session.all_joints[2])
    if wait:
        three.host.process_events()
    load(path)
    three.host.process_events()
    check_second_joint_is_selected(three)


def test_a_scene_of_files_comes_back_with_its_joint(three, tmp_path):
    scene = slicer.mrmlScene
    storage = three.session.film_node.CreateDefaultStorageNode()
    scene.AddNode(storage)
    three.session.film_node.SetAndObserveStorageNodeID(storage.GetID())
    storage.SetFileName(str(tmp_path / "film.nrrd"))
    assert storage.WriteData(three.session.film_node)
    for joint in three.session.all_joints:
        storage = joint.line.CreateDefaultStorageNode()
        scene.AddNode(storage)
        joint.line.SetAndObserveStorageNodeID(storage.GetID())
        storage.SetFileName(str(tmp_path / f"{joint.name}.mrk.json"))
        assert storage.WriteData(joint.line)
    scene.SetRootDirectory(str(tmp_path))
    scene.SetURL(str(tmp_path / "scene.mrml"))
    assert scene.Commit()
    three.session.select(three.session.all_joints[0])
    assert scene.Connect()
    three.host.process_events()
    check_second_joint_is_selected(three)


def test_a_joint_selected_with_an_edit_keeps_it(three, tmp_path, separator):
    joint = three.joint
    [job] = three.session.joints.jobs([joint])
    joint.set_layers(separator.separate(*job))
    joint.set_edit(GapEdit(change=-0.3))
    assert slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    load_into_an_empty_scene(tmp_path / "scene.mrb")
    three.host.process_events()
    check_second_joint_is_selected(three)
    assert three.joint.edit == GapEdit(change=-0.3)
    assert three.ui.gapSlider.value == pytest.approx(three.joint.jsw_after.mean, abs=0.01)


def test_a_reloaded_module_comes_back_with_the_joint(three, module_file):
    three.widget.exit()
    three.widget.cleanup()
    three.widget = three.host.open(module_file)
    check_second_joint_is_selected(three)


def test_another_film_begins_with_its_first_joint(three):
    first = three.session.film_node
    other = add_phantom_film()
    three.host.process_events()
    three.panel.choose_film(other)
    assert three.joint is None
    three.panel.choose_film(first)
    assert three.joint.name == "MCP2"
