"""What belongs to a joint: nodes that its line refers to."""

from __future__ import annotations

from collections.abc import Iterator

import vtk

from .hierarchy import folder_for_removal, forget_item, put_in_folder, remove_folder_if_empty, rename_folder
from .node_attributes import FILM_REFERENCE, OF_JOINT, ROLE, reference_of
from .provenance import write_version

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
        self, role: str, class_name: str, name: str, hidden: bool = False
    ) -> tuple[vtk.vtkObject, bool]:
        """Return the node with a role, and whether it was made now (name: what it is, '' for the joint)."""
        node = self.find(role)
        if node is not None and node.IsA(class_name):
            return node, False
        scene = self.line.GetScene()
        node = scene.CreateNodeByClass(class_name)
        node.UnRegister(None)
        node.SetName(self.full_name(name))
        node.SetHideFromEditors(hidden)
        node.SetAttribute(ROLE, role)
        scene.AddNode(node)
        self.keep(role, node)
        return node, True

    def keep(self, role: str, node: vtk.vtkObject) -> None:
        """Make a node the joint's: it is placed in its folder, renamed and removed with it."""
        node.SetAttribute(ROLE, role)
        write_version(node)
        node.SetAttribute(OF_JOINT, self.line.GetName())
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
            node.SetAttribute(OF_JOINT, self.line.GetName())
            if node.GetName().startswith(f"{old_name} "):
                node.SetName(self.line.GetName() + node.GetName()[len(old_name) :])
        rename_folder(self.line, old_name)

    def remove_all(self) -> None:
        """Remove every node of the joint, its line and its folder; the user's own nodes stay."""
        scene = self.line.GetScene()
        folder = folder_for_removal(self.line) if scene is not None else 0
        for node in list(dict.fromkeys(node for _role, node in self.all())):
            remove_node(node)
        if scene is not None:
            remove_node(self.line)
            remove_folder_if_empty(scene, folder)


def remove_node(node: vtk.vtkObject) -> None:
    """Remove a node with its display and storage nodes, which nobody else has."""
    scene = node.GetScene()
    if scene is None:
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
