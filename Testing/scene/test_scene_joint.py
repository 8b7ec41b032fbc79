"""One joint's nodes: layers, segments, handles, edits, undo; removed nodes come back, nothing piles up."""

import json

import numpy as np
import pytest
import vtk

from LayerSeparationLib import GapEdit, MovableJoint
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.radiograph import SpacingSource
from LayerSeparationLib.scene import JointStatus, SceneJoints
from LayerSeparationLib.scene.joint_segmentation import SEGMENT_IDS, JointSegmentation
from LayerSeparationLib.scene.provenance import PROVENANCE, Provenance, read_provenance

VOLUMES = ("soft_tissue", "upper_bone", "lower_bone", "noise", "synthetic")


def images_of(joint):
    """What the nodes must hold, by role."""
    result = joint.result
    return {
        "soft_tissue": result.soft_tissue,
        "upper_bone": result.upper_bone,
        "lower_bone": result.lower_bone,
        "noise": result.noise,
        "synthetic": result.image,
    }


def segments_of(joint):
    """Read the four masks through the segmentation's own labelmaps."""
    node = joint.references.find("segmentation")
    reader = JointSegmentation(
        node, joint.layers.crop.region.shape, matrix_of(joint.references.find("synthetic"))
    )
    return [reader.read(segment) for segment in SEGMENT_IDS]


def matrix_of(volume):
    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    return np.array([[matrix.GetElement(i, j) for j in range(4)] for i in range(4)])


def check_nodes(joint, make):
    for role, image in images_of(joint).items():
        np.testing.assert_array_equal(make.voxels(joint.references.find(role)), image, err_msg=role)
    masks = joint.result.masks
    wanted = (masks.upper_bone, masks.lower_bone, masks.joint_space, masks.soft_tissue)
    for name, found, mask in zip(SEGMENT_IDS, segments_of(joint), wanted, strict=True):
        np.testing.assert_array_equal(found, mask, err_msg=name)


@pytest.fixture
def hand_joint(hand_film, hand_phantom, make):
    """A joint on a turned, whole film: its region is a part of the film, its motion tapered."""
    joints = SceneJoints(hand_film)
    truth = hand_phantom.joints["PIP3"]
    joint = make.joint(joints, truth, "PIP3")
    joint.set_layers(make.layers(hand_film, joint.pose, truth))
    yield joint
    joints.close()


def test_layers_add_up_to_the_films_attenuation(hand_joint, make):
    parts = [make.voxels(hand_joint.references.find(role)) for role in VOLUMES[:4]]
    region = hand_joint.layers.crop.region
    film = hand_joint.film.radiograph.attenuation[region.slices]
    inside = hand_joint.layers.crop.inside
    np.testing.assert_allclose(sum(parts)[inside], film[inside], atol=2e-6)
    assert not sum(parts)[~inside].any()
    assert parts[1].max() > 0.1
    assert parts[2].max() > 0.1


def test_volumes_lie_on_the_films_own_pixels(hand_joint):
    region = hand_joint.layers.crop.region
    for role in VOLUMES:
        volume = hand_joint.references.find(role)
        assert volume.GetImageData().GetDimensions() == (region.shape[1], region.shape[0], 1)
        matrix = matrix_of(volume)
        assert np.linalg.det(matrix[:3, :3]) > 0
        np.testing.assert_allclose(
            matrix[:3, 3], hand_joint.film.to_ras(np.array([[region.left, region.top]]))[0]
        )
        np.testing.assert_allclose(matrix[:3, :3], matrix_of(hand_joint.film.node)[:3, :3])
        assert not volume.GetDisplayNode().GetAutoWindowLevel()
        assert volume.GetDisplayNode().GetWindow() > 0.05


