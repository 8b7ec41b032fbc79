"""Attributes by which nodes of this extension are known, and what they are for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import vtk

from ..files import parse_json

ROLE = "LayerSeparation.role"
"""What a node is; every node that was made here has one."""
FORMAT = "LayerSeparation.format"
"""Version of the layout of attributes and references, on a joint's line."""
CURRENT_FORMAT = 2
EDIT = "LayerSeparation.edit"
"""The joint's edit, beside the network's output."""
SIDE = "LayerSeparation.side"
CONFIDENCE = "LayerSeparation.confidence"
"""Of a joint that was found by the network, on its line, until the user moves it."""
SPACING = "LayerSeparation.spacing"
CALIBRATION = "LayerSeparation.calibration"
INVERT = "LayerSeparation.invert_polarity"
SEPARATION = "LayerSeparation.separation"
COMPARISON = "LayerSeparation.comparison"
"""What was found of a film's changes, on the table that shows them."""
FILM_REFERENCE = "LayerSeparation.film"
"""From a joint's line, and from what all joints share, to the radiograph."""
BASELINE_REFERENCE = "LayerSeparation.baseline"
"""From what tells of a change to the earlier radiograph."""
COMPARED_REFERENCE = "LayerSeparation.compared"
"""From the table of changes to the lines of the joints, with the row behind it."""

JOINT = "joint"
SOFT_TISSUE = "soft_tissue"
UPPER_BONE = "upper_bone"
LOWER_BONE = "lower_bone"
NOISE = "noise"
SYNTHETIC = "synthetic"
SEGMENTATION = "segmentation"
CANONICAL = "canonical"
TABLE = "jsw_table"
SYNTHETIC_FILM = "synthetic_film"
CHANGE_TABLE = "change_table"
UPPER_MOTION = "upper_motion"
LOWER_MOTION = "lower_motion"


def reference_of(role: str) -> str:
    """Return the name of a line's node reference to what has a role."""
    return f"LayerSeparation.{role}"


def role_of(node: vtk.vtkObject) -> str | None:
    """Return a node's role, None for the user's own nodes."""
    return node.GetAttribute(ROLE) or None


def read_json(node: vtk.vtkObject, attribute: str) -> dict[str, Any] | None:
    """Return what an attribute holds; None where it is missing or damaged."""
    try:
        value = parse_json(node.GetAttribute(attribute) or "")
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def write_json(node: vtk.vtkObject, attribute: str, value: dict[str, Any]) -> None:
    """Keep a value in an attribute."""
    write_attribute(node, attribute, json.dumps(value, sort_keys=True))


def write_attribute(node: vtk.vtkObject, attribute: str, text: str | None) -> None:
    """Give an attribute a text, or with None remove it; what is so already is not written again."""
    if node.GetAttribute(attribute) == text:
        return
    if text is None:
        node.RemoveAttribute(attribute)
    else:
        node.SetAttribute(attribute, text)


@contextmanager
def grouped_changes(node: vtk.vtkObject) -> Iterator[None]:
    """Let those who watch a node hear of several changes once."""
    before = node.StartModify()
    try:
        yield
    finally:
        node.EndModify(before)
