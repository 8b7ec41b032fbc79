"""Nodes that belong to a film and not to one of its joints."""

from __future__ import annotations

from collections.abc import Callable

import vtk

from .film import Film
from .hierarchy import put_beside
from .new_nodes import add_node, new_node
from .node_attributes import FILM_REFERENCE, ROLE
from .provenance import Provenance, write_provenance


def find_shared(film: Film, role: str, class_name: str) -> vtk.vtkObject | None:
    """Return the node of a film that has a role; None where there is none."""
    scene = film.node.GetScene()
    if scene is None:
        return None
    for index in range(scene.GetNumberOfNodesByClass(class_name)):
        node = scene.GetNthNodeByClass(index, class_name)
        if node.GetAttribute(ROLE) == role and node.GetNodeReferenceID(FILM_REFERENCE) == film.node.GetID():
            return node
    return None


def make_shared(
    film: Film,
    role: str,
    class_name: str,
    name: str,
    finish: Callable[[vtk.vtkObject], vtk.vtkObject | None],
) -> vtk.vtkObject:
    """Make a node of a film, beside it in the hierarchy.

    Parameters
    ----------
    film
        The radiograph.
    role
        What the node is to the film.
    class_name
        MRML class.
    name
        For people; the scene makes it unique.
    finish
        Gives the node its content before the scene hears of it, and returns its display node, if it has one.
    """
    scene = film.node.GetScene()
    node = new_node(scene, class_name)
    node.SetName(scene.GenerateUniqueName(name))
    node.SetAttribute(ROLE, role)
    write_provenance(node, Provenance())
    node.SetNodeReferenceID(FILM_REFERENCE, film.node.GetID())
    add_node(scene, node, finish(node))
    put_beside(node, film.node)
    return node
