"""The nodes that show the selected joint of a film: made once, in nobody's way, not saved."""

from __future__ import annotations

import vtk

from ..scene.film import Film
from ..scene.new_nodes import new_node
from ..scene.node_attributes import FILM_REFERENCE, ROLE
from ..scene.node_references import remove_node

_PREFIX = "shown_"


class OverlayNodes:
    """Makes nodes that only show something, and removes all of them.

    They are known by their role, whoever made them: what another overlay of the same film has left is
    removed first.

    Parameters
    ----------
    film
        The radiograph.
    """

    def __init__(self, film: Film) -> None:
        self._film, self._scene = film, film.node.GetScene()
        self._nodes: dict[str, vtk.vtkObject] = {}
        self._remove_left_over()

    def find(self, role: str) -> vtk.vtkObject | None:
        """Return the node with a role; None where it was not made yet, or the user removed it."""
        node = self._nodes.get(role)
        return node if node is not None and node.GetScene() is self._scene else None

    def find_or_make(
        self, role: str, class_name: str, name: str, hidden: bool = True
    ) -> tuple[vtk.vtkObject, bool]:
        """Return the node with a role, and whether it was made now."""
        node = self.find(role)
        if node is not None:
            return node, False
        node = new_node(self._scene, class_name)
        node.SetName(name)
        node.SetHideFromEditors(hidden)
        node.SetSaveWithScene(False)
        node.SetAttribute(ROLE, _PREFIX + role)
        self._scene.AddNode(node)
        node.SetNodeReferenceID(FILM_REFERENCE, self._film.node.GetID())
        self._nodes[role] = node
        return node, True

    def remove_all(self) -> None:
        """Remove every node that was made here."""
        for role in list(self._nodes):
            node = self.find(role)
            if node is not None:
                remove_node(node)
        self._nodes.clear()

    def _remove_left_over(self) -> None:
        nodes = [self._scene.GetNthNode(index) for index in range(self._scene.GetNumberOfNodes())]
        for node in nodes:
            is_shown = (node.GetAttribute(ROLE) or "").startswith(_PREFIX)
            if is_shown and node.GetNodeReferenceID(FILM_REFERENCE) == self._film.node.GetID():
                remove_node(node)
