"""Collects errors that would otherwise only be printed.

Exceptions in Qt's slots, VTK's observers and threads never reach the caller; VTK reports on its output
window, Qt on its message handler.
"""

from __future__ import annotations

import sys
import threading
import traceback
from types import TracebackType
from typing import Any

import pytest
import vtk
from PySide6 import QtCore

_QT_FAILURES = ("QObject::", "No such", "QLayout:", "QUiLoader", "QFormBuilder", "Designer:", "QWidget::")
"""Beginnings of Qt's messages that mean a defect, not a remark about the platform."""


class SwallowedErrors:
    """A list of errors between `start` and `stop`."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def start(self) -> None:
        """Begin to collect."""
        self._hooks = sys.excepthook, threading.excepthook
        sys.excepthook = self._add_exception
        threading.excepthook = lambda args: self._add_exception(*args[:3])
        QtCore.qInstallMessageHandler(self._add_qt_message)

        def add_vtk_message(_window: Any, _event: str, text: str) -> None:
            self.add(f"VTK: {text.strip()}")

        add_vtk_message.CallDataType = vtk.VTK_STRING
        self._window = vtk.vtkOutputWindow.GetInstance()
        self._observer = self._window.AddObserver("ErrorEvent", add_vtk_message)

    def stop(self) -> None:
        """Collect no more."""
        sys.excepthook, threading.excepthook = self._hooks
        QtCore.qInstallMessageHandler(None)
        self._window.RemoveObserver(self._observer)

    def add(self, text: str) -> None:
        """Note an error."""
        self._texts.append(text)

    def take(self) -> list[str]:
        """Return the errors so far and forget them: for a test that expects some."""
        taken, self._texts = self._texts, []
        return taken

    def fail(self, when: str) -> None:
        """Let the test fail if there are errors."""
        errors = self.take()
        if errors:
            pytest.fail(f"errors that were swallowed {when}:\n" + "\n\n".join(errors), pytrace=False)

    def _add_exception(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.add("".join(traceback.format_exception(kind, error, trace)).rstrip())

    def _add_qt_message(self, _kind: object, _context: object, text: str) -> None:
        if text.startswith(_QT_FAILURES):
            self.add(f"Qt: {text}")
