"""The selected joint's line and square, which are out of the way while its gap is edited."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray

_HIDDEN = "LayerSeparation.hidden_while_edited"


class OutOfTheWay:
    """Hides a joint's line from the first step of an edit until the mouse comes near.

    While a step is not finished the mouse does not count: it may drag a handle right there. A line that the
    user hid stays hidden; one that was saved while it was out of the way is shown again.

    Parameters
    ----------
    scene
        Has the crosshair, which knows where in the views the mouse is.
    is_near
        Tells whether a place (3,) in RAS is near the joint.
    changed
        Called when the line was hidden, or is shown again.
    """

    def __init__(
        self,
        scene: vtk.vtkObject,
        is_near: Callable[[NDArray[np.float64]], bool],
        changed: Callable[[], None],
    ) -> None:
        self._scene, self._is_near, self._changed = scene, is_near, changed
        self._display: vtk.vtkObject | None = None
        self._is_hidden = self._is_moving = False
        self._observed: list[tuple[vtk.vtkObject, int]] = []
        class_name = "vtkMRMLMarkupsDisplayNode"
        for index in range(scene.GetNumberOfNodesByClass(class_name)):
            display = scene.GetNthNodeByClass(index, class_name)
            if display.GetAttribute(_HIDDEN):
                _show_again(display)

    @property
    def is_hidden(self) -> bool:
        """Whether line and square are out of the way now."""
        return self._is_hidden

    def follow_edit(self, line: vtk.vtkObject, finished: bool) -> None:
        """Hide the line of a joint (vtkMRMLMarkupsLineNode) whose gap is edited."""
        self._is_moving = not finished
        if self._is_hidden:
            return
        self._is_hidden = True
        display = line.GetDisplayNode()
        if display is not None and display.GetVisibility():
            self._display = display
            display.SetAttribute(_HIDDEN, "true")
            display.SetVisibility(False)
        self._observe()
        self._changed()

    def show(self) -> None:
        """Show again what was hidden."""
        for node, tag in self._observed:
            node.RemoveObserver(tag)
        self._observed.clear()
        if not self._is_hidden:
            return
        self._is_hidden = self._is_moving = False
        display, self._display = self._display, None
        if display is not None and display.GetScene() is not None:
            _show_again(display)
        self._changed()

    def follow_mouse(self, place_ras: NDArray[np.float64]) -> None:
        """Show the line again if the mouse is near the joint, at a place (3,) in RAS."""
        if self._is_hidden and not self._is_moving and self._is_near(place_ras):
            self.show()

    def _observe(self) -> None:
        """Follow the mouse only now: it moves often."""
        crosshair = self._scene.GetSingletonNode("default", "vtkMRMLCrosshairNode")
        if crosshair is not None:
            event = slicer.vtkMRMLCrosshairNode.CursorPositionModifiedEvent
            self._observed.append((crosshair, crosshair.AddObserver(event, self._look_at_mouse)))

    def _look_at_mouse(self, crosshair: Any, _event: str) -> None:
        place = [0.0, 0.0, 0.0]
        if crosshair.GetCursorPositionRAS(place):
            self.follow_mouse(np.array(place))


def _show_again(display: vtk.vtkObject) -> None:
    display.RemoveAttribute(_HIDDEN)
    display.SetVisibility(True)
