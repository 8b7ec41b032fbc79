"""The edit of the selected joint while a hand moves it: what is wanted, what is shown, what can be undone."""

from __future__ import annotations

from collections.abc import Callable

import qt

from ..errors import LayerSeparationError
from ..scene import SceneJoint
from ..synthesis import GapEdit
from ..translation import tr as _
from .user_errors import show_errors

_STEP_MS = 15
"""Steps that come faster than this are dropped for the last one."""
_REST_MS = 400
"""When the hand rests for so long, the step can be undone."""


class LiveEdit:
    """Carries edits out at the pace of the hand, whether it is at a slider or at a handle in the view."""

    def __init__(self) -> None:
        self._tell: Callable[[str], None] = lambda _message: None
        self._joint: SceneJoint | None = None
        self._wanted: GapEdit | None = None
        self._is_unfinished = False
        self._soon = _single_shot_timer(_STEP_MS, self._step)
        self._rest = _single_shot_timer(_REST_MS, self.flush)

    @property
    def joint(self) -> SceneJoint | None:
        """The joint that is edited."""
        return self._joint

    @property
    def edit(self) -> GapEdit:
        """The edit that is wanted, which the joint may not show yet."""
        if self._wanted is not None:
            return self._wanted
        return self._joint.edit if self._joint is not None else GapEdit()

    @property
    def is_waiting(self) -> bool:
        """Whether an edit is wanted that the joint does not show yet."""
        return self._wanted is not None

    @property
    def is_resting(self) -> bool:
        """Whether all steps are carried out and can be undone."""
        return not self._soon.active and not self._rest.active

    def on_step(self, callback: Callable[[str], None]) -> None:
        """Have a function called after each step that was tried, and when another joint is followed.

        It is given what the user should know: why the step can't be carried out, or why the joint has no
        width now; '' where all is well. A message box would end the drag.
        """
        self._tell = callback

    def follow(self, joint: SceneJoint | None) -> None:
        """Work on another joint, or on none; steps that wait for the joint before are dropped."""
        if joint is not self._joint:
            self._soon.stop()
            self._rest.stop()
            self._wanted, self._is_unfinished = None, False
            self._joint = joint
            self._tell("")

    def want(self, edit: GapEdit) -> None:
        """Ask for an edit; it is carried out soon, unless another one comes before that."""
        if self._joint is not None and self._joint.layers is not None:
            self._wanted = edit
            self._schedule()

    def flush(self) -> None:
        """Carry out what is waiting, as a step that can be undone."""
        self._soon.stop()
        self._rest.stop()
        edit, self._wanted = self._wanted, None
        joint = self._joint
        if joint is not None and edit is not None:
            self._apply(joint, edit, finished=True)
        elif joint is not None and self._is_unfinished:
            with show_errors():
                joint.set_edit(joint.edit, finished=True)
        self._is_unfinished = False

    def _schedule(self) -> None:
        if not self._soon.active:
            self._soon.start()
        self._rest.start()

    def _step(self) -> None:
        edit, self._wanted = self._wanted, None
        if edit is not None and self._joint is not None:
            self._is_unfinished = True
            self._apply(self._joint, edit, finished=False)

    def _apply(self, joint: SceneJoint, edit: GapEdit, finished: bool) -> None:
        try:
            joint.set_edit(edit, finished)
            message = _explain_lost_width(joint)
        except LayerSeparationError as error:
            message = str(error)
            self._restore_handles(joint)
        self._tell(message)

    def _restore_handles(self, joint: SceneJoint) -> None:
        try:
            joint.set_edit(joint.edit, finished=False)
        except LayerSeparationError:
            self._is_unfinished = False


def _explain_lost_width(joint: SceneJoint) -> str:
    """Return why an edited joint has no width though the film's had one; '' where it has one."""
    before, after = joint.jsw_before, joint.jsw_after
    is_lost = before is not None and before.mean is not None and after is not None and after.mean is None
    return _("After the edit: {reason}").format(reason=after.reason) if after is not None and is_lost else ""


def _single_shot_timer(interval_ms: int, slot: Callable[[], None]) -> qt.QTimer:
    timer = qt.QTimer()
    timer.setSingleShot(True)
    timer.setInterval(interval_ms)
    timer.connect("timeout()", slot)
    return timer
