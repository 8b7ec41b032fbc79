"""Number boxes that are typed into at any speed: nothing is written back before the number is complete."""

from __future__ import annotations

from collections.abc import Callable

import qt

from .timers import single_shot_timer

_REST_MS = 500
"""After so long without a key the number is taken, and the hand may go on typing."""
_UNFINISHED = (".", ",", "-", "+")
"""What a number does not end with."""


class TypedNumbers:
    """Takes the number of a box on Enter, on Tab, or when the typing hand rests.

    Parameters
    ----------
    root
        Every number box in it is looked after.
    on_finished
        Called when what was typed is complete: the box shows its value again, as the program writes it.
    """

    def __init__(self, root: qt.QWidget, on_finished: Callable[[], None]) -> None:
        self._on_finished = on_finished
        self._numbers = [_TypedNumber(box, self._finish) for box in root.findChildren(qt.QAbstractSpinBox)]

    @property
    def are_typed(self) -> bool:
        """Whether somebody is typing a number: no box may be written to that has the focus."""
        return any(number.is_typed for number in self._numbers)

    def close(self) -> None:
        """Take no number any more."""
        for number in self._numbers:
            number.close()

    def _finish(self) -> None:
        self._on_finished()


class _TypedNumber:
    """One box, and what is being typed into it."""

    def __init__(self, box: qt.QAbstractSpinBox, on_finished: Callable[[], None]) -> None:
        self._box, self._on_finished = box, on_finished
        # The box's own editor; its other children are no editors.
        self._editor = box.findChild(qt.QLineEdit)
        self.is_typed = False
        self._rest = single_shot_timer(self._take)
        self._rest.setInterval(_REST_MS)
        # A value for every key would be written back in its own format: '0.' would become '0.00' at once.
        box.keyboardTracking = False
        self._editor.connect("textEdited(QString)", self._follow)
        box.connect("editingFinished()", self._finish)

    def close(self) -> None:
        """Take no number any more."""
        self._rest.stop()

    def _follow(self, _text: str) -> None:
        self.is_typed = True
        self._rest.start()

    def _take(self) -> None:
        """Take the number without a change of what was typed, for the hand may go on."""
        if self._box.cleanText.endswith(_UNFINISHED):
            return
        typed, position = self._editor.text, self._editor.cursorPosition
        self._box.interpretText()
        if self._editor.text != typed:
            self._editor.text = typed
            self._editor.cursorPosition = position

    def _finish(self) -> None:
        self._rest.stop()
        if self.is_typed:
            self.is_typed = False
            self._on_finished()
