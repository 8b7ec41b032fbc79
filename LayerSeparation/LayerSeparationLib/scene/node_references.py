"""What belongs to a joint: nodes that its line refers to."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

import vtk

from .hierarchy import folder_for_removal, forget_item, put_in_folder, remove_folder_if_empty, rename_folder
from .new_nodes import add_node, new_node
from .node_attributes import FILM_REFERENCE, ROLE, reference_of, write_attribute
from .provenance import read_provenance, write_provenance

_PREFIX = reference_of("")


class NodeReferences:
    """Finds, makes, renames and removes the nodes of one joint.

    They are known by references from the joint's line, never by their names: the user may rename them. What
    the user removed is made anew when it is needed next.
    """

    def __init__(self, line: vtk.vtkObject, film: vtk.vtkObject) -> None:
        self.line = line
        self._film = film

    def find(self, role: str) -> vtk.vtkObject | None:
        """Return the node with a role."""
        return self.line.GetNodeReference(reference_of(role))

    def find_or_make(
        self,
        role: str,
        class_name: str,
        name: str,
        finish: Callable[[vtk.vtkObject], vtk.vtkObject | None] | None = None,
        hidden: bool = False,
    ) -> tuple[vtk.vtkObject, bool]:
        """Return the node with a role, and whether it was made now.

        Parameters
        ----------
        role
            What the node is to the joint.
        class_name
            MRML class.
        name
            What the node is, for people; '' for the joint itself.
        finish
            Gives a node that is made its content before the scene hears of it, and returns its display node,
            if it has one.
        hidden
            Keep the node out of Slicer's lists.
        """
        node = self.find(role)
        if node is not None and node.IsA(class_name):
            return node, False
        scene = self.line.GetScene()
        node = new_node(scene, class_name)
        node.SetName(self.full_name(name))
        node.SetHideFromEditors(hidden)
        node.SetAttribute(ROLE, role)
        add_node(scene, node, finish(node) if finish is not None else None)
        self.keep(role, node)
        return node, True

    def keep(self, role: str, node: vtk.vtkObject) -> None:
        """Make a node the joint's: it is placed in its folder, renamed and removed with it."""
        write_attribute(node, ROLE, role)
        self.line.SetNodeReferenceID(reference_of(role), node.GetID())
        if not node.GetHideFromEditors():
            put_in_folder(node, self.line, self._film)

    def all(self) -> Iterator[tuple[str, vtk.vtkObject]]:
        """Yield role and node of everything that belongs to the joint, its line not among them."""
        line = self.line
        roles = [line.GetNthNodeReferenceRole(n) for n in range(line.GetNumberOfNodeReferenceRoles())]
        for reference in roles:
            if not reference.startswith(_PREFIX) or reference == FILM_REFERENCE:
                continue
            for index in range(line.GetNumberOfNodeReferences(reference)):
                node = line.GetNthNodeReference(reference, index)
                if node is not None:
                    yield reference.removeprefix(_PREFIX), node

    def full_name(self, name: str) -> str:
        """Return a node's name: the joint's, then what it is."""
        return f"{self.line.GetName()} {name}".strip()

    def rename_from(self, old_name: str) -> None:
        """Follow the line's new name, wherever the user gave no other name."""
        for _role, node in self.all():
            provenance = read_provenance(node)
            if provenance is not None:
                write_provenance(node, replace(provenance, joint=self.line.GetName()))
            if node.GetName().startswith(f"{old_name} "):
                node.SetName(self.line.GetName() + node.GetName()[len(old_name) :])
        rename_folder(self.line, old_name)

    def remove_all(self) -> None:
        """Remove every node of the joint, its line and its folder; the user's own nodes stay."""
        for _step in self.removal_steps():
            pass

    def removal_steps(self) -> Generator[None, None, None]:
        """Do what `remove_all` does, a node at a time."""
        scene = self.line.GetScene()
        folder = folder_for_removal(self.line) if scene is not None else 0
        for node in self._nodes():
            remove_node(node)
            yield
        if scene is not None and self.line.GetScene() is scene:
            remove_node(self.line)
            remove_folder_if_empty(scene, folder)

    def remove_nodes(self) -> None:
        """Remove every node of the joint but its line."""
        for node in self._nodes():
            remove_node(node)

    def _nodes(self) -> list[vtk.vtkObject]:
        return list(dict.fromkeys(node for _role, node in self.all()))


def remove_node(node: vtk.vtkObject) -> None:
    """Remove a node with its display and storage nodes, which nobody else has."""
    scene = node.GetScene()
    if scene is None or scene.IsClosing():
        return
    helpers = []
    for count, nth in (
        ("GetNumberOfDisplayNodes", "GetNthDisplayNode"),
        ("GetNumberOfStorageNodes", "GetNthStorageNode"),
    ):
        if hasattr(node, count):
            helpers += [getattr(node, nth)(index) for index in range(getattr(node, count)())]
    forget_item(node)
    scene.RemoveNode(node)
    for helper in helpers:
        if helper is not None and helper.GetScene() is scene:
            scene.RemoveNode(helper)
