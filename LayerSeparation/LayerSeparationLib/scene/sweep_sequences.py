"""A sweep of joint space widths as two synchronised sequences, to be played."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import slicer
import vtk

from ..errors import InputError
from ..synthesis import GapEdit
from ..translation import tr as _
from ..version import __version__
from . import node_attributes
from .edit_record import write_edit
from .joint_segmentation import AUTOMATIC, SEMIAUTOMATIC, JointSegmentation
from .node_references import NodeReferences, remove_node
from .provenance import write_origin, write_synthetic
from .scalar_volumes import show_in_grey, write_volume

if TYPE_CHECKING:
    from .scene_joint import SceneJoint

BROWSER, IMAGES, SEGMENTATIONS = "sweep_browser", "sweep_images", "sweep_segmentations"
IMAGE_SHOWN, SEGMENTATION_SHOWN = "sweep_image_shown", "sweep_segmentation_shown"
SWEEP_ROLES = (BROWSER, IMAGES, SEGMENTATIONS, IMAGE_SHOWN, SEGMENTATION_SHOWN)
_FRAMES_PER_SECOND = 5.0
_SAME_WIDTH = 1e-4


def make_sweep(
    joint: SceneJoint,
    targets: Sequence[float],
    progress: Callable[[int, int], None] | None = None,
) -> vtk.vtkObject:
    """Make a sequence of the joint with one frame a joint space width; it replaces the sweep before.

    Parameters
    ----------
    joint
        A separated joint; shift, tilt and the moving bone are those of its edit.
    targets
        Mean JSW of every frame, in mm, or in px of the film where its pixel spacing is unknown.
    progress
        Called with (done, all) before the first frame and after each; it may raise to stop, and then nothing
        is left of the new sweep and the old one is as it was.

    Returns
    -------
    vtkMRMLSequenceBrowserNode
        It browses images and segmentations by the index 'gap'.

    Raises
    ------
    InputError
        If the joint is not separated, there are no targets, or a width can't be reached.
    """
    edits = _edits(joint, targets)
    images, segmentations = _new_sequence(joint, _("sweep")), _new_sequence(joint, _("sweep segmentation"))
    frames = _Frames(joint)
    for done, (target, edit) in enumerate(edits):
        if progress:
            progress(done, len(edits))
        frames.make(edit)
        images.SetDataNodeAtValue(frames.image, f"{target:g}")
        segmentations.SetDataNodeAtValue(frames.segmentation, f"{target:g}")
    if progress:
        progress(len(edits), len(edits))
    references = joint.references
    remove_sweep(joint)
    added: list[vtk.vtkObject] = []
    try:
        return _show(references, images, segmentations, frames, added)
    except BaseException:
        for node in reversed(added):
            remove_node(node)
        raise


def sweep_of(joint: SceneJoint) -> vtk.vtkObject | None:
    """Return the browser of a joint's sweep; None where there is none."""
    return joint.references.find(BROWSER)


def remove_sweep(joint: SceneJoint) -> None:
    """Remove what `make_sweep` made for a joint."""
    for role in SWEEP_ROLES:
        node = joint.references.find(role)
        if node is not None:
            remove_node(node)


def _edits(joint: SceneJoint, targets: Sequence[float]) -> list[tuple[float, GapEdit]]:
    widths = [float(target) for target in targets]
    if not widths:
        raise InputError(_("A sweep needs at least one joint space width."))
    ordered = sorted(widths)
    if any(b - a < _SAME_WIDTH for a, b in pairwise(ordered)):
        raise InputError(
            _("A sweep needs different joint space widths: choose another range or fewer steps.")
        )
    return list(zip(widths, joint.edits_to(widths), strict=True))


