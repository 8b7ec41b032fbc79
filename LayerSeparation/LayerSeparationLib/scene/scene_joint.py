"""One joint in the scene."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from enum import Enum

import vtk

from ..errors import InputError
from ..joints import JointPose
from ..measurement import JointSpaceWidth, measure_jsw
from ..separation import JointLayers
from ..synthesis import GapEdit, SyntheticJoint, correct_layers, synthesize
from ..translation import tr as _
from . import node_attributes
from .bone_handles import show_handles
from .bone_names import bone_names
from .canonical_store import film_checksum, pose_from_json, restore_layers, was_corrected
from .edit_history import EditHistory
from .edit_record import read_edit, write_edit
from .film import Film
from .film_source import spacing_as_json
from .joint_box import select_box
from .joint_lines import confidence_of, ends_of, joint_lines, pose_between, same_place, swap_ends
from .joint_nodes import JointNodes
from .joint_segmentation import LOWER_BONE, UPPER_BONE
from .node_references import NodeReferences


class JointStatus(Enum):
    """How far a joint has come."""

    NOT_SEPARATED = "not separated"
    OUTDATED = "outdated"
    """The line was moved, or the film or its calibration changed, since the separation."""
    READY = "ready"
    EDITED = "edited"


class SceneJoint:
    """A joint that the user marked by a line along the finger, from proximal to distal.

    The middle of the line is the joint. Where the film has no pixel spacing, the line's length is the edge of
    the square that is taken of the film. Where a line runs from distal to proximal, the bones are named
    the wrong way round: see `turn_round`.

    Parameters
    ----------
    film
        The radiograph.
    line
        vtkMRMLMarkupsLineNode with both points; the joint's nodes are known by its references.
    changed
        Called with the joint, what changed ('edit', 'layers', 'line'), and whether the change is finished.
    """

    def __init__(
        self,
        film: Film,
        line: vtk.vtkObject,
        changed: Callable[[SceneJoint, str, bool], None] | None = None,
    ) -> None:
        self.film = film
        self.line = line
        self.owner = NodeReferences(line, film.node)
        self._changed = changed or (lambda _joint, _what, _finished: None)
        self._nodes = JointNodes(film, self.owner)
        self._layers: JointLayers | None = None
        self._result: SyntheticJoint | None = None
        self._edit = read_edit(line)
        self._history = EditHistory(self._edit)
        self._film_shown = False
        self.is_writing = False
        kept = self.owner.find(node_attributes.CANONICAL)
        self._corrected = kept is not None and was_corrected(kept)

    @property
    def name(self) -> str:
        """The joint's name, which is the line's: 'MCP3', or the user's own."""
        return self.line.GetName()

    @name.setter
    def name(self, name: str) -> None:
        old = self.name
        JointPose(name, (0.0, 0.0), (0.0, -1.0))
        if any(line is not self.line and line.GetName() == name for line in joint_lines(self.film)):
            raise InputError(_("There is a joint {name} already: give another name.").format(name=name))
        self.line.SetName(name)
        self.follow_name(old)

    def follow_name(self, old_name: str) -> None:
        """Rename what still has the line's old name."""
        if old_name != self.name:
            self.owner.renamed(old_name)
            self._follow_identity()
            self._changed(self, "line", True)

    @property
    def side(self) -> str | None:
        """'L' or 'R'; the film's own, unless the user says another. None where it is not known."""
        own = self.line.GetAttribute(node_attributes.SIDE)
        try:
            return own or self.film.radiograph.origin.laterality
        except InputError:
            # What is wrong with the film is said where the film is needed.
            return None

    @side.setter
    def side(self, side: str | None) -> None:
        if side not in ("L", "R", None):
            raise InputError(_("The side of a hand is L or R, not {side}.").format(side=side))
        self.line.SetAttribute(node_attributes.SIDE, side or "")
        self._follow_identity()
        self._changed(self, "line", True)

    @property
    def confidence(self) -> float | None:
        """How sure the network was of the place, 0..1; None where the user drew or moved the line."""
        return confidence_of(self.line)

    @property
    def bone_names(self) -> tuple[str, str]:
        """Names of the upper (distal) and the lower (proximal) bone, as far as the joint's name tells."""
        return bone_names(self.name)

    @property
    def pose(self) -> JointPose:
        """Where the line says that the joint is.

        Raises
        ------
        InputError
            If the line has no length, its middle lies outside of the film, or the name can't be one.
        """
        pose = pose_between(self.film, self.name, ends_of(self.line), self.side)
        return replace(pose, confidence=self.confidence)

    def turn_round(self) -> None:
        """Exchange the ends of the line: it was drawn from distal to proximal."""
        swap_ends(self.line)

    @property
    def status(self) -> JointStatus:
        """How far the joint has come."""
        volume = self.owner.find(node_attributes.CANONICAL)
        if volume is None and self._layers is None:
            return JointStatus.NOT_SEPARATED
        if self._is_outdated(volume) or self.layers is None:
            return JointStatus.OUTDATED
        return JointStatus.READY if self._edit.is_neutral else JointStatus.EDITED

    @property
    def layers(self) -> JointLayers | None:
        """The separated layers; after loading a scene those that were saved, bit by bit. None before."""
        if self._layers is None:
            volume = self.owner.find(node_attributes.CANONICAL)
            if volume is not None:
                self._layers = restore_layers(volume, self.film.radiograph)
                self._follow_identity()
        return self._layers

    def set_layers(self, layers: JointLayers, corrected: bool = False) -> None:
        """Make the nodes of separated layers, or replace what those show; an edit stays where it can.

        Raises
        ------
        InputError
            If the layers are those of another joint's pose on a film of another size.
        """
        if layers.radiograph.shape != self.film.radiograph.shape:
            raise InputError(
                _("The layers of {name} belong to another radiograph: separate it again.").format(
                    name=self.name
                )
            )
        try:
            result = synthesize(layers, self._edit)
        except InputError:
            self._edit = self._edit.without_motion()
            result = synthesize(layers, self._edit)
        self._layers, self._corrected = layers, corrected
        self._history = EditHistory(self._edit)
        self._nodes.rewrite_all()
        self._nodes.store(layers, corrected)
        self._write(result, finished=True)
        self._changed(self, "layers", True)

    @property
    def edit(self) -> GapEdit:
        """The edit that the nodes show."""
        return self._edit

    @property
    def result(self) -> SyntheticJoint | None:
        """The edited joint with its truth; None before the separation."""
        if self._result is None and self.layers is not None:
            self._result = synthesize(self.layers, self._edit)
        return self._result

    @property
    def jsw_before(self) -> JointSpaceWidth | None:
        """JSW of the film; None before the separation."""
        if self._result is not None:
            return self._result.jsw_before
        return None if self.layers is None else measure_jsw(self.layers)

    @property
    def jsw_after(self) -> JointSpaceWidth | None:
        """JSW of the edit; None before the separation."""
        return None if self.result is None else self.result.jsw_after

    def set_edit(self, edit: GapEdit, finished: bool = True) -> None:
        """Carry out an edit in all nodes.

        Parameters
        ----------
        edit
            Replaces the edit before.
        finished
            False while the user drags: no step to undo, and the table, the plot and the provenance wait.

        Raises
        ------
        InputError
            If the joint is not separated, the user's repairs of a bone's segment would be lost, or the edit
            can't be carried out; the scene is then as it was.
        """
        layers = self.layers
        if layers is None:
            raise InputError(_("{name} is not separated yet: press Separate.").format(name=self.name))
        result = self._result
        if self.result is not None and self._nodes.was_repaired(self.result):
            raise InputError(
                _(
                    "The silhouettes of {name} were repaired: press Use corrected silhouettes first, or undo "
                    "the repair in the Segment Editor, or separate the joint again."
                ).format(name=self.name)
            )
        if result is None or edit != result.edit:
            result = synthesize(layers, edit)
        self._edit = edit
        if finished:
            self._history.add(edit)
        if self.owner.find(node_attributes.CANONICAL) is None:
            self._nodes.store(layers, self._corrected)
        self._write(result, finished)
        self._changed(self, "edit", finished)

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to go back to."""
        return self._history.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether an edit was undone."""
        return self._history.can_redo

    def undo(self) -> None:
        """Go back to the edit before."""
        self._step(-1)

    def redo(self) -> None:
        """Take back an undo."""
        self._step(1)

    def reset(self) -> None:
        """Take back every motion, as an edit that can be undone; which bone moves stays."""
        self.set_edit(self._edit.without_motion())

    def edit_from_transforms(self) -> GapEdit:
        """Return the edit that the user asked for with the bones' handles.

        Only what is rigid in the film's plane counts, within the limits of an edit.
        """
        result = self.result
        upper, lower = (
            self.owner.find(role) for role in (node_attributes.UPPER_POSE, node_attributes.LOWER_POSE)
        )
        if result is None or upper is None or lower is None:
            return self._edit
        handles = self._nodes.handles(result.layers)
        motions = handles.current(upper), handles.current(lower)
        if not handles.differ(*motions, result.motion):
            return self._edit
        return handles.edit(*motions, result.motion, self._edit.moves)

    def show_handles(self, visible: bool) -> None:
        """Show or hide the handles of both bones in the slice views."""
        for role in (node_attributes.UPPER_POSE, node_attributes.LOWER_POSE):
            transform = self.owner.find(role)
            if transform is not None:
                show_handles(transform, visible)

    def select(self, selected: bool) -> None:
        """Draw the joint's box as that of the selected joint, or as of the others."""
        box = self.owner.find(node_attributes.BOX)
        if box is not None:
            select_box(box, selected)

    def show_film(self, shown: bool) -> None:
        """Show the original in place of the edited image, until told otherwise or until the next edit."""
        result = self.result
        if result is None or shown == self._film_shown:
            return
        self._film_shown = shown
        self._nodes.show_image(result, result.layers.image if shown else result.image)
        self._changed(self, "edit", False)

    @property
    def film_is_shown(self) -> bool:
        """Whether the original is shown in place of the edited image."""
        return self._film_shown

    def use_corrected_silhouettes(self) -> None:
        """Let the layers follow the bones' segments, which the user repaired in the Segment Editor.

        Raises
        ------
        InputError
            If the joint is not separated, its segments are gone or empty, or nothing was changed.
        """
        result = self.result
        if result is None:
            raise InputError(_("{name} is not separated yet: press Separate.").format(name=self.name))
        masks = [self._nodes.mask(segment, result.layers) for segment in (UPPER_BONE, LOWER_BONE)]
        upper, lower = masks
        if upper is None or lower is None or not upper.any() or not lower.any():
            raise InputError(
                _("A bone's segment of {name} is missing or empty: draw it, or separate again.").format(
                    name=self.name
                )
            )
        self.set_layers(correct_layers(result, upper, lower), corrected=True)

    def remove(self) -> None:
        """Remove the joint's nodes and its line; the user's own nodes stay."""
        self.owner.remove_all()
        self._layers = self._result = None

    def _step(self, by: int) -> None:
        if not (self.can_undo if by < 0 else self.can_redo):
            return
        edit = self._history.step(by)
        try:
            self.set_edit(edit)
        except InputError:
            self._history.step(-by)
            raise

    def _follow_identity(self) -> None:
        """Give layers and segments the joint's present name and side: files and codes go by them."""
        layers = self._layers
        if layers is None:
            return
        try:
            pose = replace(layers.pose, name=self.name, side=self.side)
        except InputError:
            # A name that the user typed elsewhere in Slicer and that no file can have: the last one stays.
            return
        if pose != layers.pose:
            self._layers = replace(layers, crop=replace(layers.crop, pose=pose))
            self._result = synthesize(layers, self._edit)
            self._nodes.describe_segments(self._result)

    def _write(self, result: SyntheticJoint, finished: bool) -> None:
        self._result = result
        self._film_shown = False
        self.is_writing = True
        try:
            self._nodes.write(result, self._corrected, finished)
            write_edit(self.line, result.edit)
        finally:
            self.is_writing = False

    def _is_outdated(self, volume: vtk.vtkObject | None) -> bool:
        kept = node_attributes.read_json(volume, node_attributes.SEPARATION) if volume is not None else None
        if kept is None and self._layers is not None:
            kept = {
                "pose": asdict(self._layers.pose),
                "spacing": spacing_as_json(self._layers.radiograph.spacing),
            }
        try:
            now, then = self.pose, pose_from_json((kept or {})["pose"])
        except (InputError, KeyError, TypeError):
            return True
        film = self.film.radiograph
        if (kept or {}).get("spacing") != spacing_as_json(film.spacing):
            return True
        if not same_place(now, then):
            return True
        return self._layers is not None and not self._is_of_film(self._layers)

    def _is_of_film(self, layers: JointLayers) -> bool:
        film = self.film.radiograph
        if layers.radiograph is film or layers.radiograph.intensity is film.intensity:
            return True
        return film_checksum(film, layers.crop) == film_checksum(layers.radiograph, layers.crop)
