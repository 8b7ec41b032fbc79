"""The plan of a data set in the section Export: how many samples, which widths, what else varies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..dataset import BALANCES, DatasetOptions
from ..measurement.length_text import decimals_of
from ..scene.length_format import STEP, WIDEST
from ..translation import tr as _
from .session import Session

_WIDTHS, _CHANGES = range(2)
_PERCENT = 100
_USUAL_RANGE_MM = {_WIDTHS: (0.0, 2.5), _CHANGES: (-1.0, 1.0)}
_USUAL_PX_PER_MM = 10.0
"""Of a hand's film: the usual range where its pixel spacing is unknown."""
_ONE_FILM = (1.0, 0.0, 0.0)
"""Joints of one film belong to one patient: a split may not tear them apart."""


class PlanSection:
    """Reads the plan's widgets.

    Parameters
    ----------
    ui
        Holds the section's widgets as attributes.
    session
        Knows the unit of lengths.
    on_change
        Called when the plan is another.
    """

    def __init__(self, ui: Any, session: Session, on_change: Callable[[], None]) -> None:
        self.ui, self._session, self._on_change = ui, session, on_change
        for text in (_("Joint space"), _("Change of it")):
            self.ui.planKindComboBox.addItem(text)
        texts = {
            "uniform": _("Widths spread evenly"),
            "svdh": _("SvdH-like scores evenly"),
            "as-is": _("As the film's own widths"),
        }
        for name in BALANCES:
            self.ui.planBalanceComboBox.addItem(texts[name])
        self.ui.planKindComboBox.connect("currentIndexChanged(int)", self._choose_kind)
        for box in (self.ui.planFromSpinBox, self.ui.planToSpinBox):
            box.connect("valueChanged(double)", lambda _value: on_change())

    @property
    def has_range(self) -> bool:
        """Whether the smaller end of the range comes first."""
        return bool(self.ui.planFromSpinBox.value <= self.ui.planToSpinBox.value)

    def options(self, formats: Sequence[str]) -> DatasetOptions:
        """Return what the plan asks for.

        Raises
        ------
        InputError
            If it can't be: balance by width where changes are asked for, and the like.
        """
        ui, changes = self.ui, self._asks_for_changes
        span = (ui.planFromSpinBox.value, ui.planToSpinBox.value)
        return DatasetOptions(
            per_joint=ui.planSamplesSpinBox.value,
            seed=ui.planSeedSpinBox.value,
            formats=tuple(formats),
            jsw=None if changes else span,
            change=span if changes else None,
            balance="uniform" if changes else BALANCES[ui.planBalanceComboBox.currentIndex],
            unit=self._session.unit,
            tilt_deg=ui.planTiltSpinBox.value,
            shift=ui.planShiftSpinBox.value,
            exposure=ui.planExposureSpinBox.value / _PERCENT,
            noise=ui.planNoiseSpinBox.value / _PERCENT,
            split=_ONE_FILM,
            with_doubtful=bool(ui.planDoubtfulCheckBox.checked),
        )

    def options_of_given_edits(self, formats: Sequence[str]) -> DatasetOptions:
        """Return the options of a data set whose edits are those of the scene."""
        return DatasetOptions(
            per_joint=1, edits_given=True, formats=tuple(formats), unit=self._session.unit, split=_ONE_FILM
        )

    def refresh(self) -> None:
        """Show the unit of the film, and the range that the choice allows."""
        unit = self._session.unit
        widest, step, suffix = WIDEST[unit], STEP[unit], f" {unit}"
        lowest = -widest if self._asks_for_changes else 0.0
        for box, least in (
            (self.ui.planFromSpinBox, lowest),
            (self.ui.planToSpinBox, lowest),
            (self.ui.planShiftSpinBox, 0.0),
        ):
            # The parameter node's range, in whatever unit, comes back with every scene.
            if (box.suffix, box.minimum, box.maximum) != (suffix, least, widest):
                box.decimals, box.suffix, box.singleStep = decimals_of(unit), suffix, step
                box.minimum, box.maximum = least, widest
        self.ui.planBalanceComboBox.enabled = not self._asks_for_changes

    @property
    def _asks_for_changes(self) -> bool:
        return bool(self.ui.planKindComboBox.currentIndex == _CHANGES)

    def _choose_kind(self, kind: int) -> None:
        """Offer a range that makes sense for the choice."""
        self.refresh()
        low, high = _USUAL_RANGE_MM[kind]
        scale = 1.0 if self._session.unit == "mm" else _USUAL_PX_PER_MM
        self.ui.planFromSpinBox.value, self.ui.planToSpinBox.value = low * scale, high * scale
        self._on_change()
