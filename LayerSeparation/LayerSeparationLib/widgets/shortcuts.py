"""Keys that work while the module is in view, and nothing that is typed into has the focus."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import qt
import slicer

from .keys import KEYS, Command

_ARROWS = {
    key for keys in KEYS.values() for key in keys if key.split("+")[-1] in ("Left", "Right", "Up", "Down")
}


class Shortcuts:
    """Keys of the main window, alive between `enter` and `leave` only: other modules use the same ones.

    A key is switched off, not merely ignored, while the widget with the focus has a use for it: the key then
    reaches that widget.

    Parameters
    ----------
    actions
        What each command does.
    passing
        Widgets in which the arrows are the module's, though widgets of their kind have a use for them.
    fallback_parent
        Has the keys where there is no main window.
    """

    def __init__(
        self,
        actions: Mapping[Command, Callable[[], Any]],
        passing: Sequence[qt.QWidget],
        fallback_parent: qt.QWidget,
    ) -> None:
        self._actions, self._passing, self._fallback_parent = actions, passing, fallback_parent
        self._shortcuts: list[tuple[Command, str, qt.QShortcut]] = []
        self._is_drawing = False

    def enter(self) -> None:
        """Make the keys work."""
        self.leave()
        parent = slicer.util.mainWindow() or self._fallback_parent
        for command, action in self._actions.items():
            for key in KEYS[command]:
                shortcut = qt.QShortcut(parent)
                shortcut.setKey(qt.QKeySequence(key))
                shortcut.connect("activated()", action)
                # Somebody else has the key too; Qt asks both in turn.
                shortcut.connect("activatedAmbiguously()", action)
                self._shortcuts.append((command, key, shortcut))
        slicer.app.connect("focusChanged(QWidget*,QWidget*)", self._follow_focus)
        self._follow_focus(None, qt.QApplication.focusWidget())

    def leave(self) -> None:
        """Give the keys back."""
        if self._shortcuts:
            slicer.app.disconnect("focusChanged(QWidget*,QWidget*)", self._follow_focus)
        for _command, _key, shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.setParent(None)
            shortcut.deleteLater()
        self._shortcuts.clear()

    def set_drawing(self, is_drawing: bool) -> None:
        """Say whether a line is being drawn, which Escape ends."""
        if is_drawing is not self._is_drawing:
            self._is_drawing = is_drawing
            self._follow_focus(None, qt.QApplication.focusWidget())

    def _follow_focus(self, _before: qt.QWidget | None, focus: qt.QWidget | None) -> None:
        is_typed_into = _takes_text(focus)
        are_arrows_used = not self._passes(focus) and _uses_arrows(focus)
        for command, key, shortcut in self._shortcuts:
            if command is Command.STOP_DRAWING:
                shortcut.setEnabled(self._is_drawing)
            else:
                shortcut.setEnabled(not is_typed_into and not (are_arrows_used and key in _ARROWS))

    def _passes(self, focus: qt.QWidget | None) -> bool:
        return focus is not None and any(one is focus or one.isAncestorOf(focus) for one in self._passing)


def _takes_text(widget: qt.QWidget | None) -> bool:
    """Tell whether keys are letters for a widget."""
    if isinstance(widget, qt.QComboBox):
        return bool(widget.editable)
    return isinstance(widget, (qt.QLineEdit, qt.QAbstractSpinBox, qt.QTextEdit, qt.QPlainTextEdit))


def _uses_arrows(widget: qt.QWidget | None) -> bool:
    """Tell whether arrows move something in a widget."""
    moving = (qt.QAbstractSlider, qt.QAbstractItemView, qt.QComboBox, qt.QRadioButton, qt.QTabBar)
    return isinstance(widget, moving)