def test_edits_reach_every_voxel_and_none_is_left_behind(hand_joint, make):
    edits = [
        GapEdit(change=-0.4),
        GapEdit(change=0.6, shift=0.5, moves="lower"),
        GapEdit(change=0.2, tilt_deg=6.0, moves="both"),
        GapEdit(change=0.2, tilt_deg=-6.0),
        GapEdit(),
    ]
    for edit in edits:
        hand_joint.set_edit(edit, finished=False)
        check_nodes(hand_joint, make)
    film = hand_joint.film.radiograph.intensity[hand_joint.layers.crop.region.slices]
    np.testing.assert_array_equal(make.voxels(hand_joint.references.find("synthetic")), film)


def test_live_steps_make_no_nodes_and_no_arrays(joint, scene):
    joint.set_edit(GapEdit(target_jsw=1.0))
    nodes = scene.GetNumberOfNodes()
    images = {role: joint.references.find(role).GetImageData() for role in VOLUMES}
    segmentation = joint.references.find("segmentation").GetSegmentation()
    labelmaps = [segmentation.GetSegment(i).GetRepresentation("Binary labelmap") for i in SEGMENT_IDS]
    for target in (1.2, 0.7, 0.3):
        joint.set_edit(GapEdit(target_jsw=target), finished=False)
    joint.set_edit(GapEdit(target_jsw=0.5))
    assert scene.GetNumberOfNodes() == nodes
    assert all(joint.references.find(role).GetImageData() is image for role, image in images.items())
    now = [segmentation.GetSegment(i).GetRepresentation("Binary labelmap") for i in SEGMENT_IDS]
    assert all(a is b for a, b in zip(labelmaps, now, strict=True))


def test_an_edit_is_announced_by_volumes_and_segments(joint):
    heard = []
    segmentation = joint.references.find("segmentation").GetSegmentation()
    joint.references.find("synthetic").AddObserver("ModifiedEvent", lambda *_: heard.append("volume"))
    segmentation.AddObserver(
        segmentation.SourceRepresentationModified, lambda *_: heard.append("segmentation")
    )
    joint.set_edit(GapEdit(target_jsw=0.9), finished=False)
    assert {"volume", "segmentation"} <= set(heard)


def test_segments_have_codes_colours_and_tags(joint):
    node = joint.references.find("segmentation")
    segmentation = node.GetSegmentation()
    segments = [segmentation.GetSegment(segment) for segment in SEGMENT_IDS]
    assert [s.GetName() for s in segments] == ["Upper bone", "Lower bone", "Joint space", "Soft tissue"]
    assert len({s.GetColor() for s in segments}) == 4
    for segment in segments:
        value = vtk.reference("")
        assert segment.GetTag("TerminologyEntry", value)
        assert "SCT^" in value.get()
        assert segment.GetTag("DICOM.SegmentAlgorithmType", value)
        assert value.get() == "AUTOMATIC"
        assert segment.GetTag("DICOM.SegmentAlgorithmName", value)
        assert value.get().startswith("LayerSeparation")
    assert not segmentation.ContainsRepresentation("Closed surface")
    reference = node.GetNodeReference(node.GetReferenceImageGeometryReferenceRole())
    assert reference is joint.references.find("synthetic")


def test_provenance_stands_on_every_node(joint):
    edit = GapEdit(target_jsw=0.8, tilt_deg=2.0)
    joint.set_edit(edit)
    for role in (*VOLUMES, "segmentation", "canonical"):
        provenance = read_provenance(joint.references.find(role))
        assert provenance == Provenance(
            synthetic=role in ("upper_bone", "lower_bone", "synthetic", "segmentation"),
            joint="MCP3",
            weights_sha256="0" * 64,
            spacing_source=SpacingSource.DETECTOR,
            edit=edit,
        )
        marked = joint.references.find(role).GetAttribute("LayerSeparation.synthetic")
        assert marked == ("true" if provenance.synthetic else "false")
    joint.name = "MCP2"
    assert read_provenance(joint.references.find("synthetic")).joint == "MCP2"


