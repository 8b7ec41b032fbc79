"""What is done to a joint: its layers, the edit of them, and the way back. Nothing here knows nodes."""

from __future__ import annotations

from dataclasses import replace

from ..errors import InputError
from ..measurement import JointSpaceWidth
from ..separation import JointLayers
from ..synthesis import GapEdit, MovableJoint, SyntheticJoint, synthesize
from ..synthesis.bone_motion import BoneMotion
from ..translation import tr as _
from .edit_history import EditHistory, EditKind, EditStep, kind_of_step


class JointEditing:
    """The layers of a joint, prepared for edit after edit, with the edit they have now and those before.

    Parameters
    ----------
    edit
        The edit that the joint has from the start; it is carried out as soon as there are layers.
    """

    def __init__(self, edit: GapEdit) -> None:
        self._movable: MovableJoint | None = None
        self._result: SyntheticJoint | None = None
        self._film_findings: tuple[str, ...] = ()
        self._edit = edit
        self._history = EditHistory(edit)
        self._versions: list[tuple[JointLayers, bool]] = []
        self._version = 0

    @property
    def layers(self) -> JointLayers | None:
        """The separated layers; None before."""
        return None if self._movable is None else self._movable.layers

    @property
    def movable(self) -> MovableJoint | None:
        """The layers, prepared for edits; None before the joint is separated."""
        return self._movable

    @property
    def are_corrected(self) -> bool:
        """Whether the user corrected the silhouettes of the layers."""
        return bool(self._versions) and self._versions[self._version][1]

    @property
    def version(self) -> int:
        """Which layers these are: 0 as separated, one more with every correction."""
        return self._version

    @property
    def edit(self) -> GapEdit:
        """The edit as it is now."""
        return self._edit

    @property
    def is_finished(self) -> bool:
        """Whether the edit is one that can be undone, not a step on the way of a hand that moves."""
        return self._history.current.edit == self._edit

    @property
    def result(self) -> SyntheticJoint | None:
        """The edited joint with its truth, made when it is first asked for; None without layers."""
        if self._result is None and self._movable is not None:
            self._result = self._synthesize(self._movable, self._edit)
        return self._result

    @property
    def jsw_before(self) -> JointSpaceWidth | None:
        """JSW of the film; None without layers."""
        return None if self._movable is None else self._movable.jsw.with_findings(*self._film_findings)

    @property
    def jsw_after(self) -> JointSpaceWidth | None:
        """JSW of the edit; None without layers."""
        return None if self.result is None else self.result.jsw_after

    @property
    def own_jsw(self) -> JointSpaceWidth | None:
        """JSW of the film by the joint alone; None without layers."""
        return None if self._movable is None else self._movable.jsw

    @property
    def film_findings(self) -> tuple[str, ...]:
        """What the film's other joints say against the JSW."""
        return self._film_findings

    def set_film_findings(self, findings: tuple[str, ...]) -> bool:
        """Take what the film's other joints say against the JSW; return whether that is something else."""
        if findings == self._film_findings:
            return False
        if self._result is not None:
            self._result = self._result.without_findings(*self._film_findings).with_findings(*findings)
        self._film_findings = findings
        return True

    def restore(self, layers: JointLayers, are_corrected: bool) -> None:
        """Take layers that belong to the edit and its history as they are."""
        self._movable, self._result = MovableJoint(layers), None
        self._versions, self._version = [(layers, are_corrected)], 0

    def edit_of(self, movable: MovableJoint) -> SyntheticJoint:
        """Return the edit of other layers, in their unit; one that they can't have is taken back."""
        edit = self._fit(self._edit, movable)
        if edit is None:
            edit = replace(self._edit.without_motion(), unit=movable.layers.crop.unit)
        return self._synthesize(movable, edit)

    def replace_layers(self, movable: MovableJoint, result: SyntheticJoint, are_corrected: bool) -> None:
        """Take other layers, and what `edit_of` made of them.

        A correction can be undone. A separation can't: the history then holds the edits that the new layers
        can have, and no correction.
        """
        history = self._history.carried_over(
            lambda edit: self._fit(edit, movable), movable.jsw.mean, result.edit
        )
        self._movable, self._result, self._edit = movable, result, result.edit
        if are_corrected and self._versions:
            self._versions.append((movable.layers, True))
            self._version = len(self._versions) - 1
            self._history.add(result.edit, self._version, EditKind.CORRECTION)
        else:
            self._versions, self._version = [(movable.layers, are_corrected)], 0
            self._history = history

    def return_to(self, step: EditStep) -> SyntheticJoint:
        """Take the layers and the edit of a step of the history, and return the edit of them."""
        movable = MovableJoint(self._versions[step.version][0])
        result = self._synthesize(movable, step.edit)
        self._movable, self._result, self._edit, self._version = movable, result, step.edit, step.version
        return result

    def rename_layers(self, layers: JointLayers) -> None:
        """Take the same layers under another name or side."""
        self._movable = MovableJoint(layers)
        if self._result is not None:
            self._result = replace(self._result, layers=layers)

    def synthesize(self, edit: GapEdit) -> SyntheticJoint:
        """Return the joint with an edit, without taking it over.

        Raises
        ------
        InputError
            If there are no layers, or the edit can't be carried out.
        """
        if self._movable is None:
            raise InputError(_("The joint is not separated yet: press Separate."))
        if self._result is not None and self._result.edit == edit:
            return self._result
        return self._synthesize(self._movable, edit)

    def take(self, result: SyntheticJoint, finished: bool) -> None:
        """Make the result of `synthesize` the edit that the joint has; a finished one can be undone."""
        self._result, self._edit = result, result.edit
        if finished:
            film_width = None if self.jsw_before is None else self.jsw_before.mean
            kind = kind_of_step(self._history.current.edit, result.edit, film_width)
            self._history.add(result.edit, self._version, kind)

    @property
    def undo_kind(self) -> EditKind | None:
        """See `EditHistory.undo_kind`."""
        return self._history.undo_kind

    @property
    def redo_kind(self) -> EditKind | None:
        """See `EditHistory.redo_kind`."""
        return self._history.redo_kind

    def step(self, by: int) -> EditStep:
        """Go back (-1) or forth (1) in the history, and return the edit there, to be carried out."""
        return self._history.step(by)

    def _synthesize(self, movable: MovableJoint, edit: GapEdit) -> SyntheticJoint:
        return synthesize(movable, edit).with_findings(*self._film_findings)

    def _fit(self, edit: GapEdit, movable: MovableJoint) -> GapEdit | None:
        """Return an edit in the unit of layers; None where they can't have it."""
        crop = movable.layers.crop
        if edit.unit != crop.unit:
            known = movable.layers if crop.unit == "mm" else self.layers
            mm = None if known is None else known.radiograph.spacing.mm
            if not edit.has_lengths:
                edit = replace(edit, unit=crop.unit)
            elif mm is None or mm[0] != mm[1]:
                return None
            else:
                edit = edit.in_unit(crop.unit, mm[0] if crop.unit == "mm" else 1 / mm[0])
        try:
            BoneMotion.of_edit(edit, movable.jsw, crop.unit_per_px)
        except InputError:
            return None
        return edit

    def clear(self) -> None:
        """Let go of the layers."""
        self._movable = self._result = None
        self._versions, self._version = [], 0
