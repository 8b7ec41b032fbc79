"""The section Sweep: one joint with many gaps, as a sequence to play."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import vtk

from ..measurement.length_text import decimals_of
from ..scene import SceneJoint
from ..scene.length_format import STEP, WIDEST, format_length
from ..scene.sweep_sequences import sweep_of, sweep_steps
from .activity import Activity
from .contracts import PendingEdit, StepRunner
from .session import Session
from .states import PanelState
from .user_errors import show_errors


class SweepSection:
    """Makes the sequence and steps through it.

    Parameters
    ----------
    ui
        Holds the section's widgets as attributes.
    session
        Has the selected joint.
    steps
        Make the sequence.
    activity
        Told when a sequence begins and ends to be made.
    pending_edit
        Carried out before a sequence is made: its shift, tilt and moving bone are those of the edit.
    show_progress
        Shows how many frames of how many are made.
    on_frame
        Called with the joint when the user looks at a frame of its sequence.
    on_change
        Called when the range is another.
    """

    def __init__(
        self,
        ui: Any,
        session: Session,
        steps: StepRunner,
        activity: Activity,
        pending_edit: PendingEdit,
        show_progress: Callable[[int, int], None],
        on_frame: Callable[[SceneJoint], None],
        on_change: Callable[[], None],
    ) -> None:
        self.ui, self._session, self._activity, self._pending_edit = ui, session, activity, pending_edit
        self._show_progress, self._on_frame = show_progress, on_frame
        self._steps = steps
        self._give_up: Callable[[], None] | None = None
        self._is_showing = False
        self._watched: tuple[vtk.vtkObject, int] | None = None
        ui.makeSequenceButton.connect("clicked(bool)", self._start_sweep)
        ui.frameSlider.connect("valueChanged(int)", self._choose_frame)
        for box in (ui.sweepFromSpinBox, ui.sweepToSpinBox):
            box.connect("valueChanged(double)", lambda _value: on_change())

    @property
    def has_range(self) -> bool:
        """Whether the ends of the range differ."""
        return bool(self.ui.sweepFromSpinBox.value != self.ui.sweepToSpinBox.value)

    def targets(self) -> list[float]:
        """Return the widths of the range, rounded as they are shown."""
        steps = np.linspace(
            self.ui.sweepFromSpinBox.value, self.ui.sweepToSpinBox.value, self.ui.sweepStepsSpinBox.value
        )
        return list(dict.fromkeys(round(float(step), decimals_of(self._session.unit) + 1) for step in steps))

    def sequence(self) -> vtk.vtkObject | None:
        """Return the sequence of the selected joint."""
        joint = self._session.joint
        return sweep_of(joint) if joint is not None else None

    def cancel(self) -> None:
        """Stop making the sequence; nothing of it is left."""
        if self._activity.state is PanelState.SWEEPING and self._give_up is not None:
            self._give_up()
            self._activity.set_state(PanelState.IDLE)

    def refresh(self) -> None:
        """Show the unit, and the frame of the sequence."""
        unit = self._session.unit
        for box in (self.ui.sweepFromSpinBox, self.ui.sweepToSpinBox):
            # The parameter node's range, in whatever unit, comes back with every scene.
            if box.suffix != f" {unit}" or box.maximum != WIDEST[unit]:
                box.decimals, box.suffix = decimals_of(unit), f" {unit}"
                box.maximum, box.singleStep = WIDEST[unit], STEP[unit]
        browser = self.sequence()
        self._watch(browser)
        self._follow(browser)

    def close(self) -> None:
        """Let go of the sequence."""
        self._watch(None)

    def _watch(self, browser: vtk.vtkObject | None) -> None:
        """Follow a sequence that is played in Slicer's Sequences toolbar."""
        if self._watched is not None and self._watched[0] is not browser:
            self._watched[0].RemoveObserver(self._watched[1])
            self._watched = None
        if self._watched is None and browser is not None:
            tag = browser.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: self._follow(browser))
            self._watched = browser, tag

    def _follow(self, browser: vtk.vtkObject | None) -> None:
        self._is_showing = True
        try:
            count = browser.GetNumberOfItems() if browser is not None else 0
            self.ui.frameSlider.maximum = max(count - 1, 0)
            frame = browser.GetSelectedItemNumber() if browser is not None else 0
            self.ui.frameSlider.value = max(frame, 0)
            self._show_frame(browser)
        finally:
            self._is_showing = False

    def _start_sweep(self, _checked: bool = False) -> None:
        joint = self._session.joint
        if joint is None:
            return
        self._pending_edit.flush()
        self._activity.set_state(PanelState.SWEEPING)

        def follow(progress: tuple[int, int]) -> None:
            self._show_progress(*progress)
            if not self._session.has(joint):
                self.cancel()

        def finish() -> None:
            self._activity.set_state(PanelState.IDLE)
            if joint is self._session.joint:
                self._show_in_view()

        self._give_up = self._steps.start(sweep_steps(joint, self.targets()), finish, self._fail, follow)

    def _fail(self, error: Exception) -> None:
        self._activity.set_state(PanelState.FAILED)
        with show_errors():
            raise error

    def _choose_frame(self, index: int) -> None:
        browser = self.sequence()
        if not self._is_showing and browser is not None:
            browser.SetSelectedItemNumber(index)
            self._show_frame(browser)
            self._show_in_view()

    def _show_in_view(self) -> None:
        joint = self._session.joint
        if joint is not None:
            self._on_frame(joint)

    def _show_frame(self, browser: vtk.vtkObject | None) -> None:
        master = browser.GetMasterSequenceNode() if browser is not None else None
        frame = browser.GetSelectedItemNumber() if browser is not None else -1
        if master is None or not 0 <= frame < master.GetNumberOfDataNodes():
            self.ui.frameLabel.text = ""
            return
        self.ui.frameLabel.text = format_length(
            float(master.GetNthIndexValue(frame)), "mm" if master.GetIndexUnit() == "mm" else "px"
        )
