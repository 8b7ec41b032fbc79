"""A film that is removed takes its joints with it, or asks; closing and loading never asks."""

from __future__ import annotations

import pytest
import slicer

from LayerSeparationLib import GapEdit, JointPose
from LayerSeparationLib.scene.sample_data import add_phantom_film

PLACE = JointPose("MCP3", (127.5, 130.0), (0.0, -1.0), confidence=0.95)


def ours():
    return [node for node in slicer.util.getNodes("*").values() if node.GetAttribute("LayerSeparation.role")]


def settle(bench):
    """Let the panel see what was removed, and remove the rest by and by."""
    bench.host.process_events()
    bench.wait(lambda: not bench.panel.jobs.steps.busy)


def questions(bench):
    return [text for kind, text in bench.host.messages if kind == "question"]


@pytest.fixture
def found(film, separator):
    """A bench with a joint that was found, and separated."""
    [joint] = film.session.joints.add_found([PLACE])
    [job] = film.session.joints.jobs([joint])
    joint.set_layers(separator.separate(*job))
    film.session.select(joint)
    return film


def test_joints_that_were_only_found_go_with_the_film(found):
    slicer.mrmlScene.RemoveNode(found.session.film_node)
    settle(found)
    assert questions(found) == []
    assert ours() == []
    assert found.ui.jointTable.rowCount == 0


@pytest.mark.parametrize("answer", [True, False])
def test_an_edit_is_asked_for(found, answer):
    found.joint.set_edit(GapEdit(target_jsw=0.8))
    found.host.confirm_answer = answer
    slicer.mrmlScene.RemoveNode(found.session.film_node)
    assert questions(found) == []
    settle(found)
    [question] = questions(found)
    assert question.startswith("Phantom joint was removed. Remove its joints, too (1)? 1 of them")
    assert (ours() == []) is answer
    add_phantom_film()
    found.host.process_events()
    assert len(questions(found)) == 1
    assert found.session.film is not None
    assert found.ui.jointTable.rowCount == 0


def test_the_joints_of_a_film_that_is_not_in_work_go_as_well(found):
    first = found.session.film_node
    other = add_phantom_film()
    found.host.process_events()
    found.panel.choose_film(other)
    slicer.mrmlScene.RemoveNode(first)
    settle(found)
    assert ours() == []
    assert found.session.film_node is other


def test_closing_and_loading_ask_nothing(found, tmp_path):
    found.joint.set_edit(GapEdit(target_jsw=0.8))
    assert slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    assert slicer.mrmlScene.ReadFromMRB(str(tmp_path / "scene.mrb"), True)
    found.host.process_events()
    assert found.joint.edit == GapEdit(target_jsw=0.8)
    slicer.mrmlScene.Clear(0)
    found.host.process_events()
    assert questions(found) == []


def test_a_film_removed_with_its_joints_asks_nothing(found):
    found.joint.set_edit(GapEdit(target_jsw=0.8))
    film, line = found.session.film_node, found.joint.line
    slicer.mrmlScene.RemoveNode(film)
    slicer.mrmlScene.RemoveNode(line)
    found.host.process_events()
    assert questions(found) == []


def test_a_name_with_markup_is_shown_as_it_is(found):
    found.joint.set_edit(GapEdit(target_jsw=0.8))
    found.session.film_node.SetName("<b>hand</b>")
    slicer.mrmlScene.RemoveNode(found.session.film_node)
    found.host.process_events()
    [question] = questions(found)
    assert "&lt;b&gt;hand&lt;/b&gt; was removed" in question
