"""What a film leaves behind that was removed from the scene: its joints, which mean nothing without it."""

from __future__ import annotations

from collections.abc import Generator

import vtk

from .batch import batch
from .joint_lines import confidence_of
from .joint_work import holds_edit_or_correction
from .node_attributes import FILM_REFERENCE, JOINT, role_of
from .node_references import NodeReferences, remove_node


class RemovedFilm:
    """Joints whose film is being removed: made while the scene tells so, when they still refer to it.

    Nothing is removed unless it is asked for: a script that removes a film removes its joints before
    (`SceneJoints.remove_all`), or afterwards by this; the panel asks the user.

    Parameters
    ----------
    scene
        The scene that the film was in.
    film
        The film's volume node, as NodeRemovedEvent gives it.
    """

    def __init__(self, scene: vtk.vtkObject, film: vtk.vtkObject) -> None:
        self._scene, self._film = scene, film
        nodes = [scene.GetNthNode(index) for index in range(scene.GetNumberOfNodes())]
        referring = [node for node in nodes if node.GetNodeReferenceID(FILM_REFERENCE) == film.GetID()]
        self._lines = [node for node in referring if role_of(node) == JOINT]
        self._shared = [node for node in referring if role_of(node) not in (JOINT, None)]

    @property
    def name(self) -> str:
        """The film's name."""
        return str(self._film.GetName())

    @property
    def lines(self) -> list[vtk.vtkObject]:
        """The lines of its joints that are still in the scene; none once the film is in the scene again."""
        if self._film.GetScene() is not None:
            return []
        return [line for line in self._lines if line.GetScene() is not None]

    @property
    def lines_with_work(self) -> list[vtk.vtkObject]:
        """Those that hold what the user did: a line drawn or moved, an edit, corrected silhouettes."""
        return [line for line in self.lines if _holds_work(line, self._film)]

    def remove_joints(self) -> None:
        """Remove the joints, all that was made for them, and what they shared; the user's own nodes stay."""
        with batch(self._scene):
            for _step in self.removal_steps():
                pass

    def removal_steps(self) -> Generator[None, None, None]:
        """Do what `remove_joints` does, a node at a time: a window can be drawn in between."""
        for line in self.lines:
            if line.GetScene() is not None:
                yield from NodeReferences(line, self._film).removal_steps()
        for node in self._shared:
            remove_node(node)
            yield


def _holds_work(line: vtk.vtkObject, film: vtk.vtkObject) -> bool:
    return confidence_of(line) is None or holds_edit_or_correction(NodeReferences(line, film))
