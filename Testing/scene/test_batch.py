"""Batches: one change for everybody who looks at the scene, ended whatever happens."""

from types import SimpleNamespace

import pytest
import slicer

from LayerSeparationLib.scene import SceneJoints
from LayerSeparationLib.scene.batch import batch


class FailedError(Exception):
    pass


@pytest.fixture
def application(monkeypatch):
    """Return an application that counts how often rendering is paused."""
    application = SimpleNamespace(paused=0, least=0, pauses=0)

    def pause():
        application.paused += 1
        application.pauses += 1

    def resume():
        application.paused -= 1

    application.pauseRender, application.resumeRender = pause, resume
    monkeypatch.setattr(slicer, "app", application, raising=False)
    return application


@pytest.fixture
def ends(scene):
    """Return a list of the ends of batches that are not in another."""
    heard = []
    scene.AddObserver(scene.EndBatchProcessEvent, lambda *_: heard.append(scene.IsBatchProcessing()))
    return heard


def test_a_batch_ends_once_whatever_is_raised_in_it(scene, application, ends):
    with pytest.raises(FailedError), batch(scene), batch(scene):
        assert scene.IsBatchProcessing()
        assert application.paused == 2
        raise FailedError
    assert not scene.IsBatchProcessing()
    assert application.paused == 0
    assert ends == [False]


def test_without_a_scene_or_an_application_nothing_happens(scene, monkeypatch):
    monkeypatch.setattr(slicer, "app", None, raising=False)
    with batch(None), batch(scene):
        assert scene.IsBatchProcessing()
    assert not scene.IsBatchProcessing()


def test_joints_come_and_go_in_one_batch(scene, application, ends, hand_film, hand_phantom, make):
    joints = SceneJoints(hand_film)
    heard = []
    poses = [hand_phantom.joints[name].pose for name in ("MCP2", "PIP3", "DIP4")]
    joints.on_change(lambda joint, event: heard.append((joint, event.name, scene.IsBatchProcessing())))
    before = scene.GetNumberOfNodes()
    added = joints.add_found(poses)
    assert len(ends) == 1
    assert [(joint, name) for joint, name, _batch in heard] == [(None, "LIST")]
    heard.clear()
    added[0].set_layers(make.layers(hand_film, added[0].pose, hand_phantom.joints["MCP2"]))
    assert len(ends) == 2
    assert [(joint, name) for joint, name, _batch in heard] == [(added[0], "LAYERS")]
    heard.clear()
    joints.remove(added[1])
    assert len(ends) == 3
    assert heard == [(added[1], "LIST", False)]
    heard.clear()
    joints.remove_all()
    assert len(ends) == 4
    assert heard == [(None, "LIST", False)]
    assert application.paused == 0
    assert application.pauses >= 4
    kinds = {scene.GetNthNode(n).GetClassName() for n in range(before, scene.GetNumberOfNodes())}
    assert kinds <= {"vtkMRMLColorTableNode", "vtkMRMLSubjectHierarchyNode"}
    joints.close()


def test_a_batch_ends_where_a_joint_is_refused(scene, application, joints, joint):
    layers = joint.layers
    with pytest.raises(FailedError):
        joints.on_change(_fail)
        joint.set_layers(layers)
    assert not scene.IsBatchProcessing()
    assert application.paused == 0


def _fail(_joint, _event):
    raise FailedError
