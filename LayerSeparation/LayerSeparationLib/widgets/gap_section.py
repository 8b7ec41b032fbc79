"""The section Gap: sliders and number boxes that show the joint's edit and ask for another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import LayerSeparationError
from ..measurement.length_text import decimals_of
from ..radiograph import LengthUnit
from ..scene import SceneJoint
from ..scene.jsw_format import explain_mean, format_jsw, format_mean
from ..scene.length_format import STEP, short_title
from ..synthesis import EditLimits, GapEdit
from ..synthesis.gap_edit import MovingBone
from ..translation import tr as _
from .live_edit import LiveEdit
from .message import show_message
from .user_errors import show_errors
from .value_slider import ValueRange, ValueSlider, place_mark

if TYPE_CHECKING:
    from ..measurement import JointSpaceWidth

_SHOWN_SHARE = 0.5
"""Part of the greatest motion that a slider offers; the number box beside it takes all of it."""
_WIDEST_SHOWN = 1.5
"""End of the slider for the joint space, in widths of the film."""


class GapSection:
    """Sliders, handles and Python move one edit, that of the selected joint.

    Parameters
    ----------
    ui
        Holds the section's widgets as attributes.
    live_edit
        Has the joint and carries its edits out.
    are_numbers_typed
        Asked before a number is written into a box.
    """

    def __init__(self, ui: Any, live_edit: LiveEdit, are_numbers_typed: Callable[[], bool]) -> None:
        self.ui, self._live_edit, self._are_numbers_typed = ui, live_edit, are_numbers_typed
        self._refusal = ""
        self._refused_at: GapEdit | None = None
        live_edit.on_step(self._show_step)
        self._gap = ValueSlider(ui.gapSlider, ui.gapSpinBox, self._move_gap, self._return_gap)
        self._shift = ValueSlider(
            ui.shiftSlider, ui.shiftSpinBox, self._move_shift, lambda: self._move_shift(0.0)
        )
        self._tilt = ValueSlider(ui.tiltSlider, ui.tiltSpinBox, self._move_tilt, lambda: self._move_tilt(0.0))
        ui.filmMarkLabel.visible = False
        for button in (ui.upperRadioButton, ui.lowerRadioButton, ui.bothRadioButton):
            button.connect("clicked(bool)", self._choose_bone)
        ui.undoButton.connect("clicked(bool)", self.undo)
        ui.redoButton.connect("clicked(bool)", self.redo)
        ui.resetButton.connect("clicked(bool)", self.reset)
        ui.holdFilmButton.connect("pressed()", lambda: self._show_film(True))
        ui.holdFilmButton.connect("released()", lambda: self._show_film(False))
        ui.correctedButton.connect("clicked(bool)", self._use_corrected)

    def undo(self, _checked: bool = False) -> None:
        """Take the last edit back."""
        self._change(lambda joint: joint.undo())

    def redo(self, _checked: bool = False) -> None:
        """Do the edit again."""
        self._change(lambda joint: joint.redo())

    def reset(self, _checked: bool = False) -> None:
        """Return to the joint as on the film."""
        self._change(lambda joint: joint.reset())

    def step_gap(self, steps: int) -> None:
        """Widen the gap by single steps, or with a negative number narrow it, as the slider's own keys do."""
        self._gap.step(steps)

    def flip_film(self) -> None:
        """Change between the film and the edit."""
        joint = self._live_edit.joint
        if joint is not None and joint.layers is not None:
            self._show_film(not joint.film_is_shown)

    def show(self) -> None:
        """Show the joint's edit; what was said of an edit goes with it."""
        joint = self._live_edit.joint
        if joint is None or joint.edit != self._refused_at:
            self._refusal = ""
        self._show_names(joint)
        self.show_numbers()
        lost = _lost_width(joint)
        text = _("After the edit: {reason}").format(reason=lost.short_findings) if lost is not None else ""
        show_message(self.ui.gapMessageLabel, self._refusal or text)
        self.ui.gapMessageLabel.toolTip = (lost.reason or "") if lost is not None else ""

    def show_numbers(self) -> None:
        """Show the joint's edit in the sliders and boxes, and leave the message as it is."""
        joint = self._live_edit.joint
        if self._are_numbers_typed():
            return
        if joint is not None and joint.result is not None:
            self._show_ranges(joint)
            self._show_values(joint)
        else:
            self.ui.filmGapLabel.text = _("not separated yet") if joint is not None else ""
            self.ui.filmMarkLabel.visible = False
            for slider in (self._gap, self._shift, self._tilt):
                slider.show(0.0)

    def _show_step(self, refusal: str) -> None:
        joint = self._live_edit.joint
        self._refusal, self._refused_at = refusal, joint.edit if joint is not None else None
        self.show()

    def _show_names(self, joint: SceneJoint | None) -> None:
        ui = self.ui
        ui.gapSection.text = _("Gap of {joint}").format(joint=short_title(joint)) if joint else _("Gap")
        upper, lower = joint.bone_names if joint else (_("Upper bone"), _("Lower bone"))
        ui.upperRadioButton.text, ui.lowerRadioButton.text = upper, lower
        buttons = {"upper": ui.upperRadioButton, "lower": ui.lowerRadioButton, "both": ui.bothRadioButton}
        buttons.get(self._live_edit.edit.moves, ui.bothRadioButton).checked = True

    def _show_ranges(self, joint: SceneJoint) -> None:
        before, layers = joint.jsw_before, joint.layers
        if before is None or layers is None:
            return
        ui = self.ui
        limits = GapEdit.limits(before, layers.crop.unit_per_px)
        ui.gapLabel.text = _("Change of gap:") if limits.target_jsw is None else _("Joint space:")
        ui.filmGapLabel.text = format_jsw(before)
        ui.filmGapLabel.toolTip = explain_mean(before)
        gap = _gap_range(before.mean, limits)
        self._gap.set_range(gap)
        self._shift.set_range(_length_range(_share(limits.shift, _SHOWN_SHARE), limits.shift, limits.unit))
        tilt = _share(limits.tilt_deg, _SHOWN_SHARE), limits.tilt_deg
        self._tilt.set_range(ValueRange(*tilt, decimals=1, page_step=1.0, suffix=" \N{DEGREE SIGN}"))
        self._show_film_mark(before)

    def _show_film_mark(self, before: JointSpaceWidth) -> None:
        """Mark the film's own width under the slider."""
        label, slider = self.ui.filmMarkLabel, self.ui.gapSlider
        span = slider.maximum - slider.minimum
        width = before.mean or 0.0
        label.visible = span > 0
        label.toolTip = _("On the film: {width}; a double click on the slider goes back to it").format(
            width=format_mean(before)
        )
        if span > 0:
            margin = (self._gap.handle_px - label.width) // 2
            place_mark(self.ui.filmMarkLayout, (width - slider.minimum) / span, max(margin, 0))

    def _show_values(self, joint: SceneJoint) -> None:
        before, after, edit = joint.jsw_before, joint.jsw_after, joint.edit
        if before is None or after is None or self._live_edit.is_waiting:
            return
        if edit.is_neutral:
            for slider in (self._gap, self._shift, self._tilt):
                slider.narrow()
        gap = edit.change if before.mean is None else _gap_of(after, edit)
        self._gap.show(gap or 0.0)
        self._shift.show(edit.shift)
        self._tilt.show(edit.tilt_deg)

    def _move_gap(self, value: float) -> None:
        joint = self._live_edit.joint
        if joint is not None and joint.jsw_before is not None:
            if joint.jsw_before.mean is None:
                self._want(joint, lambda edit: edit.with_change(value))
            else:
                self._want(joint, lambda edit: edit.with_target(value))

    def _return_gap(self) -> None:
        """Go back to the film's width."""
        self._want(self._live_edit.joint, lambda edit: replace(edit, target_jsw=None, change=None))

    def _move_shift(self, value: float) -> None:
        self._want(self._live_edit.joint, lambda edit: replace(edit, shift=value))

    def _move_tilt(self, value: float) -> None:
        self._want(self._live_edit.joint, lambda edit: replace(edit, tilt_deg=value))

    def _choose_bone(self, _checked: bool = False) -> None:
        one: MovingBone = "lower" if self.ui.lowerRadioButton.checked else "upper"
        moves: MovingBone = "both" if self.ui.bothRadioButton.checked else one
        self._want(self._live_edit.joint, lambda edit: replace(edit, moves=moves))

    def _want(self, joint: SceneJoint | None, change: Callable[[GapEdit], GapEdit]) -> None:
        """Ask for the edit with a change; the sliders speak in the film's unit."""
        if joint is None or joint.jsw_before is None:
            return
        try:
            edit = change(replace(self._live_edit.edit, unit=joint.jsw_before.unit))
        except LayerSeparationError as error:
            self._show_step(str(error))
        else:
            self._live_edit.want(edit)

    def _change(self, act: Callable[[SceneJoint], None]) -> None:
        self._live_edit.flush()
        joint = self._live_edit.joint
        if joint is not None and joint.layers is not None:
            with show_errors():
                act(joint)

    def _show_film(self, shown: bool) -> None:
        self._change(lambda joint: joint.show_film(shown))

    def _use_corrected(self, _checked: bool = False) -> None:
        self._change(lambda joint: joint.use_corrected_silhouettes())


