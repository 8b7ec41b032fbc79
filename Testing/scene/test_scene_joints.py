"""All joints of a film: adding, order, names, table, the whole synthetic film, callbacks, removal."""

import numpy as np
import pytest
import slicer
import vtk

from LayerSeparationLib import GapEdit
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.scene import JointEvent, JointStatus, SceneJoints


@pytest.fixture
def hand(hand_film, hand_phantom, make):
    """Four joints of a hand, marked in no order, separated."""
    joints = SceneJoints(hand_film)
    for name in ("PIP3", "MCP4", "MCP3", "IP1"):
        truth = hand_phantom.joints[name]
        joint = make.joint(joints, truth, name)
        joint.set_layers(make.layers(hand_film, joint.pose, truth))
    yield joints
    joints.close()


def rows_of(table):
    data = table.GetTable()
    names = [data.GetColumnName(index) for index in range(data.GetNumberOfColumns())]
    return [{name: data.GetValueByName(row, name) for name in names} for row in range(data.GetNumberOfRows())]


def ours(scene):
    nodes = [scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes())]
    return [node for node in nodes if node.GetAttribute("LayerSeparation.role")]


def hierarchy_of(scene):
    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)


def test_joints_come_in_anatomical_order(hand):
    assert [joint.name for joint in hand.joints] == ["MCP3", "MCP4", "IP1", "PIP3"]


def test_free_names_are_proposed_and_joints_keep_their_own(joint_film):
    joints = SceneJoints(joint_film)
    places = [(60, 60), (60, 120), (60, 180)]
    for x, y in places[:2]:
        joints.add(joint_film.to_ras(np.array([[x, y + 20], [x, y - 20]])))
    scene = joint_film.node.GetScene()
    line = scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "DIP2")
    for point in joint_film.to_ras(np.array([[60, 200], [60, 160]])):
        line.AddControlPoint(vtk.vtkVector3d(*point))
    assert joints.add(line).name == "DIP2"
    assert joints.get(line) is joints.add(line)
    assert [joint.name for joint in joints.joints] == ["DIP2", "Joint 1", "Joint 2"]
    with pytest.raises(InputError, match="There is a joint Joint 1 already"):
        joints.joints[2].name = "Joint 1"
    joints.close()


@pytest.mark.parametrize(
    ("ends", "message"),
    [
        ([[100, 100], [100, 100]], "has no length"),
        ([[-300, 100], [-300, 40]], "lies outside of"),
        ([[128, 168], [128, 90]], "MCP3 is at this place already"),
    ],
)
def test_impossible_joints_leave_the_scene_as_it_was(joints, scene, ends, message):
    nodes = scene.GetNumberOfNodes()
    with pytest.raises(InputError, match=message):
        joints.add(joints.film.to_ras(np.array(ends, float)))
    line = scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "mine")
    for point in joints.film.to_ras(np.array(ends, float)):
        line.AddControlPoint(vtk.vtkVector3d(*point))
    with pytest.raises(InputError, match=message):
        joints.add(line)
    assert (line.GetName(), line.GetAttribute("LayerSeparation.role")) == ("mine", None)
    scene.RemoveNode(line.GetDisplayNode()) if line.GetDisplayNode() else None
    scene.RemoveNode(line)
    assert scene.GetNumberOfNodes() == nodes
    assert len(joints.joints) == 1


def test_half_a_line_and_nonsense_are_refused(joints, scene):
    line = scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "half")
    line.AddControlPoint(vtk.vtkVector3d(0, 0, 0))
    with pytest.raises(InputError, match="needs two points"):
        joints.add(line)
    with pytest.raises(InputError, match="two points in RAS"):
        joints.add(np.zeros((2, 2)))


def test_table_has_one_row_a_joint(hand):
    hand.get(hand.joints[1].line).set_edit(GapEdit(change=-0.3))
    rows = rows_of(hand.table)
    assert [row["joint"].ToString() for row in rows] == ["MCP3", "MCP4", "IP1", "PIP3"]
    for row, joint in zip(rows, hand.joints, strict=True):
        assert row["mean"].ToDouble() == pytest.approx(joint.jsw_before.mean, abs=1e-3)
        assert row["min"].ToDouble() == pytest.approx(joint.jsw_before.minimum, abs=1e-3)
        assert row["after edit"].ToDouble() == pytest.approx(joint.jsw_after.mean, abs=1e-3)
        assert (row["unit"].ToString(), row["spacing source"].ToString()) == ("mm", "detector plane")
    assert hand.table.GetName() == "Joint space widths"


