"""A film that is renamed: what is written, and what is named after it, has the name of that moment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scene_fixtures import true_layers

from LayerSeparationLib import GapEdit
from LayerSeparationLib.dataset import DatasetOptions
from LayerSeparationLib.scene import Film, JointEvent, JointStatus, SceneJoints
from LayerSeparationLib.scene.export_edit import export_current, export_data_set

OLD, NEW = "Doe Jane", "anonymous"


def texts(folder):
    """Return all that names and contents of files say."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return " ".join(str(path.relative_to(folder)) for path in files).encode() + b"".join(
        path.read_bytes() for path in files
    )


@pytest.fixture
def named(joint, tmp_path):
    """A separated joint on a film that is called after a patient, as is its file."""
    node = joint.film.node
    node.SetName(OLD)
    storage = node.GetScene().AddNewNodeByClass("vtkMRMLVolumeArchetypeStorageNode")
    path = tmp_path / f"{OLD}.nrrd"
    path.write_bytes(b"")
    storage.SetFileName(str(path))
    node.SetAndObserveStorageNodeID(storage.GetID())
    joint.set_layers(joint.layers)
    joint.set_edit(GapEdit(target_jsw=0.9))
    return joint


def test_files_have_the_present_name(named, tmp_path):
    image, checksum = named.result.image, named._separation.film_crc32
    named.film.node.SetName(NEW)
    named.set_edit(GapEdit(target_jsw=0.8))
    (folder,) = export_current([named], tmp_path / "out")
    assert folder.relative_to(tmp_path) == Path("out", NEW, "MCP3", "gap_0.80")
    assert OLD.encode() not in texts(tmp_path / "out")
    named.undo()
    np.testing.assert_array_equal(named.result.image, image)
    assert named.layers.radiograph.name == NEW
    assert named._separation.film_crc32 == checksum
    assert named.status is JointStatus.EDITED


def test_a_data_set_has_the_present_name(named, tmp_path):
    named.film.node.SetName(NEW)
    options = DatasetOptions(per_joint=1, edits_given=True, formats=("png",), split=(1, 0, 0))
    made = export_data_set([named], tmp_path / "sets", options)
    assert made.outcome.samples == 1
    assert OLD.encode() not in texts(tmp_path / "sets")
    assert NEW.encode() in texts(tmp_path / "sets")


def test_nodes_are_named_after_the_film(named, joints):
    told = []
    joints.on_change(lambda _joint, event: told.append(event))
    assert joints.synthetic_film.GetName() == f"{OLD} synthetic"
    named.film.node.SetName(NEW)
    assert joints.synthetic_film.GetName() == f"{NEW} synthetic"
    assert told == [JointEvent.FILM_NAME]
    joints.synthetic_film.SetName("mine")
    named.film.node.SetName(OLD)
    assert joints.synthetic_film.GetName() == "mine"


def test_a_film_that_was_renamed_while_nobody_looked(named, joints):
    film = named.film
    joints.close()
    film.node.SetName(NEW)
    again = SceneJoints(Film(film.node))
    [restored] = again.joints
    assert restored.layers.radiograph.name == NEW
    assert again.synthetic_film.GetName() == f"{NEW} synthetic"
    assert restored.edit == GapEdit(target_jsw=0.9)
    again.close()


def test_layers_that_were_made_before_the_name(named, joint_phantom):
    layers = true_layers(named.film, named.pose, joint_phantom)
    named.film.node.SetName(NEW)
    named.set_layers(layers)
    assert named.layers.radiograph.name == NEW
    assert named.edit == GapEdit(target_jsw=0.9)
