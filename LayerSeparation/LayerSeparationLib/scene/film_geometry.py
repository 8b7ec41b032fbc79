"""Where a film's pixels lie in the scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import vtk
from numpy.typing import NDArray
from vtk.util import numpy_support

from ..errors import InputError
from ..radiograph import Rectangle
from ..translation import tr as _

REVERSED = 0.9
"""An axis counts as reversed when its direction is this close to patient right or anterior; the rule that the
library's readers have for files, so that both see the same film."""


@dataclass(frozen=True, eq=False)
class FilmGeometry:
    """The plane of a film in RAS: any position, any direction, square pixels or not.

    Pixels are counted as they are seen: x from the left, y from the top, centres at integers.
    """

    origin: NDArray[np.float64]
    """(3,) RAS of the centre of pixel (0, 0)."""
    x_step: NDArray[np.float64]
    """(3,) RAS from a pixel to its right neighbour."""
    y_step: NDArray[np.float64]
    """(3,) RAS from a pixel to the one below."""
    thickness: float
    """Spacing across the film."""
    axes: tuple[int, int]
    """Which of the volume's axes i, j, k is x, and which y."""
    flipped: tuple[bool, bool]
    """Whether x, y run against the volume's axes."""
    shape: tuple[int, int]
    """(rows, columns)."""

    @classmethod
    def of(cls, volume: vtk.vtkObject) -> FilmGeometry:
        """Find the plane of a volume of one slice.

        Raises
        ------
        InputError
            If the volume has no voxels, several slices, or lies under a transform.
        """
        check_is_film(volume)
        size = volume.GetImageData().GetDimensions()
        inside = [axis for axis in range(3) if size[axis] > 1]
        inside = sorted({*inside, *[axis for axis in range(3) if axis not in inside][: 2 - len(inside)]})
        x_axis, y_axis = inside
        (across,) = {0, 1, 2} - {x_axis, y_axis}
        matrix = ijk_to_ras(volume)
        steps = [matrix[:3, x_axis], matrix[:3, y_axis]]
        origin = matrix[:3, 3]
        flipped = [False, False]
        if inside == [0, 1]:
            for side in (0, 1):
                if steps[side][side] / np.linalg.norm(steps[side]) > REVERSED:
                    flipped[side] = True
                    origin = origin + steps[side] * (size[side] - 1)
                    steps[side] = -steps[side]
        return cls(
            origin=origin,
            x_step=steps[0],
            y_step=steps[1],
            thickness=float(np.linalg.norm(matrix[:3, across])),
            axes=(x_axis, y_axis),
            flipped=(flipped[0], flipped[1]),
            shape=(size[y_axis], size[x_axis]),
        )

    @property
    def step_mm(self) -> tuple[float, float]:
        """Distance between rows and between columns in the scene's unit."""
        return float(np.linalg.norm(self.y_step)), float(np.linalg.norm(self.x_step))

    def pixels(self, volume: vtk.vtkObject) -> NDArray[Any]:
        """Return a copy of the film's own numbers, (rows, columns) or (rows, columns, channels)."""
        image = volume.GetImageData()
        columns, rows, slices = image.GetDimensions()
        scalars = numpy_support.vtk_to_numpy(image.GetPointData().GetScalars())
        voxels = scalars.reshape(slices, rows, columns, -1)
        x_axis, y_axis = (2 - axis for axis in self.axes)
        (across,) = {0, 1, 2} - {x_axis, y_axis}
        film = voxels.transpose(across, y_axis, x_axis, 3)[0]
        film = film[:: -1 if self.flipped[1] else 1, :: -1 if self.flipped[0] else 1]
        film = film[..., 0] if film.shape[-1] == 1 else film
        return np.array(film, order="C")

    def to_ras(self, points_px: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map pixels (..., 2) of (x, y) to RAS (..., 3)."""
        points = np.asarray(points_px, dtype=np.float64)
        return self.origin + points[..., :1] * self.x_step + points[..., 1:] * self.y_step

    def to_px(self, points_ras: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map RAS (..., 3) to pixels (..., 2) of (x, y); what is off the plane is dropped onto it."""
        steps = np.column_stack([self.x_step, self.y_step])
        points = np.asarray(points_ras, dtype=np.float64) - self.origin
        return points @ np.linalg.pinv(steps).T

    def region_matrix(self, region: Rectangle) -> NDArray[np.float64]:
        """Return the right-handed IJK-to-RAS matrix (4, 4) of a part of the film, as it is seen."""
        return self.grid_matrix(np.array([[1.0, 0.0, region.left], [0.0, 1.0, region.top]]))

    def grid_matrix(self, to_film: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the IJK-to-RAS matrix (4, 4) of a grid, right-handed where the grid is not mirrored.

        Parameters
        ----------
        to_film
            (2, 3): maps a point (x, y, 1) of the grid to pixels (x, y) of the film.
        """
        normal = np.cross(self.x_step, self.y_step)
        matrix = np.eye(4)
        matrix[:3, :2] = np.column_stack([self.x_step, self.y_step]) @ to_film[:, :2]
        matrix[:3, 2] = normal / np.linalg.norm(normal) * self.thickness
        matrix[:3, 3] = self.to_ras(to_film[:, 2])
        return matrix


def check_is_film(volume: vtk.vtkObject) -> None:
    """Refuse what can't be a radiograph.

    Raises
    ------
    InputError
        If the volume has no voxels, several slices, or lies under a transform.
    """
    name = volume.GetName()
    image = volume.GetImageData()
    if image is None or image.GetNumberOfPoints() == 0 or image.GetPointData().GetScalars() is None:
        raise InputError(
            _("{name} has no pixels: load the radiograph again, or choose another.").format(name=name)
        )
    size = image.GetDimensions()
    if sum(length > 1 for length in size) > 2:
        raise InputError(
            _(
                "{name} is a volume of {size} voxels. A radiograph has one slice: choose a radiograph, "
                "or make a volume of the one slice that is meant (module Crop Volume)."
            ).format(name=name, size=" x ".join(map(str, size)))
        )
    transform = volume.GetParentTransformNode()
    if transform is not None:
        raise InputError(
            _(
                "{name} lies under the transform {transform}. Take it out, or harden it "
                "(module Data: right-click the radiograph), then go on."
            ).format(name=name, transform=transform.GetName())
        )


def ijk_to_ras(volume: vtk.vtkObject) -> NDArray[np.float64]:
    """Return a volume's IJK-to-RAS matrix, (4, 4)."""
    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    return to_numpy(matrix)


def to_numpy(matrix: vtk.vtkMatrix4x4) -> NDArray[np.float64]:
    """Return a 4 x 4 matrix as array."""
    return np.array([[matrix.GetElement(row, column) for column in range(4)] for row in range(4)])


def to_vtk(matrix: NDArray[np.float64]) -> vtk.vtkMatrix4x4:
    """Return an array (4, 4) as VTK's matrix."""
    result = vtk.vtkMatrix4x4()
    result.DeepCopy(np.asarray(matrix, dtype=np.float64).ravel().tolist())
    return result
