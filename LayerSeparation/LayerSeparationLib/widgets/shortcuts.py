"""Keys that work while the module is in view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import qt
import slicer


class Shortcuts:
    """Keys of the main window, alive between `enter` and `leave` only: other modules use the same ones."""

    def __init__(self, keys: dict[str, Callable[[], Any]], fallback_parent: qt.QWidget) -> None:
        self._keys, self._fallback_parent = keys, fallback_parent
        self._shortcuts: list[qt.QShortcut] = []

    def enter(self) -> None:
        """Make the keys work."""
        self.leave()
        parent = slicer.util.mainWindow() or self._fallback_parent
        for key, action in self._keys.items():
            shortcut = qt.QShortcut(parent)
            shortcut.setKey(qt.QKeySequence(key))
            shortcut.connect("activated()", action)
            self._shortcuts.append(shortcut)

    def leave(self) -> None:
        """Give the keys back."""
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.setParent(None)
            shortcut.deleteLater()
        self._shortcuts.clear()