def _gap_of(after: JointSpaceWidth, edit: GapEdit) -> float:
    """Return the width that the slider shows; where the margins touch, what was asked for."""
    if after.mean is not None:
        return after.mean
    return edit.target_jsw if edit.target_jsw is not None else 0.0


def _lost_width(joint: SceneJoint | None) -> JointSpaceWidth | None:
    """Return what says why an edited joint has no width though the film's had one; None where it has one."""
    before, after = (joint.jsw_before, joint.jsw_after) if joint is not None else (None, None)
    if before is None or after is None or before.mean is None or after.mean is not None:
        return None
    return after


def _gap_range(film_width: float | None, limits: EditLimits) -> ValueRange:
    """Return the range of the joint space, or where the film has none, of its change."""
    if film_width is None or limits.target_jsw is None:
        return _length_range(_share(limits.change, _SHOWN_SHARE), limits.change, limits.unit)
    least, greatest = limits.target_jsw
    return _length_range((least, min(_WIDEST_SHOWN * film_width, greatest)), limits.target_jsw, limits.unit)


def _length_range(shown: tuple[float, float], possible: tuple[float, float], unit: LengthUnit) -> ValueRange:
    decimals = decimals_of(unit)
    return ValueRange(
        _round_inwards(*shown, decimals),
        _round_inwards(*possible, decimals),
        decimals,
        STEP[unit],
        f" {unit}",
    )


def _share(ends: tuple[float, float], share: float) -> tuple[float, float]:
    return ends[0] * share, ends[1] * share


def _round_inwards(low: float, high: float, decimals: int) -> tuple[float, float]:
    """Round a range inwards to the numbers that a slider shows."""
    scale = 10.0**decimals
    inner = -(-low * scale // 1) / scale, (high * scale // 1) / scale
    return min(inner), max(inner)
