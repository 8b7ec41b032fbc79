"""The section Gap: sliders and number boxes that show the joint's edit and ask for another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..errors import LayerSeparationError
from ..scene import SceneJoint
from ..synthesis import GapEdit
from ..synthesis.gap_edit import MovingBone
from ..translation import tr as _
from .length_format import decimals_of, format_jsw, joint_title
from .live_edit import LiveEdit
from .message import show_message
from .user_errors import show_errors

if TYPE_CHECKING:
    from ..measurement import JointSpaceWidth

_SHIFT_SHARE = 0.5
"""Part of the greatest motion that the slider for the shift offers."""


class GapSection:
    """Sliders, handles and Python move one edit, that of the selected joint.

    Parameters
    ----------
    ui
        Holds the section's widgets as attributes.
    live_edit
        Has the joint and carries its edits out.
    """

    def __init__(self, ui: Any, live_edit: LiveEdit) -> None:
        self.ui, self._live_edit = ui, live_edit
        self._is_showing = False
        live_edit.on_step(self._show_step)
        ui.gapSlider.connect("valueChanged(double)", self._move_gap)
        ui.shiftSlider.connect("valueChanged(double)", self._move_shift)
        ui.tiltSlider.connect("valueChanged(double)", self._move_tilt)
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

    def flip_film(self) -> None:
        """Change between the film and the edit."""
        joint = self._live_edit.joint
        if joint is not None and joint.layers is not None:
            self._show_film(not joint.film_is_shown)

    def show(self) -> None:
        """Show the joint's edit in the sliders."""
        joint = self._live_edit.joint
        self._is_showing = True
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
            self._is_showing = False

    def _show_step(self, message: str) -> None:
        show_message(self.ui.gapMessageLabel, message)
        self.show()

    def _show_names(self, joint: SceneJoint | None) -> None:
        ui = self.ui
        ui.gapSection.text = _("Gap of {joint}").format(joint=joint_title(joint)) if joint else _("Gap")
        upper, lower = joint.bone_names if joint else (_("Upper bone"), _("Lower bone"))
        ui.upperRadioButton.text, ui.lowerRadioButton.text = upper, lower
        buttons = {"upper": ui.upperRadioButton, "lower": ui.lowerRadioButton, "both": ui.bothRadioButton}
        buttons[self._live_edit.edit.moves].checked = True

    def _show_ranges(self, joint: SceneJoint) -> None:
        before, layers = joint.jsw_before, joint.layers
        if before is None or layers is None:
            return
        ui, unit = self.ui, before.unit
        limits = GapEdit.limits(before, layers.crop.unit_per_px)
        ui.gapLabel.text = _("Change of gap:") if limits.target_jsw is None else _("Joint space:")
        ui.filmGapLabel.text = format_jsw(before)
        least, greatest = limits.shift
        for slider, (low, high) in (
            (ui.gapSlider, limits.target_jsw or limits.change),
            (ui.shiftSlider, (_SHIFT_SHARE * least, _SHIFT_SHARE * greatest)),
        ):
            slider.decimals = decimals_of(unit)
            slider.singleStep = 10.0 ** -decimals_of(unit)
            slider.suffix = f" {unit}"
            slider.minimum, slider.maximum = _round_inwards(low, high, decimals_of(unit))

    def _show_values(self, joint: SceneJoint) -> None:
        before, after, edit = joint.jsw_before, joint.jsw_after, joint.edit
        if before is None or after is None or self._live_edit.is_waiting:
            return
        gap = edit.change if before.mean is None else _gap_of(after, edit)
        self.ui.gapSlider.value = gap or 0.0
        self.ui.shiftSlider.value = edit.shift
        self.ui.tiltSlider.value = edit.tilt_deg

    def _move_gap(self, value: float) -> None:
        joint = self._live_edit.joint
        if joint is not None and joint.jsw_before is not None:
            if joint.jsw_before.mean is None:
                self._want(joint, lambda edit: edit.with_change(value))
            else:
                self._want(joint, lambda edit: edit.with_target(value))

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
        if self._is_showing or joint is None or joint.jsw_before is None:
            return
        try:
            edit = change(replace(self._live_edit.edit, unit=joint.jsw_before.unit))
        except LayerSeparationError as error:
            show_message(self.ui.gapMessageLabel, str(error))
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


def _round_inwards(low: float, high: float, decimals: int) -> tuple[float, float]:
    """Round a range inwards to the numbers that a slider shows."""
    scale = 10.0**decimals
    inner = -(-low * scale // 1) / scale, (high * scale // 1) / scale
    return min(inner), max(inner)
