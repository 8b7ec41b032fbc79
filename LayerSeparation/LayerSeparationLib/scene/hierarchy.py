"""A folder for each joint in the subject hierarchy, beside the radiograph."""

from __future__ import annotations

import slicer
import vtk

from .node_attributes import ROLE

_FOLDER_ROLE = "joint folder"


def put_beside(node: vtk.vtkObject, film: vtk.vtkObject) -> None:
    """Place a node under the study (or folder) that the radiograph lies in."""
    hierarchy = _hierarchy(node.GetScene())
    if hierarchy is not None:
        _move(hierarchy, _item(hierarchy, node), _parent_of_film(hierarchy, film))


def put_in_folder(node: vtk.vtkObject, line: vtk.vtkObject, film: vtk.vtkObject) -> None:
    """Place a node in the folder of its joint."""
    hierarchy = _hierarchy(node.GetScene())
    if hierarchy is not None:
        _move(hierarchy, _item(hierarchy, node), folder_of(line, film))


def folder_of(line: vtk.vtkObject, film: vtk.vtkObject) -> int:
    """Return the folder that a joint's line lies in, made if it is missing; 0 without a hierarchy."""
    hierarchy = _hierarchy(line.GetScene())
    if hierarchy is None:
        return 0
    item = _item(hierarchy, line)
    folder = hierarchy.GetItemParent(item)
    if folder and hierarchy.GetItemAttribute(folder, ROLE) == _FOLDER_ROLE:
        return int(folder)
    folder = hierarchy.CreateFolderItem(_parent_of_film(hierarchy, film), line.GetName())
    hierarchy.SetItemAttribute(folder, ROLE, _FOLDER_ROLE)
    _move(hierarchy, item, folder)
    return int(folder)


def rename_folder(line: vtk.vtkObject, old_name: str) -> None:
    """Give the folder the line's name, unless the user gave it another one."""
    hierarchy = _hierarchy(line.GetScene())
    folder = _own_folder(line)
    if hierarchy is not None and folder and hierarchy.GetItemName(folder) == old_name:
        hierarchy.SetItemName(folder, line.GetName())


def folder_for_removal(line: vtk.vtkObject) -> int:
    """Return the folder of a joint that is about to go; 0 where there is none."""
    return _own_folder(line)


def remove_folder_if_empty(scene: vtk.vtkObject, folder: int) -> None:
    """Remove a folder, unless the user keeps something in it."""
    hierarchy = _hierarchy(scene)
    if hierarchy is None or not folder:
        return
    children = vtk.vtkIdList()
    hierarchy.GetItemChildren(folder, children)
    if children.GetNumberOfIds() == 0:
        hierarchy.RemoveItem(folder)


def forget_item(node: vtk.vtkObject) -> None:
    """Take a node out of the hierarchy before it is removed; outside of Slicer nobody else does."""
    hierarchy = _hierarchy(node.GetScene())
    if hierarchy is None:
        return
    item = hierarchy.GetItemByDataNode(node)
    if item:
        hierarchy.RemoveItem(item, False, False)


def _own_folder(line: vtk.vtkObject) -> int:
    hierarchy = _hierarchy(line.GetScene())
    if hierarchy is None:
        return 0
    item = hierarchy.GetItemByDataNode(line)
    folder = hierarchy.GetItemParent(item) if item else 0
    return folder if folder and hierarchy.GetItemAttribute(folder, ROLE) == _FOLDER_ROLE else 0


def _parent_of_film(hierarchy: vtk.vtkObject, film: vtk.vtkObject) -> int:
    return int(hierarchy.GetItemParent(_item(hierarchy, film)) or hierarchy.GetSceneItemID())


def _item(hierarchy: vtk.vtkObject, node: vtk.vtkObject) -> int:
    return int(hierarchy.GetItemByDataNode(node) or hierarchy.CreateItem(hierarchy.GetSceneItemID(), node))


def _move(hierarchy: vtk.vtkObject, item: int, parent: int) -> None:
    if hierarchy.GetItemParent(item) != parent:
        hierarchy.SetItemParent(item, parent)


def _hierarchy(scene: vtk.vtkObject | None) -> vtk.vtkObject | None:
    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene) if scene is not None else None
