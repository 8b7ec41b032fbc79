"""Lines along the finger that mark the joints of a film."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import vtk
from numpy.typing import NDArray

from ..errors import InputError
from ..joints import CANONICAL_SIZE_PX, JOINT_NAMES, JointCrop, JointPose, anatomical_name
from ..joints.affine import map_points
from ..translation import tr as _
from . import node_attributes
from .film import Film
from .new_nodes import give_display, new_node
from .node_attributes import grouped_changes, write_attribute

_SAME_JOINT = 0.1
"""Joints nearer to each other than this part of their square are the same."""
_LINE_SHARE = 0.45
"""Length of the line of a found joint, as a part of its square."""
_BACKWARDS = -0.5
"""Cosine to the other fingers below which a line points the other way: a thumb does not, by 120 degrees."""
_MOVED_PX = 1e-3
"""A line that moved by less has not moved."""
_LINE_THICKNESS, _GLYPH_SCALE = 0.3, 1.5
"""The glyph takes 1.5 % of a view's diagonal, the line 0.3 of that: 2 to 3 of 600 pixels."""
LINE_COLOR, SELECTED_COLOR = (0.835, 0.369, 0.0), (0.941, 0.894, 0.259)
"""Vermilion and yellow of Okabe and Ito: of their colours vermilion differs most from both air and bone."""


def joint_lines(film: Film) -> list[vtk.vtkObject]:
    """Return the lines of a film's joints in the scene's order."""
    own = film.node.GetID()
    return [line for line in _all_joint_lines(film) if _film_of(line) == own]


def lines_of_other_films(film: Film) -> list[vtk.vtkObject]:
    """Return the lines of the joints of all other films in the scene."""
    own = film.node.GetID()
    return [line for line in _all_joint_lines(film) if _film_of(line) != own]


def _all_joint_lines(film: Film) -> list[vtk.vtkObject]:
    scene = film.node.GetScene()
    if scene is None:
        return []
    class_name = "vtkMRMLMarkupsLineNode"
    lines = [
        scene.GetNthNodeByClass(index, class_name)
        for index in range(scene.GetNumberOfNodesByClass(class_name))
    ]
    return [line for line in lines if node_attributes.role_of(line) == node_attributes.JOINT]


def _film_of(line: vtk.vtkObject) -> str | None:
    film: str | None = line.GetNodeReferenceID(node_attributes.FILM_REFERENCE)
    return film


def mark_as_joint(line: vtk.vtkObject, film: Film) -> None:
    """Make a line the joint of a film; one that is in the scene gets the look of a joint, too."""
    with grouped_changes(line):
        write_attribute(line, node_attributes.ROLE, node_attributes.JOINT)
        write_format(line)
        line.SetNodeReferenceID(node_attributes.FILM_REFERENCE, film.node.GetID())
    scene = line.GetScene()
    if scene is None:
        return
    display = line.GetDisplayNode()
    if display is None:
        give_display(line, line_display(scene))
    else:
        _style(display)


def new_line(film: Film, name: str, ends_ras: NDArray[np.float64]) -> vtk.vtkObject:
    """Return the line of a joint from proximal to distal (2, 3) in RAS; it is not in the scene yet."""
    scene = film.node.GetScene()
    line: Any = new_node(scene, "vtkMRMLMarkupsLineNode")
    line.SetName(name)
    mark_as_joint(line, film)
    # The line measures itself in a unit of the scene.
    line.SetScene(scene)
    for point in ends_ras:
        line.AddControlPoint(vtk.vtkVector3d(*point))
    return line


def line_display(scene: vtk.vtkObject) -> vtk.vtkObject:
    """Return the display node of a joint's line; it is not in the scene yet."""
    display = new_node(scene, "vtkMRMLMarkupsDisplayNode")
    _style(display)
    return display


def _style(display: vtk.vtkObject) -> None:
    with grouped_changes(display):
        # The line's length is not a finding; the joint's name is enough.
        display.SetPropertiesLabelVisibility(False)
        display.SetPointLabelsVisibility(False)
        # Thin: what lies under the line is to be seen.
        display.SetCurveLineSizeMode(display.UseLineThickness)
        display.SetLineThickness(_LINE_THICKNESS)
        display.SetGlyphScale(_GLYPH_SCALE)
        _color(display, LINE_COLOR)


def color_lines(film: Film, selected: vtk.vtkObject | None) -> None:
    """Give the selected line of a film another colour than the others; a user's own colours stay."""
    for line in joint_lines(film):
        display, color = line.GetDisplayNode(), SELECTED_COLOR if line is selected else LINE_COLOR
        is_own = display is not None and display.GetSelectedColor() in (LINE_COLOR, SELECTED_COLOR)
        if is_own and display.GetSelectedColor() != color:
            with grouped_changes(display):
                _color(display, color)


def _color(display: vtk.vtkObject, color: tuple[float, float, float]) -> None:
    display.SetColor(*color)
    display.SetSelectedColor(*color)


def is_newer(line: vtk.vtkObject) -> bool:
    """Tell whether a line was saved by a version that this one does not know."""
    return _format_of(line) > node_attributes.CURRENT_FORMAT


def is_older(line: vtk.vtkObject) -> bool:
    """Tell whether an earlier version laid out a line's nodes: its joint has to be separated again."""
    return _format_of(line) < node_attributes.CURRENT_FORMAT


def write_format(line: vtk.vtkObject) -> None:
    """Say that a line's nodes are laid out as this version lays them out."""
    write_attribute(line, node_attributes.FORMAT, str(node_attributes.CURRENT_FORMAT))


