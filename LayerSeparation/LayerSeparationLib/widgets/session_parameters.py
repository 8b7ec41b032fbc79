"""What the scene's parameter node says of the session, and the session itself, in step. No Qt."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol

import slicer
import vtk

from ..errors import LayerSeparationError
from ..files import parse_json
from ..synthesis import GapEdit
from ..translation import tr as _
from .processor import AUTOMATIC, Processor
from .session import Session
from .user_errors import show_errors


class ParameterNode(Protocol):
    """The parameters of the session: those that no widget of the .ui file is bound to."""

    film: vtk.vtkObject | None
    """The radiograph's volume node."""
    joint: vtk.vtkObject | None
    """The line of the selected joint."""
    edit: str
    """The selected joint's edit, as JSON."""
    device: str
    """What networks run on."""


class SessionParameters:
    """Reads what a script or a loaded scene has set, and writes what the user does.

    Parameters
    ----------
    session
        Follows the parameters, and is written to them.
    processor
        The same for the device.
    choose_film
        Called with the film that the parameters ask for, and the line of the joint to select.
    """

    def __init__(
        self,
        session: Session,
        processor: Processor,
        choose_film: Callable[[vtk.vtkObject, vtk.vtkObject | None], None],
    ) -> None:
        self._session, self._processor, self._choose_film = session, processor, choose_film
        self._node: ParameterNode | None = None
        self._is_writing = False
        self._known_edit = ""

    @property
    def node(self) -> ParameterNode | None:
        """The scene's parameter node; None while the scene is being closed."""
        return self._node

    @property
    def is_writing(self) -> bool:
        """Whether the parameters change because they are being written here."""
        return self._is_writing

    def attach(self, node: ParameterNode | None) -> None:
        """Take another parameter node, or none; nothing is read yet."""
        self._node = node
        self._known_edit = node.edit if node is not None else ""

    def read(self) -> None:
        """Follow what somebody else has set; of a scene that is being loaded, once it is there as a whole."""
        node = self._node
        if node is None or self._is_writing or slicer.mrmlScene.IsImporting():
            return
        self._processor.device = node.device or AUTOMATIC
        if node.film is not None and node.film is not self._session.film_node:
            self._choose_film(node.film, node.joint)
        joints, joint = self._session.joints, self._session.joint
        wanted = joints.get(node.joint) if joints is not None and node.joint is not None else None
        if wanted is not None and wanted is not joint:
            self._session.select(wanted)
        elif joint is not None and node.edit != self._known_edit:
            self._known_edit = node.edit
            with show_errors():
                joint.set_edit(_read_edit(node.edit))

    def write_film(self) -> None:
        """Keep the film in work."""
        self._write(film=self._session.film_node)

    def write_joint(self) -> None:
        """Keep the selected joint and its edit."""
        joint = self._session.joint
        self._known_edit = json.dumps(joint.edit.as_json()) if joint is not None else ""
        self._write(joint=joint.line if joint is not None else None, edit=self._known_edit)

    def write_device(self) -> None:
        """Keep the device that was chosen."""
        self._write(device=self._processor.device)

    def _write(self, **values: Any) -> None:
        if self._node is None:
            return
        self._is_writing = True
        try:
            for name, value in values.items():
                if getattr(self._node, name) != value:
                    setattr(self._node, name, value)
        finally:
            self._is_writing = False


def _read_edit(text: str) -> GapEdit:
    """Return the edit that a parameter holds.

    Raises
    ------
    LayerSeparationError
        If the text is not an edit.
    """
    try:
        return GapEdit.from_json(parse_json(text or "{}"))
    except (LayerSeparationError, ValueError) as error:
        raise LayerSeparationError(
            _("The parameter 'edit' can't be read: {text}. Give JSON such as {example}.").format(
                text=text, example='{"target_jsw": 0.8}'
            )
        ) from error
