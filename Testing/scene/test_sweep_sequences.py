"""A sweep: synchronised sequences of images and segments, complete or not there."""

from __future__ import annotations

import numpy as np
import pytest
from scene_fixtures import line_px, voxels
from vtk.util import numpy_support

from LayerSeparationLib import GapEdit, synthesize
from LayerSeparationLib.errors import InputError
from LayerSeparationLib.scene import films_in
from LayerSeparationLib.scene.provenance import read_provenance
from LayerSeparationLib.scene.sweep_sequences import (
    IMAGE_SHOWN,
    SEGMENTATION_SHOWN,
    make_sweep,
    remove_sweep,
    sweep_of,
    sweep_steps,
)

TARGETS = [0.4, 0.8, 1.2]


class StoppedError(Exception):
    pass


@pytest.fixture
def unseparated(joints, joint_phantom):
    """Return another joint of the film, which has no layers."""
    return joints.add(joints.film.to_ras(line_px(joint_phantom.pose) + np.array([60, 60])), "MCP2")


def select(host, browser, number):
    browser.SetSelectedItemNumber(number)
    host.logics["Sequences"].UpdateProxyNodesFromSequences(browser)


def test_frames_are_the_edits(host, joint):
    joint.set_edit(GapEdit(shift=0.2))
    told = []
    browser = make_sweep(joint, TARGETS, lambda done, total: told.append((done, total)))
    assert list(dict.fromkeys(told)) == [(0, 3), (1, 3), (2, 3), (3, 3)]
    images = browser.GetMasterSequenceNode()
    assert (images.GetIndexName(), images.GetIndexUnit()) == ("gap", "mm")
    assert [float(images.GetNthIndexValue(n)) for n in range(3)] == TARGETS
    assert sweep_of(joint) is browser
    for number, target in enumerate(TARGETS):
        select(host, browser, number)
        edited = synthesize(joint.layers, GapEdit(target_jsw=target, shift=0.2))
        image, segmentation = (joint.references.find(role) for role in (IMAGE_SHOWN, SEGMENTATION_SHOWN))
        np.testing.assert_array_equal(voxels(image), edited.image)
        assert read_provenance(image).edit.target_jsw == target
        assert image.GetAttribute("LayerSeparation.synthetic") == "true"
        upper = segmentation.GetSegmentation().GetSegment("Upper_bone").GetRepresentation("Binary labelmap")
        assert np.count_nonzero(voxels_of(upper)) == edited.masks.upper_bone.sum()
        assert segmentation.GetSegmentation().GetNumberOfSegments() == 4


def test_another_sweep_replaces_the_first(host, joint):
    make_sweep(joint, TARGETS)
    count = host.scene.GetNumberOfNodes()
    browser = make_sweep(joint, [0.5, 1.0])
    assert browser.GetNumberOfItems() == 2
    assert host.scene.GetNumberOfNodes() == count
    assert host.scene.GetNumberOfNodesByClass("vtkMRMLSequenceBrowserNode") == 1


def test_nothing_is_left_of_a_sweep_that_was_stopped(host, joint):
    before = host.scene.GetNumberOfNodes()

    def stop(done, total):
        if done == 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        make_sweep(joint, TARGETS, stop)
    assert host.scene.GetNumberOfNodes() == before
    browser = make_sweep(joint, TARGETS)
    with pytest.raises(StoppedError):
        make_sweep(joint, [0.3, 0.6, 0.9], stop)
    assert sweep_of(joint) is browser


@pytest.mark.parametrize("steps", [4, 6, 8, 9])
def test_steps_that_are_given_up_leave_nothing(host, joint, steps):
    before = host.scene.GetNumberOfNodes()
    iterator = sweep_steps(joint, TARGETS)
    for _number in range(steps):
        next(iterator)
    iterator.close()
    assert host.scene.GetNumberOfNodes() == before
    assert sweep_of(joint) is None


def test_frames_are_no_films_and_go_with_their_joint(host, joint, joint_film):
    before = host.scene.GetNumberOfNodes()
    make_sweep(joint, TARGETS)
    assert films_in(host.scene) == [joint_film.node]
    remove_sweep(joint)
    assert host.scene.GetNumberOfNodes() == before
    make_sweep(joint, TARGETS)
    joint.remove()
    for name in ("vtkMRMLSequenceBrowserNode", "vtkMRMLSequenceNode", "vtkMRMLSegmentationNode"):
        assert host.scene.GetNumberOfNodesByClass(name) == 0


def test_an_edit_does_not_change_the_frames_provenance(host, joint):
    make_sweep(joint, TARGETS)
    joint.set_edit(GapEdit(target_jsw=2.0))
    image = joint.references.find(IMAGE_SHOWN)
    assert read_provenance(image).edit == GapEdit(target_jsw=0.4)
    assert image.GetAttribute("LayerSeparation.synthetic") == "true"


def test_what_can_not_be_swept_is_refused(joint, unseparated):
    with pytest.raises(InputError, match="at least one"):
        make_sweep(joint, [])
    with pytest.raises(InputError, match="different"):
        make_sweep(joint, [1.0, 1.0])
    with pytest.raises(InputError, match="separate"):
        make_sweep(unseparated, TARGETS)


def test_a_sweep_survives_the_scene(host, joint, tmp_path):
    make_sweep(joint, TARGETS)
    bundle = tmp_path / "scene.mrb"
    assert host.scene.WriteToMRB(str(bundle))
    host.scene.Clear(False)
    assert host.scene.ReadFromMRB(str(bundle), False)
    browser = host.scene.GetFirstNodeByClass("vtkMRMLSequenceBrowserNode")
    assert browser.GetNumberOfItems() == 3
    line = host.scene.GetFirstNodeByClass("vtkMRMLMarkupsLineNode")
    assert line.GetNodeReference("LayerSeparation.sweep_browser") is browser
    select(host, browser, 2)
    image = line.GetNodeReference("LayerSeparation.sweep_image_shown")
    assert read_provenance(image).edit.target_jsw == 1.2


def voxels_of(labelmap):
    return numpy_support.vtk_to_numpy(labelmap.GetPointData().GetScalars())
