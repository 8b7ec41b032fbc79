"""`slicer.app.layoutManager()`: has views for the scene's view nodes, and lays out those in use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import slicer
import vtk
from PySide6 import QtCore, QtGui, QtWidgets

from .pythonqt import StandInProperty, stand_in
from .slice_views import RenderCounts, qMRMLSliceWidget

VIEWPORT_SIZE_PX = (1120, 960)
_SPACING_PX = 1
_SLICE_NODE = "vtkMRMLSliceNode"

Place = tuple[int, int, int, int]
"""x, y, width, height."""


class _Viewport(QtWidgets.QWidget):
    """Holds the views; they take new places when it is given another size."""

    def __init__(self, manager: qMRMLLayoutManager) -> None:
        super().__init__()
        self._manager = manager

    def resizeEvent(self, _event: QtGui.QResizeEvent) -> None:
        """Give the views their places."""
        self._manager.settle()


@stand_in
class qMRMLLayoutManager(QtCore.QObject):
    """Follows the scene's layout node.

    Parameters
    ----------
    application
        The application's logic, which has the scene.
    """

    layoutChanged = QtCore.Signal(int)

    def __init__(self, application: Any) -> None:
        super().__init__()
        self._application, self._scene = application, application.GetMRMLScene()
        self._counts = RenderCounts()
        self._slices: dict[str, qMRMLSliceWidget] = {}
        self._others: dict[str, QtWidgets.QLabel] = {}
        self._pauses = 0
        self._viewport = _Viewport(self)
        self._viewport.resize(*VIEWPORT_SIZE_PX)
        # The widgets of a layout get their size when the event loop comes to it.
        self._settle = QtCore.QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.settle)
        self._layout_logic = slicer.vtkMRMLLayoutLogic()
        self._layout_logic.SetMRMLApplicationLogic(application)
        self._layout_logic.SetMRMLScene(self._scene)
        self._node, self._node_tag = None, 0
        scene = self._scene
        follow_nodes, follow_scene = self._follow_nodes, self._follow_scene
        self._tags = [
            scene.AddObserver(event, follow)
            for event, follow in (
                (scene.NodeAddedEvent, follow_nodes),
                (scene.NodeRemovedEvent, follow_nodes),
                (scene.NodeRemovedEvent, self._note_removal),
                (scene.EndBatchProcessEvent, follow_scene),
                (scene.EndCloseEvent, follow_scene),
                (scene.EndImportEvent, follow_scene),
            )
        ]
        self._follow_scene()
        self._node.SetViewArrangement(self._node.SlicerLayoutFourUpView)

    layout = StandInProperty(
        "int", lambda self: self._node.GetViewArrangement(), lambda self, number: self.setLayout(number)
    )
    threeDViewCount = StandInProperty("int", lambda _self: 0)
    tableViewCount = StandInProperty("int", lambda _self: 0)
    plotViewCount = StandInProperty("int", lambda _self: 0)

    def setLayout(self, number: int) -> None:
        """Choose a layout by its number."""
        self._node.SetViewArrangement(number)

    def layoutLogic(self) -> Any:
        """Return the logic that makes the view nodes of a layout."""
        return self._layout_logic

    def mrmlScene(self) -> Any:
        """Return the scene."""
        return self._scene

    def sliceViewNames(self) -> tuple[str, ...]:
        """Return the names of the slice views, those out of sight included."""
        return tuple(self._slices)

    def sliceWidget(self, name: str) -> qMRMLSliceWidget | None:
        """Return the slice view of a name."""
        return self._slices.get(name)

    def mrmlSliceLogics(self) -> Any:
        """Return the logics of the slice views."""
        return self._application.GetSliceLogics()

    def viewport(self) -> QtWidgets.QWidget:
        """Return the widget that holds the views."""
        return self._viewport

    def resetSliceViews(self) -> None:
        """Fit every slice view to its background."""
        for widget in self._slices.values():
            widget.sliceLogic().FitSliceToBackground()

    def pauseRender(self) -> None:
        """Pause the drawing of all views."""
        self._pauses += 1
        for widget in self._slices.values():
            widget.sliceView().pauseRender()

    def resumeRender(self) -> None:
        """Undo `pauseRender`."""
        self._pauses = max(0, self._pauses - 1)
        for widget in self._slices.values():
            widget.sliceView().resumeRender()

    def setRenderPaused(self, pause: bool) -> None:
        """Pause or resume."""
        if pause:
            self.pauseRender()
        else:
            self.resumeRender()

    # What a test, and the host's window, ask for.

    @property
    def counts(self) -> RenderCounts:
        """How often views were asked to draw, and did."""
        return self._counts

    @property
    def pauses(self) -> int:
        """How often drawing is paused and not yet resumed."""
        return self._pauses

    def settle(self) -> None:
        """Give the views of the present layout their places."""
        rectangle = self._viewport.rect
        places = dict(_places(self._description(), (0, 0, rectangle.width(), rectangle.height())))
        for name, widget in self._slices.items():
            place = places.get((_SLICE_NODE, name))
            widget.setVisible(place is not None)
            if place is not None:
                widget.place(*place)
        for label in self._others.values():
            label.deleteLater()
        self._others = {}
        for (class_name, name), place in places.items():
            if class_name != _SLICE_NODE:
                label = QtWidgets.QLabel(f"{class_name} {name}\nnot drawn by the host", self._viewport)
                label.setAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
                label.setStyleSheet("background: #9999cc; color: #444466")
                label.setGeometry(*place)
                label.show()
                self._others[name] = label

    def close(self) -> None:
        """Let go of the scene."""
        self._settle.stop()
        for tag in self._tags:
            self._scene.RemoveObserver(tag)
        self._observe(None)
        for name in tuple(self._slices):
            self._remove(name)
        self._layout_logic.SetMRMLScene(None)
        self._viewport.deleteLater()

    def _note_removal(self, _scene: Any, _event: str, node: Any) -> None:
        if node.IsA("vtkMRMLMarkupsNode"):
            for widget in self._slices.values():
                widget.sliceView().note_removal()

    _note_removal.CallDataType = vtk.VTK_OBJECT

    def _follow_nodes(self, _scene: Any, _event: str, node: Any) -> None:
        if node.IsA("vtkMRMLAbstractViewNode") or node.IsA("vtkMRMLLayoutNode"):
            self._follow_scene()

    _follow_nodes.CallDataType = vtk.VTK_OBJECT

    def _follow_scene(self, *_event: Any) -> None:
        """Have a view for every slice node, and follow the layout node."""
        if self._scene.IsBatchProcessing():
            return
        found = {node.GetLayoutName(): node for node in _nodes(self._scene, _SLICE_NODE)}
        for name, widget in tuple(self._slices.items()):
            if widget.mrmlSliceNode() is not found.get(name):
                self._remove(name)
        for name, node in found.items():
            if name and name not in self._slices and node.GetParentLayoutNode() is None:
                widget = qMRMLSliceWidget(node, self._application, self._counts, self._viewport)
                widget.setObjectName(f"qMRMLSliceWidget{name}")
                widget.hide()
                for _ in range(self._pauses):
                    widget.sliceView().pauseRender()
                self._slices[name] = widget
        node = self._layout_logic.GetLayoutNode()
        if node is not self._node:
            self._observe(node)
        self._follow_layout()

    def _observe(self, node: Any) -> None:
        if self._node is not None:
            self._node.RemoveObserver(self._node_tag)
        self._node = node
        if node is not None:
            self._node_tag = node.AddObserver(vtk.vtkCommand.ModifiedEvent, self._follow_layout)

    def _follow_layout(self, *_event: Any) -> None:
        if self._node is None or self._scene.IsBatchProcessing():
            return
        shown = {name for (class_name, name), _place in _places(self._description(), (0, 0, 1, 1))}
        for name, widget in self._slices.items():
            widget.mrmlSliceNode().SetMappedInLayout(name in shown)
        self._settle.start(0)
        self.layoutChanged.emit(self._node.GetViewArrangement())

    def _description(self) -> str:
        node = self._node
        if node is None:
            return ""
        maximized = node.GetMaximizedViewNode(0) if node.GetNumberOfMaximizedViewNodes() else None
        if maximized is not None:
            return str(self._layout_logic.GetMaximizedViewLayoutDescription(maximized))
        return str(node.GetCurrentLayoutDescription() or "")

    def _remove(self, name: str) -> None:
        widget = self._slices.pop(name)
        widget.let_go()
        widget.setParent(None)
        widget.deleteLater()


def _nodes(scene: Any, class_name: str) -> Iterator[Any]:
    for index in range(scene.GetNumberOfNodesByClass(class_name)):
        yield scene.GetNthNodeByClass(index, class_name)


def _places(description: str, place: Place) -> Iterator[tuple[tuple[str, str], Place]]:
    """Yield class and name of each view of a layout, and where it lies."""
    if description:
        yield from _places_in(ElementTree.fromstring(description), place)


def _places_in(element: ElementTree.Element, place: Place) -> Iterator[tuple[tuple[str, str], Place]]:
    if element.tag == "view":
        yield (element.get("class", ""), element.get("singletontag") or element.get("name", "")), place
        return
    x, y, width, height = place
    items = element.findall("item")
    if element.get("type") == "tab":
        items = items[:1]
    across = element.get("type") == "horizontal"
    total = (width if across else height) - _SPACING_PX * (len(items) - 1)
    shares = [float(item.get("splitSize") or 0) for item in items]
    weights = shares if all(shares) else [1.0] * len(items)
    start = 0.0
    for item, weight in zip(items, weights, strict=True):
        begin, start = round(start), start + total * weight / sum(weights)
        length, shift = round(start) - begin, begin
        start += _SPACING_PX
        inner = (x + shift, y, length, height) if across else (x, y + shift, width, length)
        for child in item:
            yield from _places_in(child, inner)
