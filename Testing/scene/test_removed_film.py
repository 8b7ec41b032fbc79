"""What a film leaves behind that was removed; a script is never robbed of anything."""

import pytest

from LayerSeparationLib import GapEdit
from LayerSeparationLib.scene import SceneJoints
from LayerSeparationLib.scene.removed_film import RemovedFilm


@pytest.fixture
def hand(hand_film, hand_phantom, make):
    """Three found joints of a hand, two of them separated."""
    joints = SceneJoints(hand_film)
    poses = [hand_phantom.joints[name].pose for name in ("PIP3", "MCP4", "MCP3")]
    joints.add_found([type(pose)(**{**vars(pose), "confidence": 0.9}) for pose in poses])
    for joint in joints.joints[:2]:
        joint.set_layers(make.layers(hand_film, joint.pose, hand_phantom.joints[joint.name]))
    yield joints
    joints.close()


def remove(scene, node):
    """Remove a film; return what it leaves."""
    import vtk

    seen = []

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def removed(_scene, _event, gone):
        if gone is node:
            seen.append(RemovedFilm(scene, gone))

    tag = scene.AddObserver(scene.NodeRemovedEvent, removed)
    scene.RemoveNode(node)
    scene.RemoveObserver(tag)
    return seen[0]


def ours(scene):
    nodes = [scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes())]
    return [node.GetName() for node in nodes if node.GetAttribute("LayerSeparation.role")]


def test_a_script_keeps_everything_unless_it_asks(hand, scene):
    before = ours(scene)
    left = remove(scene, hand.film.node)
    assert hand.joints == []
    assert ours(scene) == before
    assert left.name == "hand"
    assert sorted(line.GetName() for line in left.lines) == ["MCP3", "MCP4", "PIP3"]
    users = scene.AddNewNodeByClass("vtkMRMLTextNode", "notes")
    left.remove_joints()
    assert ours(scene) == []
    assert left.lines == []
    assert users.GetScene() is scene
    left.remove_joints()


def test_work_is_what_was_drawn_edited_or_corrected(hand, scene, hand_film, hand_phantom, make):
    first, second, third = hand.joints
    first.set_edit(GapEdit(change=-0.3))
    first.set_edit(GapEdit())
    assert first.confidence == pytest.approx(0.9)
    truth = make.layers(hand_film, second.pose, hand_phantom.joints[second.name])
    second.set_layers(truth, corrected=True)
    left = remove(scene, hand.film.node)
    assert [line.GetName() for line in left.lines_with_work] == [second.name]
    assert third.line in left.lines


@pytest.mark.parametrize("what", ["edited", "moved"])
def test_an_edit_and_a_moved_line_are_work(hand, scene, what):
    joint = hand.joints[0]
    if what == "edited":
        joint.set_edit(GapEdit(change=-0.3))
    else:
        x, y, z = joint.line.GetNthControlPointPositionWorld(0)
        joint.line.SetNthControlPointPositionWorld(0, x + 1, y, z)
    assert remove(scene, hand.film.node).lines_with_work == [joint.line]


def test_another_films_joints_stay(hand, scene, joint_phantom, make):
    from LayerSeparationLib.scene import Film

    other = SceneJoints(Film(make.film(scene, joint_phantom.radiograph.native(), 0.082, "other")))
    kept = make.joint(other, joint_phantom, "MCP3")
    remove(scene, hand.film.node).remove_joints()
    assert kept.line.GetScene() is scene
    assert other.table is not None
    other.close()


def test_a_film_that_comes_back_keeps_its_joints(hand, scene):
    node = hand.film.node
    left = remove(scene, node)
    scene.AddNode(node)
    assert left.lines == []
    left.remove_joints()
    assert len(ours(scene)) > 3
