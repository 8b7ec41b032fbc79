"""Undo and redo over edits; pixels are made anew, so that a step costs nothing."""

from __future__ import annotations

from ..synthesis import GapEdit

LONGEST = 200


class EditHistory:
    """The finished edits of one joint, and where among them we are."""

    def __init__(self, first: GapEdit) -> None:
        self._edits = [first]
        self._at = 0

    @property
    def current(self) -> GapEdit:
        """The last finished edit."""
        return self._edits[self._at]

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit before."""
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        """Whether an edit was undone."""
        return self._at < len(self._edits) - 1

    def add(self, edit: GapEdit) -> None:
        """Take a finished edit; what was undone is forgotten."""
        if edit == self.current:
            return
        self._edits = [*self._edits[: self._at + 1], edit][-LONGEST:]
        self._at = len(self._edits) - 1

    def step(self, by: int) -> GapEdit:
        """Go back (-1) or forth (1) and return the edit there; at either end stay."""
        self._at = min(max(self._at + by, 0), len(self._edits) - 1)
        return self.current
