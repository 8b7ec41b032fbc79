"""The nodes that hold one joint: layers, edited image, segments."""

from __future__ import annotations

import numpy as np
import vtk
from numpy.typing import NDArray

from ..radiograph import Rectangle
from ..separation import JointLayers
from ..synthesis import SyntheticJoint
from ..translation import tr as _
from ..version import __version__
from . import node_attributes
from .canonical_store import store_layers
from .edit_record import write_edit
from .film import Film
from .joint_segmentation import AUTOMATIC, LOWER_BONE, SEMIAUTOMATIC, UPPER_BONE, JointSegmentation
from .node_references import NodeReferences
from .provenance import write_origin, write_synthetic
from .scalar_volumes import has_shape, image_window, layer_window, show_in_grey, write_part, write_volume

LAYER_ROLES = (
    node_attributes.SOFT_TISSUE,
    node_attributes.UPPER_BONE,
    node_attributes.LOWER_BONE,
    node_attributes.SYNTHETIC,
)
_MOVED_ROLES = (
    node_attributes.UPPER_BONE,
    node_attributes.LOWER_BONE,
    node_attributes.SEGMENTATION,
    node_attributes.SYNTHETIC,
)
"""What shows moved bone once there is an edit; the soft tissue stays that of the film."""
_VOLUME = "vtkMRMLScalarVolumeNode"


class JointNodes:
    """Writes a joint's layers and edits into its nodes, and makes those that are missing."""

    def __init__(self, film: Film, references: NodeReferences) -> None:
        self._film = film
        self._references = references
        self._written: Rectangle | None = None
        self._segmentation: JointSegmentation | None = None

    def store(self, layers: JointLayers, corrected: bool) -> None:
        """Keep the network's output in the scene."""
        volume, made = self._references.find_or_make(
            node_attributes.CANONICAL, _VOLUME, _("network output"), hidden=True
        )
        store_layers(volume, layers, corrected)
        write_origin(volume, layers)
        if made:
            volume.SetSelectable(False)

    def write(self, joint: SyntheticJoint, corrected: bool, finished: bool) -> None:
        """Bring every node to an edit; only what may have changed since the last one is rewritten."""
        part = None if self._written is None else Rectangle.around([self._written, joint.changed])
        self._write_volumes(joint, part)
        self._write_segmentation(joint, corrected, part)
        self._written = joint.changed
        if finished:
            for role, node in self._references.all():
                write_origin(node, joint.layers)
                write_edit(node, joint.edit)
                write_synthetic(node, role in _MOVED_ROLES and joint.is_synthetic)
        else:
            # What a node holds is said at once: views mark what is synthetic by it.
            for role in _MOVED_ROLES:
                moved = self._references.find(role)
                if moved is not None:
                    write_synthetic(moved, joint.is_synthetic)

    def rewrite_all(self) -> None:
        """Write whole regions the next time: what the nodes hold is not known, or they show other layers."""
        self._written = self._segmentation = None

    def show_image(self, joint: SyntheticJoint, image: NDArray[np.float32]) -> None:
        """Put another image in place of the edited one, where the two differ."""
        volume = self._references.find(node_attributes.SYNTHETIC)
        if volume is not None and has_shape(volume, image.shape):
            write_part(volume, image, joint.changed)
            write_synthetic(volume, joint.is_synthetic and image is joint.image)

    def describe_segments(self, joint: SyntheticJoint) -> None:
        """Give the segments the codes of the joint's present name and side; their masks stay."""
        node = self._references.find(node_attributes.SEGMENTATION)
        if node is not None:
            pose = joint.layers.pose
            self._segments(node, joint.layers).describe(joint.masks, pose.name, pose.side)

    def was_repaired(self, joint: SyntheticJoint) -> bool:
        """Tell whether the user worked on a bone's segment since the edit was written."""
        node = self._references.find(node_attributes.SEGMENTATION)
        if node is None:
            return False
        segments = self._segments(node, joint.layers)
        masks = ((UPPER_BONE, joint.masks.upper_bone), (LOWER_BONE, joint.masks.lower_bone))
        return any(segments.differs(segment, mask) for segment, mask in masks)

    def mask(self, segment_id: str, layers: JointLayers) -> NDArray[np.bool_] | None:
        """Return a segment as it is in the scene now, bool on the joint's region."""
        node = self._references.find(node_attributes.SEGMENTATION)
        return None if node is None else self._segments(node, layers).read(segment_id)

    def _write_volumes(self, joint: SyntheticJoint, part: Rectangle | None) -> None:
        names = (_("soft tissue"), _("upper bone"), _("lower bone"), _("synthetic"))
        images = (joint.soft_tissue, joint.upper_bone, joint.lower_bone, joint.image)
        for role, name, image in zip(LAYER_ROLES, names, images, strict=True):
            volume, made = self._references.find_or_make(role, _VOLUME, name)
            if made or part is None or not has_shape(volume, image.shape):
                write_volume(volume, image, self._matrix(joint.layers))
                if made:
                    self._show(volume, role, joint)
            elif role != node_attributes.SOFT_TISSUE:
                write_part(volume, image, part)

    def _show(self, volume: vtk.vtkObject, role: str, joint: SyntheticJoint) -> None:
        if role == node_attributes.SYNTHETIC:
            show_in_grey(volume, *image_window(joint.layers.image, film_window(self._film)))
        else:
            show_in_grey(volume, *layer_window(getattr(joint.layers, role)))

    def _write_segmentation(self, joint: SyntheticJoint, corrected: bool, part: Rectangle | None) -> None:
        node, made = self._references.find_or_make(
            node_attributes.SEGMENTATION, "vtkMRMLSegmentationNode", _("segmentation")
        )
        segments = self._segments(node, joint.layers)
        if not made and part is not None:
            segments.write(joint.masks, part)
            return
        pose = joint.layers.pose
        algorithm = SEMIAUTOMATIC if corrected else AUTOMATIC
        segments.set_up(joint.masks, pose.name, pose.side, algorithm, __version__)
        reference = self._references.find(node_attributes.SYNTHETIC)
        if reference is not None:
            segments.set_reference(reference)
        segments.show()

    def _segments(self, node: vtk.vtkObject, layers: JointLayers) -> JointSegmentation:
        if self._segmentation is None or self._segmentation.node is not node:
            self._segmentation = JointSegmentation(node, layers.crop.region.shape, self._matrix(layers))
        return self._segmentation

    def _matrix(self, layers: JointLayers) -> NDArray[np.float64]:
        return self._film.geometry.region_matrix(layers.crop.region)


def film_window(film: Film) -> NDArray[np.float32] | None:
    """Return the intensities (2,) at the ends of the window in which the user sees the film."""
    display = film.node.GetDisplayNode()
    if display is None or display.GetWindow() <= 0:
        return None
    ends = [display.GetWindowLevelMin(), display.GetWindowLevelMax()]
    return film.radiograph.intensity_map.to_intensity(np.array(ends, dtype=np.float64))
