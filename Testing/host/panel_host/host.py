"""The host: what the panel finds as `slicer.app`, and how a test opens the panel and sees what it did."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
import tempfile
import types
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import slicer
import slicer.util
from PySide6 import QtCore, QtWidgets

from . import pythonqt, widgets
from .errors import SwallowedErrors
from .layout_manager import qMRMLLayoutManager
from .main_window import MainWindow
from .scene import CoreIO, SceneHost, add_application_nodes, keep_subject_hierarchy
from .slicer_python import ModuleRecord, provide_python_layer
from .ui_files import UiLoader

_NEVER_LOST = 1 << 40
_PANEL_SIZE_PX = (460, 640)
_DIALOGS = ("getOpenFileName", "getSaveFileName", "getExistingDirectory")


class PanelHost:
    """A scene, an application around it, and the panels that are opened in it.

    ``errors`` are those that would have been swallowed, error boxes included; ``messages`` the boxes a user
    would have seen, as (kind, text); ``confirm_answer`` is what the user answers to questions.
    """

    def __init__(self) -> None:
        start_qt()
        self._folder = tempfile.TemporaryDirectory(prefix="panel_host_", ignore_cleanup_errors=True)
        # The application's settings, empty at first.
        QtCore.QSettings.setDefaultFormat(QtCore.QSettings.Format.IniFormat)
        QtCore.QSettings.setPath(
            QtCore.QSettings.Format.IniFormat, QtCore.QSettings.Scope.UserScope, self._folder.name
        )
        self.scene_host = SceneHost(Path(self._folder.name))
        self.scene = self.scene_host.scene
        add_application_nodes(self.scene)
        keep_subject_hierarchy(self.scene)
        self._window: MainWindow | None = None
        self.messages: list[tuple[str, str]] = []
        self.confirm_answer = True
        self._widgets: dict[str, Any] = {}
        self._reloaded: list[Any] = []
        self._replaced: list[tuple[Any, str, Any]] = []
        logics = self.scene_host.logics.items()
        modules = {name.lower(): types.SimpleNamespace(logic=lambda it=logic: it) for name, logic in logics}
        self._replace(slicer, "mrmlScene", self.scene)
        self._replace(slicer, "modules", types.SimpleNamespace(**modules))
        self._replace(slicer, "app", Application(self))
        for kind in ("info", "warning", "error"):
            self._replace(slicer.util, f"{kind}Display", self._box(kind))
        for question in ("confirmOkCancelDisplay", "confirmYesNoDisplay"):
            self._replace(slicer.util, question, self._box("question"))
        self._replace(slicer.util, "selectModule", self.select_module)
        self.errors = SwallowedErrors()
        self.errors.start()

    def open(self, path: Path) -> Any:
        """Open a scripted module's panel, set up, shown and entered.

        Returns
        -------
        object
            The module's widget object, whose ``parent`` is the Qt widget.
        """
        name, module = path.stem, _load_module(path)
        record = ModuleRecord(name, path)
        setattr(slicer.modules, name.lower(), record)
        getattr(module, name)(record)
        slicer.app.startupCompleted.emit()
        parent = widgets.qMRMLWidget()
        parent.setLayout(QtWidgets.QVBoxLayout())
        parent.setMRMLScene(self.scene)
        widget = getattr(module, f"{name}Widget")(parent)
        self._widgets[name] = widget
        setattr(slicer.modules, f"{name}Widget", widget)
        widget.setup()
        parent.resize(*_PANEL_SIZE_PX)
        parent.show()
        widget.enter()
        self.process_events()
        return widget

    def reload(self, name: str) -> Any:
        """Replace a module's widget as Slicer's button *Reload* does; return the new one.

        Slicer goes on calling `enter` and `exit` of the widget that was replaced.
        """
        replaced = getattr(slicer.modules, f"{name}Widget")
        parent = replaced.parent
        replaced.cleanup()
        for child in parent.children():
            if child.isWidgetType():
                child.hide()
        path = Path(sys.modules.pop(name).__file__)
        widget = getattr(_load_module(path), f"{name}Widget")(parent)
        setattr(slicer.modules, f"{name}Widget", widget)
        widget.setup()
        self._reloaded.append(widget)
        self.process_events()
        return widget

    def select_module(self, selected: str) -> None:
        """Bring a panel into view, and the others out of it."""
        for name, widget in self._widgets.items():
            if name != selected:
                widget.exit()
        if selected in self._widgets:
            self._widgets[selected].enter()

    def process_events(self) -> None:
        """Let Qt do what is waiting: timers, drawing, deletions."""
        QtWidgets.QApplication.sendPostedEvents(None, QtCore.QEvent.Type.DeferredDelete)
        QtWidgets.QApplication.processEvents()

    @property
    def window(self) -> MainWindow:
        """The main window; before it is asked for there is none, as with `Slicer --no-main-window`."""
        if self._window is None:
            self._window = MainWindow(slicer.app.layoutManager())
            for name, widget in self._widgets.items():
                self._window.add_panel(getattr(slicer.modules, name.lower()).title, widget.parent)
        return self._window

    def close(self) -> None:
        """Close panels, views and scene; slicer is then as it was."""
        for widget in self._widgets.values():
            widget.exit()
        for widget in self._reloaded:
            widget.cleanup()
        for widget in self._widgets.values():
            widget.cleanup()
            widget.parent.close()
            widget.parent.deleteLater()
        self.process_events()
        slicer.app.layoutManager().close()
        if self._window is not None:
            self._window.deleteLater()
        self.scene.Clear(True)
        self.process_events()
        self.errors.stop()  # logics complain when they lose the scene: slicer-core has not all of their files
        self.scene_host.close()
        for owner, name, before in reversed(self._replaced):
            if before is None:
                delattr(owner, name)
            else:
                setattr(owner, name, before)
        self._folder.cleanup()

    def _replace(self, owner: Any, name: str, value: Any) -> None:
        self._replaced.append((owner, name, getattr(owner, name, None)))
        setattr(owner, name, value)

    def _box(self, kind: str) -> Any:
        def show(text: str, *_args: Any, **_options: Any) -> bool | None:
            self.messages.append((kind, text))
            if kind == "error":
                self.errors.add(f"error box: {text}")
            return self.confirm_answer if kind == "question" else None

        return show


class Application(QtCore.QObject):
    """`slicer.app`, as much of it as the panel and `slicer.util` use."""

    applicationName = "Slicer"
    startupCompleted = QtCore.Signal()
    focusChanged = QtCore.Signal(QtWidgets.QWidget, QtWidgets.QWidget)

    def __init__(self, host: PanelHost) -> None:
        super().__init__()
        self._host = host
        self._io = CoreIO(host.scene_host)
        self._layouts = qMRMLLayoutManager(host.scene_host.application)
        QtWidgets.QApplication.instance().focusChanged.connect(self.focusChanged)

    def applicationLogic(self) -> Any:
        """Return the logic around the scene."""
        return self._host.scene_host.application

    def coreIOManager(self) -> CoreIO:
        """Return what loads and saves."""
        return self._io

    def layoutManager(self) -> qMRMLLayoutManager:
        """Return what has the views."""
        return self._layouts

    def pauseRender(self) -> None:
        """Pause the drawing of all views."""
        self._layouts.pauseRender()

    def resumeRender(self) -> None:
        """Undo `pauseRender`."""
        self._layouts.resumeRender()

    def setRenderPaused(self, pause: bool) -> None:
        """Pause or resume."""
        self._layouts.setRenderPaused(pause)

    def processEvents(self) -> None:
        """Let Qt do what is waiting."""
        QtWidgets.QApplication.processEvents()

    def testingEnabled(self) -> bool:
        """Return True: unexpected errors are raised, not shown."""
        return True

    def topLevelWidgets(self) -> list[QtWidgets.QWidget]:
        """Return the windows; the main window is among them once it was asked for."""
        return QtWidgets.QApplication.topLevelWidgets()


def start_qt() -> None:
    """Make Qt's application, and the modules ``qt``, ``ctk`` and those of Slicer's Python layer; once."""
    if QtWidgets.QApplication.instance() is not None:
        return
    if sys.version_info < (3, 12):
        # PySide drops a reference to None with every call that returns nothing, which in the end stops the
        # process; from Python 3.12 None can't be lost.
        ctypes.c_ssize_t.from_address(id(None)).value += _NEVER_LOST
    start_qt.application = QtWidgets.QApplication([])
    start_qt.application.setStyle("Fusion")
    QtCore.QCoreApplication.setOrganizationName("NA-MIC")
    QtCore.QCoreApplication.setApplicationName("Slicer")
    # The loader of .ui files would load Designer's plugins, and by them QML and whatever that needs.
    QtCore.QCoreApplication.setLibraryPaths([])
    pythonqt.teach_pythonqt_manners()
    for name in _DIALOGS:
        setattr(QtWidgets.QFileDialog, name, staticmethod(_refuse_dialog))
    sys.modules["qt"] = pythonqt.qt_module(UiLoader)
    sys.modules["ctk"] = types.ModuleType("ctk")
    for name, cls in pythonqt.STAND_INS.items():
        setattr(sys.modules["ctk"] if name.startswith("ctk") else slicer, name, cls)
    provide_python_layer()


def _refuse_dialog(*_args: Any) -> str:
    raise RuntimeError("a file dialog would wait for ever: the test has to replace it")


def _load_module(path: Path) -> types.ModuleType:
    """Import a scripted module's file; its folder is on sys.path, as in Slicer."""
    loaded = sys.modules.get(path.stem)
    if loaded is not None and getattr(loaded, "__file__", None) == str(path):
        return loaded
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
