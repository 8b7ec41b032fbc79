"""The nodes that hold one joint: layers, edited image, segments."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial

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
from .joint_segmentation import (
    AUTOMATIC,
    LOWER_BONE,
    SEMIAUTOMATIC,
    UPPER_BONE,
    JointSegmentation,
    hide_soft_tissue,
    outline_display,
)
from .node_references import NodeReferences
from .provenance import Provenance, write_provenance, write_synthetic
from .scalar_volumes import grey_display, has_shape, image_window, layer_window, write_part, write_volume

LAYER_ROLES = (
    node_attributes.SOFT_TISSUE,
    node_attributes.UPPER_BONE,
    node_attributes.LOWER_BONE,
    node_attributes.NOISE,
    node_attributes.SYNTHETIC,
)
_MOVED_ROLES = (
    node_attributes.UPPER_BONE,
    node_attributes.LOWER_BONE,
    node_attributes.SEGMENTATION,
    node_attributes.SYNTHETIC,
)
"""What shows moved bone once there is an edit; soft tissue and noise stay those of the film."""
_KEPT_ROLES = (node_attributes.SOFT_TISSUE, node_attributes.NOISE)
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

        def finish(volume: vtk.vtkObject) -> None:
            volume.SetSelectable(False)
            store_layers(volume, layers, corrected)

        volume, made = self._references.find_or_make(
            node_attributes.CANONICAL, _VOLUME, _("network output"), finish, hidden=True
        )
        if not made:
            store_layers(volume, layers, corrected)

    def write(self, joint: SyntheticJoint, corrected: bool, finished: bool) -> None:
        """Bring every node to an edit; only what may have changed since the last one is rewritten."""
        part = None if self._written is None else Rectangle.around([self._written, joint.changed])
        for role in LAYER_ROLES:
            self._write_volume(role, joint, part)
        self._write_segmentation(joint, corrected, part)
        self._written = joint.changed
        canonical = self._references.find(node_attributes.CANONICAL)
        if canonical is not None:
            write_edit(canonical, joint.edit)
        if finished:
            for role in (*LAYER_ROLES, node_attributes.SEGMENTATION, node_attributes.CANONICAL):
                node = self._references.find(role)
                if node is not None:
                    write_provenance(node, _provenance(role, joint))
        else:
            # What a node holds is said at once: views mark what is synthetic by it.
            for role in _MOVED_ROLES:
                moved = self._references.find(role)
                if moved is not None:
                    write_synthetic(moved, joint.is_synthetic)

    def rewrite_steps(self, joint: SyntheticJoint, corrected: bool) -> Generator[None, None, None]:
        """Write other layers and their edit, a node at a time; the rest is left to `write`."""
        self._written = self._segmentation = None
        self.store(joint.layers, corrected)
        yield
        for role in LAYER_ROLES:
            self._write_volume(role, joint, None)
            yield
        self._write_segmentation(joint, corrected, None)
        yield
        self._written = joint.changed

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

    def _write_volume(self, role: str, joint: SyntheticJoint, part: Rectangle | None) -> None:
        image = _image_of(joint, role)
        volume, made = self._references.find_or_make(
            role, _VOLUME, _title_of(role), partial(self._finish_volume, role=role, joint=joint)
        )
        if made:
            return
        if part is None or not has_shape(volume, image.shape):
            write_volume(volume, image, self._matrix(joint.layers))
        elif role not in _KEPT_ROLES:
            write_part(volume, image, part)

    def _finish_volume(self, volume: vtk.vtkObject, role: str, joint: SyntheticJoint) -> vtk.vtkObject:
        write_volume(volume, _image_of(joint, role), self._matrix(joint.layers))
        write_provenance(volume, _provenance(role, joint))
        if role == node_attributes.SYNTHETIC:
            window = image_window(joint.layers.image, film_window(self._film))
        else:
            window = layer_window(_image_of(joint, role))
        return grey_display(self._film.node.GetScene(), *window)

    def _write_segmentation(self, joint: SyntheticJoint, corrected: bool, part: Rectangle | None) -> None:
        def fill(node: vtk.vtkObject) -> None:
            pose = joint.layers.pose
            algorithm = SEMIAUTOMATIC if corrected else AUTOMATIC
            segments = self._segments(node, joint.layers)
            segments.set_up(joint.masks, pose.name, pose.side, algorithm, __version__)
            reference = self._references.find(node_attributes.SYNTHETIC)
            if reference is not None:
                segments.set_reference(reference)

        def finish(node: vtk.vtkObject) -> vtk.vtkObject:
            fill(node)
            write_provenance(node, _provenance(node_attributes.SEGMENTATION, joint))
            return outline_display(self._film.node.GetScene())

        node, made = self._references.find_or_make(
            node_attributes.SEGMENTATION, "vtkMRMLSegmentationNode", _("segmentation"), finish
        )
        if made:
            hide_soft_tissue(node)
        elif part is not None:
            self._segments(node, joint.layers).write(joint.masks, part)
        else:
            fill(node)

    def _segments(self, node: vtk.vtkObject, layers: JointLayers) -> JointSegmentation:
        if self._segmentation is None or self._segmentation.node is not node:
            self._segmentation = JointSegmentation(node, layers.crop.region.shape, self._matrix(layers))
        return self._segmentation

    def _matrix(self, layers: JointLayers) -> NDArray[np.float64]:
        return self._film.geometry.region_matrix(layers.crop.region)


def _image_of(joint: SyntheticJoint, role: str) -> NDArray[np.float32]:
    """Return what a volume shows of an edit; roles of layers are the layers' names."""
    image: NDArray[np.float32] = joint.image if role == node_attributes.SYNTHETIC else getattr(joint, role)
    return image


def _title_of(role: str) -> str:
    return {
        node_attributes.SOFT_TISSUE: _("soft tissue"),
        node_attributes.UPPER_BONE: _("upper bone"),
        node_attributes.LOWER_BONE: _("lower bone"),
        node_attributes.NOISE: _("noise"),
        node_attributes.SYNTHETIC: _("synthetic"),
    }[role]


def _provenance(role: str, joint: SyntheticJoint) -> Provenance:
    return Provenance.of_layers(joint.layers, joint.edit, role in _MOVED_ROLES and joint.is_synthetic)


def film_window(film: Film) -> NDArray[np.float32] | None:
    """Return the intensities (2,) at the ends of the window in which the user sees the film."""
    display = film.node.GetDisplayNode()
    if display is None or display.GetWindow() <= 0:
        return None
    ends = [display.GetWindowLevelMin(), display.GetWindowLevelMax()]
    return film.radiograph.intensity_map.to_intensity(np.array(ends, dtype=np.float64))
