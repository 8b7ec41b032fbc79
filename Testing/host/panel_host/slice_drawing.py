"""Draws what a slice view shows, off the screen, by the displayable managers of slicer-core. No Qt.

A drawing costs a context of OpenGL and a redraw some tens of milliseconds, so that both wait until a picture
is asked for. Without EGL nothing is drawn; `why_not` says so.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import slicer
import vtk
from numpy.typing import NDArray
from vtk.util import numpy_support

_MANAGERS = (
    "vtkMRMLVolumeGlyphSliceDisplayableManager",
    "vtkMRMLModelSliceDisplayableManager",
    "vtkMRMLCrosshairDisplayableManager",
    "vtkMRMLOrientationMarkerDisplayableManager",
    "vtkMRMLRulerDisplayableManager",
    "vtkMRMLScalarBarDisplayableManager",
    "vtkMRMLMarkupsDisplayableManager",
    "vtkMRMLSegmentationsDisplayableManager2D",
    "vtkMRMLTransformsDisplayableManager2D",
    "vtkMRMLLinearTransformsDisplayableManager",
    "vtkMRMLColorLegendDisplayableManager",
)
"""Those of Slicer's slice views and those that its modules add."""
_WINDOW, _LEVEL = 255.0, 127.5  # the slice logic gives 8-bit colours


@functools.cache
def why_not() -> str:
    """Return why nothing can be drawn here; an empty text where it can."""
    if not hasattr(vtk, "vtkEGLRenderWindow"):
        return "this VTK can't draw by EGL"
    try:
        ctypes.CDLL("libEGL.so.1")
    except OSError:
        return "libEGL.so.1 is not installed (Debian: libegl1, libegl-mesa0, libgl1-mesa-dri)"
    if not vtk.vtkEGLRenderWindow().SupportsOpenGL():
        return "EGL finds nothing to draw with (Debian: libegl-mesa0, libgl1-mesa-dri)"
    return ""


class SliceDrawing:
    """The picture of a slice view: image, overlays, texts in the corners.

    Parameters
    ----------
    logic
        The view's slice logic.
    annotation
        The view's texts.
    on_requested
        Called when something that is drawn has changed.
    """

    def __init__(self, logic: Any, annotation: Any, on_requested: Callable[[], None]) -> None:
        self._logic, self._on_requested = logic, on_requested
        self.renderer = vtk.vtkRenderer()
        self.window = vtk.vtkRenderWindow() if why_not() else vtk.vtkEGLRenderWindow()
        self.window.SetOffScreenRendering(True)
        self.window.SetMultiSamples(0)
        self.window.AddRenderer(self.renderer)
        self._resize()
        mapper = vtk.vtkImageMapper()
        mapper.SetColorWindow(_WINDOW)
        mapper.SetColorLevel(_LEVEL)
        self._image, self._mapper = vtk.vtkActor2D(), mapper
        self._image.SetMapper(mapper)
        self._image.GetProperty().SetDisplayLocationToBackground()
        self.renderer.AddViewProp(annotation)
        self._managers: Any = None
        self._interactor: Any = None
        self._style: Any = None
        self._observed: list[tuple[Any, int]] = []

    @property
    def interactor(self) -> Any:
        """What takes the events of mouse and keys.

        Raises
        ------
        RuntimeError
            Nothing can be drawn here (see `why_not`).
        """
        self._start()
        return self._interactor

    def _start(self) -> None:
        """Make what needs a context of OpenGL, once: windows that are never drawn cost next to nothing."""
        if self._managers is not None:
            return
        if why_not():
            raise RuntimeError(why_not())
        self._interactor = vtk.vtkGenericRenderWindowInteractor()
        self._interactor.SetEnableRender(False)
        self.window.SetInteractor(self._interactor)
        self._interactor.Initialize()
        self.window.Render()
        logic = self._logic
        self._managers = _factory(logic).InstantiateDisplayableManagers(self.renderer)
        logic.SetDisplayableManagerGroup(self._managers)
        self._managers.SetMRMLDisplayableNode(logic.GetSliceNode())
        self._style = slicer.vtkMRMLSliceViewInteractorStyle()
        self._style.SetSliceLogic(logic)
        self._style.SetDisplayableManagers(self._managers)
        self._style.SetInteractor(self._interactor)
        request = vtk.vtkCommand.UpdateEvent, vtk.vtkCommand.ModifiedEvent
        self._observed = [
            (target, target.AddObserver(event, lambda *_: self._on_requested()))
            for target, event in zip((self._managers, logic), request, strict=True)
        ]

    def render(self) -> None:
        """Draw what is to be seen now.

        Raises
        ------
        RuntimeError
            Nothing can be drawn here (see `why_not`).
        """
        self._start()
        self._resize()
        shown = self._logic.GetImageDataConnection()
        if shown is not self._mapper.GetInputConnection(0, 0):
            self._mapper.SetInputConnection(shown)
        if (shown is not None) != bool(self.renderer.HasViewProp(self._image)):
            change = self.renderer.AddViewProp if shown is not None else self.renderer.RemoveViewProp
            change(self._image)
        self.window.Render()

    def pixels(self) -> NDArray[np.uint8]:
        """Return what was drawn last, (rows, columns, 3), the upper row first."""
        width, height = self.window.GetSize()
        flat = vtk.vtkUnsignedCharArray()
        self.window.GetPixelData(0, 0, width - 1, height - 1, 0, flat, 0)
        return np.ascontiguousarray(numpy_support.vtk_to_numpy(flat).reshape(height, width, 3)[::-1])

    def close(self) -> None:
        """Let go of the scene."""
        if self._managers is None:
            return
        for target, tag in self._observed:
            target.RemoveObserver(tag)
        self._style.SetInteractor(None)
        self._style.SetDisplayableManagers(None)
        self._style.SetSliceLogic(None)
        self._managers.SetMRMLDisplayableNode(None)
        self._logic.SetDisplayableManagerGroup(None)
        self._managers.SetRenderer(None)
        self.window.Finalize()

    def _resize(self) -> None:
        width, height, _depth = self._logic.GetSliceNode().GetDimensions()
        self.window.SetSize(max(width, 1), max(height, 1))


def _factory(logic: Any) -> Any:
    factory = slicer.vtkMRMLSliceViewDisplayableManagerFactory.GetInstance()
    factory.SetMRMLApplicationLogic(logic.GetMRMLApplicationLogic())
    for name in _MANAGERS:
        if not factory.IsDisplayableManagerRegistered(name):
            factory.RegisterDisplayableManager(name)
    return factory
