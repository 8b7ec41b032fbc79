"""A film that is removed takes its joints with it, or asks."""

from __future__ import annotations

import slicer
import vtk

from ..scene.node_attributes import role_of
from ..scene.removed_film import RemovedFilm
from ..translation import tr as _
from .contracts import StepRunner
from .plain_text import as_plain
from .user_errors import show_errors


class FilmRemoval:
    """Removes the joints of films that were removed, once the scene has settled: nodes go in groups.

    Parameters
    ----------
    steps
        Remove the joints.
    """

    def __init__(self, steps: StepRunner) -> None:
        self._steps = steps
        self._removed: list[RemovedFilm] = []

    def note(self, node: vtk.vtkObject) -> None:
        """Take in that a node was removed; called while the scene tells so."""
        if node.IsA("vtkMRMLScalarVolumeNode") and role_of(node) is None:
            removed = RemovedFilm(slicer.mrmlScene, node)
            if removed.lines:
                self._removed.append(removed)

    def forget(self) -> None:
        """Let go of what was noted: the scene is closed, and all goes."""
        self._removed.clear()

    def settle(self) -> None:
        """Remove the joints that were left behind, after a question where they hold the user's work."""
        while self._removed:
            # Taken out first: events run while the question is open.
            removed = self._removed.pop(0)
            if removed.lines and (not removed.lines_with_work or _ask(removed)):
                self._steps.start(removed.removal_steps(), lambda: None, _show)


def _show(error: Exception) -> None:
    with show_errors():
        raise error


def _ask(removed: RemovedFilm) -> bool:
    question = _(
        "{film} was removed. Remove its joints, too ({count})? {edited} of them were drawn or edited by you. "
        "Without the radiograph they can't be edited or exported; images and segments stay as they are."
    ).format(film=removed.name, count=len(removed.lines), edited=len(removed.lines_with_work))
    return bool(slicer.util.confirmYesNoDisplay(as_plain(question)))
