"""Find joints: the worker looks for hands on the film, and the list is filled with what it finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import slicer

from ..errors import DependencyError, LayerSeparationError
from ..joints import JOINT_NAMES
from ..scene import Film, SceneJoint
from ..translation import tr as _
from .activity import Activity
from .contracts import JobRunner, PendingEdit
from .finding_job import FindingJob
from .plain_text import as_plain
from .plural import plural
from .processor import Processor
from .session import Session
from .states import PackageState, PanelState
from .user_errors import show_errors

if TYPE_CHECKING:
    from ..joints import JointPose
    from ..radiograph import Radiograph

_SURE = 0.9


class FindSection:
    """Has the joints of the film's hands found; joints that are there already stay as they are.

    Parameters
    ----------
    ui
        Holds the button as an attribute.
    session
        Gets the joints.
    jobs
        Carry out the search.
    activity
        Told when a search begins and ends.
    processor
        Says what the search runs on, and is told what was learnt of PyTorch.
    pending_edit
        Carried out before the search.
    say
        Shows a text to the user, or with '' takes it away.
    """

    def __init__(
        self,
        ui: Any,
        session: Session,
        jobs: JobRunner,
        activity: Activity,
        processor: Processor,
        pending_edit: PendingEdit,
        say: Callable[[str], None],
    ) -> None:
        self.ui, self._session, self._jobs, self._activity = ui, session, jobs, activity
        self._processor, self._pending_edit, self._say = processor, pending_edit, say
        self._job = FindingJob()
        self._give_up: Callable[[], None] | None = None
        ui.findJointsButton.connect("clicked(bool)", self._press)

    def start(self) -> None:
        """Look for hands on the film."""
        session = self._session
        if session.joints is None or session.film is None:
            return
        film, reading = session.film, session.film.reading()
        self._activity.set_state(PanelState.FINDING)
        self._say("")

        def finish(found: tuple[Radiograph, list[JointPose]]) -> None:
            self._processor.torch = PackageState.READY
            radiograph, poses = found
            self._take(poses, film if film.take(reading, radiograph) else None)

        job = self._job.find(reading.read, self._processor.device)
        self._give_up = self._jobs.submit(job, None, finish, self._fail)

    def cancel(self) -> None:
        """Stop; nothing is added."""
        if self._activity.state is PanelState.FINDING and self._give_up is not None:
            self._give_up()
            self._finish(PanelState.IDLE, _("Cancelled"))

    def _take(self, poses: Sequence[JointPose], film: Film | None) -> None:
        session = self._session
        if session.joints is None or session.film is None:
            self._finish(PanelState.IDLE, "")
            return
        if session.film is not film:
            self._finish(PanelState.IDLE, _("The film was changed meanwhile: find its joints again."))
            return
        if not poses:
            self._finish(PanelState.IDLE, _("No hand was found on this film: place its joints by hand."))
            return
        added: list[SceneJoint] = []

        def finish() -> None:
            if added and session.joint is None and session.all_joints:
                session.select(session.all_joints[0])
            self._finish(PanelState.IDLE, _describe(poses, len(added)))

        self._give_up = self._jobs.steps.start(
            session.joints.found_steps(poses), finish, self._fail, added.append
        )

    def _fail(self, error: Exception) -> None:
        if isinstance(error, DependencyError):
            self._processor.torch = PackageState.BROKEN
        text = (
            str(error)
            if isinstance(error, LayerSeparationError)
            else _("Finding joints failed: {error}. Try the CPU as device.").format(error=error)
        )
        self._finish(PanelState.FAILED, text)
        slicer.util.errorDisplay(as_plain(text))

    def _finish(self, state: PanelState, message: str) -> None:
        self._say(message)
        self._activity.set_state(state)

    def _press(self, _checked: bool = False) -> None:
        with show_errors():
            self._pending_edit.flush()
            self.start()


def _describe(poses: Sequence[JointPose], added: int) -> str:
    """Return what was found, in a sentence or two."""
    found = plural(len(poses), _("1 joint found"), _("{count} joints found"))
    texts = [_("{found}, {added} new.").format(found=found, added=added)]
    hands = {pose.side for pose in poses}
    missing = [name for name in JOINT_NAMES if sum(pose.name == name for pose in poses) < len(hands)]
    if missing:
        texts.append(_("Not found: {names}.").format(names=", ".join(missing)))
    unsure = [pose.name for pose in poses if pose.confidence is not None and pose.confidence < _SURE]
    if unsure:
        texts.append(_("Check the place of {names}.").format(names=", ".join(unsure)))
    return " ".join(texts)
