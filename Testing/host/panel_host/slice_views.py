"""Stand-ins for Slicer's slice views: `qMRMLSliceWidget`, with its view and its controller bar.

Names and behaviour are those of the real classes, with one exception: nothing is drawn unless `forceRender`
asks for it, so that tests stay fast. `scheduleRender` only notes that it was asked.
"""

from __future__ import annotations

from typing import Any

import slicer
import vtk
from PySide6 import QtCore, QtGui, QtWidgets

from . import slice_drawing
from .pythonqt import StandInProperty, stand_in
from .widgets import ctkSliderWidget, qMRMLWidget

BAR_HEIGHT_PX = 24
_ANNOTATION_LINE = 0.07
_DEFAULT_SIZE_PX = (300, 300)


class RenderCounts:
    """How often views were asked to draw, and did."""

    def __init__(self) -> None:
        self.asked, self.done = 0, 0


@stand_in
class qMRMLSliderWidget(ctkSliderWidget):
    """A slider that knows the scene's units."""


@stand_in
class qMRMLSliceView(QtWidgets.QWidget):
    """The picture of a slice view."""

    resized = QtCore.Signal(QtCore.QSize)

    def __init__(self, logic: Any, counts: RenderCounts, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._logic, self._counts = logic, counts
        self._drawing: slice_drawing.SliceDrawing | None = None
        self._picture: QtGui.QImage | None = None
        self._pauses = 0
        self._asked_while_paused = False
        self._may_show_removed = False
        self._annotation, self._over = vtk.vtkCornerAnnotation(), vtk.vtkCornerAnnotation()
        for annotation in (self._annotation, self._over):
            annotation.SetMaximumLineHeight(_ANNOTATION_LINE)
            annotation.GetTextProperty().ShadowOn()
            annotation.ClearAllTexts()

    renderPaused = StandInProperty("bool", lambda self: self._pauses > 0)

    def mrmlSliceNode(self) -> Any:
        """Return the node of the view."""
        return self._logic.GetSliceNode()

    def cornerAnnotation(self) -> Any:
        """Return the texts in the corners."""
        return self._annotation

    def overlayCornerAnnotation(self) -> Any:
        """Return the texts in the corners over everything else; the host does not draw them."""
        return self._over

    def renderWindow(self) -> Any:
        """Return VTK's window, which is made when it is first asked for."""
        return self._drawn().window

    def interactor(self) -> Any:
        """Return what takes the events of mouse and keys."""
        return self._drawn().interactor

    def scheduleRender(self) -> None:
        """Note that a redraw is wanted."""
        self._counts.asked += 1
        self._asked_while_paused = self._pauses > 0

    def forceRender(self) -> None:
        """Draw now, if the view is in the present layout."""
        if not self._logic.GetSliceNode().IsMappedInLayout() or slice_drawing.why_not():
            return
        drawing = self._drawn()
        if self._may_show_removed:
            # slicer-core's markups let go of a removed node's picture when the view changes, not before.
            self._may_show_removed = False
            self._logic.GetSliceNode().Modified()
        drawing.render()
        self._counts.done += 1
        pixels = drawing.pixels()
        height, width, _ = pixels.shape
        image = QtGui.QImage(pixels.data, width, height, 3 * width, QtGui.QImage.Format.Format_RGB888)
        self._picture = image.copy()
        self.update()

    def note_removal(self) -> None:
        """Take what was drawn of a removed node off at the next redraw."""
        self._may_show_removed = True
        self.scheduleRender()

    def pauseRender(self) -> int:
        """Draw nothing that is scheduled until `resumeRender` was called as often."""
        self._pauses += 1
        return self._pauses

    def resumeRender(self) -> int:
        """Draw again."""
        self._pauses = max(0, self._pauses - 1)
        if self._pauses == 0 and self._asked_while_paused:
            self.scheduleRender()
        return self._pauses

    def setRenderPaused(self, pause: bool) -> int:
        """Pause or resume."""
        return self.pauseRender() if pause else self.resumeRender()

    def paintEvent(self, _event: QtGui.QPaintEvent) -> None:
        """Show what was drawn last."""
        painter = QtGui.QPainter(self)
        painter.fillRect(self.rect, QtCore.Qt.GlobalColor.black)
        if self._picture is not None:
            painter.drawImage(0, 0, self._picture)
        elif slice_drawing.why_not():
            painter.setPen(QtCore.Qt.GlobalColor.white)
            flags = QtCore.Qt.AlignmentFlag.AlignCenter | QtCore.Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect, flags, f"Not drawn: {slice_drawing.why_not()}")

    def let_go(self) -> None:
        """Let go of the scene."""
        if self._drawing is not None:
            self._drawing.close()
            self._drawing = None

    def _drawn(self) -> slice_drawing.SliceDrawing:
        if self._drawing is None:
            self._drawing = slice_drawing.SliceDrawing(self._logic, self._annotation, self.scheduleRender)
        return self._drawing


