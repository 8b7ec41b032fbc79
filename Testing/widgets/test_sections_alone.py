"""Each section by itself: its box of the .ui file, real buttons, stand-ins for all that it is given."""

from __future__ import annotations

import ast
import time
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
import qt
import slicer

from LayerSeparationLib import GapEdit
from LayerSeparationLib.errors import DependencyError
from LayerSeparationLib.joints import JointPose
from LayerSeparationLib.scene import Film, JointStatus
from LayerSeparationLib.widgets import device_section, export_section, separate_section, sweep_section
from LayerSeparationLib.widgets.device_job import Device, Devices
from LayerSeparationLib.widgets.device_section import DeviceSection
from LayerSeparationLib.widgets.export_job import DATA_SET, ExportSummary
from LayerSeparationLib.widgets.export_section import ExportSection
from LayerSeparationLib.widgets.film_section import FilmSection
from LayerSeparationLib.widgets.find_section import FindSection
from LayerSeparationLib.widgets.gap_section import GapSection
from LayerSeparationLib.widgets.joints_section import JointsSection
from LayerSeparationLib.widgets.live_edit import LiveEdit
from LayerSeparationLib.widgets.plan_section import PlanSection
from LayerSeparationLib.widgets.processor import Processor
from LayerSeparationLib.widgets.separate_section import SeparateSection
from LayerSeparationLib.widgets.separation_job import SeparationSummary
from LayerSeparationLib.widgets.states import PackageState, PanelState
from LayerSeparationLib.widgets.sweep_section import SweepSection

from .fakes import FakeActivity, FakeJoint, FakeSession, HeldJobs, HeldSteps, Notes

MODULE = Path(__file__).parents[2] / "LayerSeparation"
UI_FILE = MODULE / "Resources" / "UI" / "LayerSeparation.ui"
WIDGETS = MODULE / "LayerSeparationLib" / "widgets"
BOX_OF = {
    "film_section": "filmSection",
    "joints_section": "jointsSection",
    "find_section": "jointsSection",
    "device_section": "separateSection",
    "separate_section": "separateSection",
    "gap_section": "gapSection",
    "view_section": "viewSection",
    "compare_section": "compareSection",
    "sweep_section": "sweepSection",
    "plan_section": "exportSection",
    "export_section": "exportSection",
}
PLUS_MINUS = "\N{THIN SPACE}\N{PLUS-MINUS SIGN}\N{THIN SPACE}"
OWNS = {"export_section": {"plan_section"}}
"""A section that has another one within it."""


@pytest.fixture
def box(panel_host):
    """Return a function: the name of a section's box -> the widgets in it, and no others."""
    top = slicer.util.loadUI(str(UI_FILE))
    return lambda name: slicer.util.childWidgetVariables(getattr(slicer.util.childWidgetVariables(top), name))


@pytest.fixture
def notes():
    return Notes()


@pytest.fixture
def activity():
    return FakeActivity()


@pytest.fixture
def jobs():
    return HeldJobs()


@pytest.fixture
def processor():
    return Processor(PackageState.INSTALLED)


def names_used(file):
    """Return the widgets that a section names: `self.ui.NAME`, `ui.NAME`."""
    nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    attributes = (node for node in nodes if isinstance(node, ast.Attribute))
    return {
        one.attr for one in attributes if getattr(one.value, "attr", getattr(one.value, "id", "")) == "ui"
    }


def names_in(box_name):
    [element] = ElementTree.parse(UI_FILE).findall(f".//widget[@name='{box_name}']")
    return {one.get("name") for one in element.iter() if one.tag in ("widget", "layout")}


def test_every_section_is_known():
    assert {file.stem for file in WIDGETS.glob("*_section.py")} == set(BOX_OF)


@pytest.mark.parametrize("section", BOX_OF)
def test_a_section_touches_its_own_widgets_only(section):
    used = names_used(WIDGETS / f"{section}.py")
    assert used
    assert used <= names_in(BOX_OF[section])


