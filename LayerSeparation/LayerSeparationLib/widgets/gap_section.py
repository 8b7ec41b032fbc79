"""The section Gap: sliders and number boxes on one side, the joint's edit on the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import qt

from ..errors import LayerSeparationError
from ..scene import SceneJoint
from ..synthesis import GapEdit
from ..synthesis.gap_edit import GREATEST_MOTION_PX
from ..translation import tr as _
from .length_format import decimals_of, joint_title, width_text
from .message import show_message
from .user_errors import shown_errors

if TYPE_CHECKING:
    from ..measurement import JointSpaceWidth
    from .panel import Panel

_STEP_MS = 15
"""Steps that come faster than this are dropped for the last one."""
_REST_MS = 400
"""When the hand rests for so long, the step can be undone."""
_ROOM = 0.99
_SHIFT_SHARE = 0.5
"""Part of the greatest motion that the slider for the shift offers."""


class GapSection:
    """Sliders, handles and Python move one edit, that of the selected joint."""

    def __init__(self, panel: Panel) -> None:
        self._panel, self.ui = panel, panel.ui
        self._joint: SceneJoint | None = None
        self._wanted: GapEdit | None = None
        self._unfinished = False
        self._handles_moved = False
        self._showing = self._applying = False
        self._soon = self._timer(_STEP_MS, self._step)
        self._rest = self._timer(_REST_MS, self.flush)
        ui = self.ui
        ui.gapSlider.connect("valueChanged(double)", self._gap_moved)
        ui.shiftSlider.connect("valueChanged(double)", self._shift_moved)
        ui.tiltSlider.connect("valueChanged(double)", self._tilt_moved)
        for button in (ui.upperRadioButton, ui.lowerRadioButton, ui.bothRadioButton):
            button.connect("clicked(bool)", self._moves_chosen)
        ui.undoButton.connect("clicked(bool)", self.undo)
        ui.redoButton.connect("clicked(bool)", self.redo)
        ui.resetButton.connect("clicked(bool)", self.reset)
        ui.holdFilmButton.connect("pressed()", lambda: self._show_film(True))
        ui.holdFilmButton.connect("released()", lambda: self._show_film(False))
        ui.correctedButton.connect("clicked(bool)", self._use_corrected)

    def follow(self, joint: SceneJoint | None) -> None:
        """Work on another joint, or on none."""
        if joint is not self._joint:
            self._forget_steps()
        self._joint = joint
        self.show()

    def close(self) -> None:
        """Let go of the joint."""
        self._forget_steps()
        self._joint = None

    def flush(self) -> None:
        """Carry out what is waiting, as a step that can be undone."""
        self._soon.stop()
        self._rest.stop()
        if self._handles_moved:
            self._read_handles()
        edit, self._wanted = self._wanted, None
        joint = self._joint
        if joint is not None and edit is not None:
            self._set(joint, edit, finished=True)
        elif joint is not None and self._unfinished:
            with shown_errors():
                joint.set_edit(joint.edit, finished=True)
        self._unfinished = False

    def handle_moved(self, joint: SceneJoint) -> None:
        """Follow a bone that the user drags in the view."""
        if joint is self._joint and not self._applying:
            self._handles_moved = True
            self._schedule()

    def undo(self, _checked: bool = False) -> None:
        """Take the last edit back."""
        self.flush()
        if self._joint is not None and self._joint.can_undo:
            with shown_errors():
                self._joint.undo()

    def redo(self, _checked: bool = False) -> None:
        """Do the edit again."""
        self.flush()
        if self._joint is not None and self._joint.can_redo:
            with shown_errors():
                self._joint.redo()

    def reset(self, _checked: bool = False) -> None:
        """Return to the joint as on the film."""
        self.flush()
        if self._joint is not None and self._joint.layers is not None:
            with shown_errors():
                self._joint.reset()

    def flip_film(self) -> None:
        """Change between the film and the edit."""
        if self._joint is not None and self._joint.layers is not None:
            self._show_film(not self._joint.film_is_shown)

    def show(self) -> None:
        """Show the joint's edit in the sliders."""
        joint = self._joint
        self._showing = True
        try:
            self._show_names(joint)
            if joint is not None and joint.result is not None:
                self._show_ranges(joint)
                self._show_values(joint)
            else:
                self.ui.filmGapLabel.text = _("not separated yet") if joint is not None else ""
                for slider in (self.ui.gapSlider, self.ui.shiftSlider, self.ui.tiltSlider):
                    slider.value = 0.0
        finally:
            self._showing = False

    def _show_names(self, joint: SceneJoint | None) -> None:
        ui = self.ui
        ui.gapSection.text = _("Gap of {joint}").format(joint=joint_title(joint)) if joint else _("Gap")
        upper, lower = joint.bone_names if joint else (_("Upper bone"), _("Lower bone"))
        ui.upperRadioButton.text, ui.lowerRadioButton.text = upper, lower
        moves = self._edit(joint).moves if joint else "upper"
        names = {"upper": ui.upperRadioButton, "lower": ui.lowerRadioButton, "both": ui.bothRadioButton}
        names[moves].checked = True

    def _show_ranges(self, joint: SceneJoint) -> None:
        before, limit = joint.jsw_before, self._limit(joint)
        if before is None:
            return
        ui, unit = self.ui, before.unit
        if before.mean is not None:
            ui.gapLabel.text = _("Joint space:")
            gap = max(0.0, before.mean - limit), before.mean + limit
        else:
            ui.gapLabel.text = _("Change of gap:")
            gap = -limit, limit
        ui.filmGapLabel.text = width_text(before)
        for slider, (low, high) in (
            (ui.gapSlider, gap),
            (ui.shiftSlider, (-_SHIFT_SHARE * limit, _SHIFT_SHARE * limit)),
        ):
            slider.decimals = decimals_of(unit)
            slider.singleStep = 10.0 ** -decimals_of(unit)
            slider.suffix = f" {unit}"
            slider.minimum, slider.maximum = _whole_steps(low, high, decimals_of(unit))

    def _show_values(self, joint: SceneJoint) -> None:
        after, edit = joint.jsw_after, self._edit(joint)
        if after is None:
            return
        measured = joint.jsw_before is not None and joint.jsw_before.mean is not None
        if self._wanted is None:
            gap = _gap_of(after, edit) if measured else edit.change
            self.ui.gapSlider.value = gap or 0.0
            self.ui.shiftSlider.value = edit.shift
            self.ui.tiltSlider.value = edit.tilt_deg

    def _gap_moved(self, value: float) -> None:
        joint = self._joint
        if self._showing or joint is None or joint.jsw_before is None:
            return
        if joint.jsw_before.mean is None:
            self._want(target_jsw=None, change=value, unit=joint.jsw_before.unit)
        else:
            self._want(target_jsw=value, change=None, unit=joint.jsw_before.unit)

    def _shift_moved(self, value: float) -> None:
        joint = self._joint
        if joint is not None and joint.jsw_before is not None:
            self._want(shift=value, unit=joint.jsw_before.unit)

    def _tilt_moved(self, value: float) -> None:
        self._want(tilt_deg=value)

    def _moves_chosen(self, _checked: bool = False) -> None:
        lower = "lower" if self.ui.lowerRadioButton.checked else "upper"
        self._want(moves="both" if self.ui.bothRadioButton.checked else lower)

    def _want(self, **changes: object) -> None:
        if self._showing or self._joint is None or self._joint.layers is None:
            return
        try:
            self._wanted = replace(self._edit(self._joint), **changes)  # type: ignore[arg-type]
        except LayerSeparationError as error:
            self._complain(error)
            return
        self._schedule()

    def _edit(self, joint: SceneJoint) -> GapEdit:
        """Return the edit that is wanted, which the joint may not show yet."""
        return self._wanted if self._wanted is not None else joint.edit

    def _schedule(self) -> None:
        if not self._soon.active:
            self._soon.start()
        self._rest.start()

    def _step(self) -> None:
        if self._handles_moved:
            self._read_handles()
        edit, self._wanted = self._wanted, None
        if edit is not None and self._joint is not None:
            self._unfinished = True
            self._set(self._joint, edit, finished=False)

    def _set(self, joint: SceneJoint, edit: GapEdit, finished: bool) -> None:
        self._applying = True
        try:
            joint.set_edit(edit, finished)
            show_message(self.ui.gapMessageLabel, _why_no_width(joint))
        except LayerSeparationError as error:
            self._complain(error)
            self._restore_handles(joint)
        finally:
            self._applying = False
        self.show()

    def _complain(self, error: LayerSeparationError) -> None:
        """Say under the sliders why the hand can't go on: a message box would end the drag."""
        show_message(self.ui.gapMessageLabel, str(error))

    def _restore_handles(self, joint: SceneJoint) -> None:
        try:
            joint.set_edit(joint.edit, finished=False)
        except LayerSeparationError:
            self._unfinished = False

    def _read_handles(self) -> None:
        self._handles_moved = False
        if self._joint is not None:
            asked = self._joint.edit_from_transforms()
            if asked != self._joint.edit:
                self._wanted = asked

    def _forget_steps(self) -> None:
        self._soon.stop()
        self._rest.stop()
        self._wanted, self._unfinished, self._handles_moved = None, False, False
        show_message(self.ui.gapMessageLabel, "")

    def _show_film(self, shown: bool) -> None:
        self.flush()
        if self._joint is not None:
            with shown_errors():
                self._joint.show_film(shown)

    def _use_corrected(self, _checked: bool = False) -> None:
        self.flush()
        if self._joint is not None:
            with shown_errors():
                self._joint.use_corrected_silhouettes()

    @staticmethod
    def _limit(joint: SceneJoint) -> float:
        layers = joint.layers
        return _ROOM * GREATEST_MOTION_PX * layers.crop.unit_per_px if layers is not None else 0.0

    @staticmethod
    def _timer(interval_ms: int, slot) -> qt.QTimer:  # type: ignore[no-untyped-def]
        timer = qt.QTimer()
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.connect("timeout()", slot)
        return timer


def _why_no_width(joint: SceneJoint) -> str:
    """Return why an edited joint has no width though the film's had one; '' where it has one."""
    before, after = joint.jsw_before, joint.jsw_after
    lost = before is not None and before.mean is not None and after is not None and after.mean is None
    return _("After the edit: {reason}").format(reason=after.reason) if after is not None and lost else ""


def _gap_of(after: JointSpaceWidth, edit: GapEdit) -> float:
    """Return the width that the slider shows; where the margins touch, what was asked for."""
    if after.mean is not None:
        return after.mean
    return edit.target_jsw if edit.target_jsw is not None else 0.0


def _whole_steps(low: float, high: float, decimals: int) -> tuple[float, float]:
    """Round a range inwards to the numbers that a slider shows."""
    scale = 10.0**decimals
    inner = -(-low * scale // 1) / scale, (high * scale // 1) / scale
    return min(inner), max(inner)
