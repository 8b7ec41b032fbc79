"""The section Compare: by itself on stand-ins, and in the panel on a phantom's two films."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import qt
import slicer
from scene_fixtures import EARLIER_GAP_PX, add_earlier_visit, add_film, add_joint, true_layers

from LayerSeparationLib import make_joint
from LayerSeparationLib.errors import InputError, VisitMismatchError
from LayerSeparationLib.follow_up import JointChange, Verdict
from LayerSeparationLib.scene import Film
from LayerSeparationLib.scene.change_table import change_table_of
from LayerSeparationLib.scene.joint_lines import joint_lines
from LayerSeparationLib.scene.visits import ComparisonStep
from LayerSeparationLib.views.layouts import (
    COMPARISON_LAYOUT,
    DIFFERENCE,
    FILM,
    FILM_LAYOUT,
    VISITS,
    composite_of,
    view_nodes,
)
from LayerSeparationLib.widgets import compare_section
from LayerSeparationLib.widgets.compare_section import CompareSection
from LayerSeparationLib.widgets.processor import Processor
from LayerSeparationLib.widgets.states import PackageState, PanelState

from .fakes import FakeActivity, FakeJoint, FakeSession, HeldJobs, Notes, width

UI_FILE = Path(__file__).parents[2] / "LayerSeparation" / "Resources" / "UI" / "LayerSeparation.ui"
PM = "\N{THIN SPACE}\N{PLUS-MINUS SIGN}\N{THIN SPACE}"
_JOINT, _THEN, _NOW, _CHANGE, _LIMIT, _VERDICT = range(6)


class FakeViews:
    are_shown = False

    def __init__(self):
        self.chosen = []

    def show(self):
        self.are_shown = True

    def choose(self, comparison, change):
        self.chosen.append(change)


class FakeComparison:
    """Changes of some joints, all current, which write nothing."""

    is_there = True

    @staticmethod
    def restore(_joints):
        return None

    def __init__(self, baseline, joints, changes):
        self.baseline, self.changes, self.joints, self.outdated = baseline, tuple(changes), joints.joints, []
        self.film = SimpleNamespace(node=None, name="now")

    def joint_of(self, change):
        return next((joint for joint in self.joints if joint.name == change.name), None)

    def change_of(self, joint):
        return next((one for one in self.changes if joint is not None and one.name == joint.name), None)

    def are_current(self):
        return [change not in self.outdated for change in self.changes]

    def is_current(self, change):
        return change not in self.outdated

    def is_of(self, _joints):
        return True

    def write_steps(self):
        yield


def change_of(name, change=None, verdict=Verdict.UNKNOWN, reason="", unit="mm"):
    interval = None if change is None else (change - 0.04, change + 0.05)
    both = (width(1.6, unit), width(1.6 + (change or 0), unit))
    return JointChange(name, "L", unit, change, interval, verdict, reason, "", *both)


@pytest.fixture
def alone(panel_host, monkeypatch):
    monkeypatch.setattr(compare_section.Visit, "of_film", lambda film: film)
    monkeypatch.setattr(compare_section.Visit, "of", lambda joints: joints)
    monkeypatch.setattr(compare_section, "SceneComparison", FakeComparison)
    monkeypatch.setattr(compare_section, "check_headers", lambda *visits: None)
    now, then = (
        slicer.util.addVolumeFromArray(np.zeros((1, 40, 30), np.uint8), np.eye(4), name)
        for name in ("now", "then")
    )
    notes, jobs, activity = Notes(), HeldJobs(), FakeActivity()
    top = slicer.util.loadUI(str(UI_FILE))
    ui = slicer.util.childWidgetVariables(slicer.util.childWidgetVariables(top).compareSection)
    session = FakeSession(FakeJoint("MCP2"), FakeJoint("MCP3"), film=Film(now))
    views, processor = FakeViews(), Processor(PackageState.INSTALLED)
    section = CompareSection(
        *(ui, session, jobs, activity, processor, views, notes.of("say"), notes.of("progress")),
        on_opened=notes.of("opened"),
        on_change=notes.of("change"),
    )
    ui.compareSection.collapsed = False
    section.fill()
    return SimpleNamespace(
        ui=ui, section=section, session=session, jobs=jobs, activity=activity, views=views, notes=notes,
        then=then, processor=processor,
    )  # fmt: skip


def cells(alone):
    table = alone.ui.changeTable
    return [[table.item(row, column).text() for column in range(6)] for row in range(table.rowCount)]


def compare(alone, *changes):
    alone.ui.compareButton.click()
    alone.jobs.submitted[-1].done(list(changes))
    alone.section.refresh()


def test_other_films_of_the_scene_are_offered(alone):
    assert alone.ui.baselineComboBox.count == 1
    assert alone.section.baseline_node is alone.then
    slicer.mrmlScene.RemoveNode(alone.then)
    alone.section.fill()
    assert alone.section.baseline_node is None
    assert alone.ui.baselineComboBox.itemText(0) == "no other radiograph in the scene"


def test_what_came_of_it_is_listed_and_shown(alone):
    compare(
        alone,
        change_of("MCP2", -0.25, Verdict.PROGRESSED),
        change_of("MCP3", None, reason="not registered: too little of the bone is seen"),
    )
    assert cells(alone) == [
        ["MCP2 L", f"1.60{PM}0.10", f"1.35{PM}0.10", f"-0.25{PM}0.05", "0.11", "progressed"],
        ["MCP3 L", f"1.60{PM}0.10", f"1.60{PM}0.10", "\N{EN DASH}", "\N{EN DASH}", "can't tell"],
    ]
    header = [alone.ui.changeTable.horizontalHeaderItem(column).text() for column in range(6)]
    assert header == ["Joint", "Earlier\nmm", "Now\nmm", "Change\nmm", "Limit\nmm", "Verdict"]
    assert "too little of the bone" in alone.ui.changeTable.item(1, _VERDICT).toolTip()
    assert alone.views.are_shown
    assert alone.views.chosen[-1].name == "MCP2"
    assert ("say", "2 joints compared: 1 progressed, 1 can't tell") in alone.notes.heard
    assert alone.ui.changeReasonLabel.text == "MCP2 L: progressed"
    alone.ui.changeTable.setCurrentCell(1, 0)
    assert alone.session.joint.name == "MCP3"
    alone.section.show_selection()
    assert alone.ui.changeReasonLabel.text.endswith("too little of the bone is seen")
    assert alone.processor.torch is PackageState.READY


@pytest.mark.parametrize("answer", [True, False])
def test_films_of_two_patients_are_compared_only_if_the_user_says_so(alone, monkeypatch, answer):
    asked = []
    reason = "Baseline and follow-up don't belong together, their headers say: another patient."

    def refuse(*_visits):
        raise VisitMismatchError(reason)

    monkeypatch.setattr(compare_section, "check_headers", refuse)
    monkeypatch.setattr(slicer.util, "confirmOkCancelDisplay", lambda text: asked.append(text) or answer)
    alone.ui.compareButton.click()
    assert len(asked) == 1
    assert "another patient" in asked[0]
    assert len(alone.jobs.submitted) == answer
    assert (alone.activity.state is PanelState.COMPARING) is answer


def test_films_without_spacing_are_told_in_pixels_and_without_a_limit(alone):
    compare(alone, change_of("MCP2", -3.0, reason="the pixel spacing of the films is unknown", unit="px"))
    assert cells(alone)[0][_CHANGE:] == [f"-3.0{PM}0.1", "\N{EN DASH}", "can't tell"]
    assert alone.ui.changeTable.horizontalHeaderItem(_CHANGE).text() == "Change\npx"


def test_what_does_not_hold_any_more_is_told_without_numbers(alone):
    compare(alone, change_of("MCP2", -0.25, Verdict.PROGRESSED))
    alone.section._comparison.outdated = list(alone.section.changes)
    alone.section.refresh()
    dash = "\N{EN DASH}"
    assert cells(alone) == [["MCP2 L", dash, dash, dash, dash, "out of date"]]
    assert alone.section.outdated_changes == 1
    assert "compare again" in alone.ui.changeReasonLabel.text


def test_progress_cancel_and_failure(alone, panel_host):
    alone.ui.compareButton.click()
    [task] = alone.jobs.submitted
    task.progress(0, 0, ComparisonStep.FINDING)
    task.progress(3, 14, ComparisonStep.COMPARING)
    assert alone.notes.heard[-2:] == [("progress", 3, 14), ("say", "Comparing: 3 of 14 joints")]
    alone.section.cancel()
    assert alone.jobs.given_up == [task]
    assert ("say", "Cancelled") in alone.notes.heard
    assert alone.activity.state is PanelState.IDLE
    alone.ui.compareButton.click()
    alone.jobs.submitted[-1].error(InputError("No hand was found on then"))
    assert alone.activity.state is PanelState.FAILED
    assert any("No hand was found" in text for text in panel_host.errors.take())


@pytest.fixture
def two_films(bench):
    """A bench with a separated joint MCP3, and an earlier film of it."""
    phantom = make_joint("MCP", 20, jsw_mm=1.6)
    film = add_film(slicer.mrmlScene, phantom.radiograph.native(), 0.082, "now")
    bench.host.process_events()
    joint = add_joint(bench.session.joints, phantom, "MCP3")
    joint.set_layers(true_layers(bench.session.film, joint.pose, phantom))
    assert bench.session.film_node is film
    assert bench.ui.compareButton.toolTip == "Choose or open an earlier film first"
    earlier = add_earlier_visit(slicer.mrmlScene, phantom, "then")
    bench.host.process_events()
    bench.session.select(joint)
    [line] = joint_lines(earlier)
    views = view_nodes(slicer.mrmlScene)
    assert views[FILM].GetID() not in line.GetDisplayNode().GetViewNodeIDs()
    own = joint.line.GetDisplayNode().GetViewNodeIDs()
    assert not own or views[FILM].GetID() in own
    return SimpleNamespace(bench=bench, joint=joint, earlier=earlier)


def test_from_two_films_to_a_report(two_films, tmp_path, monkeypatch):
    bench, ui, panel = two_films.bench, two_films.bench.ui, two_films.bench.panel
    assert ui.baselineComboBox.currentText == "then"
    assert ui.visitsButton.toolTip == "Compare first"
    ui.compareSection.collapsed = False
    ui.compareButton.click()
    assert panel.state is PanelState.COMPARING
    bench.wait(lambda: not panel.state.busy)
    layout = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    assert layout.GetViewArrangement() == COMPARISON_LAYOUT
    row = [ui.changeTable.item(0, column).text() for column in range(6)]
    assert (row[_JOINT], row[_VERDICT]) == ("MCP3", "progressed")
    assert float(row[_CHANGE].partition(PM)[0]) == pytest.approx(-EARLIER_GAP_PX * 0.082, abs=0.02)
    assert ui.messageLabel.text == "1 joint compared: 1 progressed"
    assert two_films.joint.references.find("upper_motion") is not None
    assert ui.visitsButton.checked
    bench.host.process_events()
    assert not ui.marginsCheckBox.enabled
    ui.filmButton.click()
    assert not ui.visitsButton.checked
    bench.host.process_events()
    assert ui.marginsCheckBox.enabled
    ui.visitsButton.click()
    assert layout.GetViewArrangement() == COMPARISON_LAYOUT

    monkeypatch.setattr(qt.QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    ui.exportChangesButton.click()
    bench.wait(lambda: not panel.state.busy)
    folder = tmp_path / "now since then"
    assert {"changes.csv", "changes.json", "changes.png"} <= {path.name for path in folder.iterdir()}
    with (folder / "changes.csv").open(newline="") as file:
        [written] = csv.DictReader(file)
    assert written["verdict"] == "progressed"
    assert json.loads((folder / "changes.json").read_text())["joints"][0]["joint"] == "MCP3"

    # Another line outdates it; without the earlier film nothing of it is left.
    end = np.add(two_films.joint.line.GetNthControlPointPositionWorld(0), (0.4, 0.0, 0.0))
    two_films.joint.line.SetNthControlPointPositionWorld(0, *end)
    bench.host.process_events()
    assert ui.changeTable.item(0, _VERDICT).text() == "out of date"
    assert not ui.exportChangesButton.enabled
    assert "compare again" in ui.exportChangesButton.toolTip
    slicer.mrmlScene.RemoveNode(two_films.earlier.node)
    bench.host.process_events()
    assert ui.changeTable.rowCount == 0
    assert two_films.joint.references.find("upper_motion") is None
    assert change_table_of(bench.session.film) is None
    assert layout.GetViewArrangement() == FILM_LAYOUT
    assert not ui.compareButton.enabled


def compared(two_films):
    bench = two_films.bench
    bench.ui.compareSection.collapsed = False
    bench.ui.compareButton.click()
    bench.wait(lambda: not bench.panel.state.busy)
    return [bench.ui.changeTable.item(0, column).text() for column in range(6)]


def difference_shown():
    views = view_nodes(slicer.mrmlScene)
    composite = composite_of(views[DIFFERENCE])
    volume = slicer.mrmlScene.GetNodeByID(composite.GetBackgroundVolumeID())
    return slicer.util.arrayFromVolume(volume).copy()


def test_a_comparison_comes_back_with_its_scene(two_films, tmp_path):
    bench, ui = two_films.bench, two_films.bench.ui
    row, image = compared(two_films), difference_shown()
    reason = ui.changeReasonLabel.text
    path = str(tmp_path / "scene.mrb")
    assert slicer.util.saveScene(path)
    slicer.mrmlScene.Clear(0)
    bench.host.process_events()
    assert ui.changeTable.rowCount == 0
    slicer.util.loadScene(path)
    bench.host.process_events()
    assert ui.baselineComboBox.currentText == "then"
    assert [ui.changeTable.item(0, column).text() for column in range(6)] == row
    assert ui.changeReasonLabel.text == reason
    assert ui.exportChangesButton.enabled
    ui.visitsButton.click()
    np.testing.assert_array_equal(difference_shown(), image)
    # What is changed now outdates it as it would have before.
    end = np.add(bench.joint.line.GetNthControlPointPositionWorld(0), (0.4, 0.0, 0.0))
    bench.joint.line.SetNthControlPointPositionWorld(0, *end)
    bench.host.process_events()
    assert ui.changeTable.item(0, _VERDICT).text() == "out of date"


def test_another_film_and_back_keeps_the_comparison(two_films):
    bench, ui = two_films.bench, two_films.bench.ui
    row, film = compared(two_films), two_films.bench.session.film_node
    bench.panel.choose_film(two_films.earlier.node)
    assert ui.changeTable.rowCount == 0
    bench.panel.choose_film(film)
    assert [ui.changeTable.item(0, column).text() for column in range(6)] == row


def test_arrows_go_from_joint_to_joint_and_the_views_follow(two_films):
    bench, ui = two_films.bench, two_films.bench.ui
    other = bench.session.joints.add(
        bench.session.film.to_ras(np.array([[30.0, 60.0], [30.0, 20.0]])), "PIP5"
    )
    compared(two_films)
    views = view_nodes(slicer.mrmlScene)

    def titles():
        bench.host.process_events()
        return [views[name].GetLayoutLabel() for name in VISITS]

    first = ["Earlier: MCP3", "Now: MCP3", "Difference: orange is brighter now"]
    assert titles() == first
    bench.panel.joints.step_selection(1)
    assert bench.joint is other
    assert titles() == ["Earlier", "Now", "Difference"]
    assert composite_of(views[DIFFERENCE]).GetBackgroundVolumeID() is None
    bench.panel.joints.step_selection(-1)
    assert titles() == first
    assert ui.changeTable.currentRow() == 0
    # Neither film's name is written over a view: it may be a patient's.
    assert not any("then" in title or "now" in title.split() for title in first[:2])


def test_the_scene_may_be_closed_meanwhile(two_films):
    bench = two_films.bench
    bench.ui.compareButton.click()
    slicer.mrmlScene.Clear(0)
    bench.host.process_events()
    assert bench.panel.state is PanelState.IDLE
    assert bench.ui.changeTable.rowCount == 0
    assert bench.ui.compareButton.toolTip == "Load a radiograph and choose it above first"
