"""The section Separate: one button, its progress, and layers that come in one by one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import slicer

from ..errors import DependencyError, LayerSeparationError
from ..joints import JointCrop
from ..scene import SceneJoint
from ..translation import tr as _
from .activity import Activity
from .contracts import JobRunner, PendingEdit
from .plain_text import as_plain
from .plural import plural
from .processor import Processor
from .separation_job import SeparationJob, SeparationSummary
from .session import Session
from .states import PackageState, PanelState
from .user_errors import show_errors

if TYPE_CHECKING:
    from ..joints import JointPose

_log = logging.getLogger(__name__)


class SeparateSection:
    """Has joints separated by the worker and gives their layers to the scene one by one.

    Parameters
    ----------
    ui
        Holds the button as an attribute.
    session
        Has the joints.
    jobs
        Carry out the separation.
    activity
        Told when a separation begins and ends.
    processor
        Says what the separation runs on, and is told what was learnt of PyTorch.
    pending_edit
        Carried out before the separation.
    say
        Shows a text to the user, or with '' takes it away.
    show_progress
        Shows how many joints of how many are done.
    on_torch_wanted
        Called in place of a separation where PyTorch is missing or does not load.
    on_end
        Called after every separation, with whether there is a result: it was not given up, nor failed.
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
        show_progress: Callable[[int, int], None],
        on_torch_wanted: Callable[[], None],
        on_end: Callable[[bool], None],
    ) -> None:
        self.ui, self._session, self._jobs, self._activity = ui, session, jobs, activity
        self._processor, self._pending_edit, self._say = processor, pending_edit, say
        self._show_progress = show_progress
        self._on_torch_wanted, self._on_end = on_torch_wanted, on_end
        self._job = SeparationJob()
        self._give_up: list[Callable[[], None]] = []
        self._failures: list[str] = []
        self._taken_back: list[str] = []
        self._taken = 0
        ui.separateButton.connect("clicked(bool)", self._press)

    def start(self) -> None:
        """Separate the joints that wait for it, or the selected one again."""
        session = self._session
        self._failures, self._taken_back, self._taken = [], [], 0
        joints = session.waiting_joints or ([session.joint] if session.joint is not None else [])
        wanted = [(joint, *job) for joint in joints for job in self._jobs_of(joint)]
        if not wanted:
            self._finish(PanelState.FAILED if self._failures else PanelState.IDLE, "")
            return
        self._activity.set_state(PanelState.SEPARATING)
        self._show_progress(0, len(wanted))
        self._say(_("Loading the network...") if self._processor.torch is not PackageState.READY else "")

        def follow(done: int, total: int, part: Any) -> None:
            if part is None:
                return
            index, layers = part
            joint, _radiograph, pose = wanted[index]

            def tell() -> None:
                self._show_progress(done, total)
                self._say(_("{done} of {total} joints").format(done=done, total=total))

            self._start(self._take_steps(joint, pose, layers), tell)

        job = self._job.separate(
            [(radiograph, pose) for _joint, radiograph, pose in wanted], self._processor.device
        )
        self._give_up = [
            self._jobs.submit(
                job,
                follow,
                # After the layers that wait to be taken.
                lambda summary: self._start(_no_steps(), lambda: self._succeed(summary)),
                lambda error: self._start(_no_steps(), lambda: self._fail(error)),
            )
        ]

    def _start(self, steps: Generator[None, None, None], on_done: Callable[[], None]) -> None:
        self._give_up.append(self._jobs.steps.start(steps, on_done, self._fail))

    def cancel(self) -> None:
        """Stop; what is separated stays so."""
        if self._activity.state is PanelState.SEPARATING:
            for give_up in self._give_up:
                give_up()
            self._finish(PanelState.IDLE, _("Cancelled"))

    def _jobs_of(self, joint: SceneJoint) -> list[tuple[Any, JointPose]]:
        """Return the joint's job; none where its line is of no use, which is noted."""
        joints = self._session.joints
        try:
            jobs = joints.jobs([joint]) if joints is not None else []
            for radiograph, pose in jobs:
                JointCrop(radiograph, pose)
        except LayerSeparationError as error:
            self._failures.append(str(error))
            return []
        return jobs

    def _take_steps(self, joint: SceneJoint, pose: JointPose, layers: Any) -> Generator[None, None, None]:
        if not self._session.has(joint):
            return
        try:
            if joint.pose != pose:
                moved = _("The line of {name} was moved meanwhile: separate it again.")
                self._failures.append(moved.format(name=joint.name))
                return
            edit = joint.edit
            for _step in joint.layer_steps(layers):
                yield
                if not self._session.has(joint):
                    return
            self._taken += 1
            if joint.edit.is_neutral and not edit.is_neutral:
                text = _("The edit of {name} was taken back: the new layers can't have it.")
                self._taken_back.append(text.format(name=joint.name))
        except LayerSeparationError as error:
            self._failures.append(str(error))
        except Exception as error:
            _log.exception("layers of %s could not be taken", joint.name)
            self._failures.append(
                _("The layers of {name} can't be shown ({error}).").format(name=joint.name, error=error)
            )

    def _succeed(self, summary: SeparationSummary) -> None:
        self._processor.torch = PackageState.READY
        count = self._taken
        text = plural(count, _("1 joint separated"), _("{count} joints separated"))
        message = ". ".join(
            [
                *(_("{joints} on {device}").format(joints=text, device=summary.device), *summary.messages),
                *self._taken_back,
            ]
        )
        state = PanelState.FAILED if self._failures else PanelState.IDLE
        self._finish(state, message if count else "", has_result=True)

    def _fail(self, error: Exception) -> None:
        if isinstance(error, DependencyError):
            self._processor.torch = PackageState.BROKEN
        self._failures.append(
            str(error)
            if isinstance(error, LayerSeparationError)
            else _("The separation failed: {error}. Try the CPU as device.").format(error=error)
        )
        self._finish(PanelState.FAILED, "")

    def _finish(self, state: PanelState, message: str, has_result: bool = False) -> None:
        failures, self._failures, self._give_up = self._failures, [], []
        self._say(" ".join([*([message] if message else []), *failures[:1]]))
        self._activity.set_state(state)
        self._on_end(has_result)
        if failures:
            slicer.util.errorDisplay(as_plain("\n\n".join(dict.fromkeys(failures))))

    def _press(self, _checked: bool = False) -> None:
        if self._processor.torch in (PackageState.MISSING, PackageState.BROKEN):
            self._on_torch_wanted()
        else:
            with show_errors():
                self._pending_edit.flush()
                self.start()


def _no_steps() -> Generator[None, None, None]:
    """Return what is done at once, when its turn has come."""
    yield from ()
