"""A gap edit as a node's attribute."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

import vtk

from ..errors import InputError
from ..synthesis import GapEdit
from .node_attributes import EDIT, read_json, write_json


def edit_as_json(edit: GapEdit) -> dict[str, Any]:
    """Return what of an edit is not as it is by default."""
    plain = asdict(GapEdit())
    return {key: value for key, value in asdict(edit).items() if value != plain[key]}


def read_edit(node: vtk.vtkObject) -> GapEdit:
    """Return the edit that a node keeps; none where it is missing or can't be understood."""
    kept = read_json(node, EDIT) or {}
    known = {field.name for field in fields(GapEdit)}
    try:
        return GapEdit(**{key: value for key, value in kept.items() if key in known})
    except (InputError, TypeError):
        return GapEdit()


def write_edit(node: vtk.vtkObject, edit: GapEdit) -> None:
    """Keep an edit with a node."""
    write_json(node, EDIT, edit_as_json(edit))