def test_synthetic_film_holds_every_edit_without_a_seam(hand, make):
    film = hand.film.radiograph.intensity
    np.testing.assert_array_equal(make.voxels(hand.synthetic_film), film)
    pip, ip = (next(j for j in hand.joints if j.name == name) for name in ("PIP3", "IP1"))
    pip.set_edit(GapEdit(change=-0.5))
    ip.set_edit(GapEdit(change=0.4, tilt_deg=3.0), finished=False)
    ip.set_edit(GapEdit(change=-0.4, tilt_deg=-3.0))
    wanted = film.copy()
    for joint in (pip, ip):
        differs = joint.result.film != film
        wanted[differs] = joint.result.film[differs]
    np.testing.assert_array_equal(make.voxels(hand.synthetic_film), wanted)
    for joint in (pip, ip):
        joint.reset()
    np.testing.assert_array_equal(make.voxels(hand.synthetic_film), film)


def test_joints_whose_squares_overlap_keep_both_edits(hand, make):
    one, other = hand.joints[0], hand.joints[1]
    for joint in (one, other):
        joint.set_edit(GapEdit(change=-0.8, moves="both"))
    once = make.voxels(hand.synthetic_film)
    film = hand.film.radiograph.intensity
    squares = [np.zeros(film.shape, bool) for _ in (one, other)]
    for square, joint in zip(squares, (one, other), strict=True):
        square[joint.layers.crop.region.slices] = True
    changed = [joint.result.film != film for joint in (one, other)]
    assert (changed[0] & squares[1]).any()
    assert (changed[1] & squares[0]).any()
    for mine, others, square, joint in (
        (changed[0], changed[1], squares[1], one),
        (changed[1], changed[0], squares[0], other),
    ):
        np.testing.assert_array_equal(once[mine & ~square], joint.result.film[mine & ~square])
        # Where both squares are, noise is what both joints know of it.
        np.testing.assert_allclose(once[mine & ~others], joint.result.film[mine & ~others], atol=0.01)
    one.set_edit(GapEdit(change=-0.8, moves="both", shift=0.1))
    one.set_edit(GapEdit(change=-0.8, moves="both"))
    np.testing.assert_allclose(make.voxels(hand.synthetic_film), once, atol=1e-6)
    one.reset()
    np.testing.assert_array_equal(make.voxels(hand.synthetic_film), other.result.film)


def test_callbacks_tell_what_happened(joints, joint):
    heard = []
    stop = joints.on_change(lambda which, what: heard.append((which, what)))
    joint.set_edit(GapEdit(target_jsw=1.0), finished=False)
    assert heard == [(joint, JointEvent.EDIT)]
    heard.clear()
    joint.line.SetNthControlPointPositionWorld(0, *joints.film.to_ras(np.array([[120.0, 180.0]]))[0])
    assert (joint, JointEvent.LINE) in heard
    assert joint.status is JointStatus.OUTDATED
    heard.clear()
    joint.line.SetName("DIP4")
    assert (joint, JointEvent.LIST) in heard
    assert joint.references.find("synthetic").GetName() == "DIP4 synthetic"
    stop()
    heard.clear()
    joint.set_edit(GapEdit())
    assert heard == []


def test_nodes_lie_in_a_folder_beside_the_radiograph(scene, joint_film, joint_phantom, make):
    tree = hierarchy_of(scene)
    study = tree.CreateStudyItem(tree.GetSceneItemID(), "study")
    tree.CreateItem(study, joint_film.node)
    joints = SceneJoints(joint_film)
    joint = make.joint(joints, joint_phantom, "MCP3")
    joint.set_layers(make.layers(joint_film, joint.pose, joint_phantom))
    folder = tree.GetItemParent(tree.GetItemByDataNode(joint.line))
    assert (tree.GetItemName(folder), tree.GetItemParent(folder)) == ("MCP3", study)
    for role, node in joint.references.all():
        if role != "canonical":
            assert tree.GetItemParent(tree.GetItemByDataNode(node)) == folder, role
    for node in (joints.table, joints.synthetic_film):
        assert tree.GetItemParent(tree.GetItemByDataNode(node)) == study
    joints.remove(joint)
    assert tree.GetItemByDataNode(joint_film.node) != 0
    assert tree.GetItemChildWithName(study, "MCP3") == 0
    joints.close()


