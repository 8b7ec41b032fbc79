"""The film in work, its joints, and the selected one. No Qt."""

from __future__ import annotations

from collections.abc import Callable

import vtk

from ..errors import LayerSeparationError
from ..scene import Film, SceneJoint, SceneJoints

Listener = Callable[[SceneJoint | None, str], None]
"""Called with a joint (or None) and what changed: 'film', 'list', 'selection', 'line', 'layers',
'edit', or 'handle' (a bone's handle was moved by the user; the edit does not follow by itself)."""


class Session:
    """Holds what the panel works on; tells its listener about every change, whoever made it."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._unsubscribe: Callable[[], None] | None = None
        self.film: Film | None = None
        self.joints: SceneJoints | None = None
        self.joint: SceneJoint | None = None

    @property
    def film_node(self) -> vtk.vtkObject | None:
        """The radiograph's volume node."""
        return self.film.node if self.film else None

    @property
    def film_problem(self) -> str:
        """Why nothing can be done with the film at the moment, such as a transform; '' where all is well."""
        try:
            _ = self.film.geometry if self.film else None
        except LayerSeparationError as error:
            return str(error)
        return ""

    def open_film(self, node: vtk.vtkObject | None) -> None:
        """Work on another film, or on none; the joints that the scene has for it are found.

        Raises
        ------
        InputError
            If the volume can't be a film; no film is open then.
        """
        if node is self.film_node:
            return
        self.close()
        try:
            if node is not None:
                film = Film(node)
                _ = film.geometry
                self.joints = SceneJoints(film)
                self.film = film
                self._unsubscribe = self.joints.on_change(self._changed)
                self.joint = self.joints.joints[0] if self.joints.joints else None
        except LayerSeparationError:
            self.close()
            raise
        finally:
            self._listener(None, "film")

    def close(self) -> None:
        """Let go of film and joints; nothing in the scene changes."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self.joints is not None:
            self.joints.close()
        self._unsubscribe = self.joints = self.film = self.joint = None

    def select(self, joint: SceneJoint | None) -> None:
        """Select a joint."""
        if joint is not self.joint:
            self.joint = joint
            self._listener(joint, "selection")

    def has(self, joint: SceneJoint) -> bool:
        """Whether a joint is still there."""
        return self.joints is not None and any(other is joint for other in self.joints.joints)

    def _changed(self, joint: SceneJoint | None, what: str) -> None:
        if self.joint is not None and not self.has(self.joint):
            left = self.joints.joints if self.joints else []
            self.joint = left[0] if left else None
            self._listener(self.joint, "selection")
        self._listener(joint, what)
