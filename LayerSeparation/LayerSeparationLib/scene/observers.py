"""Observers: what the user does to a film's joints anywhere in Slicer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer
import vtk

from . import node_attributes
from .hierarchy import folder_for_removal, remove_folder_if_empty
from .node_references import remove_node
from .scene_joint import SceneJoint

if TYPE_CHECKING:
    from .scene_joints import SceneJoints


class Observers:
    """Watches lines, bone handles, and the scene itself, and tells `SceneJoints`."""

    def __init__(self, joints: SceneJoints) -> None:
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
        moved = slicer.vtkMRMLTransformableNode.TransformModifiedEvent
        self._tags.append((film, film.AddObserver(moved, lambda *_: self._joints.film_moved())))

    def stop(self) -> None:
        """End all watching."""
        for node, tag in self._tags:
            node.RemoveObserver(tag)
        self._tags.clear()
        for joint in list(self._of_joint):
            self.unwatch(joint)

    def watch(self, joint: SceneJoint) -> None:
        """Watch a joint's line, and those handles that are not watched yet."""
        seen = self._of_joint.setdefault(joint, {})
        events = slicer.vtkMRMLMarkupsNode
        if joint.line not in seen:
            seen[joint.line] = [
                joint.line.AddObserver(events.PointModifiedEvent, lambda *_: self._joints.line_moved(joint)),
                joint.line.AddObserver(
                    vtk.vtkCommand.ModifiedEvent, lambda *_: self._joints.line_renamed(joint)
                ),
            ]
        for role in (node_attributes.UPPER_POSE, node_attributes.LOWER_POSE):
            transform = joint.owner.find(role)
            if transform is not None and transform not in seen:
                seen[transform] = [
                    transform.AddObserver(
                        slicer.vtkMRMLTransformableNode.TransformModifiedEvent,
                        lambda *_: self._joints.handle_moved(joint),
                    )
                ]

    def unwatch(self, joint: SceneJoint) -> None:
        """End watching a joint."""
        for node, tags in self._of_joint.pop(joint, {}).items():
            for tag in tags:
                node.RemoveObserver(tag)

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _about_to_remove(self, _scene: Any, _event: Any, node: vtk.vtkObject) -> None:
        joint = self._joints.get(node)
        if joint is not None and not self._scene.IsClosing():
            nodes = [other for _role, other in joint.owner.all()]
            self._orphans[node] = (joint, nodes, folder_for_removal(node))

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def _removed(self, _scene: Any, _event: Any, node: vtk.vtkObject) -> None:
        if node is self._joints.film.node:
            self._joints.scene_closes()
            return
        orphan = self._orphans.pop(node, None)
        if orphan is None:
            return
        joint, nodes, folder = orphan
        for other in nodes:
            remove_node(other)
        remove_folder_if_empty(self._scene, folder)
        self._joints.line_removed(joint)

    def _closing(self, *_: Any) -> None:
        self._joints.scene_closes()
