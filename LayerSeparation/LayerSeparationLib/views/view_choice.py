"""In which views something is shown."""

from __future__ import annotations

import vtk

from .layouts import view_nodes


def views_outside(scene: vtk.vtkObject, names: tuple[str, ...]) -> list[str]:
    """Return the ids of every slice view but those of the layouts named; none if those do not exist.

    An empty list means 'in all views' to a display node.
    """
    own = view_nodes(scene)
    left_out = [own[name] for name in names if name in own]
    class_name = "vtkMRMLSliceNode"
    count = scene.GetNumberOfNodesByClass(class_name) if left_out else 0
    views = [scene.GetNthNodeByClass(index, class_name) for index in range(count)]
    return [view.GetID() for view in views if view not in left_out]


def show_outside(display: vtk.vtkObject, names: tuple[str, ...]) -> None:
    """Show a node in every slice view but those of the layouts named; in all if those do not exist."""
    others = views_outside(display.GetScene(), names)
    if list(display.GetViewNodeIDs()) != others:
        display.SetViewNodeIDs(others)
