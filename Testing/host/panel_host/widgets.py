"""Stand-ins for the widgets of CTK and Slicer that the .ui file names; as much of them as the panel uses.

Names of properties, signals and slots are those of the real classes, and so are their start values.
"""

from __future__ import annotations

from typing import Any

from PySide6 import QtCore, QtGui, QtWidgets

from .pythonqt import StandInProperty, stand_in

_HEADER_HEIGHT_PX = 26
_HEADER_PADDING_PX = 40
_TRACK_STEPS = 1000


def _of_box(type_name: str, name: str) -> StandInProperty:
    """Return a property that a widget has from its number box."""
    return StandInProperty(
        type_name, lambda self: getattr(self._box, name), lambda self, value: setattr(self._box, name, value)
    )


def _end_of_track(name: str) -> StandInProperty:
    """Return a property of the number box at which the slider beside it moves too."""

    def put(self: Any, value: float) -> None:
        setattr(self._box, name, value)
        self._follow(self.value)

    return StandInProperty("double", lambda self: getattr(self._box, name), put)


def _stored(type_name: str, name: str, start: Any) -> StandInProperty:
    """Return a property that is kept, and does nothing here."""
    return StandInProperty(
        type_name,
        lambda self: self.__dict__.get(f"_{name}", start),
        lambda self, value: setattr(self, f"_{name}", value),
    )


def _fill_row(widget: QtWidgets.QWidget, *parts: QtWidgets.QWidget) -> None:
    row = QtWidgets.QHBoxLayout(widget)
    row.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        row.addWidget(part)


@stand_in
class qMRMLWidget(QtWidgets.QWidget):
    """A widget that knows the scene."""

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Any = None

    def mrmlScene(self) -> Any:
        """Return the scene; a method, as in Slicer."""
        return self._scene

    def setMRMLScene(self, scene: Any) -> None:
        """Take a scene."""
        self._scene = scene


@stand_in
class ctkCollapsibleButton(QtWidgets.QAbstractButton):
    """A header over contents that fold away; what was hidden before stays hidden when they unfold."""

    contentsCollapsed = QtCore.Signal(bool)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._folded: list[QtWidgets.QWidget] = []
        self.setCheckable(True)
        self.setChecked(True)
        self.setContentsMargins(0, _HEADER_HEIGHT_PX, 0, 0)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Minimum, QtWidgets.QSizePolicy.Policy.Preferred)
        self.connect("toggled(bool)", self._toggled)

    def _set_collapsed(self, collapsed: bool) -> None:
        self.checked = not collapsed

    collapsedHeight = _stored("int", "collapsedHeight", 14)
    collapsed = StandInProperty("bool", lambda self: not self.checked, _set_collapsed)

    def _toggled(self, unfolded: bool) -> None:
        self._fold()
        self.contentsCollapsed.emit(not unfolded)

    def _fold(self) -> None:
        if self.checked:
            for child in self._folded:
                child.show()
            self._folded = []
        else:
            shown = [one for one in self.children() if one.isWidgetType() and not one.isHidden()]
            for child in shown:
                child.hide()
            self._folded += shown
        self.updateGeometry()

    def showEvent(self, event: QtGui.QShowEvent) -> None:
        """Fold what was added to a folded section before it was shown."""
        if not self.checked:
            self._fold()
        super().showEvent(event)

    def hitButton(self, position: QtCore.QPoint) -> bool:
        """Only the header is a button."""
        return position.y() < _HEADER_HEIGHT_PX

    def sizeHint(self) -> QtCore.QSize:
        """Return the size of the header, and of the contents if they are not folded."""
        return self._size_with(self.layout().sizeHint() if self.layout() else QtCore.QSize(120, 0))

    def minimumSizeHint(self) -> QtCore.QSize:
        """Return the least size; what can shrink in the contents does."""
        return self._size_with(self.layout().minimumSize() if self.layout() else QtCore.QSize(120, 0))

    def _size_with(self, inner: QtCore.QSize) -> QtCore.QSize:
        title = self.fontMetrics().horizontalAdvance(self.text) + _HEADER_PADDING_PX
        if not self.checked:
            return QtCore.QSize(title, _HEADER_HEIGHT_PX + self.collapsedHeight)
        return QtCore.QSize(max(inner.width(), title), _HEADER_HEIGHT_PX + inner.height())

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:
        """Draw the header."""
        option = QtWidgets.QStyleOptionButton()
        option.initFrom(self)
        option.rect = QtCore.QRect(0, 0, self.width, _HEADER_HEIGHT_PX - 2)
        option.text = ("\u25be  " if self.checked else "\u25b8  ") + self.text
        painter = QtWidgets.QStylePainter(self)
        painter.drawControl(QtWidgets.QStyle.ControlElement.CE_PushButton, option)


