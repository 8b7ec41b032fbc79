"""Find joints: the worker looks for hands on the film, and the list is filled with what it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import slicer

from ..errors import DependencyError, LayerSeparationError
from ..joints import JOINT_NAMES
from ..translation import tr as _
from .finding_job import FindingJob
from .message import show_message
from .states import PackageState, PanelState
from .user_errors import shown_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..joints import JointPose
    from ..radiograph import Radiograph
    from .panel import Panel

_SURE = 0.9


class FindSection:
    """Has the joints of the film's hands found; joints that are there already stay as they are."""

    def __init__(self, panel: Panel) -> None:
        self._panel, self.ui = panel, panel.ui
        self._job = FindingJob()
        self.ui.findJointsButton.connect("clicked(bool)", self._clicked)

    def start(self) -> None:
        """Look for hands on the film."""
        session = self._panel.session
        if session.joints is None or session.film is None:
            return
        radiograph = session.film.radiograph
        self._panel.set_state(PanelState.FINDING)
        show_message(self.ui.messageLabel, _("Looking for finger joints..."))

        def done(poses: list[JointPose]) -> None:
            self._panel.separate.torch = PackageState.READY
            self._take(poses, radiograph)

        self._panel.submit(self._job.find(radiograph, self._panel.device), None, done, self._failed)

    def cancel(self) -> None:
        """Stop; nothing is added."""
        if self._panel.state is PanelState.FINDING:
            self._panel.worker.cancel()
            self._finish(PanelState.IDLE, _("Cancelled"))

    def _take(self, poses: Sequence[JointPose], radiograph: Radiograph) -> None:
        session = self._panel.session
        if session.joints is None or session.film is None:
            self._finish(PanelState.IDLE, "")
            return
        if session.film.radiograph is not radiograph:
            self._finish(PanelState.IDLE, _("The film was changed meanwhile: find its joints again."))
            return
        if not poses:
            self._finish(PanelState.IDLE, _("No hand was found on this film: place its joints by hand."))
            return
        with shown_errors():
            added = session.joints.add_found(poses)
            if added and session.joint is None:
                session.select(session.joints.joints[0])
        self._finish(PanelState.IDLE, _said(poses, len(added)))

    def _failed(self, error: Exception) -> None:
        if isinstance(error, DependencyError):
            self._panel.separate.torch = PackageState.BROKEN
        said = (
            str(error)
            if isinstance(error, LayerSeparationError)
            else _("Finding joints failed: {error}. Try the CPU as device.").format(error=error)
        )
        self._finish(PanelState.FAILED, said)
        slicer.util.errorDisplay(said)

    def _finish(self, state: PanelState, message: str) -> None:
        show_message(self.ui.messageLabel, message)
        self._panel.set_state(state)

    def _clicked(self, _checked: bool = False) -> None:
        with shown_errors():
            if self._panel.state is PanelState.FINDING:
                self.cancel()
            else:
                self._panel.gap.flush()
                self.start()


def _said(poses: Sequence[JointPose], added: int) -> str:
    """Return what was found, in a sentence or two."""
    texts: list[Any] = [_("{count} joints found, {added} new.").format(count=len(poses), added=added)]
    hands = {pose.side for pose in poses}
    missing = [name for name in JOINT_NAMES if sum(pose.name == name for pose in poses) < len(hands)]
    if missing:
        texts.append(_("Not found: {names}.").format(names=", ".join(missing)))
    unsure = [pose.name for pose in poses if pose.confidence is not None and pose.confidence < _SURE]
    if unsure:
        texts.append(_("Check the place of {names}.").format(names=", ".join(unsure)))
    return " ".join(texts)
