"""Views of a layout that are kept right: what has to be followed for it, and left alone meanwhile."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import vtk

_IN_VIEWS = ("vtkMRMLSliceNode", "vtkMRMLSliceCompositeNode", "vtkMRMLLayoutNode")


class FollowedViews(ABC):
    """Follows a scene, and those of its views and contents that were set up once.

    Parameters
    ----------
    scene
        Holds the views; it is followed until `_stop_following`.
    shown
        Further classes of nodes whose coming and going the views depend on.
    """

    def __init__(self, scene: vtk.vtkObject, shown: tuple[str, ...] = ()) -> None:
        self._scene = scene
        self._classes = (*_IN_VIEWS, *shown)
        self._is_setting = False
        self._tags: dict[vtk.vtkObject, int] = {}
        ends = (scene.EndBatchProcessEvent, scene.EndImportEvent, scene.EndCloseEvent)
        self._scene_tags = [
            scene.AddObserver(scene.NodeAddedEvent, self._follow_node),
            scene.AddObserver(scene.NodeRemovedEvent, self._follow_node),
            *(scene.AddObserver(event, lambda *_: self.set_right()) for event in ends),
        ]

    @abstractmethod
    def set_right(self) -> None:
        """Bring the views to what they have to show."""

    @abstractmethod
    def _follow_view(self, view: vtk.vtkObject) -> None:
        """Answer to a view that was moved or has another size."""

    def _stop_following(self) -> None:
        for tag in self._scene_tags:
            self._scene.RemoveObserver(tag)
        for node, tag in self._tags.items():
            node.RemoveObserver(tag)
        self._tags.clear()

    @vtk.calldata_type(vtk.VTK_OBJECT)  # type: ignore[untyped-decorator]
    def _follow_node(self, _scene: Any, event: str, node: vtk.vtkObject) -> None:
        if event == "NodeRemovedEvent" and node in self._tags:
            node.RemoveObserver(self._tags.pop(node))
        if any(node.IsA(name) for name in self._classes):
            self.set_right()

    def _watch(self, node: vtk.vtkObject) -> None:
        if node in self._tags:
            return
        is_view = node.IsA("vtkMRMLSliceNode")
        follow = (lambda *_: self._follow_view(node)) if is_view else (lambda *_: self.set_right())
        self._tags[node] = node.AddObserver(vtk.vtkCommand.ModifiedEvent, follow)

    @contextmanager
    def _setting(self) -> Iterator[None]:
        """Let what is set here not be taken for something that was changed by others."""
        self._is_setting = True
        try:
            yield
        finally:
            self._is_setting = False