def test_removing_a_joint_removes_what_was_made_and_nothing_else(scene, joint_film, joint_phantom, make):
    users = scene.AddNewNodeByClass("vtkMRMLTextNode", "MCP3 notes")
    before = {scene.GetNthNode(n).GetID() for n in range(scene.GetNumberOfNodes())}
    joints = SceneJoints(joint_film)
    joint = make.joint(joints, joint_phantom, "MCP3")
    joint.set_layers(make.layers(joint_film, joint.pose, joint_phantom))
    joints.remove(joint)
    after = {scene.GetNthNode(n).GetID() for n in range(scene.GetNumberOfNodes())}
    # A colour table may have come for a display node; Slicer keeps those.
    kinds = {scene.GetNodeByID(node).GetClassName() for node in after - before}
    assert kinds <= {"vtkMRMLColorTableNode", "vtkMRMLSubjectHierarchyNode"}, kinds
    assert before <= after
    assert users.GetScene() is scene
    assert joints.joints == []
    joints.close()


def test_a_deleted_line_takes_its_joint_along(hand, scene, make):
    gone = hand.joints[0]
    gone.set_edit(GapEdit(change=-0.5))
    nodes = [node for _role, node in gone.references.all()]
    heard = []
    hand.on_change(lambda which, what: heard.append(what))
    scene.RemoveNode(gone.line)
    assert [joint.name for joint in hand.joints] == ["MCP4", "IP1", "PIP3"]
    assert heard == [JointEvent.LIST]
    assert len(nodes) > 5
    assert not [node for node in nodes if node.GetScene() is not None]
    np.testing.assert_array_equal(make.voxels(hand.synthetic_film), hand.film.radiograph.intensity)
    assert len(rows_of(hand.table)) == 3


def test_removed_film_and_closed_scene_are_survived(hand, scene):
    heard = []
    hand.on_change(lambda which, what: heard.append((which, what)))
    scene.RemoveNode(hand.film.node)
    assert heard == [(None, JointEvent.LIST)]
    assert hand.joints == []
    scene.Clear(False)


def test_closing_the_scene_lets_go(joints, scene):
    heard = []
    joints.on_change(lambda which, what: heard.append((which, what)))
    scene.Clear(False)
    assert heard == [(None, JointEvent.LIST)]
    assert joints.joints == []


def test_jobs_are_free_of_the_scene(hand):
    radiograph, pose = hand.jobs(hand.joints[:1])[0]
    assert radiograph is hand.film.radiograph
    assert pose.name == "MCP3"


def test_a_hand_whose_names_do_not_fit_is_to_be_checked_until_they_do(hand_film, hand_phantom, make):
    """The fingers are marked one joint too far out; the joint in work is told, and so is its table's row."""
    joints = SceneJoints(hand_film)
    shares = {2: 0.71, 3: 0.66, 4: 0.67, 5: 0.88}
    lines = {}
    for finger, share in shares.items():
        pip, dip = (
            np.array(hand_phantom.joints[f"{kind}{finger}"].pose.centre_px) for kind in ("PIP", "DIP")
        )
        along = (dip - pip) / np.hypot(*(dip - pip))
        for kind, centre in (("MCP", pip), ("PIP", dip), ("DIP", dip + share * (dip - pip))):
            ends = hand_film.to_ras(np.array([centre - 30 * along, centre + 30 * along]))
            lines[f"{kind}{finger}"] = joints.add(ends, f"{kind}{finger}")
    joint = lines["MCP3"]
    joint.set_layers(make.layers(hand_film, joint.pose, hand_phantom.joints["PIP3"]))
    assert joint.jsw_before.quality == joint.result.jsw_after.quality == "check"
    assert joint.film_findings[0].startswith("perhaps lies one joint too far out")
    row = next(row for row in rows_of(joints.table) if row["joint"].ToString() == "MCP3")
    assert row["quality"].ToString() == "check"
    assert row["findings"].ToString().startswith("perhaps lies one joint too far out")
    for finger in (2, 4):
        joints.remove(lines[f"DIP{finger}"])
    assert joint.film_findings == ()
    assert joint.jsw_before.quality == joint.result.jsw_after.quality == "measured"
    row = next(row for row in rows_of(joints.table) if row["joint"].ToString() == "MCP3")
    assert row["quality"].ToString() == "measured"
    joints.close()