@pytest.mark.parametrize(
    "text",
    ["{no json", "[]", "{}", '{"version": "1", "synthetic": 1}', '{"version": null, "synthetic": true}'],
)
def test_damaged_provenance_is_none(joint, text):
    node = joint.references.find("synthetic")
    node.SetAttribute(PROVENANCE, text)
    assert read_provenance(node) is None
    kept = Provenance(joint="PIP2").as_json()
    node.SetAttribute(PROVENANCE, json.dumps({**kept, "spacing_source": "hearsay"}))
    assert read_provenance(node) is None
    node.SetAttribute(PROVENANCE, json.dumps({**kept, "edit": {"target_jsw": "wide"}}))
    assert read_provenance(node) is None


def test_what_is_so_already_is_not_written_again(joint):
    joint.set_edit(GapEdit(target_jsw=0.8))
    heard = []
    for role in (*VOLUMES, "segmentation", "canonical"):
        joint.references.find(role).AddObserver("ModifiedEvent", lambda *_, role=role: heard.append(role))
    joint.line.AddObserver("AnyEvent", lambda *_: heard.append("line"))
    joint.set_edit(GapEdit(target_jsw=0.8))
    assert heard == []


def test_a_step_touches_only_what_changes(joint):
    joint.set_edit(GapEdit(target_jsw=0.8))
    heard = []
    for role in (*VOLUMES, "segmentation", "canonical"):
        joint.references.find(role).AddObserver("ModifiedEvent", lambda *_, role=role: heard.append(role))
    joint.line.AddObserver("AnyEvent", lambda *_: heard.append("line"))
    node = joint.references.find("segmentation")
    changed = node.GetSegmentation().SourceRepresentationModified
    node.AddObserver(changed, lambda *_: heard.append("segments"))
    joint.set_edit(GapEdit(target_jsw=0.6), finished=False)
    assert sorted(heard) == ["segments", "synthetic", "upper_bone"]


def test_a_separated_joint_takes_few_nodes(joint, joint_film, joint_phantom, scene, make):
    joint.references.remove_nodes()
    before, added = scene.GetNumberOfNodes(), []
    scene.AddObserver(scene.NodeAddedEvent, lambda *_: added.append(1))
    joint.set_layers(make.layers(joint_film, joint.pose, joint_phantom))
    assert {role for role, _node in joint.references.all()} == {*VOLUMES, "segmentation", "canonical"}
    # Five volumes and the segmentation have a display node each, the network's output has none.
    assert len(added) == scene.GetNumberOfNodes() - before == 13
    assert joint.references.find("canonical").GetDisplayNode() is None
    assert not joint.references.find("segmentation").GetDisplayNode().GetVisibility()


def test_undo_goes_over_finished_edits(joint, make):
    first, second = GapEdit(target_jsw=1.0), GapEdit(target_jsw=0.6, shift=0.2)
    assert joint.undo_kind is None
    joint.set_edit(first)
    joint.set_edit(GapEdit(target_jsw=0.8), finished=False)
    joint.set_edit(second)
    joint.undo()
    assert joint.edit == first
    check_nodes(joint, make)
    joint.undo()
    assert (joint.edit, joint.undo_kind, joint.status) == (GapEdit(), None, JointStatus.READY)
    joint.redo()
    joint.redo()
    assert (joint.edit, joint.redo_kind, joint.status) == (second, None, JointStatus.EDITED)
    joint.reset()
    assert joint.edit == GapEdit()
    joint.undo()
    assert joint.edit == second


def test_an_edit_that_can_not_be_leaves_the_scene_as_it_was(joint, make):
    joint.set_edit(GapEdit(target_jsw=0.9))
    for impossible in (GapEdit(change=30.0), GapEdit(change=3.0, unit="px")):
        with pytest.raises(InputError):
            joint.set_edit(impossible)
    assert joint.edit == GapEdit(target_jsw=0.9)
    check_nodes(joint, make)


