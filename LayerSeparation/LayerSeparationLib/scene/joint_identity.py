"""Who a joint is: what its line along the finger says of it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import vtk

from ..errors import InputError
from ..joints import JointPose
from ..separation import JointLayers
from ..translation import tr as _
from . import node_attributes
from .bone_names import bone_names
from .film import Film
from .joint_lines import confidence_of, ends_of, joint_lines, pose_between, set_side, swap_ends


class JointIdentity:
    """Name, side and place of a joint.

    The middle of the line is the joint. Where the film has no pixel spacing, the line's length is the edge of
    the square that is taken of the film. Where a line runs from distal to proximal, the bones are named
    the wrong way round: see `turn_round`.

    Parameters
    ----------
    film
        The radiograph.
    line
        vtkMRMLMarkupsLineNode with both points, from proximal to distal.
    """

    def __init__(self, film: Film, line: vtk.vtkObject) -> None:
        self._film = film
        self._line = line

    @property
    def name(self) -> str:
        """The line's name: 'MCP3', or the user's own."""
        return str(self._line.GetName())

    def rename(self, name: str) -> None:
        """Give the line another name.

        Raises
        ------
        InputError
            If another joint of the film has it, or it can't name a joint.
        """
        JointPose(name, (0.0, 0.0), (0.0, -1.0))
        if any(line is not self._line and line.GetName() == name for line in joint_lines(self._film)):
            raise InputError(_("There is a joint {name} already: give another name.").format(name=name))
        self._line.SetName(name)

    @property
    def side(self) -> str | None:
        """'L' or 'R'; the film's own, unless the user says another. None where it is not known."""
        own = self._line.GetAttribute(node_attributes.SIDE)
        try:
            return own or self._film.radiograph.origin.laterality
        except InputError:
            # What is wrong with the film is said where the film is needed.
            return None

    def set_side(self, side: str | None) -> None:
        """Say which hand it is; None: what the film says.

        Raises
        ------
        InputError
            If it is neither 'L' nor 'R'.
        """
        if side not in ("L", "R", None):
            raise InputError(_("The side of a hand is L or R, not {side}.").format(side=side))
        set_side(self._line, side)

    @property
    def confidence(self) -> float | None:
        """How sure the network was of the place, 0..1; None where the user drew or moved the line."""
        return confidence_of(self._line)

    @property
    def bone_names(self) -> tuple[str, str]:
        """Names of the upper (distal) and the lower (proximal) bone, as far as the joint's name tells."""
        return bone_names(self.name)

    @property
    def state(self) -> Hashable:
        """Everything that the pose depends on, apart from the film."""
        line = self._line
        count = line.GetNumberOfControlPoints()
        ends = tuple(tuple(line.GetNthControlPointPositionWorld(index)) for index in range(count))
        return (self.name, line.GetAttribute(node_attributes.SIDE), ends)

    @property
    def pose(self) -> JointPose:
        """Where the line says that the joint is.

        Raises
        ------
        InputError
            If the line has no length, its middle lies outside of the film, or the name can't be one.
        """
        pose = pose_between(self._film, self.name, ends_of(self._line), self.side)
        return replace(pose, confidence=self.confidence)

    def turn_round(self) -> None:
        """Exchange the ends of the line: it was drawn from distal to proximal."""
        swap_ends(self._line)

    def give_to(self, layers: JointLayers) -> JointLayers:
        """Return layers with the present names and side; the same object where they have them.

        A name that the user typed elsewhere in Slicer, and that no file can have, is not taken over.
        """
        try:
            pose = replace(layers.pose, name=self.name, side=self.side)
        except InputError:
            pose = layers.pose
        radiograph = layers.radiograph
        if radiograph.name != self._film.name:
            radiograph = replace(radiograph, name=self._film.name)
        if pose == layers.pose and radiograph is layers.radiograph:
            return layers
        return replace(layers, crop=replace(layers.crop, radiograph=radiograph, pose=pose))
