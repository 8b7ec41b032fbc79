"""A real MRML scene with the logics that Slicer's application sets up, from slicer-core. No Qt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import slicer
import vtk

LOGICS = {
    "Colors": "vtkSlicerColorLogic",
    "Terminologies": "vtkSlicerTerminologiesModuleLogic",
    "SubjectHierarchy": "vtkSlicerSubjectHierarchyModuleLogic",
    "Units": "vtkSlicerUnitsLogic",
    "Volumes": "vtkSlicerVolumesLogic",
    "Segmentations": "vtkSlicerSegmentationsModuleLogic",
    "Transforms": "vtkSlicerTransformLogic",
    "Markups": "vtkSlicerMarkupsLogic",
    "Tables": "vtkSlicerTablesLogic",
    "Plots": "vtkSlicerPlotsLogic",
    "Sequences": "vtkSlicerSequencesLogic",
}
"""Name that the application's logic knows a module's logic by -> its class."""
_SINGLE_FILE = 4  # vtkSlicerVolumesLogic::SingleFile
_IN_HIERARCHY = (
    *("vtkMRMLDisplayableNode", "vtkMRMLTableNode", "vtkMRMLPlotChartNode", "vtkMRMLPlotSeriesNode"),
    *("vtkMRMLSequenceNode", "vtkMRMLSequenceBrowserNode"),
)
"""Nodes that the application shows in the subject hierarchy."""


class SceneHost:
    """One MRML scene and the logics around it.

    Parameters
    ----------
    folder
        For what the scene unpacks and caches.
    """

    def __init__(self, folder: Path) -> None:
        with _quiet_vtk():  # slicer-core has no colour tables; the logics complain
            self.scene = slicer.vtkMRMLScene()
            self.scene.SetRootDirectory(str(folder))
            self.application = slicer.vtkSlicerApplicationLogic()
            self.application.SetMRMLScene(self.scene)
            self.application.GetColorLogic().SetMRMLScene(self.scene)
            self.application.GetColorLogic().AddDefaultColorNodes()
            self.application.SetSliceLogics(vtk.vtkCollection())
            self.application.SetViewLogics(vtk.vtkCollection())
            self.logics = {}
            for name, class_name in LOGICS.items():
                logic = getattr(slicer, class_name)()
                logic.SetMRMLApplicationLogic(self.application)
                logic.SetMRMLScene(self.scene)
                self.application.SetModuleLogic(name, logic)
                self.logics[name] = logic
            slicer.vtkMRMLSliceNode.AddDefaultSliceOrientationPresets(self.scene, True)
            self._remote = slicer.vtkMRMLRemoteIOLogic()
            self._remote.SetMRMLScene(self.scene)
            self._remote.GetCacheManager().SetRemoteCacheDirectory(str(folder))
            self._io = slicer.vtkDataIOManagerLogic()
            self._io.SetMRMLApplicationLogic(self.application)
            self._io.SetAndObserveDataIOManager(self._remote.GetDataIOManager())
            self.application.SetMRMLSceneDataIO(self.scene, self._remote, self._io)

    def close(self) -> None:
        """Empty the scene and take the logics off it."""
        self.scene.Clear(True)
        with _quiet_vtk():
            for logic in self.logics.values():
                logic.SetMRMLScene(None)
            self.application.SetMRMLScene(None)
        self.scene.RemoveAllObservers()  # nothing may call Python while the scene is destroyed


def add_application_nodes(scene: Any) -> None:
    """Add the nodes that the application has in every scene: selection and mouse mode."""
    for class_name in ("vtkMRMLSelectionNode", "vtkMRMLInteractionNode"):
        node = getattr(slicer, class_name)()
        node.SetSingletonTag("Singleton")
        scene.AddNode(node)


def keep_subject_hierarchy(scene: Any) -> None:
    """Give each new node an item in the subject hierarchy, as the plugins of the application do."""

    def belongs(node: Any) -> bool:
        return not node.GetHideFromEditors() and any(node.IsA(name) for name in _IN_HIERARCHY)

    def add(_scene: Any, _event: str, node: Any) -> None:
        hierarchy = scene.GetSubjectHierarchyNode() if belongs(node) else None
        if hierarchy is not None and not hierarchy.GetItemByDataNode(node):
            hierarchy.CreateItem(hierarchy.GetSceneItemID(), node)

    def remove(_scene: Any, _event: str, node: Any) -> None:
        if scene.IsClosing():
            return  # asked for now, the hierarchy would be made anew, and be in the way of the next scene
        hierarchy = scene.GetSubjectHierarchyNode()
        item = hierarchy.GetItemByDataNode(node)
        if item:
            hierarchy.RemoveItem(item, False, False)

    add.CallDataType = remove.CallDataType = vtk.VTK_OBJECT
    scene.AddObserver(scene.NodeAddedEvent, add)
    scene.AddObserver(scene.NodeAboutToBeRemovedEvent, remove)
    scene.AddObserver(scene.StartCloseEvent, lambda *_: scene.GetSubjectHierarchyNode().RemoveAllItems(False))


class CoreIO:
    """`slicer.app.coreIOManager()`: volumes, segmentations and scenes, for `slicer.util`."""

    def __init__(self, host: SceneHost) -> None:
        self._scene, self._logics, self._application = host.scene, host.logics, host.application

    def loadNodes(self, kind: str, properties: dict[str, Any], nodes: Any, _messages: Any) -> bool:
        """Load a file; put its node into the collection `nodes`."""
        path = Path(properties["fileName"])
        if not path.is_file():
            return False
        if kind == "SceneFile":
            return bool(self._scene.ReadFromMRB(str(path), False))
        name = properties.get("name") or path.name.partition(".")[0]
        if kind == "VolumeFile":
            node = self._logics["Volumes"].AddArchetypeVolume(
                str(path), name, _SINGLE_FILE if properties.get("singleFile") else 0
            )
            if node is not None and properties.get("show", True):
                self._show_in_all_views(node)
        elif kind == "SegmentationFile":
            node = self._logics["Segmentations"].LoadSegmentationFromFile(str(path), True, name)
        else:
            raise NotImplementedError(f"the host can't load a {kind}")
        if node is not None:
            nodes.AddItem(node)
        return node is not None

    def _show_in_all_views(self, node: Any) -> None:
        """Do what Slicer's reader of volumes does."""
        self._application.GetSelectionNode().SetActiveVolumeID(node.GetID())
        self._application.PropagateVolumeSelection(True)

    def saveNodes(self, kind: str, properties: dict[str, Any], _messages: Any) -> bool:
        """Save the scene as a bundle."""
        path = str(properties["fileName"])
        if kind != "SceneFile" or not path.endswith(".mrb"):
            raise NotImplementedError(f"the host can't save {path} as {kind}")
        return bool(self._scene.WriteToMRB(path))


@contextmanager
def _quiet_vtk() -> Iterator[None]:
    vtk.vtkLogger.SetStderrVerbosity(vtk.vtkLogger.VERBOSITY_OFF)
    try:
        yield
    finally:
        vtk.vtkLogger.SetStderrVerbosity(vtk.vtkLogger.VERBOSITY_WARNING)
