"""What the panel is doing: one thing at a time, which every section may ask for. No Qt."""

from __future__ import annotations

from collections.abc import Callable

from .states import PanelState


class Activity:
    """Holds the panel's state.

    Parameters
    ----------
    on_change
        Called after every change.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._state = PanelState.IDLE

    @property
    def state(self) -> PanelState:
        """What the panel is doing."""
        return self._state

    def set_state(self, state: PanelState) -> None:
        """Say what the panel is doing from now on."""
        self._state = state
        self._on_change()
