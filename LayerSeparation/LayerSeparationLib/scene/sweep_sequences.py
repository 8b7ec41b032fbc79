"""A sweep of joint space widths as two synchronised sequences, to be played."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import slicer
import vtk

from ..errors import InputError
from ..synthesis import GapEdit
from ..translation import tr as _
from ..version import __version__
from . import node_attributes
from .joint_segmentation import (
    AUTOMATIC,
    SEMIAUTOMATIC,
    JointSegmentation,
    hide_soft_tissue,
    outline_display,
)
from .new_nodes import add_node, new_node
from .node_attributes import grouped_changes
from .node_references import remove_node
from .provenance import Provenance, write_provenance
from .scalar_volumes import grey_display, write_volume

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
        Called with (done, all) before the first frame and after each, and while all are put into the scene;
        it may raise to stop, and then nothing is left of the new sweep. The old one goes once all frames are
        made.

    Returns
    -------
    vtkMRMLSequenceBrowserNode
        It browses images and segmentations by the index 'gap'.

    Raises
    ------
    InputError
        If the joint is not separated, there are no targets, or a width can't be reached.
    """
    steps = sweep_steps(joint, targets)
    try:
        while True:
            try:
                done, total = next(steps)
            except StopIteration as end:
                return end.value
            if progress:
                progress(done, total)
    finally:
        steps.close()


def sweep_steps(
    joint: SceneJoint, targets: Sequence[float]
) -> Generator[tuple[int, int], None, vtk.vtkObject]:
    """Do what `make_sweep` does, a small step at a time: a window can be drawn in between.

    Yields (done, all frames); returns the browser. Closed before its end, it leaves nothing of the new sweep.

    Raises
    ------
    InputError
        If the joint is not separated, there are no targets, or a width can't be reached.
    """
    edits = _edits(joint, targets)
    frames = _Frames(joint)
    images, segmentations = _new_sequence(joint, _("sweep")), _new_sequence(joint, _("sweep segmentation"))
    for done, (target, edit) in enumerate(edits):
        yield done, len(edits)
        frames.make(edit)
        images.SetDataNodeAtValue(frames.image, f"{target:g}")
        segmentations.SetDataNodeAtValue(frames.segmentation, f"{target:g}")
    yield len(edits), len(edits)
    remove_sweep(joint)
    added: list[vtk.vtkObject] = []
    try:
        for node in _add_sweep(joint, images, segmentations, frames):
            added.append(node)
            yield len(edits), len(edits)
    except BaseException:
        for node in reversed(added):
            remove_node(node)
        raise
    return sweep_of(joint)


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
            # The node that is shown takes this over with every frame.
            node.SetAttribute(node_attributes.ROLE, role)

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
        provenance = Provenance.of_layers(self._layers, edit, edited.is_synthetic)
        for node in (self.image, self.segmentation):
            write_provenance(node, provenance)


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


def _add_sweep(
    joint: SceneJoint, images: vtk.vtkObject, segmentations: vtk.vtkObject, frames: _Frames
) -> Iterator[vtk.vtkObject]:
    """Put everything into the scene, and yield each node that was added."""
    references = joint.references
    scene = references.line.GetScene()
    browser = slicer.vtkMRMLSequenceBrowserNode()
    browser.SetName(references.full_name(_("sweep browser")))
    browser.SetIndexDisplayFormat("%.2f")
    browser.SetPlaybackRateFps(_FRAMES_PER_SECOND)
    for role, node in {IMAGES: images, SEGMENTATIONS: segmentations, BROWSER: browser}.items():
        node.SetAttribute(node_attributes.ROLE, role)
        scene.AddNode(node)
        references.keep(role, node)
        yield node
    synthetic = references.find(node_attributes.SYNTHETIC)
    display = synthetic.GetDisplayNode() if synthetic is not None else None
    window = (display.GetWindowLevelMin(), display.GetWindowLevelMax()) if display else (0.0, 1.0)
    shown = []
    for role, sequence, display in (
        (IMAGE_SHOWN, images, grey_display(scene, *window)),
        (SEGMENTATION_SHOWN, segmentations, outline_display(scene)),
    ):
        node = new_node(scene, sequence.GetNthDataNode(0).GetClassName())
        node.CopyContent(sequence.GetNthDataNode(0))
        node.SetName(sequence.GetName())
        node.SetAttribute(node_attributes.ROLE, role)
        add_node(scene, node, display)
        references.keep(role, node)
        shown.append(node)
        yield node
    hide_soft_tissue(shown[1])
    # As soon as it hears of a sequence, the browser's logic makes nodes of its own for what is shown.
    with grouped_changes(browser):
        browser.SetAndObserveMasterSequenceNodeID(images.GetID())
        browser.AddSynchronizedSequenceNode(segmentations)
        for sequence, node in zip((images, segmentations), shown, strict=True):
            browser.AddProxyNode(node, sequence, False)
            # What a user does to the frame that is shown must not change the sweep.
            browser.SetSaveChanges(sequence, False)
            browser.SetOverwriteProxyName(sequence, False)
        browser.SetSelectedItemNumber(0)
    _sequences_logic(scene).UpdateProxyNodesFromSequences(browser)


def _sequences_logic(scene: vtk.vtkObject) -> vtk.vtkObject:
    """Return the application's logic, or one of our own where there is no application."""
    module = getattr(getattr(slicer, "modules", None), "sequences", None)
    if module is not None:
        return module.logic()
    logic = slicer.vtkSlicerSequencesLogic()
    logic.SetMRMLScene(scene)
    return logic
