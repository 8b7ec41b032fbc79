"""The word SYNTHETIC on every slice view that shows an edited image, whatever put it there."""

from __future__ import annotations

from typing import Any

import vtk

from ..files.provenance import SYNTHETIC_KEY
from ..scene.batch import is_settled
from ..translation import tr as _
from .view_windows import ViewWindow, view_windows

_VIEW_SHARE = 1 / 24
"""Height of the letters, as a part of the view's."""
_SMALLEST_PX, _LARGEST_PX = 11, 22
"""At 100 % scaling of the screen."""
_TEXT_COLOR, _GROUND_COLOR, _GROUND_OPACITY = (1.0, 0.85, 0.0), (0.0, 0.0, 0.0), 0.8
"""Yellow on black can be read on bright and on dark film alike."""
_OVER_EVERYTHING = 100
_MAIN_LAYERS = 3
"""Background, foreground, label."""


class SyntheticMarks:
    """Marks the views of any layout, and takes the marks off, as what they show changes.

    A view is marked by what the pixels of its volumes are: each node says of itself whether it is synthetic.

    Parameters
    ----------
    scene
        Followed until `close`.
    """

    def __init__(self, scene: vtk.vtkObject) -> None:
        self._scene = scene
        self._marks: dict[str, _Mark] = {}
        self._tags: dict[vtk.vtkObject, int] = {}
        nodes = (scene.NodeAddedEvent, scene.NodeRemovedEvent)
        ends = (scene.EndBatchProcessEvent, scene.EndImportEvent, scene.EndCloseEvent)
        self._scene_tags = [
            *(scene.AddObserver(event, self._follow_node) for event in nodes),
            *(scene.AddObserver(event, lambda *_: self.update()) for event in ends),
        ]
        self.update()

    def update(self) -> None:
        """Look at every view."""
        scene = self._scene
        if not is_settled(scene):
            return
        seen: set[vtk.vtkObject] = set()
        synthetic: set[str] = set()
        for index in range(scene.GetNumberOfNodesByClass("vtkMRMLSliceCompositeNode")):
            composite = scene.GetNthNodeByClass(index, "vtkMRMLSliceCompositeNode")
            volumes = _volumes_in(composite)
            seen |= {composite, *volumes}
            if any(is_synthetic(volume) for volume in volumes):
                synthetic.add(composite.GetLayoutName())
        self._watch(seen)
        self._draw(synthetic)

    def close(self) -> None:
        """Take all marks off, and look at the scene no more."""
        self._draw(set())
        self._watch(set())
        for tag in self._scene_tags:
            self._scene.RemoveObserver(tag)

    def _draw(self, synthetic: set[str]) -> None:
        windows = view_windows() if synthetic or self._marks else []
        for window in windows:
            name = window.node.GetLayoutName()
            if name in synthetic:
                self._marks.setdefault(name, _Mark()).show(window)
            elif name in self._marks:
                self._marks.pop(name).hide(window)

    def _watch(self, nodes: set[vtk.vtkObject]) -> None:
        for node in set(self._tags) - nodes:
            node.RemoveObserver(self._tags.pop(node))
        for node in nodes - set(self._tags):
            self._tags[node] = node.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: self.update())

    @vtk.calldata_type(vtk.VTK_OBJECT)  # type: ignore[untyped-decorator]
    def _follow_node(self, _scene: Any, _event: str, node: vtk.vtkObject) -> None:
        if node.IsA("vtkMRMLSliceCompositeNode") or node.IsA("vtkMRMLVolumeNode"):
            self.update()


class _Mark:
    """The word on one view."""

    def __init__(self) -> None:
        self._target: vtk.vtkObject | None = None
        self._tag, self._ratio = 0, 1.0
        self._actor = vtk.vtkTextActor()
        self._actor.SetInput(f" {_('SYNTHETIC')} ")
        self._actor.GetPositionCoordinate().SetCoordinateSystemToNormalizedViewport()
        # The corners belong to Slicer's own annotations; the middle of the upper edge is free.
        self._actor.SetPosition(0.5, 0.99)
        self._actor.SetLayerNumber(_OVER_EVERYTHING)
        style = self._actor.GetTextProperty()
        style.SetJustificationToCentered()
        style.SetVerticalJustificationToTop()
        style.BoldOn()
        style.SetColor(*_TEXT_COLOR)
        style.SetBackgroundColor(*_GROUND_COLOR)
        style.SetBackgroundOpacity(_GROUND_OPACITY)

    def show(self, window: ViewWindow) -> None:
        """Write the word on a view, as large as the view can have it now and later."""
        self._ratio = window.pixel_ratio
        is_new = not window.renderer.HasViewProp(self._actor)
        if is_new:
            window.renderer.AddViewProp(self._actor)
            self._target = window.renderer.GetVTKWindow()
            self._tag = self._target.AddObserver(vtk.vtkCommand.WindowResizeEvent, lambda *_: self._fit())
        if self._fit() or is_new:
            window.render()

    def hide(self, window: ViewWindow) -> None:
        """Take the word off a view."""
        if self._target is not None:
            self._target.RemoveObserver(self._tag)
            self._target = None
        window.renderer.RemoveViewProp(self._actor)
        window.render()

    def _fit(self) -> bool:
        """Give the letters the size that suits the view; return whether they had another."""
        style = self._actor.GetTextProperty()
        rows = self._target.GetSize()[1] if self._target is not None else 0
        size = round(min(max(_VIEW_SHARE * rows, _SMALLEST_PX * self._ratio), _LARGEST_PX * self._ratio))
        if style.GetFontSize() == size:
            return False
        style.SetFontSize(size)
        return True


def is_synthetic(node: vtk.vtkObject | None) -> bool:
    """Tell whether a node says that its pixels are not those of a film as it was taken."""
    return node is not None and node.GetAttribute(SYNTHETIC_KEY) == "true"


def _volumes_in(composite: vtk.vtkObject) -> list[vtk.vtkObject]:
    count = _MAIN_LAYERS + composite.GetNumberOfAdditionalLayers()
    ids = [composite.GetNthLayerVolumeID(layer) for layer in range(count)]
    volumes = [composite.GetScene().GetNodeByID(identifier) for identifier in ids if identifier]
    return [volume for volume in volumes if volume is not None]
