"""Slicer module LayerSeparation: a finger joint's soft tissue and bones as layers, its gap under the hand."""

import pathlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import slicer
import vtk
from slicer import vtkMRMLMarkupsLineNode, vtkMRMLVolumeNode
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.parameterNodeWrapper import WithinRange, parameterNodeWrapper
from slicer.ScriptedLoadableModule import (
    ScriptedLoadableModule,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
    ScriptedLoadableModuleWidget,
)
from slicer.util import VTKObservationMixin

if TYPE_CHECKING:
    from LayerSeparationLib import GapEdit, JointLayers, JointPose
    from LayerSeparationLib.dataset import DatasetOptions, FilmDataset
    from LayerSeparationLib.scene import SceneJoint, SceneJoints
    from LayerSeparationLib.scene.scene_comparison import SceneComparison

HOMEPAGE = "https://github.com/LayerSeparation/SlicerLayerSeparation"


class LayerSeparation(ScriptedLoadableModule):
    """What Slicer shows about the module."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        parent.title = _("Layer Separation")
        parent.categories = [translate("qSlicerAbstractCoreModule", "Image Synthesis")]
        parent.dependencies = []
        parent.contributors = ["The LayerSeparation contributors"]
        parent.helpText = _(
            "Separates a finger joint of a hand radiograph into soft tissue, upper bone and lower bone, and "
            "synthesizes radiographs of the same joint with another joint space. For research only.<br>"
            '<a href="{homepage}/blob/main/Docs/tutorial.md">Tutorial</a>, '
            '<a href="{homepage}">home page</a>.'
        ).format(homepage=HOMEPAGE)
        parent.acknowledgementText = _(
            "The method follows H. Wang et al., Layer Separation: Adjustable Joint Space Width Images "
            "Synthesis in Conventional Radiography, ACM Multimedia 2025, doi 10.1145/3746027.3755407."
        )
        application = getattr(slicer, "app", None)
        if hasattr(application, "connect"):
            application.connect("startupCompleted()", _register)


def _register() -> None:
    """Give Slicer the sample data, the terminology and the layouts, once its own modules are up."""
    from LayerSeparationLib.scene.sample_data import register_sample_data
    from LayerSeparationLib.scene.terminology import register_terminology
    from LayerSeparationLib.views.layouts import register_layouts

    register_sample_data()
    register_terminology()
    register_layouts(slicer.mrmlScene)


@parameterNodeWrapper
class LayerSeparationParameterNode:
    """What is saved with the scene of the panel itself; joints and layers are nodes of their own."""

    film: vtkMRMLVolumeNode
    joint: vtkMRMLMarkupsLineNode
    edit: str
    device: str = "auto"
    sweepFrom: Annotated[float, WithinRange(0, 200)] = 0.0
    sweepTo: Annotated[float, WithinRange(0, 200)] = 2.5
    sweepSteps: Annotated[int, WithinRange(2, 201)] = 11
    planSamples: Annotated[int, WithinRange(1, 1000000)] = 50
    planFrom: Annotated[float, WithinRange(-200, 200)] = 0.0
    planTo: Annotated[float, WithinRange(-200, 200)] = 2.5
    planTilt: Annotated[float, WithinRange(0, 30)] = 0.0
    planShift: Annotated[float, WithinRange(0, 200)] = 0.0
    planExposure: Annotated[float, WithinRange(0, 90)] = 0.0
    planNoise: Annotated[float, WithinRange(0, 50)] = 0.0
    planSeed: Annotated[int, WithinRange(0, 2147483647)] = 0
    planDoubtful: bool = False
    exportFolder: pathlib.Path = pathlib.Path.home() / "LayerSeparation"


class LayerSeparationWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """Connects the panel to Slicer: scene, parameter node, and the module's coming and going."""

    def __init__(self, parent=None):
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self._parameterNode = None
        self._guiTag = None
        self.panel = None
        self.isInView, self.successor = False, None
        self._replaced = getattr(slicer.modules, "LayerSeparationWidget", None)

    def setup(self):
        """Make the panel."""
        ScriptedLoadableModuleWidget.setup(self)
        from LayerSeparationLib.scene.terminology import register_terminology
        from LayerSeparationLib.widgets.panel import Panel

        register_terminology()
        top = slicer.util.loadUI(self.resourcePath("UI/LayerSeparation.ui"))
        self.layout.addWidget(top)
        self.ui = slicer.util.childWidgetVariables(top)
        top.setMRMLScene(slicer.mrmlScene)
        self.logic = LayerSeparationLogic()
        self.panel = Panel(self.ui, top)
        scene = slicer.mrmlScene
        self.addObserver(scene, scene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(scene, scene.EndCloseEvent, self.onSceneEndClose)
        self.addObserver(scene, scene.EndImportEvent, self.onSceneEndImport)
        self.addObserver(scene, scene.NodeAddedEvent, self.onNodesChanged)
        self.addObserver(scene, scene.NodeRemovedEvent, self.onNodeRemoved)
        self.addObserver(scene, scene.EndBatchProcessEvent, self.onNodesChanged)
        self.setParameterNode(self.logic.getParameterNode())
        self.panel.follow_nodes()
        if self._replaced is not None:
            # A reload: Slicer goes on calling the old widget.
            self._replaced.successor = self
            if self._replaced.isInView:
                self.enter()

    def cleanup(self):
        """Let go of everything when the application closes or the module is reloaded."""
        self._disconnect()
        self.removeObservers()
        if self.panel is not None:
            self.panel.close()
            self.panel = None

    def enter(self):
        """Come into view."""
        if self.successor is not None:
            self.successor.enter()
            return
        if self._parameterNode is None:
            self.setParameterNode(self.logic.getParameterNode())
        self.isInView = True
        self.panel.enter()

    def exit(self):
        """Go out of view."""
        self.isInView = False
        if self.successor is not None:
            self.successor.exit()
        elif self.panel is not None:
            self.panel.leave()

    def onSceneStartClose(self, caller, event):
        """Let go of the nodes before they go."""
        self.setParameterNode(None)

    def onSceneEndClose(self, caller, event):
        """Begin anew."""
        self.setParameterNode(self.logic.getParameterNode())
        self.panel.follow_nodes()

    def onSceneEndImport(self, caller, event):
        """Go on with what the file holds."""
        self.setParameterNode(self.logic.getParameterNode())
        self.panel.reopen()

    def onNodesChanged(self, caller, event):
        """Follow radiographs that come and go."""
        if self._parameterNode is not None:
            self.panel.follow_nodes()

    @vtk.calldata_type(vtk.VTK_OBJECT)
    def onNodeRemoved(self, caller, event, node):
        """Follow radiographs that go, and take their joints along."""
        if self._parameterNode is not None:
            self.panel.follow_removal(node)

    def setParameterNode(self, parameterNode):
        """Connect the panel to a parameter node, or to none while the scene closes."""
        self._disconnect()
        self._parameterNode = parameterNode
        if parameterNode is not None:
            self._guiTag = parameterNode.connectGui(self.ui)
            self.addObserver(
                parameterNode.parameterNode, vtk.vtkCommand.ModifiedEvent, self.onParametersModified
            )
        self.panel.set_parameters(parameterNode)

    def onParametersModified(self, caller, event):
        """Follow parameters that somebody else set."""
        self.panel.follow_parameters()

    def _disconnect(self):
        if self._parameterNode is not None:
            self._parameterNode.disconnectGui(self._guiTag)
            self.removeObserver(
                self._parameterNode.parameterNode, vtk.vtkCommand.ModifiedEvent, self.onParametersModified
            )
        self._parameterNode = None


class LayerSeparationLogic(ScriptedLoadableModuleLogic):
    """The steps of a session for scripts; `Slicer --no-main-window --python-script` is enough."""

    def getParameterNode(self):
        """Return the scene's parameters, typed."""
        return LayerSeparationParameterNode(super().getParameterNode())

    def installTorch(self) -> None:
        """Install torch by the extension PyTorch, without a question; a script has asked for it.

        Raises
        ------
        DependencyError
            The extension PyTorch is missing, or torch could not be installed.
        """
        from LayerSeparationLib.widgets.states import PackageState
        from LayerSeparationLib.widgets.torch_setup import find_torch, install_torch

        found = find_torch()
        if found in (PackageState.MISSING, PackageState.BROKEN):
            install_torch(lambda _question: True, print, repair=found is PackageState.BROKEN)

    def installDicomPackages(self) -> None:
        """Install what export to DICOM needs, without a question; a script has asked for it.

        Raises
        ------
        DependencyError
            The packages could not be installed.
        """
        from LayerSeparationLib.widgets.package_setup import WRITING_DICOM, ensure_packages

        ensure_packages(WRITING_DICOM, lambda _question: True, print)

    def joints(self, film) -> "SceneJoints":
        """Return the joints of a radiograph (a volume node) in the scene; `close()` it when done."""
        from LayerSeparationLib.scene import Film, SceneJoints

        return SceneJoints(Film(film))

    def addJoint(
        self,
        joints: "SceneJoints",
        proximalPx: tuple[float, float],
        distalPx: tuple[float, float],
        name: str | None = None,
    ) -> "SceneJoint":
        """Place a joint by the ends of a line along the finger, (x, y) in pixels of the film."""
        import numpy as np

        return joints.add(joints.film.to_ras(np.array([proximalPx, distalPx], float)), name)

    def findJoints(self, joints: "SceneJoints", device: str = "auto") -> list["SceneJoint"]:
        """Find the finger joints of every hand on the film; return those that were added."""
        from LayerSeparationLib import JointFinder

        return joints.add_found(JointFinder(device).find(joints.film.radiograph))

    def separate(
        self,
        joints: "SceneJoints",
        device: str = "auto",
        progress: Callable[[int, int], None] | None = None,
    ) -> list["SceneJoint"]:
        """Separate the joints that are not separated, or whose layers are out of date; return them."""
        from LayerSeparationLib import Separator
        from LayerSeparationLib.scene import JointStatus

        states = (JointStatus.NOT_SEPARATED, JointStatus.OUTDATED)
        waiting = [joint for joint in joints.joints if joint.status in states]
        if waiting:
            separated = Separator(device).separate_many(joints.jobs(waiting), progress)
            for joint, layers in zip(waiting, separated, strict=True):
                joint.set_layers(layers)
        return waiting

    def setEdit(self, joint: "SceneJoint", edit: "GapEdit") -> None:
        """Edit a joint's gap in all of its nodes."""
        joint.set_edit(edit)

    def makeSweep(self, joint: "SceneJoint", targets: Sequence[float]):
        """Make a sequence with one frame a joint space width; return its browser node."""
        from LayerSeparationLib.scene.sweep_sequences import make_sweep

        return make_sweep(joint, targets)

    def compare(
        self, joints: "SceneJoints", baseline, device: str = "auto", despite_headers: bool = False
    ) -> "SceneComparison":
        """Measure how separated joints changed since an earlier film (a volume node) of the same hand."""
        from LayerSeparationLib import JointFinder, Separator
        from LayerSeparationLib.scene import Film
        from LayerSeparationLib.scene.scene_comparison import compare_with

        networks = JointFinder(device).find, Separator(device).separate_many
        return compare_with(joints, Film(baseline), *networks, despite_headers=despite_headers)

    def export(
        self,
        joints: Sequence["SceneJoint"],
        folder: str | pathlib.Path,
        formats: Sequence[str] | None = None,
        overwrite: bool = False,
    ) -> list[pathlib.Path]:
        """Write the current edit of joints; return the folders."""
        from LayerSeparationLib.scene.export_edit import export_current

        return export_current(joints, pathlib.Path(folder), formats, overwrite)

    def exportSweep(
        self,
        joint: "SceneJoint",
        targets: Sequence[float],
        folder: str | pathlib.Path,
        formats: Sequence[str] | None = None,
        overwrite: bool = False,
    ) -> list[pathlib.Path]:
        """Write one joint with many gaps; return the folders."""
        from LayerSeparationLib.scene.export_edit import export_sweep

        return export_sweep(joint, targets, pathlib.Path(folder), formats, overwrite)

    def exportDataSet(
        self,
        joints: Sequence["SceneJoint"],
        folder: str | pathlib.Path,
        options: "DatasetOptions",
        progress: Callable[[int, int], None] | None = None,
    ) -> "FilmDataset":
        """Make a data set of a film's joints by a plan, or go on with it; return its folder and outcome."""
        from LayerSeparationLib.scene.export_edit import export_data_set

        return export_data_set(joints, pathlib.Path(folder), options, progress)

    def loadSegmentation(self, path: str | pathlib.Path, film):
        """Load a `.seg.nrrd` or DICOM segmentation of a radiograph (a volume node); return its node."""
        from LayerSeparationLib.scene import Film
        from LayerSeparationLib.scene.loaded_segmentation import load_segmentation

        return load_segmentation(path, Film(film))

    def separateFile(
        self, radiographPath: str, pose: "JointPose | None" = None, device: str = "auto"
    ) -> "JointLayers":
        """Read a radiograph and separate one joint; without a pose the whole image is it, distal up."""
        from LayerSeparationLib import JointPose, Separator, read_radiograph

        radiograph = read_radiograph(radiographPath)
        return Separator(device=device).separate(radiograph, pose or JointPose.whole_crop(radiograph))


class LayerSeparationTest(ScriptedLoadableModuleTest):
    """What `Reload & Test` and the nightly tests of Slicer run."""

    def setUp(self):
        """Start from an empty scene."""
        slicer.mrmlScene.Clear(0)

    def runTest(self):
        """Run every test of the class."""
        self.setUp()
        self.test_LibraryLoadsWithoutTorch()
        self.setUp()
        self.test_Session()

    def test_LibraryLoadsWithoutTorch(self):
        """Every public name but those of the network is there before torch is installed."""
        import LayerSeparationLib

        for name in ("read_radiograph", "JointPose", "GapEdit", "make_joint"):
            self.assertTrue(callable(getattr(LayerSeparationLib, name)), name)

    def test_Session(self):
        """A phantom joint goes in, is separated, edited, swept and taken away again."""
        from LayerSeparationLib import GapEdit
        from LayerSeparationLib.scene.sample_data import add_phantom_film
        from LayerSeparationLib.widgets.states import PackageState
        from LayerSeparationLib.widgets.torch_setup import find_torch

        if find_torch() in (PackageState.MISSING, PackageState.BROKEN):
            self.delayDisplay("PyTorch is not installed: the session is not tested")
            return
        film = add_phantom_film()
        logic = LayerSeparationLogic()
        joints = logic.joints(film)
        rows = film.GetImageData().GetDimensions()[1]
        middle = film.GetImageData().GetDimensions()[0] / 2
        joint = logic.addJoint(joints, (middle, 0.75 * rows), (middle, 0.25 * rows), "MCP3")
        self.delayDisplay("Separating")
        logic.separate(joints, "cpu")
        self.assertIsNotNone(joint.jsw_before.mean)
        logic.setEdit(joint, GapEdit(target_jsw=0.8))
        self.assertAlmostEqual(joint.jsw_after.mean, 0.8, places=2)
        browser = logic.makeSweep(joint, [0.5, 1.0, 1.5])
        self.assertEqual(browser.GetNumberOfItems(), 3)
        joints.remove(joint)
        self.assertEqual(joints.joints, [])
        joints.close()
        self.delayDisplay("Test passed")