@stand_in
class ctkDoubleSpinBox(QtWidgets.QWidget):
    """A number box; Qt's own is inside, as in CTK."""

    valueChanged = QtCore.Signal(float)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._box = QtWidgets.QDoubleSpinBox()
        _fill_row(self, self._box)
        self._box.valueChanged.connect(self.valueChanged)

    decimals = _of_box("int", "decimals")
    singleStep = _of_box("double", "singleStep")
    minimum = _of_box("double", "minimum")
    maximum = _of_box("double", "maximum")
    value = _of_box("double", "value")
    suffix = _of_box("QString", "suffix")


@stand_in
class ctkDoubleSlider(QtWidgets.QWidget):
    """Qt's own slider of whole steps, and a value that need not be a whole number of them, as in CTK."""

    valueChanged = QtCore.Signal(float)
    sliderPressed = QtCore.Signal()
    sliderReleased = QtCore.Signal()

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._track = QtWidgets.QSlider(QtCore.Qt.Orientation.Vertical)
        _fill_row(self, self._track)
        self._ends, self._single, self._page, self._value = [0.0, 99.0], 1.0, 10.0, 0.0
        self._track.valueChanged.connect(self._follow_track)
        self._track.sliderPressed.connect(self.sliderPressed)
        self._track.sliderReleased.connect(self.sliderReleased)

    def _set_end(self, index: int, end: float) -> None:
        self._ends[index] = end
        self._ends[1 - index] = (max, min)[index](end, self._ends[1 - index])
        self._scale_track()
        self._set_value(self._value)

    def _set_single(self, step: float) -> None:
        self._single = step
        self._scale_track()

    def _set_page(self, step: float) -> None:
        self._page = step
        self._scale_track()

    def _set_value(self, value: float) -> None:
        before, self._value = self._value, min(max(value, self._ends[0]), self._ends[1])
        self._place_handle()
        if abs(before - self._value) > 1e-9 * self._single:
            self.valueChanged.emit(self._value)

    def _scale_track(self) -> None:
        blocker = QtCore.QSignalBlocker(self._track)
        self._track.setRange(*(round(end / self._single) for end in self._ends))
        self._track.setPageStep(round(self._page / self._single))
        blocker.unblock()
        self._place_handle()

    def _place_handle(self) -> None:
        blocker = QtCore.QSignalBlocker(self._track)
        self._track.setValue(round(self._value / self._single))
        blocker.unblock()

    def _follow_track(self, position: int) -> None:
        """Take a move of the handle by so many whole steps from where the value was."""
        offset = self._value / self._single - round(self._value / self._single)
        self._set_value(self._single * (position + offset))

    value = StandInProperty("double", lambda self: self._value, _set_value)
    minimum = StandInProperty("double", lambda self: self._ends[0], lambda self, end: self._set_end(0, end))
    maximum = StandInProperty("double", lambda self: self._ends[1], lambda self, end: self._set_end(1, end))
    singleStep = StandInProperty("double", lambda self: self._single, _set_single)
    pageStep = StandInProperty("double", lambda self: self._page, _set_page)
    orientation = StandInProperty(
        "Qt::Orientation",
        lambda self: self._track.orientation,
        lambda self, value: setattr(self._track, "orientation", QtCore.Qt.Orientation(value)),
    )


