"""The panel: makes its sections, gives each what it needs, and passes on what they announce."""

from __future__ import annotations

from typing import Any

import qt
import slicer
import vtk

from ..errors import LayerSeparationError
from ..scene import JointEvent, SceneJoint
from ..scene.edit_names import name_step
from ..scene.film import find_likely_film
from ..views.comparison_views import ComparisonViews
from .activity import Activity
from .activity_row import ActivityRow
from .compare_section import CompareSection
from .control_display import show_controls
from .device_section import DeviceSection
from .export_section import ExportSection
from .film_removal import FilmRemoval
from .film_section import FilmSection
from .find_section import FindSection
from .folding import Folding
from .gap_section import GapSection
from .joints_section import JointsSection
from .live_edit import LiveEdit
from .panel_actions import panel_actions
from .processor import Processor
from .separate_section import SeparateSection
from .session import Session, SessionEvent
from .session_parameters import ParameterNode, SessionParameters
from .shortcuts import Shortcuts
from .states import Facts, PanelState, hint, unfolded_sections
from .sweep_section import SweepSection
from .timers import single_shot_timer
from .torch_setup import find_torch
from .typed_numbers import TypedNumbers
from .user_errors import show_errors
from .view_section import ViewSection
from .worker_jobs import WorkerJobs


