"""Undo and redo over edits; pixels are made anew, so that a step costs nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from ..radiograph import LengthUnit
from ..synthesis import GapEdit

LONGEST = 200
_LEAST_LENGTH: dict[LengthUnit, float] = {"mm": 0.005, "px": 0.05}
_LEAST_TILT_DEG = 0.05
"""Half of the last decimal that a user sees; less is no change: a handle that is dragged turns a little."""


class EditKind(Enum):
    """What a step in the history was."""

    NARROWING = "narrowing"
    WIDENING = "widening"
    SHIFT = "shift"
    TILT = "tilt"
    MOVING_BONE = "moving bone"
    """Another bone moves."""
    MOTION = "motion"
    """Several of the above, as a handle makes it."""
    RESET = "reset"
    CORRECTION = "correction"
    """The silhouettes were corrected."""


@dataclass(frozen=True)
class EditStep:
    """One finished edit."""

    edit: GapEdit
    """What was asked for."""
    version: int
    """Which of the joint's layers it was asked of: 0 as separated, one more with every correction."""
    kind: EditKind | None
    """What made it of the step before; None for the first."""


def kind_of_step(before: GapEdit, after: GapEdit, film_width: float | None) -> EditKind:
    """Return what made an edit of the one before.

    Parameters
    ----------
    before, after
        The edits, in one unit.
    film_width
        Mean JSW of the film, in that unit; None where it has none.
    """
    if after.is_neutral and not before.is_neutral:
        return EditKind.RESET
    widening = _width(after, film_width) - _width(before, film_width)
    length = _LEAST_LENGTH[after.unit]
    kinds = []
    if abs(widening) > length:
        kinds.append(EditKind.WIDENING if widening > 0 else EditKind.NARROWING)
    if abs(after.shift - before.shift) > length:
        kinds.append(EditKind.SHIFT)
    if abs(after.tilt_deg - before.tilt_deg) > _LEAST_TILT_DEG:
        kinds.append(EditKind.TILT)
    if not kinds and after.moves != before.moves:
        kinds.append(EditKind.MOVING_BONE)
    return kinds[0] if len(kinds) == 1 else EditKind.MOTION


class EditHistory:
    """The finished edits of one joint, and where among them we are."""

    def __init__(self, first: GapEdit) -> None:
        self._steps = [EditStep(first, 0, None)]
        self._at = 0

    def carried_over(
        self, fit: Callable[[GapEdit], GapEdit | None], film_width: float | None, now: GapEdit
    ) -> EditHistory:
        """Return the history as it is with other layers, of which there is one version.

        Parameters
        ----------
        fit
            Returns an edit as the layers can have it; None where they can't.
        film_width
            Mean JSW of the film, in the layers' unit; None where it has none.
        now
            The edit that the layers have.
        """
        edits: list[GapEdit] = []
        at = 0
        for index, step in enumerate(self._steps):
            edit = fit(step.edit)
            if edit is not None and (not edits or edits[-1] != edit):
                edits.append(edit)
            if index == self._at:
                at = max(len(edits) - 1, 0)
        history = EditHistory(edits[0] if edits else now)
        for before, edit in pairwise(edits):
            history.add(edit, 0, kind_of_step(before, edit, film_width))
        history._at = at
        history.add(now, 0, kind_of_step(history.current.edit, now, film_width))
        return history

    @property
    def current(self) -> EditStep:
        """The last finished edit."""
        return self._steps[self._at]

    @property
    def undo_kind(self) -> EditKind | None:
        """What an undo would take back; None where there is no edit before."""
        return self.current.kind if self._at > 0 else None

    @property
    def redo_kind(self) -> EditKind | None:
        """What a redo would do again; None where nothing was undone."""
        return self._steps[self._at + 1].kind if self._at < len(self._steps) - 1 else None

    def add(self, edit: GapEdit, version: int, kind: EditKind) -> None:
        """Take a finished edit; what was undone is forgotten."""
        if (edit, version) == (self.current.edit, self.current.version):
            return
        self._steps = [*self._steps[: self._at + 1], EditStep(edit, version, kind)][-LONGEST:]
        self._at = len(self._steps) - 1

    def step(self, by: int) -> EditStep:
        """Go back (-1) or forth (1) and return the edit there; at either end stay."""
        self._at = min(max(self._at + by, 0), len(self._steps) - 1)
        return self.current


def _width(edit: GapEdit, film_width: float | None) -> float:
    if edit.target_jsw is not None:
        return edit.target_jsw
    return (film_width or 0.0) + (edit.change or 0.0)