class _Frames:
    """One volume and one segmentation outside of the scene, rewritten for frame after frame."""

    def __init__(self, joint: SceneJoint) -> None:
        layers = joint.layers
        assert layers is not None
        self._joint, self._layers = joint, layers
        region = layers.crop.region
        self._matrix = joint.film.geometry.region_matrix(region)
        self.image = slicer.vtkMRMLScalarVolumeNode()
        self.segmentation = slicer.vtkMRMLSegmentationNode()
        self.segments = JointSegmentation(self.segmentation, region.shape, self._matrix)
        for node, role in ((self.image, IMAGE_SHOWN), (self.segmentation, SEGMENTATION_SHOWN)):
            node.SetName(joint.references.full_name(_("sweep")))
            # The node that is shown takes these over with every frame.
            node.SetAttribute(node_attributes.ROLE, role)
            node.SetAttribute(node_attributes.OF_JOINT, joint.name)
            write_origin(node, layers)

    def make(self, edit: GapEdit) -> None:
        """Bring both nodes to an edit."""
        edited = self._joint.editing.synthesize(edit)
        write_volume(self.image, edited.image, self._matrix)
        pose = self._layers.pose
        if self.segmentation.GetSegmentation().GetNumberOfSegments() == 0:
            algorithm = SEMIAUTOMATIC if self._joint.editing.are_corrected else AUTOMATIC
            self.segments.set_up(edited.masks, pose.name, pose.side, algorithm, __version__)
            self.segments.set_reference(self.image)
        else:
            self.segments.write(edited.masks)
        for node in (self.image, self.segmentation):
            write_edit(node, edit)
            write_synthetic(node, edited.is_synthetic)

    def show_outlines(self, shown: vtk.vtkObject) -> None:
        """Show a segmentation as those of joints are shown."""
        JointSegmentation(shown, self._layers.crop.region.shape, self._matrix).show()


def _new_sequence(joint: SceneJoint, name: str) -> vtk.vtkObject:
    layers = joint.layers
    assert layers is not None
    sequence = slicer.vtkMRMLSequenceNode()
    sequence.SetName(joint.references.full_name(name))
    sequence.SetIndexName("gap")
    sequence.SetIndexUnit(layers.crop.unit)
    sequence.SetIndexType(slicer.vtkMRMLSequenceNode.NumericIndex)
    sequence.SetNumericIndexValueTolerance(_SAME_WIDTH)
    return sequence


def _show(
    references: NodeReferences,
    images: vtk.vtkObject,
    segmentations: vtk.vtkObject,
    frames: _Frames,
    added: list[vtk.vtkObject],
) -> vtk.vtkObject:
    """Put everything into the scene, noting in ``added`` what was added."""
    scene = references.line.GetScene()
    browser = slicer.vtkMRMLSequenceBrowserNode()
    browser.SetName(references.full_name(_("sweep browser")))
    for role, node in {IMAGES: images, SEGMENTATIONS: segmentations, BROWSER: browser}.items():
        node.SetAttribute(node_attributes.ROLE, role)
        scene.AddNode(node)
        added.append(node)
        references.keep(role, node)
    browser.SetAndObserveMasterSequenceNodeID(images.GetID())
    browser.AddSynchronizedSequenceNode(segmentations)
    for sequence in (images, segmentations):
        # What a user does to the frame that is shown must not change the sweep.
        browser.SetSaveChanges(sequence, False)
        browser.SetOverwriteProxyName(sequence, False)
    browser.SetIndexDisplayFormat("%.2f")
    browser.SetPlaybackRateFps(_FRAMES_PER_SECOND)
    browser.SetSelectedItemNumber(0)
    _sequences_logic(scene).UpdateProxyNodesFromSequences(browser)
    for role, sequence in {IMAGE_SHOWN: images, SEGMENTATION_SHOWN: segmentations}.items():
        shown = browser.GetProxyNode(sequence)
        added.append(shown)
        references.keep(role, shown)
    synthetic = references.find(node_attributes.SYNTHETIC)
    display = synthetic.GetDisplayNode() if synthetic is not None else None
    window = (display.GetWindowLevelMin(), display.GetWindowLevelMax()) if display else (0.0, 1.0)
    show_in_grey(browser.GetProxyNode(images), *window)
    frames.show_outlines(browser.GetProxyNode(segmentations))
    return browser


def _sequences_logic(scene: vtk.vtkObject) -> vtk.vtkObject:
    """Return the application's logic, or one of our own where there is no application."""
    module = getattr(getattr(slicer, "modules", None), "sequences", None)
    if module is not None:
        return module.logic()
    logic = slicer.vtkSlicerSequencesLogic()
    logic.SetMRMLScene(scene)
    return logic
