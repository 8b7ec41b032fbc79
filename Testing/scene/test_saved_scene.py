"""Everything survives saving and loading; the gap can be edited on without separating again."""

import numpy as np
import pytest

from LayerSeparationLib import GapEdit
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.scene import Film, JointEvent, JointStatus, OutdatedReason, SceneJoints, films_in


@pytest.fixture(params=["mrb", "mrml"])
def reloaded(request, scene, hand_film, hand_phantom, make, tmp_path):
    """Save two joints, close the scene, load it; return what was and what came back."""
    joints = SceneJoints(hand_film)
    for name in ("PIP3", "MCP2"):
        truth = hand_phantom.joints[name]
        joint = make.joint(joints, truth, name)
        joint.set_layers(make.layers(hand_film, joint.pose, truth))
    joints.joints[0].set_edit(GapEdit(change=-0.4, tilt_deg=3.0, moves="both"))
    before = [
        (joint.name, joint.edit, joint.result, joint.layers, make.voxels(joint.references.find("synthetic")))
        for joint in joints.joints
    ]
    film = make.voxels(joints.synthetic_film)
    if request.param == "mrb":
        path = tmp_path / "scene.mrb"
        assert scene.WriteToMRB(str(path))
        scene.Clear(False)
        assert scene.ReadFromMRB(str(path))
    else:
        save_as_files(scene, tmp_path)
        scene.Clear(False)
        scene.SetURL(str(tmp_path / "scene.mrml"))
        assert scene.Connect()
    joints.close()
    (node,) = films_in(scene)
    loaded = SceneJoints(Film(node))
    yield before, film, loaded
    loaded.close()


def save_as_files(scene, folder):
    """Save every node beside the scene's file, as Slicer's save dialog does."""
    for index in range(scene.GetNumberOfNodes()):
        node = scene.GetNthNode(index)
        if not node.IsA("vtkMRMLStorableNode") or not node.GetSaveWithScene():
            continue
        storage = node.GetStorageNode()
        if storage is None:
            storage = node.CreateDefaultStorageNode()
            if storage is None:
                continue
            scene.AddNode(storage)
            node.SetAndObserveStorageNodeID(storage.GetID())
        suffix = storage.GetDefaultWriteFileExtension()
        storage.SetFileName(str(folder / f"{node.GetID()}.{suffix}"))
        if node.GetClassName() != "vtkMRMLColorTableNode":
            assert storage.WriteData(node)
    scene.SetURL(str(folder / "scene.mrml"))
    scene.SetRootDirectory(str(folder))
    assert scene.Commit()


def test_joints_come_back_bit_by_bit(reloaded, make):
    before, film, loaded = reloaded
    assert loaded.warning is None
    np.testing.assert_array_equal(make.voxels(loaded.synthetic_film), film)
    for (name, edit, result, layers, image), joint in zip(before, loaded.joints, strict=True):
        assert (joint.name, joint.edit) == (name, edit)
        np.testing.assert_array_equal(joint.layers.canonical.shares, layers.canonical.shares)
        np.testing.assert_array_equal(joint.layers.canonical.silhouettes, layers.canonical.silhouettes)
        np.testing.assert_array_equal(joint.layers.canonical.image, layers.canonical.image)
        np.testing.assert_array_equal(
            joint.layers.canonical.margins.as_array(), layers.canonical.margins.as_array()
        )
        assert joint.layers.weights_sha256 == layers.weights_sha256
        np.testing.assert_array_equal(make.voxels(joint.references.find("synthetic")), image)
        np.testing.assert_array_equal(joint.result.image, result.image)
        assert joint.jsw_after.mean == result.jsw_after.mean
    assert [joint.status for joint in loaded.joints] == [JointStatus.EDITED, JointStatus.READY]


def test_editing_goes_on_with_the_same_nodes(reloaded, make):
    _before, _film, loaded = reloaded
    scene = loaded.film.node.GetScene()
    joint = loaded.joints[0]
    nodes = scene.GetNumberOfNodes()
    joint.set_edit(GapEdit(change=0.3))
    assert scene.GetNumberOfNodes() == nodes
    result = joint.result
    np.testing.assert_array_equal(make.voxels(joint.references.find("synthetic")), result.image)
    np.testing.assert_array_equal(make.voxels(joint.references.find("upper_bone")), result.upper_bone)
    np.testing.assert_array_equal(make.voxels(loaded.synthetic_film), result.film)
    for found, mask in zip(
        joint.display.bone_masks(joint.layers),
        (result.masks.upper_bone, result.masks.lower_bone),
        strict=True,
    ):
        np.testing.assert_array_equal(found, mask)
    rows = loaded.table.GetTable()
    assert rows.GetNumberOfRows() == 2
    assert rows.GetValueByName(0, "after edit").ToDouble() == pytest.approx(joint.jsw_after.mean, abs=1e-3)


