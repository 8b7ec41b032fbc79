"""A window as Slicer's: the panel on the left, Data Probe below it, and the views of the present layout."""

from __future__ import annotations

from PySide6 import QtCore, QtWidgets

from .layout_manager import qMRMLLayoutManager
from .widgets import ctkCollapsibleButton

SIZE_PX = (1600, 1000)
_PANEL_WIDTH_PX = 470
_TOOL_BAR_HEIGHT_PX = 36
_LOGO_HEIGHT_PX = 34
_DATA_PROBE_HEIGHT_PX = 130


class _ModulePanel(QtWidgets.QScrollArea):
    """As wide as the module's panel needs at least: as in Slicer, it scrolls up and down only."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QtWidgets.QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:
        """Follow the width of the module's panel."""
        if watched is self.widget() and event.type() == QtCore.QEvent.Type.LayoutRequest:
            bar = self.verticalScrollBar().sizeHint().width()
            self.setMinimumWidth(watched.minimumSizeHint().width() + bar)
        return bool(super().eventFilter(watched, event))


class MainWindow(QtWidgets.QMainWindow):
    """Stands in for `qSlicerMainWindow`, with what takes room beside panel and views.

    Parameters
    ----------
    layout_manager
        Has the views.
    """

    def __init__(self, layout_manager: qMRMLLayoutManager) -> None:
        super().__init__()
        self.setObjectName("qSlicerMainWindow")
        self._layouts = layout_manager
        self._modules = QtWidgets.QComboBox()
        self._modules.setMinimumWidth(200)
        bar = QtWidgets.QToolBar()
        bar.setMovable(False)
        bar.setFixedHeight(_TOOL_BAR_HEIGHT_PX)
        bar.addWidget(QtWidgets.QLabel(" Modules:  "))
        bar.addWidget(self._modules)
        self.addToolBar(bar)
        self._panel = _ModulePanel()
        left, column = QtWidgets.QWidget(), QtWidgets.QVBoxLayout()
        left.setLayout(column)
        column.setContentsMargins(4, 0, 4, 4)
        logo = QtWidgets.QLabel("3D Slicer (panel host)")
        logo.setFixedHeight(_LOGO_HEIGHT_PX)
        help_section, probe = ctkCollapsibleButton(), ctkCollapsibleButton()
        help_section.text, probe.text = "Help && Acknowledgement", "Data Probe"
        help_section.collapsed = True
        probe.setFixedHeight(_DATA_PROBE_HEIGHT_PX)
        for part in (logo, help_section, self._panel, probe):
            column.addWidget(part, 1 if part is self._panel else 0)
        self._splitter = QtWidgets.QSplitter(QtCore.Qt.Orientation.Horizontal)
        self._splitter.addWidget(left)
        self._splitter.addWidget(layout_manager.viewport())
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([_PANEL_WIDTH_PX, SIZE_PX[0] - _PANEL_WIDTH_PX])
        self.setCentralWidget(self._splitter)
        self.resize(*SIZE_PX)

    def add_panel(self, title: str, panel: QtWidgets.QWidget) -> None:
        """Show a module's panel."""
        self._modules.addItem(title)
        self._panel.setWidget(panel)

    def picture(self, path: str) -> bool:
        """Draw the views and save a picture of the whole window, a PNG."""
        self.show()
        _process_events()
        self._layouts.settle()
        _process_events()
        for name in self._layouts.sliceViewNames():
            self._layouts.sliceWidget(name).sliceView().forceRender()
        _process_events()
        return bool(self.grab().save(path, "PNG"))


def _process_events() -> None:
    QtWidgets.QApplication.processEvents()