def _format_of(line: vtk.vtkObject) -> float:
    """Return the version of the layout; what can't be understood is newer than all."""
    try:
        return int(line.GetAttribute(node_attributes.FORMAT) or "0")
    except ValueError:
        return math.inf


def ends_of(line: vtk.vtkObject) -> NDArray[np.float64]:
    """Return both points (2, 3) in RAS.

    Raises
    ------
    InputError
        If the line has less than two.
    """
    if line.GetNumberOfDefinedControlPoints() < 2:
        raise InputError(
            _("The line of {name} needs two points, the first proximal, the second distal.").format(
                name=line.GetName()
            )
        )
    return np.array([line.GetNthControlPointPositionWorld(index) for index in (0, 1)])


def pose_between(film: Film, name: str, ends_ras: NDArray[np.float64], side: str | None) -> JointPose:
    """Return the pose that a line from proximal to distal gives.

    Raises
    ------
    InputError
        If the line has no length, its middle lies outside of the film, or the name can't be one.
    """
    proximal, distal = film.to_px(np.asarray(ends_ras, dtype=np.float64))
    radiograph = film.radiograph
    x_px, y_px = (distal - proximal).tolist()
    if not np.hypot(x_px, y_px) >= 1:
        raise InputError(
            _("The line of {name} has no length: draw it along the finger through the joint.").format(
                name=name
            )
        )
    pose = JointPose.along_line(
        name,
        (float(proximal[0]), float(proximal[1])),
        (float(distal[0]), float(distal[1])),
        None if radiograph.spacing.known else radiograph.spacing.length(x_px, y_px),
    )
    # The crop knows whether the joint lies on the film.
    return JointCrop(radiograph, replace(pose, side=side)).pose


def swap_ends(line: vtk.vtkObject) -> None:
    """Exchange both points of a line."""
    ends = ends_of(line)
    with grouped_changes(line):
        for index, point in enumerate(ends[::-1]):
            line.SetNthControlPointPositionWorld(index, *point)


def confidence_of(line: vtk.vtkObject) -> float | None:
    """Return how sure the network was of a line that it found, 0..1; None for a line that the user drew."""
    try:
        return float(line.GetAttribute(node_attributes.CONFIDENCE) or "")
    except ValueError:
        return None


def set_confidence(line: vtk.vtkObject, confidence: float | None) -> None:
    """Keep how sure the network was; None once the line is the user's."""
    write_attribute(line, node_attributes.CONFIDENCE, None if confidence is None else f"{confidence:.4f}")


def set_side(line: vtk.vtkObject, side: str | None) -> None:
    """Keep which hand the user, or the network, says that it is; None: what the film says."""
    write_attribute(line, node_attributes.SIDE, side)


def line_ends(film: Film, pose: JointPose) -> NDArray[np.float64]:
    """Return the ends (2, 3) in RAS, proximal and distal, of a line that stands for a pose.

    Where the film has no pixel spacing, the line is as long as the joint's square is wide.
    """
    crop = JointCrop(film.radiograph, pose)
    share = _LINE_SHARE if crop.unit == "mm" else 1.0
    reach = share * CANONICAL_SIZE_PX / 2
    middle = (CANONICAL_SIZE_PX - 1) / 2
    ends = np.array([[middle, middle + reach], [middle, middle - reach]])
    return film.geometry.to_ras(map_points(crop.canonical_to_film, ends))


def same_place(a: JointPose, b: JointPose) -> bool:
    """Tell whether two poses see the same square of the film."""
    return bool(
        np.allclose(a.centre_px, b.centre_px, atol=_MOVED_PX, rtol=0)
        and np.allclose(a.distal, b.distal, atol=1e-5, rtol=0)
        and np.isclose(a.field_of_view_px or 0, b.field_of_view_px or 0, atol=_MOVED_PX)
    )


def check_is_free(film: Film, pose: JointPose, others: Iterable[JointPose]) -> None:
    """Refuse a second joint of the same name or at the same place.

    Raises
    ------
    InputError
        Naming the joint that is there already.
    """
    crop = JointCrop(film.radiograph, pose)
    near_px = _SAME_JOINT * CANONICAL_SIZE_PX * float(np.hypot(*crop.canonical_to_film[:, 0]))
    for other in others:
        if other.name == pose.name:
            raise InputError(_("There is a joint {name} already: give another name.").format(name=pose.name))
        distance = np.hypot(other.centre_px[0] - pose.centre_px[0], other.centre_px[1] - pose.centre_px[1])
        if distance < near_px:
            raise InputError(
                _("{name} is at this place already: move its line, or remove it first.").format(
                    name=other.name
                )
            )


def runs_backwards(pose: JointPose, others: Iterable[JointPose]) -> bool:
    """Tell whether a line was probably drawn from distal to proximal.

    Fingers of a hand point the same way, roughly; of the first joint, hands are mostly shown fingertips up.
    """
    directions = [other.distal for other in others]
    expected = np.sum(directions, axis=0) if directions else np.array([0.0, -1.0])
    length = float(np.hypot(*expected))
    return length > 0 and float(np.dot(pose.distal, expected)) / length < _BACKWARDS


def free_name(taken: Iterable[str]) -> str:
    """Propose a name that no other joint has: 'Joint 1', 'Joint 2', ..."""
    names = set(taken)
    number = 1
    while _("Joint {number}").format(number=number) in names:
        number += 1
    return _("Joint {number}").format(number=number)


def anatomical_order(name: str) -> tuple[int, str]:
    """Return the key that sorts joints in the order of `JOINT_NAMES`, with the others behind."""
    base = anatomical_name(name)
    return (JOINT_NAMES.index(base), name) if base in JOINT_NAMES else (len(JOINT_NAMES), name)
