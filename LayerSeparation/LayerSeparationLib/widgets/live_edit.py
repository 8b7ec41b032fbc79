"""The edit of the selected joint while a hand moves it: what is wanted, what is shown, what can be undone."""

from __future__ import annotations

import time
from collections.abc import Callable

from ..errors import LayerSeparationError
from ..scene import SceneJoint
from ..synthesis import GapEdit
from .timers import single_shot_timer
from .user_errors import show_errors

_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.015, 0.2
"""Between two steps, for the views to be drawn and the hand to be seen."""
_PAUSE_SHARE = 0.5
"""Pause after a step, as a share of its cost: two thirds of the time at most are spent on steps."""
_SMOOTHING = 0.5
_REST_MS = 400
"""When the hand rests for so long, the step can be undone."""


class Pace:
    """How soon the next step may come: the slower steps are here, the longer the pause between them.

    A step costs its own time and that of the redraw that follows: by so much the next step comes late.

    Parameters
    ----------
    clock
        Tells the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._due = self._began = 0.0
        self._cost_s = 0.0
        self._late_s = 0.0

    @property
    def pause_s(self) -> float:
        """The pause after a step."""
        return min(max(_PAUSE_SHARE * self._cost_s, _SHORTEST_PAUSE_S), _LONGEST_PAUSE_S)

    def wait_s(self) -> float:
        """Return how long to wait for the next step; 0 where the last one was long ago."""
        return max(self._due - self._clock(), 0.0)

    def begin(self, planned_at: float) -> None:
        """Note that a step begins which was planned for a time."""
        self._began = self._clock()
        self._late_s = max(self._began - planned_at, 0.0)

    def end(self) -> None:
        """Note that the step is done."""
        now = self._clock()
        cost_s = now - self._began + min(self._late_s, _LONGEST_PAUSE_S)
        self._cost_s += _SMOOTHING * (cost_s - self._cost_s) if self._cost_s else cost_s
        self._due = now + self.pause_s


class LiveEdit:
    """Carries edits out at the pace of the hand, whether it is at a slider or at a handle in the view.

    At most one edit is in work, and of those that are wanted meanwhile the last one wins.
    """

    def __init__(self) -> None:
        self._tell: Callable[[str], None] = lambda _refusal: None
        self._joint: SceneJoint | None = None
        self._wanted: GapEdit | None = None
        self._is_unfinished = False
        self._is_applying = False
        self._pace = Pace()
        self._planned_at = 0.0
        self._soon = single_shot_timer(self._step)
        self._rest = single_shot_timer(self.flush)

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

        It is given why the step can't be carried out, or ''. A message box would end the drag.
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
        if self._is_applying:
            # Asked for by what the step itself sets off: it goes on when the hand rests.
            self._rest.start(_REST_MS)
            return
        self._soon.stop()
        self._rest.stop()
        edit, self._wanted = self._wanted, None
        joint = self._joint
        if joint is not None and edit is not None:
            self._apply(joint, edit, finished=True)
            if self._wanted is not None:
                self._schedule()
        elif joint is not None and self._is_unfinished:
            self._is_applying = True
            try:
                with show_errors():
                    joint.set_edit(joint.edit, finished=True)
            finally:
                self._is_applying = False
        self._is_unfinished = False

    def _schedule(self) -> None:
        if not self._soon.active and not self._is_applying:
            wait_s = self._pace.wait_s()
            self._planned_at = time.monotonic() + wait_s
            self._soon.start(round(1000 * wait_s))
        self._rest.start(_REST_MS)

    def _step(self) -> None:
        edit, self._wanted = self._wanted, None
        if edit is not None and self._joint is not None:
            self._is_unfinished = True
            self._pace.begin(self._planned_at)
            self._apply(self._joint, edit, finished=False)
            self._pace.end()
            if self._wanted is not None:
                self._schedule()

    def _apply(self, joint: SceneJoint, edit: GapEdit, finished: bool) -> None:
        refusal = ""
        self._is_applying = True
        try:
            joint.set_edit(edit, finished)
        except LayerSeparationError as error:
            refusal = str(error)
            self._restore_handles(joint)
        finally:
            self._is_applying = False
        self._tell(refusal)

    def _restore_handles(self, joint: SceneJoint) -> None:
        try:
            joint.set_edit(joint.edit, finished=False)
        except LayerSeparationError:
            self._is_unfinished = False