def test_asking_changes_nothing_in_the_scene(reloaded):
    _before, _film, loaded = reloaded
    scene = loaded.film.node.GetScene()
    nodes = [scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes())]
    heard = []
    listening = [
        (one, one.AddObserver("AnyEvent", lambda caller, event: heard.append((caller.GetClassName(), event))))
        for one in (scene, *nodes)
    ]
    for joint in loaded.joints:
        for part in (joint, joint.identity, joint.editing, joint.display):
            for name, member in vars(type(part)).items():
                if isinstance(member, property):
                    getattr(part, name)
    for name in ("radiograph", "geometry", "spacing", "spacing_text", "invert_polarity"):
        getattr(loaded.film, name)
    assert (loaded.table, loaded.synthetic_film, loaded.warning) != (None, None, None)
    for one, tag in listening:
        one.RemoveObserver(tag)
    assert heard == []
    assert scene.GetNumberOfNodes() == len(nodes)


def test_layers_come_back_by_load_and_with_the_film_that_they_belong_to(reloaded):
    _before, _film, loaded = reloaded
    loaded.film.invert_polarity = True
    again = SceneJoints(loaded.film)
    heard = []
    again.on_change(lambda joint, event: heard.append((joint, event)))
    assert [joint.layers for joint in again.joints] == [None, None]
    assert not again.joints[0].load()
    assert again.joints[0].status is JointStatus.OUTDATED
    assert again.joints[0].outdated_reason is OutdatedReason.POLARITY
    loaded.film.invert_polarity = False
    assert heard == [(None, JointEvent.FILM)]
    assert [joint.status for joint in again.joints] == [JointStatus.EDITED, JointStatus.READY]
    again.close()


def test_calibration_and_polarity_are_saved(scene, joint_phantom, make, tmp_path):
    film = Film(make.film(scene, joint_phantom.radiograph.native(), spacing_mm=1.0))
    film.calibrate(100, 9)
    film.invert_polarity = True
    inverted = film.radiograph.polarity.inverted
    assert scene.WriteToMRB(str(tmp_path / "a.mrb"))
    scene.Clear(False)
    assert scene.ReadFromMRB(str(tmp_path / "a.mrb"))
    (node,) = films_in(scene)
    assert Film(node).spacing_text == "0.090 mm/px, calibrated"
    assert Film(node).radiograph.polarity.inverted is inverted


def test_a_newer_scene_is_left_alone_and_named(joints, joint, scene):
    joint.line.SetAttribute("LayerSeparation.format", "99")
    nodes = scene.GetNumberOfNodes()
    again = SceneJoints(joints.film)
    assert again.joints == []
    assert "MCP3" in again.warning
    assert "newer version" in again.warning
    assert scene.GetNumberOfNodes() == nodes
    again.close()


def test_an_older_scene_is_separated_again(joints, joint, scene, joint_film, joint_phantom, make):
    joint.set_edit(GapEdit(target_jsw=0.9))
    joint.line.SetAttribute("LayerSeparation.format", "1")
    left_over = scene.AddNewNodeByClass("vtkMRMLTextNode")
    joint.line.SetNodeReferenceID("LayerSeparation.margin", left_over.GetID())
    again = SceneJoints(joint_film)
    (older,) = again.joints
    assert (older.status, older.layers) == (JointStatus.OUTDATED, None)
    assert "MCP3" in again.warning
    assert "earlier version" in again.warning
    older.set_layers(make.layers(joint_film, older.pose, joint_phantom))
    assert older.status is JointStatus.READY
    assert left_over.GetScene() is None
    again.close()
    once_more = SceneJoints(joint_film)
    assert once_more.warning is None
    assert once_more.joints[0].layers is not None
    once_more.close()


def test_damaged_or_foreign_output_asks_for_a_separation(joints, joint, joint_film):
    joint.references.find("canonical").SetAttribute("LayerSeparation.separation", "{no json")
    again = SceneJoints(joint_film)
    (damaged,) = again.joints
    assert damaged.status is JointStatus.OUTDATED
    assert damaged.outdated_reason is OutdatedReason.LAYERS_DAMAGED
    assert damaged.layers is None
    with pytest.raises(InputError, match="not separated"):
        damaged.set_edit(GapEdit(target_jsw=1.0))
    again.close()