@stand_in
class qMRMLSliceControllerWidget(qMRMLWidget):
    """The bar over a slice view."""

    def __init__(self, logic: Any, parent: QtWidgets.QWidget | None = None) -> None:
        super().__init__(parent)
        self._logic = logic
        self._bar = QtWidgets.QWidget()
        self._bar.setAutoFillBackground(True)
        self._pin, self._fit = QtWidgets.QToolButton(), QtWidgets.QToolButton()
        self._pin.setText("\u2335")
        self._fit.setText("\u25a3")
        self._label = QtWidgets.QLabel()
        self._slider = qMRMLSliderWidget()
        self._rest = QtWidgets.QWidget()
        column, row = QtWidgets.QVBoxLayout(self), QtWidgets.QHBoxLayout(self._bar)
        for layout in (column, row):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(2)
        column.addWidget(self._bar)
        for part in (self._pin, self._label, self._fit, self._slider):
            row.addWidget(part, 1 if part is self._slider else 0)
        row.addWidget(self._rest)
        self._fit.clicked.connect(self.fitSliceToBackground)
        self.follow_node()

    def _set_label(self, label: str) -> None:
        self._logic.GetSliceNode().SetLayoutLabel(label)

    def _set_color(self, color: Any) -> None:
        self._logic.GetSliceNode().SetLayoutColor(*QtGui.QColor(color).getRgbF()[:3])

    sliceViewName = StandInProperty("QString", lambda self: self._logic.GetSliceNode().GetLayoutName())
    sliceViewLabel = StandInProperty(
        "QString", lambda self: self._logic.GetSliceNode().GetLayoutLabel(), _set_label
    )
    sliceViewColor = StandInProperty(
        "QColor", lambda self: QtGui.QColor.fromRgbF(*self._logic.GetSliceNode().GetLayoutColor()), _set_color
    )
    sliceOrientation = StandInProperty(
        "QString",
        lambda self: self._logic.GetSliceNode().GetOrientation(),
        lambda self, name: self._logic.GetSliceNode().SetOrientation(name),
    )

    def sliceLogic(self) -> Any:
        """Return the logic of the view."""
        return self._logic

    def mrmlSliceNode(self) -> Any:
        """Return the node of the view."""
        return self._logic.GetSliceNode()

    def mrmlSliceCompositeNode(self) -> Any:
        """Return what the view is composed of."""
        return self._logic.GetSliceCompositeNode()

    def barWidget(self) -> QtWidgets.QWidget:
        """Return the bar."""
        return self._bar

    def pinButton(self) -> QtWidgets.QToolButton:
        """Return the button that opens the other controls, which the host does not have."""
        return self._pin

    def viewLabel(self) -> QtWidgets.QLabel:
        """Return the view's name."""
        return self._label

    def sliceOffsetSlider(self) -> qMRMLSliderWidget:
        """Return the slider of the slice's offset."""
        return self._slider

    def fitToWindowToolButton(self) -> QtWidgets.QToolButton:
        """Return the button that fits the image into the view."""
        return self._fit

    def fitSliceToBackground(self) -> None:
        """Fit the image into the view."""
        self._logic.FitSliceToBackground()

    def setSliceVisible(self, visible: bool) -> None:
        """Show or hide the slice in the 3D views."""
        self._logic.GetSliceNode().SetSliceVisible(visible)

    def setSliceLink(self, linked: bool) -> None:
        """Link the view with the others of its group."""
        self._logic.GetSliceCompositeNode().SetLinkedControl(linked)

    def setHotLinked(self, hot: bool) -> None:
        """Let the others follow while the mouse moves, not only afterwards."""
        self._logic.GetSliceCompositeNode().SetHotLinkedControl(hot)

    def follow_node(self) -> None:
        """Show label, colour and offset of the node."""
        node = self._logic.GetSliceNode()
        color = QtGui.QColor.fromRgbF(*node.GetLayoutColor())
        self._label.setText(node.GetLayoutLabel() or "")
        dark = color.lightnessF() < 0.4
        self._bar.setStyleSheet(f"QWidget {{background: {color.name()}}}")
        self._label.setStyleSheet(f"color: {'white' if dark else 'black'}; padding: 0 4px")
        bounds = [0.0] * 6
        self._logic.GetSliceBounds(bounds)
        if bounds[5] > bounds[4]:
            self._slider.minimum, self._slider.maximum = bounds[4], bounds[5]
        self._slider.value = self._logic.GetSliceOffset()