class Panel:
    """Everything between the widgets of the .ui file and the scene.

    Parameters
    ----------
    ui
        Holds the widgets as attributes.
    root
        The widget that holds them all.
    """

    def __init__(self, ui: Any, root: qt.QWidget) -> None:
        self.ui = ui
        for label in (widget for widget in vars(ui).values() if isinstance(widget, qt.QLabel)):
            # Names out of files are shown letter by letter, whatever markup they hold.
            if label.textFormat == qt.Qt.AutoText:
                label.textFormat = qt.Qt.PlainText
        self._shown_facts: Facts | None = None
        self.session = session = Session(self._pass_on)
        self.activity = activity = Activity(self.refresh)
        self.processor = processor = Processor(find_torch())
        self.parameters = SessionParameters(session, processor, self.choose_film)
        self.jobs = jobs = WorkerJobs(self.follow_nodes)
        self.live_edit = pending = LiveEdit()
        self._numbers = TypedNumbers(root, self._take_numbers)
        self.row = row = ActivityRow(ui, activity)
        self._say, self._say_of_joints = row.speaker("film", lasting=True), row.speaker("joints")
        self._say_of_drawing = row.speaker("drawing", lasting=True)
        # A section gets the widgets of its own box only.
        film, joints, separate, gap, view, compare, sweep, export = (
            slicer.util.childWidgetVariables(box)
            for box in (
                *(ui.filmSection, ui.jointsSection, ui.separateSection, ui.gapSection, ui.viewSection),
                *(ui.compareSection, ui.sweepSection, ui.exportSection),
            )
        )
        self.view = ViewSection(view, session, pending.want)
        show = self.view.show_film
        self.film = FilmSection(film, session, self.choose_film, show, self.refresh, row.speaker("films"))
        area = ui.sectionsScrollArea
        self.joints = JointsSection(joints, session, pending, self._say_of_joints, show, self.refresh, area)
        self.find = FindSection(joints, session, jobs, activity, processor, pending, row.speaker("find"))
        self.device = DeviceSection(
            separate, jobs, activity, processor, row.speaker("device", lasting=True), self._follow_device
        )
        self.separate = SeparateSection(
            *(separate, session, jobs, activity, processor, pending, row.speaker("separate")),
            row.show_progress,
            on_torch_wanted=self.device.install_torch,
            on_end=self._follow_separation,
        )
        self.gap = GapSection(gap, self.live_edit, lambda: self._numbers.are_typed)
        self._visits = ComparisonViews(slicer.mrmlScene, self.view.layouts, on_shown=self.view.show_overlays)
        self.compare = CompareSection(
            *(compare, session, jobs, activity, processor, self._visits, row.speaker("compare")),
            row.show_progress,
            on_opened=self._follow_opened_baseline,
            on_change=self.refresh,
        )
        # A layout changes while views are set up: the buttons follow when they are.
        self._layout_settles = single_shot_timer(self.refresh)
        self.view.layouts.follow(self._follow_layout)
        self.sweep = SweepSection(
            *(sweep, session, jobs.steps, activity, pending, row.show_progress, self.view.show_frame),
            self.refresh,
        )
        self.export = ExportSection(
            *(export, session, jobs, activity, pending, row.speaker("export"), row.show_progress),
            sweep_targets=self.sweep.targets,
            on_change=self.refresh,
        )
        self._folding = Folding({name: getattr(ui, name) for name in unfolded_sections(Facts())}, area)
        for label in (ui.jointsOfferLabel, ui.gapOfferLabel):
            label.connect("linkActivated(QString)", self._calibrate)
        row.cancel_by(
            {
                PanelState.FINDING: self.find.cancel,
                PanelState.SEPARATING: self.separate.cancel,
                PanelState.COMPARING: self.compare.cancel,
                PanelState.SWEEPING: self.sweep.cancel,
                PanelState.EXPORTING: self.export.cancel,
            }
        )
        self._removal = FilmRemoval(jobs.steps)
        self._scene_settles = single_shot_timer(self.look_at_scene)
        self._shortcuts = Shortcuts(
            panel_actions(ui, self.joints, self.gap, self.view, self._stop_drawing),
            (ui.gapSlider, ui.jointTable),
            root,
        )

    @property
    def state(self) -> PanelState:
        """What the panel is doing."""
        return self.activity.state

    def choose_film(self, node: vtk.vtkObject | None, line: vtk.vtkObject | None = None) -> None:
        """Work on another film, and on the joint of a line."""
        if node is not self.session.film_node:
            with show_errors():
                self._stop_everything()
                self.session.open_film(node, line)
        self.parameters.write_film()
        self.film.fill()

    # The module in view, and its scene.

    def enter(self) -> None:
        """Come into view."""
        self._shortcuts.enter()
        self.view.enter()
        self.look_at_scene()

    def leave(self) -> None:
        """Go out of view; what runs in the worker goes on."""
        self._shortcuts.leave()
        self.film.close()
        self.joints.close()
        self.live_edit.flush()
        self.view.leave()

    def close(self) -> None:
        """Stop everything for good."""
        self.jobs.close()
        self._scene_settles.stop()
        self._layout_settles.stop()
        self.film.stop_watching()
        self._shortcuts.leave()
        self._numbers.close()
        self.live_edit.follow(None)
        self._visits.close()
        self.view.close()
        self.sweep.close()
        self.session.close()

    def set_parameters(self, parameters: ParameterNode | None) -> None:
        """Take the scene's parameters (None while the scene is being closed)."""
        self.parameters.attach(parameters)
        if parameters is None:
            self.jobs.steps.close()
            self._scene_settles.stop()
            self._removal.forget()
            self._stop_everything(scene_closes=True)
            self.session.close()
            self._pass_on(None, SessionEvent.FILM)
        else:
            self.export.take_last_folder()
            self.follow_parameters()

    def follow_parameters(self) -> None:
        """Follow parameters that a script or a loaded scene has set."""
        if not self.parameters.is_writing:
            self.parameters.read()
            self.refresh()

    def reopen(self) -> None:
        """Find the film's joints anew, after a scene was imported."""
        parameters = self.parameters.node
        film, line = (parameters.film, parameters.joint) if parameters is not None else (None, None)
        self._stop_everything()
        self.session.close()
        with show_errors():
            self.session.open_film(film, line)
        self._pass_on(None, SessionEvent.FILM)
        self.look_at_scene()

    def follow_nodes(self) -> None:
        """Look at the scene once it has settled: nodes come and go in groups, and some by and by."""
        film = self.session.film_node
        if film is not None and film.GetScene() is None:
            self._stop_everything()
            self.session.close()
            self._pass_on(None, SessionEvent.FILM)
        if not self.jobs.steps.busy:
            self._scene_settles.start(0)

    def follow_removal(self, node: vtk.vtkObject) -> None:
        """Take in that a node was removed."""
        self._removal.note(node)
        self.follow_nodes()

    def look_at_scene(self) -> None:
        """List the films; choose one where none is chosen, and remove the joints of one that was removed."""
        scene = slicer.mrmlScene
        if self.parameters.node is None or scene is None or scene.IsBatchProcessing():
            return
        with show_errors():
            self._removal.settle()
        if self.session.film is None:
            likely = find_likely_film(scene)
            if likely is not None:
                self.choose_film(likely)
        self.film.fill()
        self.compare.fill()
        if self.session.joints is not None:
            # What is known of a file may come after its volume.
            self.session.joints.follow_film()
        if self.session.film is not None:
            self.device.look_for_torch()
        self.refresh()

    # Showing.

    def gather_facts(self) -> Facts:
        """Return what the buttons depend on."""
        session, joint = self.session, self.session.joint
        return Facts(
            state=self.state,
            torch=self.processor.torch,
            film=session.film is not None,
            spacing=session.spacing_text,
            spacing_known=session.unit == "mm",
            problem=session.film_problem,
            placing=self.joints.placing or self.film.calibrating,
            calibrating=self.film.calibrating,
            joints=len(session.all_joints),
            waiting=len(session.waiting_joints),
            joint=joint is not None,
            layers=joint is not None and joint.layers is not None,
            edited=joint is not None and not joint.edit.is_neutral,
            undo=name_step(joint, joint.undo_kind) if joint is not None else "",
            redo=name_step(joint, joint.redo_kind) if joint is not None else "",
            separated=len(session.separated_joints),
            sequence=self.sweep.sequence() is not None,
            sweep_range=self.sweep.has_range,
            formats=bool(self.export.formats or self.export.data_set_formats),
            folder=self.export.folder is not None,
            plan_range=self.export.plan.has_range,
            unfinished=self.export.unfinished,
            exported=self.export.is_folder_there,
            baseline=self.compare.baseline_node is not None,
            compared=len(self.compare.changes),
            visits_shown=self.compare.are_visits_shown,
            outdated_changes=self.compare.outdated_changes,
        )

    def refresh(self) -> None:
        """Bring every button and line of text up to date."""
        try:
            facts = self.gather_facts()
        except LayerSeparationError as error:
            self._say(str(error))
            facts = Facts(state=self.state, torch=self.processor.torch)
        self.device.refresh()
        self.joints.refresh()
        self.row.refresh(hint(facts))
        self._say_of_drawing(self.film.drawing_hint(facts.placing))
        if facts == self._shown_facts:
            return
        if facts.problem or (self._shown_facts is not None and self._shown_facts.problem):
            self._say(facts.problem)
        was_compared = self._shown_facts is not None and self._shown_facts.compared > 0
        self._shown_facts = facts
        self._shortcuts.set_drawing(facts.placing)
        self.film.refresh()
        self.compare.refresh()
        self.sweep.refresh()
        self.export.refresh()
        show_controls(self.ui, facts)
        self._folding.refresh(unfolded_sections(facts))
        if facts.compared and not was_compared:
            self._folding.make_room_for("compareSection")

    # Passing on.

    def _pass_on(self, joint: SceneJoint | None, event: SessionEvent | JointEvent) -> None:
        """Pass on every change, whether it came from this panel, a handle in the view, or Python."""
        if event is JointEvent.LAYERS and self.state is PanelState.SEPARATING:
            # Views and sections follow once, when all joints are separated.
            self.joints.refresh_joint(joint)
            return
        self.row.follow(event)
        if event in (SessionEvent.FILM, JointEvent.FILM_NAME):
            self._shown_facts = None
            self.export.look_for_unfinished()
        if event is SessionEvent.FILM:
            self.view.open_film()
            self.film.fill()
            self.compare.follow_film()
            self._say((self.session.joints and self.session.joints.warning) or "")
        if event in (SessionEvent.FILM, JointEvent.LIST):
            self.joints.fill()
        elif event is SessionEvent.SELECTION:
            self.joints.show_selection()
            self.compare.show_selection()
        else:
            self.joints.refresh_joint(joint)
        if event is not JointEvent.EDIT:
            self._say_of_joints("")
        with show_errors():
            if event in (JointEvent.LAYERS, JointEvent.EDIT) and joint is not None:
                self.view.follow_edit(joint, event)
            if event is not JointEvent.EDIT:
                self.live_edit.follow(self.session.joint)
                self.gap.show()
                self.view.show_overlays()
            elif joint is not None and joint is self.session.joint:
                self.gap.show()
        if not self._numbers.are_typed:
            # Slicer writes all parameters into their boxes anew, that of a half-typed number too.
            self.parameters.write_joint()
        self.refresh()

    def _follow_separation(self, has_result: bool) -> None:
        if has_result:
            # First the layout: what is drawn over the views is made for those in sight.
            self.view.offer_result()
        self._pass_on(self.session.joint, JointEvent.LAYERS)

    def _take_numbers(self) -> None:
        """Go on once a number is typed: it is one step to undo."""
        self.live_edit.flush()
        self.gap.show_numbers()
        self.parameters.write_joint()

    def _stop_drawing(self) -> None:
        """Stop placing a joint, or a calibration."""
        self.film.close()
        self.joints.close()
        self.refresh()

    def _follow_opened_baseline(self) -> None:
        """List the film that was opened as an earlier one; nobody has to choose it to work on."""
        self.film.fill()
        self.film.say("")

    def _follow_layout(self) -> None:
        self.compare.show_layout()
        self._layout_settles.start(0)

    def _follow_device(self) -> None:
        self.parameters.write_device()
        self.refresh()

    def _calibrate(self, _link: str = "") -> None:
        """Do what the button Calibrate does, from where the numbers are."""
        if self.ui.calibrateButton.enabled:
            self._folding.unfold("filmSection")
            self.film.start_calibration()
            self.ui.sectionsScrollArea.ensureWidgetVisible(self.ui.filmSection)

    def _stop_everything(self, scene_closes: bool = False) -> None:
        self.film.close(scene_closes)
        self.joints.close(scene_closes)
        for section in (self.find, self.separate, self.compare, self.sweep, self.export):
            section.cancel()
        self.live_edit.follow(None)
        if self.state is PanelState.FAILED:
            self.activity.set_state(PanelState.IDLE)
