"""The film in work, its joints, and the selected one. No Qt."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

import vtk

from ..errors import LayerSeparationError
from ..radiograph import LengthUnit
from ..scene import Film, JointEvent, JointStatus, SceneJoint, SceneJoints

_WAITING = (JointStatus.NOT_SEPARATED, JointStatus.OUTDATED)
_SEPARATED = (JointStatus.READY, JointStatus.EDITED)


class SessionEvent(Enum):
    """What changed of the session itself; what changed of a joint is a `JointEvent`."""

    FILM = "film"
    """Another film is in work, or the film's spacing or polarity is another."""
    SELECTION = "selection"
    """Another joint is selected, or none."""


Listener = Callable[[SceneJoint | None, SessionEvent | JointEvent], None]
"""Called with the joint (None where all are meant) and what changed."""


class Session:
    """Holds what the panel works on; tells its listener about every change, whoever made it."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._unsubscribe: Callable[[], None] | None = None
        self.film: Film | None = None
        self.joints: SceneJoints | None = None
        self.joint: SceneJoint | None = None
        self._order: list[SceneJoint] = []

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

    @property
    def spacing_text(self) -> str:
        """See `Film.spacing_text`; '' where there is no film with which something can be done."""
        return "" if self.film is None or self.film_problem else self.film.spacing_text

    @property
    def unit(self) -> LengthUnit:
        """Unit of all lengths: 'mm', or 'px' where the film's pixel spacing is unknown."""
        try:
            return "mm" if self.film is None or self.film.spacing.known else "px"
        except LayerSeparationError:
            # A film with which nothing can be done: `film_problem` says why.
            return "mm"

    @property
    def all_joints(self) -> list[SceneJoint]:
        """All joints of the film in anatomical order."""
        return list(self.joints.joints) if self.joints is not None else []

    @property
    def waiting_joints(self) -> list[SceneJoint]:
        """The joints that are not separated, or whose layers are out of date."""
        return [joint for joint in self.all_joints if joint.status in _WAITING]

    @property
    def separated_joints(self) -> list[SceneJoint]:
        """The joints that have layers."""
        return [joint for joint in self.all_joints if joint.status in _SEPARATED]

    def open_film(self, node: vtk.vtkObject | None, line: vtk.vtkObject | None = None) -> None:
        """Work on another film, or on none; the joints that the scene has for it are found.

        The joint of a line is selected; the first one, where it is not one of the film's joints.

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
                self._unsubscribe = self.joints.on_change(self._follow_joints)
                wanted = self.joints.get(line) if line is not None else None
                self._order = self.all_joints
                self.joint = wanted or next(iter(self._order), None)
        except LayerSeparationError:
            self.close()
            raise
        finally:
            self._listener(None, SessionEvent.FILM)

    def close(self) -> None:
        """Let go of film and joints; nothing in the scene changes."""
        if self._unsubscribe is not None:
            self._unsubscribe()
        if self.joints is not None:
            self.joints.close()
        self._unsubscribe = self.joints = self.film = self.joint = None
        self._order = []

    def select(self, joint: SceneJoint | None) -> None:
        """Select a joint."""
        if joint is not self.joint:
            self.joint = joint
            self._listener(joint, SessionEvent.SELECTION)

    def has(self, joint: SceneJoint) -> bool:
        """Whether a joint is still there."""
        return any(other is joint for other in self.all_joints)

    def _follow_joints(self, joint: SceneJoint | None, event: JointEvent) -> None:
        before, self._order = self._order, self.all_joints
        if self.joint is not None and not self.has(self.joint):
            self.select(self._neighbour(before))
        self._listener(joint, SessionEvent.FILM if event is JointEvent.FILM else event)

    def _neighbour(self, before: list[SceneJoint]) -> SceneJoint | None:
        """Return the joint that came after the selected one, which is gone; for the last, that before it."""
        row = next((row for row, joint in enumerate(before) if joint is self.joint), 0)
        nearest = [*before[row + 1 :], *reversed(before[:row])]
        return next((joint for joint in nearest if self.has(joint)), next(iter(self._order), None))
