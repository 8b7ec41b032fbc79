"""The windows in which slice views are seen, as far as there are any."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import slicer
import vtk


@dataclass(frozen=True, eq=False)
class ViewWindow:
    """A slice view and what it is drawn in."""

    node: vtk.vtkObject
    """vtkMRMLSliceNode."""
    renderer: vtk.vtkRenderer
    """Of the view's picture and of what lies over it."""
    pixel_ratio: float
    """How many of the screen's pixels make one pixel at 100 % scaling."""
    render: Callable[[], None]
    """Draws the view soon."""


def view_windows() -> list[ViewWindow]:
    """Return the slice views of the application's present layout; none without an application."""
    app: Any = getattr(slicer, "app", None)
    manager: Any = app.layoutManager() if hasattr(app, "layoutManager") else None
    found: list[ViewWindow] = []
    if manager is None:
        return found
    for name in manager.sliceViewNames():
        widget = manager.sliceWidget(name)
        view: Any = widget.sliceView() if hasattr(widget, "sliceView") else None
        window: Any = view.renderWindow() if hasattr(view, "renderWindow") else None
        if window is None or window.GetRenderers().GetFirstRenderer() is None:
            continue
        ratio = _ratio(window.GetSize()[0], float(view.width() if callable(view.width) else view.width))
        renderer = window.GetRenderers().GetFirstRenderer()
        found.append(ViewWindow(widget.mrmlSliceNode(), renderer, ratio, view.scheduleRender))
    return found


def pixel_ratio() -> float:
    """Return how many of the screen's pixels make one pixel at 100 % scaling; 1 where no view tells."""
    return max((window.pixel_ratio for window in view_windows()), default=1.0)


def _ratio(columns: int, width: float) -> float:
    # Quarters are what displays are scaled by; rounding of a window's size is not.
    return max(1.0, round(4 * columns / width) / 4) if width > 1 and columns > 1 else 1.0
