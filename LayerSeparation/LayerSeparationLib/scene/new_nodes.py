"""Nodes are finished before they enter the scene: everything in Slicer looks at each node that comes."""

from __future__ import annotations

import vtk


def new_node(scene: vtk.vtkObject, class_name: str) -> vtk.vtkObject:
    """Return a node that is not in the scene yet, with the defaults that the user set for its class."""
    node = scene.CreateNodeByClass(class_name)
    node.UnRegister(None)
    return node


def add_node(scene: vtk.vtkObject, node: vtk.vtkObject, display: vtk.vtkObject | None = None) -> None:
    """Add a node to the scene, with a display node that is finished, too; no default one is made."""
    if display is not None:
        scene.AddNode(display)
        node.SetAndObserveDisplayNodeID(display.GetID())
    scene.AddNode(node)


def give_display(node: vtk.vtkObject, display: vtk.vtkObject) -> None:
    """Give a node that is in the scene already a display node that is finished."""
    node.GetScene().AddNode(display)
    node.SetAndObserveDisplayNodeID(display.GetID())
