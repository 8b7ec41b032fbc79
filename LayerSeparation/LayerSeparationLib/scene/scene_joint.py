"""One joint in the scene."""

from __future__ import annotations

from collections.abc import Callable, Generator, Hashable, Sequence
from dataclasses import replace

import vtk

from ..errors import InputError
from ..joints import JointPose
from ..measurement import JointSpaceWidth
from ..separation import JointLayers
from ..synthesis import GapEdit, MovableJoint, SyntheticJoint, correct_layers
from ..translation import tr as _
from . import node_attributes
from .batch import batch
from .canonical_store import SeparationRecord, restore_layers
from .edit_history import EditKind, EditStep
from .edit_record import read_edit
from .events import JointEvent
from .film import Film
from .joint_display import JointDisplay
from .joint_editing import JointEditing
from .joint_identity import JointIdentity
from .joint_lines import is_older, write_format
from .joint_status import JointStatus, OutdatedReason, find_outdated_reason
from .joint_work import holds_edit_or_correction
from .node_references import NodeReferences


class SceneJoint:
    """A joint that the user marked by a line along the finger, from proximal to distal.

    What it is made of: `JointIdentity` (what the line says), `JointEditing` (layers and their edit),
    `JointDisplay` (what is seen of them). Asking changes nothing in the scene.

    Parameters
    ----------
    film
        The radiograph.
    line
        vtkMRMLMarkupsLineNode with both points; the joint's nodes are known by its references.
    changed
        Called with the joint, what changed, and whether the change is finished.
    """

    def __init__(
        self,
        film: Film,
        line: vtk.vtkObject,
        changed: Callable[[SceneJoint, JointEvent, bool], None],
    ) -> None:
        self.film = film
        self.line = line
        self.references = NodeReferences(line, film.node)
        self.identity = JointIdentity(film, line)
        output = self.references.find(node_attributes.CANONICAL)
        is_known = output is not None and not is_older(line)
        self.editing = JointEditing(read_edit(output) if is_known else GapEdit())
        self.display = JointDisplay(film, self.references)
        self._changed = changed
        self._separation: SeparationRecord | None = None
        self._compared: tuple[Hashable, OutdatedReason | None] | None = None

    def load(self) -> bool:
        """Restore the layers that a loaded scene kept, bit by bit; return whether there are layers now.

        The film's pixel spacing is the one of the separation, even if the film was calibrated since.

        Raises
        ------
        InputError
            If the film can't be read.
        """
        if self.layers is not None:
            return True
        if is_older(self.line):
            return False
        volume = self.references.find(node_attributes.CANONICAL)
        separation = None if volume is None else SeparationRecord.read(volume)
        if separation is None:
            return False
        layers = restore_layers(volume, separation, self.film.radiograph)
        if layers is None:
            return False
        self.editing.restore(layers, separation.corrected)
        self._separation = separation
        self._follow_identity()
        return True

    @property
    def status(self) -> JointStatus:
        """How far the joint has come."""
        if self.outdated_reason is not None:
            return JointStatus.OUTDATED
        if self.layers is None:
            return JointStatus.NOT_SEPARATED
        return JointStatus.READY if self.edit.is_neutral else JointStatus.EDITED

    @property
    def outdated_reason(self) -> OutdatedReason | None:
        """Why the layers do not belong to what line and film say now; None where they do or are not there."""
        separation = self._separation
        if separation is None:
            volume = self.references.find(node_attributes.CANONICAL)
            if volume is None:
                return None
            separation = SeparationRecord.read(volume)
        if separation is None:
            return OutdatedReason.LAYERS_DAMAGED
        reason = self._compare(separation)
        return OutdatedReason.LAYERS_DAMAGED if reason is None and self.layers is None else reason

    @property
    def name(self) -> str:
        """See `JointIdentity.name`."""
        return self.identity.name

    @name.setter
    def name(self, name: str) -> None:
        self.identity.rename(name)

    @property
    def side(self) -> str | None:
        """See `JointIdentity.side`."""
        return self.identity.side

    @side.setter
    def side(self, side: str | None) -> None:
        self.identity.set_side(side)
        self._follow_identity()
        self._changed(self, JointEvent.LINE, True)

    @property
    def confidence(self) -> float | None:
        """See `JointIdentity.confidence`."""
        return self.identity.confidence

    @property
    def bone_names(self) -> tuple[str, str]:
        """See `JointIdentity.bone_names`."""
        return self.identity.bone_names

    @property
    def pose(self) -> JointPose:
        """See `JointIdentity.pose`."""
        return self.identity.pose

    def turn_round(self) -> None:
        """See `JointIdentity.turn_round`."""
        self.identity.turn_round()

    def follow_name(self, old_name: str) -> None:
        """Give layers, nodes and folder the name that the line has now, wherever they have its old one."""
        self.references.rename_from(old_name)
        self._follow_identity()

    def follow_film_name(self) -> None:
        """Give the layers the name that the film has now: files go by it."""
        self._follow_identity()

    @property
    def layers(self) -> JointLayers | None:
        """See `JointEditing.layers`; those of a loaded scene are there after `load`."""
        return self.editing.layers

    def set_layers(self, layers: JointLayers, corrected: bool = False) -> None:
        """Make the nodes of separated layers, or replace what those show; an edit stays where it can.

        Raises
        ------
        InputError
            If the layers are those of another joint's pose on a film of another size.
        """
        with batch(self.line.GetScene()):
            for _step in self.layer_steps(layers, corrected):
                pass

    def layer_steps(
        self, layers: JointLayers | MovableJoint, corrected: bool = False
    ) -> Generator[None, None, None]:
        """Do what `set_layers` does, a node at a time: a window can be drawn in between.

        The joint has the layers after the last step. Whoever prepared them already, in another thread, gives
        the `MovableJoint` of them.

        Raises
        ------
        InputError
            If the layers are those of another joint's pose on a film of another size.
        """
        movable = layers if isinstance(layers, MovableJoint) else MovableJoint(layers)
        if movable.layers.radiograph.shape != self.film.radiograph.shape:
            raise InputError(
                _("The layers of {name} belong to another radiograph: separate it again.").format(
                    name=self.name
                )
            )
        result = self.editing.edit_of(movable)
        yield
        if is_older(self.line):
            self.references.remove_nodes()
            write_format(self.line)
        yield from self.display.layer_steps(result, corrected)
        self.editing.replace_layers(movable, result, corrected)
        self._separation, self._compared = SeparationRecord.of(movable.layers, corrected), None
        # Film or joint may have been renamed while the layers were made.
        self._follow_identity()
        self._changed(self, JointEvent.LAYERS, True)

    @property
    def edit(self) -> GapEdit:
        """See `JointEditing.edit`: it is what the nodes show."""
        return self.editing.edit

    @property
    def is_edit_finished(self) -> bool:
        """See `JointEditing.is_finished`."""
        return self.editing.is_finished

    @property
    def result(self) -> SyntheticJoint | None:
        """See `JointEditing.result`."""
        return self.editing.result

    @property
    def jsw_before(self) -> JointSpaceWidth | None:
        """See `JointEditing.jsw_before`."""
        return self.editing.jsw_before

    @property
    def film_findings(self) -> tuple[str, ...]:
        """See `JointEditing.film_findings`."""
        return self.editing.film_findings

    @property
    def jsw_after(self) -> JointSpaceWidth | None:
        """See `JointEditing.jsw_after`."""
        return self.editing.jsw_after

    def set_edit(self, edit: GapEdit, finished: bool = True) -> None:
        """Carry out an edit in all nodes.

        Parameters
        ----------
        edit
            Replaces the edit before.
        finished
            False while the user drags: no step to undo, and the table and the provenance wait.

        Raises
        ------
        InputError
            If the joint is not separated, the user's repairs of a bone's segment would be lost, or the edit
            can't be carried out; the scene is then as it was.
        """
        self._refuse_repaired()
        result = self.editing.synthesize(edit)
        self.editing.take(result, finished)
        self.display.show_edit(result, self.editing.are_corrected, finished)
        self._changed(self, JointEvent.EDIT, finished)

    def edits_to(self, targets: Sequence[float]) -> list[GapEdit]:
        """Return the joint's edit with each of several mean JSW, in the unit of the joint, for a sweep.

        Raises
        ------
        InputError
            If the joint is not separated.
        """
        edit = replace(self.edit, unit=self._separated().layers.crop.unit)
        return [edit.with_target(float(target)) for target in targets]

    @property
    def undo_kind(self) -> EditKind | None:
        """See `EditHistory.undo_kind`."""
        return self.editing.undo_kind

    @property
    def redo_kind(self) -> EditKind | None:
        """See `EditHistory.redo_kind`."""
        return self.editing.redo_kind

    def undo(self) -> None:
        """Go back to the edit before."""
        if self.undo_kind is not None:
            self._step(-1)

    def redo(self) -> None:
        """Take back an undo."""
        if self.redo_kind is not None:
            self._step(1)

    def reset(self) -> None:
        """Take back every motion, as an edit that can be undone; which bone moves stays."""
        self.set_edit(self.edit.without_motion())

    def use_corrected_silhouettes(self) -> None:
        """Let the layers follow the bones' segments, which the user repaired in the Segment Editor.

        Raises
        ------
        InputError
            If the joint is not separated, its segments are gone or empty, or nothing was changed.
        """
        result = self._separated()
        upper, lower = self.display.bone_masks(result.layers)
        if upper is None or lower is None or not upper.any() or not lower.any():
            raise InputError(
                _("A bone's segment of {name} is missing or empty: draw it, or separate again.").format(
                    name=self.name
                )
            )
        self.set_layers(correct_layers(result, upper, lower), corrected=True)

    def show_film(self, shown: bool) -> None:
        """Show the original in place of the edited image, until told otherwise or until the next edit."""
        if self.result is not None and self.display.show_film(self.result, shown):
            self._changed(self, JointEvent.EDIT, False)

    @property
    def film_is_shown(self) -> bool:
        """See `JointDisplay.film_is_shown`."""
        return self.display.film_is_shown

    @property
    def holds_work(self) -> bool:
        """Whether the user edited the joint, or corrected its silhouettes, or is about to."""
        is_repaired = self.result is not None and self.display.was_repaired(self.result)
        return is_repaired or holds_edit_or_correction(self.references)

    def remove(self) -> None:
        """Remove the joint's nodes and its line; the user's own nodes stay."""
        with batch(self.line.GetScene()):
            self.references.remove_all()
        self.editing.clear()
        self._separation = None

    def _separated(self) -> SyntheticJoint:
        """Return the edited joint, or refuse."""
        result = self.result
        if result is None:
            raise InputError(_("{name} is not separated yet: press Separate.").format(name=self.name))
        return result

    def _refuse_repaired(self) -> None:
        """Refuse to write over the user's repairs of a bone's segment."""
        if self.display.was_repaired(self._separated()):
            raise InputError(
                _(
                    "The silhouettes of {name} were repaired: press Use corrected silhouettes first, or undo "
                    "the repair in the Segment Editor, or separate the joint again."
                ).format(name=self.name)
            )

    def _step(self, by: int) -> None:
        step = self.editing.step(by)
        try:
            if step.version == self.editing.version:
                self.set_edit(step.edit)
            else:
                self._refuse_repaired()
                self._return_to(step)
        except InputError:
            self.editing.step(-by)
            raise

    def _return_to(self, step: EditStep) -> None:
        """Take the layers of before or after a correction, with the edit that they had."""
        result = self.editing.return_to(step)
        record = SeparationRecord.of(result.layers, self.editing.are_corrected)
        self._separation, self._compared = record, None
        with batch(self.line.GetScene()):
            for _step in self.display.layer_steps(result, self.editing.are_corrected):
                pass
        self._follow_identity()
        self._changed(self, JointEvent.LAYERS, True)

    def _follow_identity(self) -> None:
        """Give layers and segments the present names and side: files and codes go by them."""
        if self.layers is None:
            return
        before = self.layers
        layers = self.identity.give_to(before)
        if layers is not before:
            self.editing.rename_layers(layers)
        if layers.pose != before.pose:
            self.display.describe_segments(self._separated())

    def _compare(self, separation: SeparationRecord) -> OutdatedReason | None:
        """Compare line and film with a separation, anew only where one of them is another than last time."""
        state = (self.identity.state, self.film.state, separation)
        if self._compared is None or self._compared[0] != state:
            self._compared = (state, find_outdated_reason(separation, self.film, self.identity))
        return self._compared[1]