@stand_in
class ctkCheckableComboBox(QtWidgets.QComboBox):
    """A list that unfolds, whose items can be ticked; it shows the ticked ones, and stays open meanwhile."""

    checkedIndexesChanged = QtCore.Signal()

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._ticked: list[int] = []
        self.model().rowsInserted.connect(self._make_checkable)
        self.model().dataChanged.connect(self._look)
        self.view().viewport().installEventFilter(self)

    def _make_checkable(self, _parent: QtCore.QModelIndex, first: int, last: int) -> None:
        for row in range(first, last + 1):
            item = self.model().item(row)
            item.setFlags(item.flags() | QtCore.Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(QtCore.Qt.CheckState.Unchecked)

    def _is_ticked(self, row: int) -> bool:
        return self.model().item(row).checkState() is QtCore.Qt.CheckState.Checked

    def _look(self) -> None:
        ticked = [row for row in range(self.count) if self._is_ticked(row)]
        if ticked != self._ticked:
            self._ticked = ticked
            self.checkedIndexesChanged.emit()

    def eventFilter(self, watched: QtCore.QObject, event: QtCore.QEvent) -> bool:
        """Tick the item that is clicked, in place of choosing it."""
        if event.type() is QtCore.QEvent.Type.MouseButtonRelease:
            item = self.model().itemFromIndex(self.view().indexAt(event.position().toPoint()))
            if item is not None:
                both = QtCore.Qt.CheckState.Unchecked, QtCore.Qt.CheckState.Checked
                item.setCheckState(both[item.checkState() is both[0]])
                return True
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:
        """Draw the ticked items in a row."""
        option = QtWidgets.QStyleOptionComboBox()
        self.initStyleOption(option)
        texts = [self.itemText(row) for row in range(self.count) if self._is_ticked(row)]
        option.currentText = ("All" if len(texts) == self.count else ", ".join(texts)) if texts else "None"
        painter = QtWidgets.QStylePainter(self)
        painter.drawComplexControl(QtWidgets.QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QtWidgets.QStyle.ControlElement.CE_ComboBoxLabel, option)


@stand_in
class ctkSliderWidget(ctkDoubleSpinBox):
    """A slider beside a number box, which has the value."""

    SynchronizeWidth, SynchronizeDecimals = 1, 2
    synchronizeSiblings = _stored("SynchronizeSiblings", "synchronizeSiblings", 0)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._track = QtWidgets.QSlider(QtCore.Qt.Orientation.Horizontal)
        self._track.setMaximum(_TRACK_STEPS)
        self.layout().insertWidget(0, self._track, 1)
        self._box.maximum = 99.0
        self._box.valueChanged.connect(self._follow)
        self._track.sliderMoved.connect(self._dragged)

    minimum = _end_of_track("minimum")
    maximum = _end_of_track("maximum")

    def _follow(self, value: float) -> None:
        span = self.maximum - self.minimum
        self._track.value = round(_TRACK_STEPS * (value - self.minimum) / span) if span else 0

    def _dragged(self, step: int) -> None:
        self.value = self.minimum + step / _TRACK_STEPS * (self.maximum - self.minimum)


@stand_in
class ctkPathLineEdit(QtWidgets.QWidget):
    """A path that can be typed."""

    Dirs, Files, Writable = 0x001, 0x002, 0x020
    currentPathChanged = QtCore.Signal(str)
    filters = _stored("Filters", "filters", Dirs | Files)

    def __init__(self, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._combo = QtWidgets.QComboBox()
        self._combo.setEditable(True)
        _fill_row(self, self._combo)
        self._combo.editTextChanged.connect(self.currentPathChanged)

    def _set_path(self, path: str) -> None:
        if path != self.currentPath:
            self._combo.setEditText(path)

    currentPath = StandInProperty("QString", lambda self: self._combo.currentText, _set_path)

    def addCurrentPathToHistory(self) -> None:
        """Offer the path in the list from now on."""
        if self.currentPath and self._combo.findText(self.currentPath) < 0:
            self._combo.blockSignals(True)
            self._combo.insertItem(0, self.currentPath)
            self._combo.blockSignals(False)