@stand_in
class qMRMLSliceWidget(qMRMLWidget):
    """A slice view and its bar."""

    def __init__(
        self, node: Any, application: Any, counts: RenderCounts, parent: QtWidgets.QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setMRMLScene(node.GetScene())
        self._application = application
        self._logic = slicer.vtkMRMLSliceLogic()
        self._logic.SetMRMLApplicationLogic(application)
        application.GetSliceLogics().AddItem(self._logic)
        self._logic.SetMRMLScene(node.GetScene())
        self._logic.SetSliceNode(node)
        self._controller = qMRMLSliceControllerWidget(self._logic, self)
        self._view = qMRMLSliceView(self._logic, counts, self)
        # Widget and node agree on the size at any time: their ratio is the screen's scaling.
        self.place(0, 0, *_DEFAULT_SIZE_PX)
        self._tag = node.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: self._controller.follow_node())

    def sliceController(self) -> qMRMLSliceControllerWidget:
        """Return the bar over the view."""
        return self._controller

    def sliceView(self) -> qMRMLSliceView:
        """Return the picture."""
        return self._view

    def sliceLogic(self) -> Any:
        """Return the logic of the view."""
        return self._logic

    def mrmlSliceNode(self) -> Any:
        """Return the node of the view."""
        return self._logic.GetSliceNode()

    def mrmlSliceCompositeNode(self) -> Any:
        """Return what the view is composed of."""
        return self._logic.GetSliceCompositeNode()

    def fitSliceToBackground(self) -> None:
        """Fit the image into the view."""
        self._controller.fitSliceToBackground()

    def place(self, x: int, y: int, width: int, height: int) -> None:
        """Take a place in the layout; the bar has the upper edge."""
        self.setGeometry(x, y, width, height)
        self._controller.setGeometry(0, 0, width, BAR_HEIGHT_PX)
        size = QtCore.QSize(width, max(height - BAR_HEIGHT_PX, 1))
        self._view.setGeometry(0, BAR_HEIGHT_PX, size.width(), size.height())
        self._logic.ResizeSliceNode(size.width(), size.height())
        self._view.resized.emit(size)

    def let_go(self) -> None:
        """Let go of the scene, before the view or the scene's host is closed."""
        self._logic.GetSliceNode().RemoveObserver(self._tag)
        self._view.let_go()
        self._application.GetSliceLogics().RemoveItem(self._logic)
        self._logic.SetMRMLScene(None)
