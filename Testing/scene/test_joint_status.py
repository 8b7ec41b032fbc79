"""What is outdated says why, and is ready again with its edit as soon as the reason is gone."""

import numpy as np
import pytest
import slicer

from LayerSeparationLib import GapEdit
from LayerSeparationLib.scene import JointEvent, JointStatus, OutdatedReason, status_hint, status_text


def move_line(joint, by):
    for index in range(2):
        x, y, z = joint.line.GetNthControlPointPositionWorld(index)
        joint.line.SetNthControlPointPositionWorld(index, x + by, y, z)


def shrink_line(joint):
    """Draw the second point onto the first; return what takes it back."""
    end = joint.line.GetNthControlPointPositionWorld(1)
    joint.line.SetNthControlPointPositionWorld(1, *joint.line.GetNthControlPointPositionWorld(0))
    return lambda: joint.line.SetNthControlPointPositionWorld(1, *end)


def calibrate(joint):
    joint.film.calibrate(100.0, 9.0)
    return joint.film.clear_calibration


def turn_over(joint):
    joint.film.invert_polarity = True
    return lambda: setattr(joint.film, "invert_polarity", False)


def slide_line(joint):
    move_line(joint, 1.0)
    return lambda: move_line(joint, -1.0)


def put_under_transform(joint):
    node = joint.film.node
    transform = node.GetScene().AddNewNodeByClass("vtkMRMLLinearTransformNode", "tilt")
    node.SetAndObserveTransformNodeID(transform.GetID())
    return lambda: node.SetAndObserveTransformNodeID(None)


def paint(joint):
    row, column = (round(value) for value in reversed(joint.pose.centre_px))
    image = joint.film.node.GetImageData()
    old = image.GetScalarComponentAsDouble(column, row, 0, 0)

    def set_pixel(value):
        image.SetScalarComponentFromDouble(column, row, 0, 0, value)
        image.Modified()

    set_pixel(old * 0.9)
    return lambda: set_pixel(old)


@pytest.mark.parametrize(
    ("change", "reason", "text", "event"),
    [
        (calibrate, OutdatedReason.SPACING, "spacing changed", JointEvent.FILM),
        (turn_over, OutdatedReason.POLARITY, "polarity changed", JointEvent.FILM),
        (paint, OutdatedReason.PIXELS, "film changed", JointEvent.FILM),
        (put_under_transform, OutdatedReason.FILM_UNUSABLE, "film unusable", JointEvent.FILM),
        (slide_line, OutdatedReason.LINE_MOVED, "line moved", JointEvent.LINE),
        (shrink_line, OutdatedReason.LINE_UNUSABLE, "line unusable", JointEvent.LINE),
    ],
)
def test_a_reason_is_named_and_told_and_goes_when_its_cause_goes(joints, joint, change, reason, text, event):
    joint.set_edit(GapEdit(target_jsw=0.9))
    layers, image = joint.layers, joint.result.image
    heard = []
    joints.on_change(lambda _joint, what: heard.append((what, joint.outdated_reason)))
    take_back = change(joint)
    assert (joint.status, joint.outdated_reason) == (JointStatus.OUTDATED, reason)
    assert status_text(joint.status, joint.outdated_reason) == text
    assert status_hint(joint.status, joint.outdated_reason) != ""
    assert (event, reason) in heard
    heard.clear()
    take_back()
    assert (joint.status, joint.outdated_reason) == (JointStatus.EDITED, None)
    assert joint.layers is layers
    assert joint.edit == GapEdit(target_jsw=0.9)
    np.testing.assert_array_equal(joint.result.image, image)
    assert (event, None) in heard


def test_a_calibration_is_the_reason_even_where_it_changes_the_pose(scene, joint_phantom, make):
    """Without pixel spacing the line's length is the square's edge, and no longer once there is a spacing."""
    from LayerSeparationLib.scene import Film, SceneJoints

    film = Film(make.film(scene, joint_phantom.radiograph.native(), spacing_mm=1.0))
    joints = SceneJoints(film)
    joint = joints.add(film.to_ras(make.line_px(joint_phantom.pose, half_px=128.0)))
    joint.set_layers(make.layers(film, joint.pose, joint_phantom))
    film.calibrate(100.0, 8.2)
    assert joint.outdated_reason is OutdatedReason.SPACING
    move_line(joint, 30.0)
    assert joint.outdated_reason is OutdatedReason.SPACING
    film.clear_calibration()
    assert joint.outdated_reason is OutdatedReason.LINE_MOVED
    joints.close()


def test_separating_again_takes_the_reason_away_for_good(joints, joint, joint_film, joint_phantom, make):
    joint_film.calibrate(100.0, 9.0)
    joint.set_layers(make.layers(joint_film, joint.pose, joint_phantom))
    assert joint.status is JointStatus.READY
    joint_film.clear_calibration()
    assert joint.outdated_reason is OutdatedReason.SPACING


def test_every_reason_has_a_text_of_its_own():
    texts = [status_text(JointStatus.OUTDATED, reason) for reason in OutdatedReason]
    assert len(set(texts)) == len(OutdatedReason)
    hints = {status_hint(JointStatus.OUTDATED, reason) for reason in OutdatedReason}
    assert len(hints) == len(OutdatedReason)
    assert status_text(JointStatus.NOT_SEPARATED, None) == "not separated"
    assert [status_hint(status, None) for status in (JointStatus.READY, JointStatus.EDITED)] == ["", ""]


def test_asking_for_the_status_again_compares_nothing_again(joint, monkeypatch):
    calls = []
    monkeypatch.setattr(
        "LayerSeparationLib.scene.scene_joint.find_outdated_reason", lambda *_: calls.append(1)
    )
    joint.film.invert_polarity = True
    for _ in range(20):
        _ = joint.status
    assert len(calls) <= 2


def test_a_film_that_nothing_happened_to_is_not_told(joints):
    heard = []
    joints.on_change(lambda _joint, what: heard.append(what))
    joints.film.node.Modified()
    joints.film.node.SetAttribute("users", "own")
    assert heard == []
    joints.film.node.SetName("other")
    assert heard == [JointEvent.FILM_NAME]
    assert slicer.mrmlScene is joints.film.node.GetScene()