def test_separating_again_replaces(joint, scene, joint_film, joint_phantom, make):
    joint.set_edit(GapEdit(target_jsw=1.0))
    nodes = scene.GetNumberOfNodes()
    ids = {role: node.GetID() for role, node in joint.references.all()}
    joint.set_layers(make.layers(joint_film, joint.pose, joint_phantom, weights="1" * 64))
    assert scene.GetNumberOfNodes() == nodes
    assert {role: node.GetID() for role, node in joint.references.all()} == ids
    assert joint.edit == GapEdit(target_jsw=1.0)
    assert read_provenance(joint.references.find("synthetic")).weights_sha256 == "1" * 64
    check_nodes(joint, make)


def test_separating_at_another_place_moves_the_nodes(hand_joint, hand_film, hand_phantom, make):
    before = hand_joint.layers.crop.region
    truth = hand_phantom.joints["MCP2"]
    for index, point in enumerate(hand_film.to_ras(make.line_px(truth.pose))):
        hand_joint.line.SetNthControlPointPositionWorld(index, *point)
    assert hand_joint.status is JointStatus.OUTDATED
    hand_joint.set_layers(make.layers(hand_film, hand_joint.pose, truth))
    assert hand_joint.status is JointStatus.READY
    assert hand_joint.layers.crop.region != before
    check_nodes(hand_joint, make)


def test_what_the_user_removed_comes_back_with_the_next_edit(joint, scene, make):
    for role in ("upper_bone", "segmentation", "synthetic", "canonical"):
        scene.RemoveNode(joint.references.find(role))
    joint.set_edit(GapEdit(target_jsw=0.7))
    check_nodes(joint, make)
    assert joint.references.find("canonical") is not None


def test_renamed_nodes_are_still_the_joints(joint, make):
    joint.references.find("upper_bone").SetName("my bone")
    joint.set_edit(GapEdit(target_jsw=0.7))
    check_nodes(joint, make)
    joint.name = "PIP2"
    assert joint.references.find("upper_bone").GetName() == "my bone"
    assert joint.references.find("lower_bone").GetName() == "PIP2 lower bone"
    assert joint.bone_names == ("Middle phalanx", "Proximal phalanx")
    with pytest.raises(InputError, match="can't name a joint"):
        joint.name = "a/b"
    assert joint.name == "PIP2"


def test_original_is_shown_while_held(joint, joints, make):
    joint.set_edit(GapEdit(target_jsw=0.5))
    film = joint.layers.image
    joint.show_film(True)
    np.testing.assert_array_equal(make.voxels(joint.references.find("synthetic")), film)
    np.testing.assert_array_equal(make.voxels(joints.synthetic_film), joint.film.radiograph.intensity)
    joint.show_film(False)
    check_nodes(joint, make)
    np.testing.assert_array_equal(make.voxels(joints.synthetic_film), joint.result.film)
    joint.show_film(True)
    joint.set_edit(GapEdit(target_jsw=0.6), finished=False)
    check_nodes(joint, make)


