"""The row that stays in sight below the sections: what is going on, how far it is, and Cancel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..scene import JointEvent
from .activity import Activity
from .plain_text import as_plain
from .session import SessionEvent
from .states import PanelState, cancel_hint, state_text
from .timers import single_shot_timer

Say = Callable[[str], None]
"""Shows a text to the user, or with '' takes it away."""


_READING_MS = 20_000
"""So long what came of a step can be read."""


class ActivityRow:
    """Shows the newest message that still holds, else what the panel is doing.

    A message belongs to the section that said it, which takes it away when its reason is gone; what another
    section said before is then seen again. What came of a step goes with what the user does
    next, or after a while.

    Parameters
    ----------
    ui
        Holds the row's widgets as attributes.
    activity
        Knows what the panel is doing.
    """

    def __init__(self, ui: Any, activity: Activity) -> None:
        self.ui, self._activity = ui, activity
        self._cancels: Mapping[PanelState, Callable[[], None]] = {}
        self._messages: dict[str, str] = {}
        self._lasting: set[str] = set()
        self._hint = ""
        self._was_busy = False
        # A child of the label, it ends with it.
        self._read = single_shot_timer(self.forget_steps, ui.messageLabel)
        ui.cancelButton.connect("clicked(bool)", self._cancel)

    def cancel_by(self, cancels: Mapping[PanelState, Callable[[], None]]) -> None:
        """Say what *Cancel* does, by what the panel is doing; what is not named can't be stopped."""
        self._cancels = cancels

    def speaker(self, owner: str, lasting: bool = False) -> Say:
        """Return the function by which a section says something, in place of what it said before.

        What is lasting has a reason that the next step does not end, such as a film that can't be used.
        """
        if lasting:
            self._lasting.add(owner)

        def say(text: str) -> None:
            self._messages.pop(owner, None)
            if text:
                self._messages[owner] = text
                if not lasting and not self._activity.state.busy:
                    self._read.start(_READING_MS)
            self._show_text()

        return say

    def follow(self, event: SessionEvent | JointEvent) -> None:
        """Take away what came of the steps before once the user goes on: an edit, a removal, another film."""
        is_users = event in (JointEvent.EDIT, JointEvent.LIST) and not self._activity.state.busy
        if is_users or event is SessionEvent.FILM:
            self.forget_steps()

    def forget_steps(self) -> None:
        """Take away what came of the steps before."""
        self._read.stop()
        self._messages = {owner: text for owner, text in self._messages.items() if owner in self._lasting}
        self._show_text()

    def show_progress(self, done: int, total: int) -> None:
        """Show how far the work is; a total of 0 says that it is not known."""
        bar = self.ui.progressBar
        bar.maximum = total
        bar.value = done

    def refresh(self, hint: str) -> None:
        """Show what the panel is doing; the hint says what comes next where nothing is to be said."""
        self._hint = hint
        state = self._activity.state
        if state.busy and not self._was_busy:
            self.forget_steps()
            self.show_progress(0, 0)
        elif self._was_busy and not state.busy:
            self._read.start(_READING_MS)
        if state.busy:
            self._read.stop()
        self._was_busy = state.busy
        self.ui.progressBar.visible = state.busy
        self.ui.cancelButton.visible = state.busy
        self.ui.cancelButton.enabled = state in self._cancels
        self.ui.cancelButton.toolTip = as_plain(cancel_hint(state))
        self._show_text()

    def _show_text(self) -> None:
        state = self._activity.state
        said = next(reversed(self._messages.values()), "")
        text = said or (state_text(state) if state.busy else self._hint)
        if text != self.ui.messageLabel.text:
            self.ui.messageLabel.text = text
            self.ui.messageLabel.toolTip = as_plain(text)

    def _cancel(self, _checked: bool = False) -> None:
        cancel = self._cancels.get(self._activity.state)
        if cancel is not None:
            cancel()
