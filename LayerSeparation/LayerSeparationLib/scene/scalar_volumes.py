"""Float volumes, most of one slice, rewritten in place."""

from __future__ import annotations

import numpy as np
import vtk
from numpy.typing import NDArray
from vtk.util import numpy_support

from ..radiograph import Rectangle
from .film_geometry import to_vtk
from .new_nodes import new_node

_GREY = "vtkMRMLColorTableNodeGrey"
_BRIGHTEST = 99.8
"""Percentile of a layer that its window shows as white: noise and lead letters don't darken the rest."""


def write_volume(volume: vtk.vtkObject, image: NDArray[np.float32], ijk_to_ras: NDArray[np.float64]) -> None:
    """Give a volume node an image (rows, columns) or (slices, rows, columns) float32 and its place."""
    volume.SetIJKToRASMatrix(to_vtk(ijk_to_ras))
    if not has_shape(volume, image.shape):
        slices, rows, columns = (1, *image.shape)[-3:]
        data = vtk.vtkImageData()
        data.SetDimensions(columns, rows, slices)
        data.AllocateScalars(vtk.VTK_FLOAT, 1)
        volume.SetAndObserveImageData(data)
    voxels_of(volume)[...] = image
    touch(volume)


def write_part(volume: vtk.vtkObject, image: NDArray[np.float32], part: Rectangle) -> None:
    """Rewrite rows and columns of a volume that has the shape of ``image``, unless they are so already."""
    there, wanted = voxels_of(volume)[part.slices], image[part.slices]
    if not np.array_equal(there, wanted):
        there[...] = wanted
        touch(volume)


def voxels_of(volume: vtk.vtkObject) -> NDArray[np.float32]:
    """Return the volume's own memory as array (rows, columns), or (slices, rows, columns) if several."""
    data = volume.GetImageData()
    columns, rows, slices = data.GetDimensions()
    scalars: NDArray[np.float32] = numpy_support.vtk_to_numpy(data.GetPointData().GetScalars())
    return scalars.reshape((rows, columns) if slices == 1 else (slices, rows, columns))


def has_shape(volume: vtk.vtkObject, shape: tuple[int, ...]) -> bool:
    """Tell whether a volume holds float32 voxels of this shape."""
    data = volume.GetImageData()
    if data is None or data.GetPointData().GetScalars() is None or data.GetScalarType() != vtk.VTK_FLOAT:
        return False
    slices, rows, columns = (1, *shape)[-3:]
    return bool(data.GetDimensions() == (columns, rows, slices) and data.GetNumberOfScalarComponents() == 1)


def touch(volume: vtk.vtkObject) -> None:
    """Tell everything that shows the volume that its voxels changed."""
    data = volume.GetImageData()
    data.GetPointData().GetScalars().Modified()
    data.Modified()
    volume.Modified()


def grey_display(scene: vtk.vtkObject, lowest: float, highest: float) -> vtk.vtkObject:
    """Return the display node of a volume with its grey window; it is not in the scene yet."""
    display = new_node(scene, "vtkMRMLScalarVolumeDisplayNode")
    set_window(display, lowest, highest)
    display.SetInterpolate(True)
    display.SetAndObserveColorNodeID(_GREY)
    return display


def set_window(display: vtk.vtkObject, lowest: float, highest: float) -> None:
    """Give a volume's display node a grey window."""
    # An automatic window would be computed from all voxels at every step of an edit.
    display.SetAutoWindowLevel(False)
    display.SetWindowLevelMinMax(lowest, max(highest, lowest + 1e-3))


def layer_window(layer: NDArray[np.float32]) -> tuple[float, float]:
    """Return the window of an attenuation layer: from nothing (noise: its darkest) to its brightest parts."""
    if layer.min() < -1e-3:
        least, most = (float(v) for v in np.percentile(layer, (100 - _BRIGHTEST, _BRIGHTEST)))
        return least, most
    filled = layer[layer > 1e-3]
    return 0.0, float(np.percentile(filled, _BRIGHTEST)) if filled.size else 1.0


def image_window(image: NDArray[np.float32], to_intensity: NDArray[np.float32] | None) -> tuple[float, float]:
    """Return the window of an image: the film's own one where it makes sense, else by the image.

    Parameters
    ----------
    image
        Intensities to be shown.
    to_intensity
        Intensity (2,) at both ends of the film's own window; None if it has none.
    """
    if to_intensity is not None:
        low, high = float(to_intensity.min()), float(to_intensity.max())
        if high - low > 0.05:
            return low, high
    low, high = (float(v) for v in np.percentile(image[:: max(1, image.shape[0] // 256)], (0.5, 99.8)))
    return low, high
