"""Observers: what the user does to a film and its joints anywhere in Slicer."""

from __future__ import annotations

from typing import Any, Protocol

import slicer
import vtk

from .film import Film
from .hierarchy import folder_for_removal, remove_folder_if_empty
from .node_references import remove_node
from .scene_joint import SceneJoint


class Observed(Protocol):
    """The joints of a film, which follow what the observers see."""

    film: Film
    """The radiograph."""

    def get(self, line_node: vtk.vtkObject) -> SceneJoint | None:
        """Return the joint of a line."""

    def follow_closing(self) -> None:
        """Let go of a scene that is closed, or of a film that was removed."""

    def follow_film(self) -> None:
        """Take in that the film may have changed, or that it was put under a transform or taken out."""

    def follow_line(self, joint: SceneJoint) -> None:
        """Take in that the user moved the line of a joint."""

    def follow_name(self, joint: SceneJoint) -> None:
        """Take in that the user may have renamed the line of a joint."""

    def follow_removal(self, joint: SceneJoint) -> None:
        """Take in that the user removed the line of a joint; its nodes are gone already."""


class Observers:
    """Watches lines, the film and the scene itself, and tells the joints."""

    def __init__(self, joints: Observed) -> None:
        self._joints = joints
        self._scene = joints.film.node.GetScene()
        self._tags: list[tuple[vtk.vtkObject, int]] = []
        self._of_joint: dict[SceneJoint, dict[vtk.vtkObject, list[int]]] = {}
        self._orphans: dict[vtk.vtkObject, tuple[SceneJoint, list[vtk.vtkObject], int]] = {}

    def start(self) -> None:
        """Watch the scene."""
        if self._scene is None:
            return
        scene = self._scene
        for event, react in (
            (scene.NodeAboutToBeRemovedEvent, self._about_to_remove),
            (scene.NodeRemovedEvent, self._removed),
            (scene.StartCloseEvent, self._closing),
        ):
            self._tags.append((scene, scene.AddObserver(event, react)))
        film = self._joints.film.node
        for event in (
            vtk.vtkCommand.ModifiedEvent,
            slicer.vtkMRMLVolumeNode.ImageDataModifiedEvent,
            slicer.vtkMRMLTransformableNode.TransformModifiedEvent,
        ):
            self._tags.append((film, film.AddObserver(event, lambda *_: self._joints.follow_film())))

    def stop(self) -> None:
        """End all watching."""
        for node, tag in self._tags:
            node.RemoveObserver(tag)
        self._tags.clear()
        for joint in list(self._of_joint):
            self.unwatch(joint)

    def watch(self, joint: SceneJoint) -> None:
        """Watch a joint's line."""
        seen = self._of_joint.setdefault(joint, {})
        events = slicer.vtkMRMLMarkupsNode
        if joint.line not in seen:
            seen[joint.line] = [
                joint.line.AddObserver(events.PointModifiedEvent, lambda *_: self._joints.follow_line(joint)),
                joint.line.AddObserver(
                    vtk.vtkCommand.ModifiedEvent, lambda *_: self._joints.follow_name(joint)
                ),
            ]

    def unwatch(self, joint: SceneJoint) -> None:
        """End watching a joint."""
        for node, tags in self._of_joint.pop(joint, {}).items():
            for tag in tags:
                node.RemoveObserver(tag)

    @vtk.calldata_type(vtk.VTK_OBJECT)  # type: ignore[untyped-decorator]
    def _about_to_remove(self, _scene: Any, _event: Any, node: vtk.vtkObject) -> None:
        joint = self._joints.get(node)
        if joint is not None and not self._scene.IsClosing():
            nodes = [other for _role, other in joint.references.all()]
            self._orphans[node] = (joint, nodes, folder_for_removal(node))

    @vtk.calldata_type(vtk.VTK_OBJECT)  # type: ignore[untyped-decorator]
    def _removed(self, _scene: Any, _event: Any, node: vtk.vtkObject) -> None:
        if node is self._joints.film.node:
            self._joints.follow_closing()
            return
        orphan = self._orphans.pop(node, None)
        if orphan is None:
            return
        joint, nodes, folder = orphan
        for other in nodes:
            remove_node(other)
        remove_folder_if_empty(self._scene, folder)
        self._joints.follow_removal(joint)

    def _closing(self, *_: Any) -> None:
        self._joints.follow_closing()
