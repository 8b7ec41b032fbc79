"""The panel: its sections, what they share, and the way of every change through them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import qt
import slicer
import vtk

from ..errors import LayerSeparationError
from ..scene import JointStatus, SceneJoint
from ..synthesis import GapEdit
from ..translation import tr as _
from .export_section import ExportSection
from .film_section import FilmSection
from .find_section import FindSection
from .gap_section import GapSection
from .joint_list import JointList
from .message import show_message
from .separate_section import SeparateSection
from .session import Session
from .shortcuts import Shortcuts
from .states import Facts, PanelState, controls, find_text, next_step, separate_text
from .sweep_section import SweepSection
from .user_errors import shown_errors
from .view_section import ViewSection
from .worker import Report, Worker

_POLL_MS = 30
_WORKER_TURN_S = 0.02
_STEPS = ("findJointsButton", "placeJointButton", "separateButton", "exportButton")


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
        self.state = PanelState.IDLE
        self.worker = Worker()
        self.session = Session(self._session_changed)
        self._parameters: Any = None
        self._writing = False
        self._known_edit = ""
        self._result_shown = False
        self._shown_facts: Facts | None = None
        self._poll = qt.QTimer()
        self._poll.setInterval(_POLL_MS)
        self._poll.connect("timeout()", self._collect)
        self._scene_settles = qt.QTimer()
        self._scene_settles.setSingleShot(True)
        self._scene_settles.connect("timeout()", self.look_at_scene)
        self.film = FilmSection(self)
        self.joints = JointList(self)
        self.find = FindSection(self)
        self.separate = SeparateSection(self)
        self.gap = GapSection(self)
        self.view = ViewSection(self)
        self.sweep = SweepSection(self)
        self.export = ExportSection(self)
        for box in (ui.sweepFromSpinBox, ui.sweepToSpinBox):
            box.connect("valueChanged(double)", lambda _value: self.refresh())
        self._shortcuts = Shortcuts(
            {
                "J": lambda: self._if_open(ui.placeJointButton, self.joints.toggle_placing),
                "F": lambda: self._if_open(ui.holdFilmButton, self.gap.flip_film),
                "Ctrl+Alt+Z": lambda: self._if_open(ui.undoButton, self.gap.undo),
                "Ctrl+Alt+Y": lambda: self._if_open(ui.redoButton, self.gap.redo),
            },
            root,
        )

    # What the sections share.

    @property
    def device(self) -> str:
        """The device that was chosen: 'auto', 'cpu', 'cuda:0', 'mps'."""
        return (self._parameters.device if self._parameters is not None else "") or "auto"

    @device.setter
    def device(self, name: str) -> None:
        if self._parameters is not None:
            self._parameters.device = name

    def submit(
        self,
        job: Callable[[Report], Any],
        on_progress: Callable[[int, int, Any], None] | None,
        on_done: Callable[[Any], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        """Have the worker do a job; the callbacks run here, in the main thread."""
        self.worker.submit(job, on_progress, on_done, on_error)
        self._poll.start()

    def set_state(self, state: PanelState) -> None:
        """Change what the panel is doing."""
        self.state = state
        self.refresh()

    def choose_film(self, node: vtk.vtkObject | None) -> None:
        """Work on another film."""
        with shown_errors():
            self._stop_everything()
            self.session.open_film(node)
        if self._parameters is not None:
            self._write(film=self.session.film_node)
        self.film.fill()

    def film_changed(self) -> None:
        """Look again at a film whose spacing or polarity was changed: its joints are outdated."""
        self._session_changed(None, "film")

    def show_result(self) -> None:
        """Show the film and the edited film once there is one; later the user's own choice stays."""
        if not self._result_shown and self.session.joint is not None:
            self._result_shown = True
            self.view.show_side_by_side()
        self.view.show_overlays()

    # The module in view, and its scene.

    def enter(self) -> None:
        """Come into view."""
        self._shortcuts.enter()
        self.look_at_scene()

    def leave(self) -> None:
        """Go out of view; what runs in the worker goes on."""
        self._shortcuts.leave()
        self.film.close()
        self.joints.close()
        self.gap.flush()

    def close(self) -> None:
        """Stop everything for good."""
        self._poll.stop()
        self._scene_settles.stop()
        self._shortcuts.leave()
        self.worker.close()
        self.gap.close()
        self.view.close()
        self.sweep.close()
        self.session.close()

    def set_parameters(self, parameters: Any) -> None:
        """Take the scene's parameters (None while the scene is being closed)."""
        self._parameters = parameters
        if parameters is None:
            self._scene_settles.stop()
            self._stop_everything(scene_closes=True)
            self.session.close()
            self._session_changed(None, "film")
        else:
            self._known_edit = parameters.edit
            self.parameters_changed()

    def parameters_changed(self) -> None:
        """Follow parameters that a script or a loaded scene has set."""
        parameters = self._parameters
        if parameters is None or self._writing:
            return
        if parameters.film is not self.session.film_node and parameters.film is not None:
            self.choose_film(parameters.film)
        self._follow_joint(parameters)
        self.refresh()

    def reopen(self) -> None:
        """Find the film's joints anew, after a scene was imported."""
        node = self._parameters.film if self._parameters is not None else None
        self._stop_everything()
        self.session.close()
        with shown_errors():
            self.session.open_film(node)
        self._session_changed(None, "film")
        self.look_at_scene()

    def nodes_changed(self) -> None:
        """Look at the scene once it has settled: nodes come and go in groups."""
        film = self.session.film_node
        if film is not None and film.GetScene() is None:
            self._stop_everything()
            self.session.close()
            self._session_changed(None, "film")
        self._scene_settles.start(0)

    def look_at_scene(self) -> None:
        """List the films; choose one where none is chosen."""
        if self._parameters is None or slicer.mrmlScene is None or slicer.mrmlScene.IsBatchProcessing():
            return
        if self.session.film is None:
            likely = self.film.likely_film()
            if likely is not None:
                self.choose_film(likely)
        self.film.fill()
        if self.session.film is not None:
            self.separate.look_for_torch()
        self.refresh()

    # Showing.

    def facts(self) -> Facts:
        """Gather what the buttons depend on."""
        session, joint = self.session, self.session.joint
        joints = list(session.joints.joints) if session.joints is not None else []
        statuses = [other.status for other in joints]
        waiting = [s for s in statuses if s in (JointStatus.NOT_SEPARATED, JointStatus.OUTDATED)]
        folder = self.export.folder
        return Facts(
            state=self.state,
            torch=self.separate.torch,
            film=session.film is not None,
            problem=session.film_problem,
            placing=self.joints.placing or self.film.calibrating,
            joints=len(joints),
            waiting=len(waiting),
            joint=joint is not None,
            layers=joint is not None and joint.layers is not None,
            edited=joint is not None and not joint.edit.is_neutral,
            undo=joint is not None and joint.can_undo,
            redo=joint is not None and joint.can_redo,
            separated=sum(s in (JointStatus.READY, JointStatus.EDITED) for s in statuses),
            sequence=self.sweep.sequence() is not None,
            sweep_range=self.ui.sweepFromSpinBox.value != self.ui.sweepToSpinBox.value,
            formats=bool(self.export.formats or self.export.data_set_formats),
            folder=folder is not None,
            plan_range=self.export.plan.has_range,
            unfinished=self.export.unfinished,
            exported=folder is not None and folder.is_dir(),
        )

    def refresh(self) -> None:
        """Bring every button and line of text up to date."""
        try:
            facts = self.facts()
        except LayerSeparationError as error:
            show_message(self.ui.messageLabel, str(error))
            facts = Facts(state=self.state, torch=self.separate.torch)
        self.separate.refresh()
        self.joints.refresh()
        if facts == self._shown_facts:
            return
        if facts.problem or (self._shown_facts is not None and self._shown_facts.problem):
            show_message(self.ui.messageLabel, facts.problem)
        self._shown_facts = facts
        self.film.refresh()
        self.sweep.refresh()
        self.export.refresh()
        self.ui.separateButton.text = separate_text(facts)
        self.ui.findJointsButton.text = find_text(facts)
        for name, control in controls(facts).items():
            widget = getattr(self.ui, name)
            widget.enabled = control.enabled
            if control.tooltip:
                widget.toolTip = control.tooltip
        step = next_step(facts)
        for name in _STEPS:
            getattr(self.ui, name).default = name == step

    def _session_changed(self, joint: SceneJoint | None, what: str) -> None:
        """Pass on every change, whether it came from this panel, a handle in the view, or Python."""
        if what == "handle":
            if joint is not None:
                self.gap.handle_moved(joint)
            return
        if what == "film":
            self._result_shown = False
            self._shown_facts = None
            self.film.fill()
            self.export.look_for_unfinished()
            show_message(self.ui.messageLabel, (self.session.joints and self.session.joints.warning) or "")
        if what in ("film", "list"):
            self.joints.fill()
        elif what in ("line", "layers", "edit"):
            self.joints.refresh_joint(joint)
        if what in ("film", "list", "selection"):
            self.joints.show_selection()
        with shown_errors():
            if what == "layers" and joint is not None:
                self.view.follow_edit(joint)
            if what != "edit":
                self.gap.follow(self.session.joint)
                self.view.show_overlays()
            elif joint is not None:
                self.view.follow_edit(joint)
                if joint is self.session.joint:
                    self.gap.show()
                    self.view.leave_sweep()
        self._write_joint()
        self.refresh()

    # Parameters.

    def _follow_joint(self, parameters: Any) -> None:
        joints, joint = self.session.joints, self.session.joint
        wanted = joints.get(parameters.joint) if joints is not None and parameters.joint is not None else None
        if wanted is not None and wanted is not joint:
            self.session.select(wanted)
        elif joint is not None and parameters.edit != self._known_edit:
            self._known_edit = parameters.edit
            with shown_errors():
                joint.set_edit(edit_from_text(parameters.edit))

    def _write_joint(self) -> None:
        joint = self.session.joint
        if self._parameters is not None:
            self._known_edit = edit_as_text(joint.edit) if joint is not None else ""
            self._write(joint=joint.line if joint is not None else None, edit=self._known_edit)

    def _write(self, **values: Any) -> None:
        self._writing = True
        try:
            for name, value in values.items():
                if getattr(self._parameters, name) != value:
                    setattr(self._parameters, name, value)
        finally:
            self._writing = False

    def _stop_everything(self, scene_closes: bool = False) -> None:
        self.film.close(scene_closes)
        self.joints.close(scene_closes)
        self.find.cancel()
        self.separate.cancel()
        self.sweep.cancel()
        self.export.cancel()
        self.gap.close()
        if self.state is PanelState.FAILED:
            self.state = PanelState.IDLE

    @staticmethod
    def _if_open(button: qt.QAbstractButton, action: Callable[[], None]) -> None:
        """Let a key do what its button does, and no more."""
        if button.enabled:
            action()

    def _collect(self) -> None:
        self.worker.poll()
        if self.worker.busy:
            # Slicer keeps Python's lock while it waits for events; a sleep is what lets the worker run.
            time.sleep(_WORKER_TURN_S)
        else:
            self._poll.stop()


def edit_as_text(edit: GapEdit) -> str:
    """Return an edit as the parameter node keeps it."""
    return json.dumps(edit.as_json())


def edit_from_text(text: str) -> GapEdit:
    """Return the edit that `edit_as_text` wrote.

    Raises
    ------
    LayerSeparationError
        If the text is not an edit.
    """
    try:
        return GapEdit.from_json(json.loads(text or "{}"))
    except (LayerSeparationError, ValueError) as error:
        raise LayerSeparationError(
            _("The parameter 'edit' can't be read: {text}. Give JSON such as {example}.").format(
                text=text, example='{"target_jsw": 0.8}'
            )
        ) from error
