"""The windows in which slice views are seen, as far as there are any."""

from __future__ import annotations

from typing import Any

import slicer
import vtk


class ViewWindow:
    """A slice view of the application.

    Parameters
    ----------
    widget
        qMRMLSliceWidget.
    """

    def __init__(self, widget: Any) -> None:
        self._view: Any = widget.sliceView()
        self.node: vtk.vtkObject = widget.mrmlSliceNode()
        """vtkMRMLSliceNode."""

    @property
    def renderer(self) -> vtk.vtkRenderer:
        """Of the view's picture and of what lies over it."""
        return self._view.renderWindow().GetRenderers().GetFirstRenderer()

    @property
    def pixel_ratio(self) -> float:
        """How many of the screen's pixels make one pixel at 100 % scaling."""
        columns = self.node.GetDimensions()[0]
        width = float(self._view.width() if callable(self._view.width) else self._view.width)
        # Displays are scaled by quarters; rounding of a window's size is not one.
        return max(1.0, round(4 * columns / width) / 4) if width > 1 else 1.0

    def render(self) -> None:
        """Draw the view soon."""
        self._view.scheduleRender()


def view_windows() -> list[ViewWindow]:
    """Return every slice view, of other layouts too; none without an application."""
    app: Any = getattr(slicer, "app", None)
    manager: Any = app.layoutManager() if hasattr(app, "layoutManager") else None
    if manager is None:
        return []
    widgets = [manager.sliceWidget(name) for name in manager.sliceViewNames()]
    windows = [ViewWindow(widget) for widget in widgets if hasattr(widget, "sliceView")]
    return [window for window in windows if window.node is not None]


def windows_in_sight() -> list[ViewWindow]:
    """Return the slice views of the present layout; none without an application."""
    return [window for window in view_windows() if window.node.IsMappedInLayout()]


def pixel_ratio() -> float:
    """Return how many of the screen's pixels make one pixel at 100 % scaling; 1 where no view tells."""
    return max((window.pixel_ratio for window in windows_in_sight()), default=1.0)
