"""A gap edit as a node's attribute."""

from __future__ import annotations

import vtk

from ..errors import InputError
from ..synthesis import GapEdit
from .node_attributes import EDIT, read_json, write_json


def read_edit(node: vtk.vtkObject) -> GapEdit:
    """Return the edit that a node keeps; none where it is missing or can't be understood."""
    try:
        return GapEdit.from_json(read_json(node, EDIT) or {})
    except InputError:
        return GapEdit()


def write_edit(node: vtk.vtkObject, edit: GapEdit) -> None:
    """Keep an edit with a node that nobody watches: it changes with every step of a slider."""
    before = node.GetDisableModifiedEvent()
    node.SetDisableModifiedEvent(True)
    try:
        write_json(node, EDIT, edit.as_json())
    finally:
        node.SetDisableModifiedEvent(before)
