"""The motions of a joint's bones as linear transforms, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import vtk
from numpy.typing import NDArray

from ..joints import CANONICAL_SIZE_PX, JointCrop
from ..joints.affine import map_points
from ..scene.film_geometry import FilmGeometry, to_numpy, to_vtk
from ..synthesis import BoneMotion, GapEdit, RigidMotion
from ..synthesis.gap_edit import GREATEST_MOTION_PX, GREATEST_TILT_DEG, MovingBone

_AWAY = 0.24
"""Distance of a bone's handle from the joint, as a part of the crop."""
_HANDLE_PERCENT, _HANDLE_OPACITY = 7.0, 0.7
"""Size, in per cent of the view, and opacity: half of Slicer's size, the bone under it is to be seen."""
_SAME_PX, _SAME_DEG = 1e-3, 1e-3
_ROOM = 0.999
"""Share of the greatest motion that a handle may ask for: rounding must not push it over."""


@dataclass(frozen=True, eq=False)
class BoneHandles:
    """The way between motions on the canonical crop and transforms in RAS."""

    crop: JointCrop
    geometry: FilmGeometry

    def matrix(self, motion: RigidMotion) -> NDArray[np.float64]:
        """Return the motion as a rigid transform (4, 4) in RAS."""
        right, normal = self._right, self._normal
        angle = math.radians(motion.turn_deg)
        # Clockwise on the crop is from its right to its down, which is the positive turn about the normal.
        axis = np.array([[0, -normal[2], normal[1]], [normal[2], 0, -normal[0]], [-normal[1], normal[0], 0]])
        turn = np.eye(3) + math.sin(angle) * axis + (1 - math.cos(angle)) * axis @ axis
        matrix = np.eye(4)
        matrix[:3, :3] = turn
        travel = motion.x_px * right + motion.y_px * self._down
        matrix[:3, 3] = self._centre - turn @ self._centre + travel
        return matrix

    def motion(self, matrix: NDArray[np.float64]) -> RigidMotion:
        """Return what of a transform is a rigid motion in the film's plane."""
        right = self._right / np.linalg.norm(self._right)
        down = np.cross(self._normal, right)
        turned = matrix[:3, :3] @ right
        angle = math.degrees(math.atan2(float(turned @ down), float(turned @ right)))
        travel = matrix[:3, :3] @ self._centre + matrix[:3, 3] - self._centre
        steps = np.column_stack([self._right, self._down])
        x_px, y_px = np.linalg.pinv(steps) @ travel
        return RigidMotion(float(x_px), float(y_px), angle)

    def place(self, transform: vtk.vtkObject, motion: RigidMotion, upper: bool) -> None:
        """Write a motion into a transform node, unless it has it already."""
        old = vtk.vtkMatrix4x4()
        transform.GetMatrixTransformToParent(old)
        matrix = self.matrix(motion)
        if not np.allclose(to_numpy(old), matrix, atol=1e-6):
            transform.SetMatrixTransformToParent(to_vtk(matrix))
        half = (CANONICAL_SIZE_PX - 1) / 2
        point = np.array([half, half + (-1 if upper else 1) * _AWAY * CANONICAL_SIZE_PX])
        centre = self._ras(point)
        if not np.allclose(transform.GetCenterOfTransformation(), centre, atol=1e-6):
            transform.SetCenterOfTransformation(*centre)

    def current(self, transform: vtk.vtkObject) -> RigidMotion:
        """Return the motion that a transform node holds now."""
        matrix = vtk.vtkMatrix4x4()
        transform.GetMatrixTransformToParent(matrix)
        return self.motion(to_numpy(matrix))

    def differ(self, upper: RigidMotion, lower: RigidMotion, from_motion: BoneMotion) -> bool:
        """Tell whether the handles ask for anything else than is shown."""
        return _differs(upper, from_motion.upper) or _differs(lower, from_motion.lower)

    def edit(self, upper: RigidMotion, lower: RigidMotion, before: BoneMotion, moves: MovingBone) -> GapEdit:
        """Return the edit that comes nearest to what the user did with the handles.

        A bone that was taken hold of stays with the hand: where both bones move, each half of the way, the
        other one mirrors it.
        """
        moved_upper, moved_lower = _differs(upper, before.upper), _differs(lower, before.lower)
        if moves == "both" and moved_upper != moved_lower:
            taken = upper if moved_upper else RigidMotion(-lower.x_px, -lower.y_px, -lower.turn_deg)
            total = RigidMotion(2 * taken.x_px, 2 * taken.y_px, 2 * taken.turn_deg)
        else:
            if not _differs(lower, RigidMotion()):
                moves = "upper" if moves != "both" or moved_upper else moves
            elif not _differs(upper, RigidMotion()):
                moves = "lower"
            else:
                moves = "both"
            total = RigidMotion(
                upper.x_px - lower.x_px, upper.y_px - lower.y_px, upper.turn_deg - lower.turn_deg
            )
        share = 0.5 if moves == "both" else 1.0
        return self._edit_of(total, share, moves)

    def _edit_of(self, total: RigidMotion, share: float, moves: MovingBone) -> GapEdit:
        length = share * math.hypot(total.x_px, total.y_px)
        scale = min(1.0, _ROOM * GREATEST_MOTION_PX / length) if length else 1.0
        unit = self.crop.unit_per_px
        change, shift = -total.y_px * scale * unit, total.x_px * scale * unit
        tilt = max(-GREATEST_TILT_DEG, min(GREATEST_TILT_DEG, total.turn_deg))
        # Rounding of matrices must not become an edit.
        change, shift = (0.0 if abs(v) < _SAME_PX * unit else v for v in (change, shift))
        tilt = 0.0 if abs(tilt) < _SAME_DEG else tilt
        return GapEdit(change=change or None, shift=shift, tilt_deg=tilt, moves=moves, unit=self.crop.unit)

    def _ras(self, canonical: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.geometry.to_ras(map_points(self.crop.canonical_to_film, canonical))

    @cached_property
    def _centre(self) -> NDArray[np.float64]:
        half = (CANONICAL_SIZE_PX - 1) / 2
        return self._ras(np.array([half, half]))

    @cached_property
    def _right(self) -> NDArray[np.float64]:
        """RAS step (3,) of one canonical pixel to the right."""
        return self._ras(np.array([1.0, 0.0])) - self._ras(np.array([0.0, 0.0]))

    @cached_property
    def _down(self) -> NDArray[np.float64]:
        return self._ras(np.array([0.0, 1.0])) - self._ras(np.array([0.0, 0.0]))

    @cached_property
    def _normal(self) -> NDArray[np.float64]:
        normal = np.cross(self._right, self._down)
        return normal / np.linalg.norm(normal)


def show_handles(transform: vtk.vtkObject, visible: bool, view_ids: Sequence[str]) -> None:
    """Show or hide a transform's handles: in slice views only, moving and turning but not scaling.

    Parameters
    ----------
    transform
        vtkMRMLLinearTransformNode.
    visible
        Whether they are shown.
    view_ids
        In which views; in all where the list is empty.
    """
    if transform.GetDisplayNode() is None:
        transform.CreateDefaultDisplayNodes()
    display = transform.GetDisplayNode()
    if display is None:
        return
    if list(display.GetViewNodeIDs()) != list(view_ids):
        display.SetViewNodeIDs(list(view_ids))
    display.SetVisibility(False)
    display.SetEditorVisibility(visible)
    display.SetEditorVisibility3D(False)
    display.SetEditorSliceIntersectionVisibility(visible)
    display.SetEditorTranslationEnabled(visible)
    display.SetEditorTranslationSliceEnabled(visible)
    display.SetEditorRotationEnabled(visible)
    display.SetEditorRotationSliceEnabled(visible)
    display.SetEditorScalingEnabled(False)
    display.SetEditorScalingSliceEnabled(False)
    display.SetInteractionScalePercent(_HANDLE_PERCENT)
    display.SetInteractionHandleOpacity(_HANDLE_OPACITY)


def _differs(motion: RigidMotion, other: RigidMotion) -> bool:
    travel = math.hypot(motion.x_px - other.x_px, motion.y_px - other.y_px)
    return travel > _SAME_PX or abs(motion.turn_deg - other.turn_deg) > _SAME_DEG
