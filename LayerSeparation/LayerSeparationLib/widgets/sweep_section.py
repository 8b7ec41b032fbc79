"""The section Sweep: one joint with many gaps, as a sequence to play."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import slicer
import vtk

from ..radiograph import LengthUnit
from ..scene.sweep_sequences import make_sweep, sweep_of
from ..translation import tr as _
from .length_format import decimals_of
from .states import PanelState
from .user_errors import shown_errors
from .worker import CancelledError

if TYPE_CHECKING:
    from ..scene import SceneJoint
    from .panel import Panel


class SweepSection:
    """Makes the sequence and steps through it."""

    def __init__(self, panel: Panel) -> None:
        self._panel, self.ui = panel, panel.ui
        self._showing = False
        self._stop = False
        self._watched: tuple[vtk.vtkObject, int] | None = None
        self.ui.makeSequenceButton.connect("clicked(bool)", self._clicked)
        self.ui.frameSlider.connect("valueChanged(int)", self._frame_chosen)

    @property
    def unit(self) -> LengthUnit:
        """Unit of the range."""
        film = self._panel.session.film
        return "mm" if film is None or film.spacing.known else "px"

    def targets(self) -> list[float]:
        """Return the widths of the range, rounded as they are shown."""
        steps = np.linspace(
            self.ui.sweepFromSpinBox.value, self.ui.sweepToSpinBox.value, self.ui.sweepStepsSpinBox.value
        )
        return list(dict.fromkeys(round(float(step), decimals_of(self.unit) + 1) for step in steps))

    def sequence(self) -> vtk.vtkObject | None:
        """Return the sequence of the selected joint."""
        joint = self._panel.session.joint
        return sweep_of(joint) if joint is not None else None

    def cancel(self) -> None:
        """Stop making the sequence at its next frame."""
        if self._panel.state is PanelState.SWEEPING:
            self._stop = True
            self._panel.set_state(PanelState.CANCELLING)

    def refresh(self) -> None:
        """Show the unit, and the frame of the sequence."""
        unit, making = self.unit, self._panel.state is PanelState.SWEEPING
        widest, step = (10.0, 0.1) if unit == "mm" else (200.0, 1.0)
        for box in (self.ui.sweepFromSpinBox, self.ui.sweepToSpinBox):
            # The parameter node's range, in whatever unit, comes back with every scene.
            if box.suffix != f" {unit}" or box.maximum != widest:
                box.decimals, box.suffix = decimals_of(unit), f" {unit}"
                box.maximum, box.singleStep = widest, step
        self.ui.makeSequenceButton.text = _("Cancel") if making else _("Make sequence")
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
        self._showing = True
        try:
            count = browser.GetNumberOfItems() if browser is not None else 0
            self.ui.frameSlider.maximum = max(count - 1, 0)
            frame = browser.GetSelectedItemNumber() if browser is not None else 0
            self.ui.frameSlider.value = max(frame, 0)
            self._show_frame(browser)
        finally:
            self._showing = False

    def _clicked(self, _checked: bool = False) -> None:
        if self._panel.state is PanelState.SWEEPING:
            self.cancel()
            return
        joint = self._panel.session.joint
        if joint is None:
            return
        self._panel.gap.flush()
        self._stop = False
        self._panel.set_state(PanelState.SWEEPING)
        state = PanelState.FAILED
        try:
            with shown_errors():
                browser = self._made_sweep(joint)
                state = PanelState.IDLE
                if browser is not None:
                    browser.SetSelectedItemNumber(0)
                    self._show_in_view()
        finally:
            self._panel.set_state(state)

    def _made_sweep(self, joint: SceneJoint) -> vtk.vtkObject | None:
        """Return the browser; None after a cancel, which is no error to be shown."""
        try:
            return make_sweep(joint, self.targets(), self._progress)
        except CancelledError:
            return None

    def _progress(self, done: int, total: int) -> None:
        self.ui.frameLabel.text = _("{done} of {total}").format(done=done, total=total)
        slicer.app.processEvents()
        if self._stop or self._panel.session.joint is None:
            raise CancelledError

    def _frame_chosen(self, index: int) -> None:
        browser = self.sequence()
        if not self._showing and browser is not None:
            browser.SetSelectedItemNumber(index)
            self._show_frame(browser)
            self._show_in_view()

    def _show_in_view(self) -> None:
        joint = self._panel.session.joint
        if joint is not None:
            self._panel.view.show_frame(joint)

    def _show_frame(self, browser: vtk.vtkObject | None) -> None:
        master = browser.GetMasterSequenceNode() if browser is not None else None
        frame = browser.GetSelectedItemNumber() if browser is not None else -1
        if master is None or not 0 <= frame < master.GetNumberOfDataNodes():
            self.ui.frameLabel.text = ""
            return
        self.ui.frameLabel.text = f"{master.GetNthIndexValue(frame)} {master.GetIndexUnit()}"