@pytest.mark.parametrize("section", BOX_OF)
def test_a_section_knows_neither_the_panel_nor_a_sibling(section):
    tree = ast.parse((WIDGETS / f"{section}.py").read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not imported & ({"panel", *BOX_OF} - OWNS.get(section, set()))


def test_sections_of_one_box_share_no_widget():
    for one, other in (("joints_section", "find_section"), ("device_section", "separate_section")):
        assert not names_used(WIDGETS / f"{one}.py") & names_used(WIDGETS / f"{other}.py")


def test_film_announces_the_film_that_was_chosen(box, notes):
    first, second = (
        slicer.util.addVolumeFromArray(np.zeros((1, 40, 30), np.uint8), np.eye(4), name)
        for name in ("left", "right")
    )
    ui = box("filmSection")
    section = FilmSection(
        *(ui, FakeSession(film=Film(first)), notes.of("film")),
        notes.of("before"),
        notes.of("change"),
        notes.of("say"),
    )
    section.fill()
    assert [ui.filmComboBox.itemText(index) for index in range(ui.filmComboBox.count)] == ["left", "right"]
    assert notes.heard == []
    ui.filmComboBox.setCurrentIndex(1)
    assert notes.heard == [("film", second)]


def test_film_is_calibrated_by_a_known_length(box, notes, panel_host):
    pixels = np.random.default_rng(0).integers(0, 255, (1, 60, 120)).astype(np.uint8)
    node = slicer.util.addVolumeFromArray(pixels, np.diag([-1.0, -1.0, 1.0, 1.0]), "PNG")
    ui, session = box("filmSection"), FakeSession(film=Film(node))
    section = FilmSection(
        ui, session, notes.of("film"), notes.of("before"), notes.of("change"), notes.of("say")
    )
    ui.calibrateButton.click()
    assert section.calibrating
    [line] = slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode")
    for point in session.film.to_ras(np.array([(10.0, 10.0), (110.0, 10.0)])):
        line.AddControlPoint(*map(float, point))
    panel_host.process_events()
    ui.calibrationSpinBox.value = 20.0
    ui.calibrationApplyButton.click()
    assert session.film.spacing.row_mm == pytest.approx(0.2)
    assert not section.calibrating
    section.refresh()
    assert ui.spacingLabel.text == "0.200 mm/px, calibrated"


@pytest.fixture
def joints(box, notes):
    session = FakeSession(FakeJoint("MCP2"), FakeJoint("MCP3"))
    ui = box("jointsSection")
    say, before, change = notes.of("say"), notes.of("before"), notes.of("change")
    section = JointsSection(ui, session, notes, say, before, change, qt.QScrollArea())
    section.fill()
    return SimpleNamespace(ui=ui, session=session, section=section)


def test_joints_selects_and_removes_after_the_pending_edit(joints, notes):
    table = joints.ui.jointTable
    assert [table.item(row, 0).text() for row in range(table.rowCount)] == ["MCP2 L", "MCP3 L"]
    assert table.item(0, 1).text() == f"1.60{PLUS_MINUS}0.10"
    table.selectRow(1)
    assert joints.session.joint is joints.session.all_joints[1]
    assert notes.heard == ["flush"]
    joints.ui.removeButton.click()
    assert [joint.name for joint in joints.session.all_joints] == ["MCP2"]
    assert notes.heard == ["flush", "flush"]


def test_joints_takes_a_name_that_is_typed_or_chosen(joints):
    joints.ui.jointTable.item(0, 0).setText("PIP2 L")
    assert joints.session.joint.name == "PIP2"
    actions = {action.text: action for action in joints.ui.renameButton.menu().actions()}
    actions["DIP4"].trigger()
    actions["Right hand"].trigger()
    assert (joints.session.joint.name, joints.session.joint.side) == ("DIP4", "R")
    assert joints.ui.jointTable.item(0, 0).text() == "DIP4 R"


def test_joints_asks_for_the_film_in_view_before_a_line_is_drawn(joints, notes):
    joints.ui.placeJointButton.click()
    assert notes.heard == ["before", "change"]
    assert joints.section.placing
    joints.section.refresh()
    assert joints.ui.placeJointButton.text == "Stop placing"
    joints.section.close()
    assert slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode") == []


@pytest.fixture
def find(box, notes, jobs, activity, processor):
    reading = SimpleNamespace(read=object)
    film = SimpleNamespace(reading=lambda: reading, take=lambda one, _radiograph: one is film.reading())
    session, ui = FakeSession(film=film), box("jointsSection")
    section = FindSection(ui, session, jobs, activity, processor, notes, notes.of("say"))
    return SimpleNamespace(ui=ui, session=session, section=section)


def test_find_adds_the_joints_that_the_job_found(find, jobs, activity, processor, notes):
    find.ui.findJointsButton.click()
    assert activity.state is PanelState.FINDING
    [task] = jobs.submitted
    task.done((object(), [JointPose("MCP3", (9.0, 9.0), (0.0, -1.0), side="L", confidence=0.5)]))
    assert [joint.name for joint in find.session.all_joints] == ["MCP3"]
    assert find.session.joint is find.session.all_joints[0]
    assert activity.state is PanelState.IDLE
    assert processor.torch is PackageState.READY
    assert notes.heard[0] == "flush"
    assert notes.heard[-1][1].startswith("1 joint found, 1 new. Not found: MCP1,")
    assert notes.heard[-1][1].endswith("Check the place of MCP3.")


def test_find_refuses_joints_of_a_film_that_was_changed_meanwhile(find, jobs, notes):
    find.ui.findJointsButton.click()
    find.session.film.take = lambda _reading, _radiograph: False
    jobs.submitted[0].done((object(), [JointPose("MCP3", (9.0, 9.0), (0.0, -1.0))]))
    assert find.session.all_joints == []
    assert "changed meanwhile" in notes.heard[-1][1]


def test_find_gives_up_its_own_job(find, jobs, activity):
    other = jobs.submit("another section's", None, None, None)
    find.ui.findJointsButton.click()
    find.section.cancel()
    assert jobs.given_up == jobs.submitted[1:]
    assert activity.states[-2:] == [PanelState.FINDING, PanelState.IDLE]
    assert other is not None


def test_find_says_what_failed(find, jobs, activity, processor, panel_host):
    find.ui.findJointsButton.click()
    jobs.submitted[0].error(DependencyError("PyTorch does not load: repair it."))
    assert activity.state is PanelState.FAILED
    assert processor.torch is PackageState.BROKEN
    assert panel_host.errors.take() == ["error box: PyTorch does not load: repair it."]


def test_device_is_chosen_from_what_the_machine_has(box, notes, jobs, activity, processor, monkeypatch):
    monkeypatch.setattr(device_section, "find_torch", lambda: PackageState.INSTALLED)
    ui = box("separateSection")
    processor.device = "cuda:7"
    section = DeviceSection(ui, jobs, activity, processor, notes.of("say"), notes.of("change"))
    section.look_for_torch()
    section.refresh()
    assert ui.deviceLabel.text == "Loading PyTorch..."
    cpu, gpu = Device("cpu", "CPU (2 threads)"), Device("cuda:0", "A GPU")
    jobs.submitted[0].done(Devices((cpu, gpu), gpu))
    assert (processor.torch, processor.device) == (PackageState.READY, "auto")
    section.refresh()
    assert ui.deviceLabel.text == "A GPU"
    ui.deviceComboBox.setCurrentIndex(1)
    assert processor.device == "cpu"
    section.refresh()
    assert ui.deviceLabel.text == "CPU (2 threads)"
    assert notes.heard == [("say", ""), "change", "change"]
    section.look_for_torch()
    assert len(jobs.submitted) == 1


def test_device_has_torch_installed_after_a_question(box, notes, jobs, activity, processor, monkeypatch):
    asked = []

    def install(ask, say, repair):
        asked.append(repair)
        say("Installing...")
        return ask("now?")

    monkeypatch.setattr(device_section, "install_torch", install)
    monkeypatch.setattr(device_section, "find_torch", lambda: PackageState.INSTALLED)
    processor.torch = PackageState.BROKEN
    section = DeviceSection(
        *(box("separateSection"), jobs, activity, processor, notes.of("say")), on_change=notes.of("change")
    )
    section.install_torch()
    assert asked == [True]
    assert processor.torch is PackageState.INSTALLED
    assert len(jobs.submitted) == 1
    assert notes.heard == [("say", "Installing..."), ("say", "")]
    assert activity.states[-2:] == [PanelState.INSTALLING, PanelState.IDLE]


@pytest.fixture
def separate(box, notes, jobs, activity, processor, monkeypatch):
    monkeypatch.setattr(separate_section, "JointCrop", lambda _radiograph, _pose: None)
    waiting = [FakeJoint(name, status=JointStatus.NOT_SEPARATED) for name in ("MCP2", "MCP3")]
    session = FakeSession(FakeJoint("PIP2"), *waiting)
    ui = box("separateSection")
    section = SeparateSection(
        *(ui, session, jobs, activity, processor, notes, notes.of("say")),
        show_progress=notes.of("progress"),
        on_torch_wanted=notes.of("torch"),
        on_end=notes.of("end"),
    )
    return SimpleNamespace(ui=ui, session=session, section=section, waiting=waiting)


def test_separate_gives_layers_to_the_joints_that_wait(separate, jobs, activity, notes):
    separate.ui.separateButton.click()
    [task] = jobs.submitted
    task.progress(1, 2, (0, "layers of MCP2"))
    assert separate.waiting[0].layers == "layers of MCP2"
    assert [one for one in notes.heard if one[0] == "progress"] == [("progress", 0, 2), ("progress", 1, 2)]
    task.progress(2, 2, (1, "layers of MCP3"))
    task.done(SeparationSummary("CPU", ("It took long.",)))
    assert separate.waiting[1].layers == "layers of MCP3"
    assert activity.states[-2:] == [PanelState.SEPARATING, PanelState.IDLE]
    assert notes.heard[0] == "flush"
    assert notes.heard[-2:] == [("say", "2 joints separated on CPU. It took long."), ("end", True)]


def test_separate_says_that_an_edit_was_taken_back(separate, jobs, notes):
    joint = separate.waiting[0]
    joint.edit = GapEdit(target_jsw=0.8)

    def layer_steps(layers):
        joint.edit = GapEdit()
        yield

    joint.layer_steps = layer_steps
    separate.ui.separateButton.click()
    [task] = jobs.submitted
    task.progress(1, 2, (0, "layers of MCP2"))
    task.done(SeparationSummary("CPU", ()))
    text = "1 joint separated on CPU. The edit of MCP2 was taken back: the new layers can't have it."
    assert ("say", text) in notes.heard


def test_separate_leaves_out_a_joint_that_was_moved_or_removed(separate, jobs, activity, panel_host):
    separate.ui.separateButton.click()
    [task] = jobs.submitted
    kept = [joint.layers for joint in separate.waiting]
    separate.waiting[0].pose = object()
    separate.session.all_joints.remove(separate.waiting[1])
    task.progress(1, 2, (0, "layers"))
    task.progress(2, 2, (1, "layers"))
    task.done(SeparationSummary("CPU", ()))
    assert [joint.layers for joint in separate.waiting] == kept
    assert activity.state is PanelState.FAILED
    assert panel_host.errors.take() == ["error box: The line of MCP2 was moved meanwhile: separate it again."]


def test_separate_ends_after_the_last_layers_are_taken(separate, jobs, activity, notes):
    jobs.steps = HeldSteps()
    separate.ui.separateButton.click()
    [task] = jobs.submitted
    task.progress(1, 2, (0, "layers of MCP2"))
    task.progress(2, 2, (1, "layers of MCP3"))
    task.done(SeparationSummary("CPU", ()))
    assert activity.state is PanelState.SEPARATING
    assert ("end", True) not in notes.heard
    for work in jobs.steps.started:
        list(work.steps)
        work.done()
    assert separate.waiting[1].layers == "layers of MCP3"
    assert activity.state is PanelState.IDLE
    assert notes.heard[-1] == ("end", True)


def test_separate_gives_up_what_waits_to_be_taken(separate, jobs, activity, notes):
    jobs.steps = HeldSteps()
    separate.ui.separateButton.click()
    [task] = jobs.submitted
    task.progress(1, 2, (0, "layers of MCP2"))
    separate.section.cancel()
    assert jobs.given_up == [task]
    assert jobs.steps.given_up == jobs.steps.started
    assert activity.state is PanelState.IDLE
    assert notes.heard[-1] == ("end", False)


def test_separate_asks_for_torch_where_it_is_missing(separate, jobs, processor, notes):
    processor.torch = PackageState.MISSING
    separate.ui.separateButton.click()
    assert notes.heard == ["torch"]
    assert jobs.submitted == []


@pytest.fixture
def gap(box):
    live_edit, ui = LiveEdit(), box("gapSection")
    return SimpleNamespace(ui=ui, live_edit=live_edit, section=GapSection(ui, live_edit, lambda: False))


def test_gap_asks_for_the_width_in_the_unit_of_the_film(gap):
    for unit, mean, value in (("mm", 1.6, 0.8), ("px", 20.0, 2.0)):
        joint = FakeJoint(unit=unit, mean=mean)
        gap.live_edit.follow(joint)
        assert gap.ui.gapSlider.value == pytest.approx(mean)
        assert gap.ui.gapSpinBox.suffix == f" {unit}"
        gap.ui.gapSlider.value = value
        gap.ui.lowerRadioButton.click()
        gap.live_edit.flush()
        assert joint.edit == GapEdit(target_jsw=value, moves="lower", unit=unit)
        assert gap.ui.gapSection.text == "Gap of MCP3 L"


def test_gap_asks_for_a_change_where_the_film_has_no_width(gap):
    joint = FakeJoint(mean=None)
    gap.live_edit.follow(joint)
    assert gap.ui.gapLabel.text == "Change of gap:"
    limits = GapEdit.limits(joint.jsw_before, joint.layers.crop.unit_per_px)
    assert gap.ui.gapSpinBox.maximum == pytest.approx(limits.change[1], abs=0.01)
    assert gap.ui.gapSlider.maximum == pytest.approx(limits.change[1] / 2, abs=0.01)
    assert gap.ui.shiftSlider.minimum == pytest.approx(limits.shift[0] / 2, abs=0.01)
    gap.ui.gapSlider.value = -0.5
    gap.ui.tiltSlider.value = 2.0
    gap.live_edit.flush()
    assert joint.edit == GapEdit(change=-0.5, tilt_deg=2.0)


def test_gap_says_under_the_sliders_why_an_edit_can_not_be(gap):
    joint = FakeJoint()
    gap.live_edit.follow(joint)
    gap.ui.gapSpinBox.value = 3.5
    gap.live_edit.flush()
    assert gap.ui.gapMessageLabel.text == "too wide"
    assert gap.ui.gapSlider.value == pytest.approx(1.6)
    gap.ui.gapSlider.value = 0.0
    gap.live_edit.flush()
    assert gap.ui.gapMessageLabel.text == "After the edit: margins touch"
    gap.live_edit.follow(None)
    assert gap.ui.gapMessageLabel.text == ""
    assert gap.ui.gapSection.text == "Gap"


def test_gap_buttons_act_on_the_joint_after_the_pending_edit(gap):
    joint = FakeJoint()
    gap.live_edit.follow(joint)
    gap.ui.gapSlider.value = 1.0
    for name in ("undoButton", "redoButton", "resetButton", "correctedButton"):
        getattr(gap.ui, name).click()
    assert joint.edits == [(GapEdit(target_jsw=1.0), True)]
    assert joint.done == ["undo", "redo", "reset", "corrected"]
    gap.ui.holdFilmButton.pressed.emit()
    assert joint.film_is_shown
    gap.ui.holdFilmButton.released.emit()
    assert not joint.film_is_shown


def test_live_edit_keeps_the_last_of_fast_steps_and_makes_one_step_to_undo(panel_host):
    joint, live_edit = FakeJoint(), LiveEdit()
    live_edit.follow(joint)
    for target in np.linspace(1.5, 0.5, 101):
        live_edit.want(GapEdit(target_jsw=float(target)))
    assert live_edit.is_waiting
    end = time.monotonic() + 5
    while not live_edit.is_resting:
        assert time.monotonic() < end
        panel_host.process_events()
        time.sleep(0.002)
    assert joint.edits == [(GapEdit(target_jsw=0.5), False), (GapEdit(target_jsw=0.5), True)]


def test_live_edit_drops_what_another_joint_wanted(panel_host):
    first, second, live_edit = FakeJoint(), FakeJoint("MCP2"), LiveEdit()
    live_edit.follow(first)
    live_edit.want(GapEdit(change=0.4))
    live_edit.flush()
    assert first.edits == [(GapEdit(change=0.4), True)]
    live_edit.want(GapEdit(target_jsw=0.7))
    live_edit.follow(second)
    live_edit.flush()
    assert second.edits == []
    assert len(first.edits) == 1


@pytest.fixture
def held_steps():
    return HeldSteps()


def take(work):
    """Do what a `StepRunner` does."""
    for value in work.steps:
        work.step(value)
    work.done()


@pytest.fixture
def sweep(box, notes, activity, held_steps, monkeypatch):
    made = []

    def steps(joint, targets):
        made.append((joint, targets))
        for done in range(len(targets) + 1):
            yield done, len(targets)

    monkeypatch.setattr(sweep_section, "sweep_steps", steps)
    monkeypatch.setattr(sweep_section, "sweep_of", lambda _joint: None)
    session, ui = FakeSession(FakeJoint()), box("sweepSection")
    section = SweepSection(
        *(ui, session, held_steps, activity, notes, notes.of("progress")),
        on_frame=notes.of("frame"),
        on_change=notes.of("change"),
    )
    return SimpleNamespace(ui=ui, session=session, section=section, made=made)


def test_sweep_makes_a_sequence_of_the_selected_joint(sweep, notes, activity, held_steps):
    ui = sweep.ui
    ui.sweepFromSpinBox.value, ui.sweepToSpinBox.value, ui.sweepStepsSpinBox.value = 0.5, 1.5, 3
    assert set(notes.heard) == {"change"}
    ui.makeSequenceButton.click()
    take(*held_steps.started)
    assert sweep.made == [(sweep.session.joint, [0.5, 1.0, 1.5])]
    assert notes.heard[-6:] == [
        "flush",
        *(("progress", done, 3) for done in range(4)),
        ("frame", sweep.session.joint),
    ]
    assert activity.states == [PanelState.IDLE, PanelState.SWEEPING, PanelState.IDLE]


def test_sweep_has_the_unit_of_the_film(sweep):
    sweep.session.unit = "px"
    sweep.section.refresh()
    ui = sweep.ui
    assert (ui.sweepToSpinBox.suffix, ui.sweepToSpinBox.maximum) == (" px", 200.0)
    ui.sweepFromSpinBox.value, ui.sweepToSpinBox.value, ui.sweepStepsSpinBox.value = 5, 6, 4
    assert sweep.section.targets() == [5.0, 5.33, 5.67, 6.0]
    ui.sweepToSpinBox.value = 5
    assert not sweep.section.has_range


def test_sweep_stops_at_once(sweep, activity, held_steps):
    sweep.ui.makeSequenceButton.click()
    assert activity.state is PanelState.SWEEPING
    sweep.section.cancel()
    assert held_steps.given_up == held_steps.started
    assert activity.state is PanelState.IDLE


def test_sweep_stops_when_its_joint_is_removed(sweep, activity, held_steps):
    sweep.ui.makeSequenceButton.click()
    [work] = held_steps.started
    sweep.session.all_joints.clear()
    work.step((0, 3))
    assert held_steps.given_up == [work]
    assert activity.state is PanelState.IDLE


def test_plan_reads_its_widgets_in_the_unit_of_the_film(box, notes):
    session, ui = FakeSession(FakeJoint(), unit="px"), box("exportSection")
    plan = PlanSection(ui, session, notes.of("change"))
    plan.refresh()
    ui.planKindComboBox.setCurrentIndex(1)
    ui.planSamplesSpinBox.value = 7
    ui.planNoiseSpinBox.value = 2.0
    options = plan.options(["png"])
    assert (options.change, options.jsw, options.unit) == ((-10.0, 10.0), None, "px")
    assert (options.per_joint, options.noise) == (7, pytest.approx(0.02))
    assert not options.with_doubtful
    ui.planDoubtfulCheckBox.checked = True
    assert plan.options(["png"]).with_doubtful
    assert not ui.planBalanceComboBox.enabled
    ui.planFromSpinBox.value = 20.0
    assert not plan.has_range
    assert "change" in notes.heard


@pytest.fixture
def export(box, notes, jobs, activity, monkeypatch, tmp_path):
    monkeypatch.setattr(export_section, "sweep_exports", lambda joint, targets: [(joint, targets)])
    monkeypatch.setattr(export_section, "find_existing_folders", lambda _items, _folder: [])
    asked = []
    monkeypatch.setattr(
        export_section, "export_job", lambda *inputs, overwrite: asked.append((*inputs, overwrite))
    )
    session, ui = FakeSession(FakeJoint()), box("exportSection")
    section = ExportSection(
        *(ui, session, jobs, activity, notes, notes.of("say"), notes.of("progress")),
        sweep_targets=lambda: [0.5, 1.0],
        on_change=notes.of("change"),
    )
    ui.exportFolderPathLineEdit.currentPath = str(tmp_path)
    section.set_formats(["png"])
    notes.heard.clear()
    return SimpleNamespace(ui=ui, session=session, section=section, asked=asked)


def test_export_writes_the_sweep_that_it_is_told_of(export, jobs, activity, notes, tmp_path):
    export.ui.exportWhatComboBox.setCurrentIndex(2)
    export.ui.exportButton.click()
    assert "flush" in notes.heard
    assert export.asked == [([(export.session.joint, [0.5, 1.0])], tmp_path, ["png"], None, False)]
    assert activity.state is PanelState.EXPORTING
    [task] = jobs.submitted
    task.progress(1, 2, DATA_SET)
    assert notes.heard[-2:] == [("progress", 1, 2), ("say", "1 of 2 samples")]
    task.done(ExportSummary([tmp_path / "a", tmp_path / "b"]))
    assert notes.heard[-1] == ("say", "2 folders written")
    assert activity.state is PanelState.IDLE


def test_export_is_cancelled_with_words_that_say_what_is_left(export, jobs, activity, notes):
    export.ui.exportWhatComboBox.setCurrentIndex(2)
    export.ui.exportButton.click()
    [task] = jobs.submitted
    task.progress(3, 9, DATA_SET)
    export.section.cancel()
    assert jobs.given_up == [task]
    assert notes.heard[-1][1].startswith("Cancelled; 3 of 9 samples done")
    assert activity.state is PanelState.IDLE


def test_gap_has_a_decimal_in_pixels_and_steps_of_a_tenth(gap):
    joint = FakeJoint(unit="px", mean=20.0)
    gap.live_edit.follow(joint)
    assert gap.ui.filmGapLabel.text == f"20.0{PLUS_MINUS}0.1 px, minimum 20.0{PLUS_MINUS}0.2 px"
    assert (gap.ui.gapSpinBox.text, gap.ui.gapSpinBox.singleStep) == ("20.0 px", pytest.approx(0.1))
    assert (gap.ui.gapSlider.singleStep, gap.ui.gapSlider.pageStep) == (pytest.approx(0.1), 1.0)
    assert gap.ui.gapSlider.maximum == 30.0


def test_gap_texts_of_any_length_leave_the_width_as_it_is(gap):
    box = gap.ui.gapSection
    gap.live_edit.follow(FakeJoint())
    width = box.minimumSizeHint().width()
    joint = FakeJoint("a name that nobody would give a joint, and that goes on and on", mean=None)
    joint.jsw_before.reason = joint.jsw_before.short_findings = 20 * "long reasons "
    gap.live_edit.follow(joint)
    assert box.minimumSizeHint().width() == width
    assert len(box.text) < 40
    assert "long reasons" in gap.ui.filmGapLabel.text


def test_a_lost_width_is_said_no_longer_once_it_is_back(gap):
    joint = FakeJoint()
    gap.live_edit.follow(joint)
    gap.ui.gapSpinBox.value = 0.0
    gap.live_edit.flush()
    assert gap.ui.gapMessageLabel.text == "After the edit: margins touch"
    joint.set_edit(GapEdit(target_jsw=1.0))
    gap.section.show()
    assert gap.ui.gapMessageLabel.text == ""