@pytest.mark.parametrize("edit", [GapEdit(), GapEdit(change=-0.5, tilt_deg=4.0)])
def test_layers_follow_corrected_silhouettes(hand_joint, make, edit):
    hand_joint.set_edit(edit)
    with pytest.raises(InputError, match="not corrected"):
        hand_joint.use_corrected_silhouettes()
    segmentation = hand_joint.references.find("segmentation").GetSegmentation()
    labelmap = segmentation.GetSegment("Upper_bone").GetRepresentation("Binary labelmap")
    masks = hand_joint.result.masks
    rows, columns = np.nonzero(masks.upper_bone & ~masks.lower_bone)
    row, column = int(np.median(rows)), int(columns[rows == int(np.median(rows))].max())
    patch = (slice(row - 4, row + 5), slice(column - 3, column + 6))
    wanted = masks.upper_bone.copy()
    wanted[patch] = True
    shape = hand_joint.layers.crop.region.shape
    voxels = np.asarray(vtk.util.numpy_support.vtk_to_numpy(labelmap.GetPointData().GetScalars()))
    voxels.reshape(shape)[...] = wanted
    labelmap.Modified()
    old, image = hand_joint.layers, hand_joint.result.image
    with pytest.raises(InputError, match="were repaired: press Use corrected silhouettes"):
        hand_joint.set_edit(GapEdit(change=0.4))
    assert np.array_equal(voxels.reshape(shape) > 0, wanted)
    assert hand_joint.edit == edit
    assert np.array_equal(hand_joint.result.image, image)
    hand_joint.use_corrected_silhouettes()
    found = hand_joint.result.masks.upper_bone
    agreed = 2 * (found & wanted).sum() / (found.sum() + wanted.sum())
    assert agreed > 0.99
    assert (found & ~masks.upper_bone).sum() > 0.6 * (wanted & ~masks.upper_bone).sum()
    parts = hand_joint.layers
    total = parts.soft_tissue + parts.upper_bone + parts.lower_bone + parts.noise
    inside = old.crop.inside
    np.testing.assert_allclose(total[inside], old.attenuation[inside], atol=2e-6)
    assert parts.canonical.shares.min() >= 0
    assert not np.array_equal(parts.upper_bone, old.upper_bone)
    value = vtk.reference("")
    segmentation.GetSegment("Upper_bone").GetTag("DICOM.SegmentAlgorithmType", value)
    assert value.get() == "SEMIAUTOMATIC"
    check_nodes(hand_joint, make)


def test_unknown_spacing_gives_pixels(scene, joint_phantom, make):
    from LayerSeparationLib.scene import Film

    film = Film(make.film(scene, joint_phantom.radiograph.native(), spacing_mm=1.0))
    joints = SceneJoints(film)
    joint = joints.add(film.to_ras(make.line_px(joint_phantom.pose, half_px=128.0)))
    assert joint.pose.field_of_view_px == pytest.approx(256.0)
    joint.set_layers(make.layers(film, joint.pose, joint_phantom))
    joint.set_edit(GapEdit(target_jsw=9.0, unit="px"))
    assert (joint.jsw_after.unit, joint.jsw_after.mean) == ("px", pytest.approx(9.0))
    film.calibrate(100.0, 8.2)
    assert joint.status is JointStatus.OUTDATED
    joints.close()


def test_the_real_network(joint_film, joint_phantom, separator, make):
    joints = SceneJoints(joint_film)
    joint = make.joint(joints, joint_phantom, "MCP3")
    joint.set_layers(separator.separate_many(joints.jobs([joint]))[0])
    joint.set_edit(GapEdit(target_jsw=0.9))
    assert joint.jsw_before.mean == pytest.approx(joint_phantom.jsw_mean_mm, abs=0.25)
    provenance = read_provenance(joint.references.find("synthetic"))
    assert provenance.weights_sha256 == separator.weights.sha256
    check_nodes(joint, make)
    joints.close()


def test_layers_may_come_prepared_and_a_node_at_a_time(hand_joint, make, scene):
    layers = hand_joint.layers
    hand_joint.set_edit(GapEdit(change=-0.4))
    before = hand_joint.result.image
    hand_joint.references.remove_nodes()
    added = []
    scene.AddObserver(scene.NodeAddedEvent, lambda *_: added.append(1))
    counts = [len(added) for _step in hand_joint.layer_steps(MovableJoint(layers))]
    # A volume or segmentation comes with its display node.
    assert max(np.diff([0, *counts, len(added)])) <= 2
    assert len(added) == 13
    assert hand_joint.edit == GapEdit(change=-0.4)
    np.testing.assert_array_equal(hand_joint.result.image, before)
    check_nodes(hand_joint, make)
