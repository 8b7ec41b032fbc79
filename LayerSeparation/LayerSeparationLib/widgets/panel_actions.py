"""What the keys do: what a button does, and no more."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import qt

from .gap_section import GapSection
from .joints_section import JointsSection
from .keys import FEW, MANY, Command
from .view_section import ViewSection


def panel_actions(
    ui: Any,
    joints: JointsSection,
    gap: GapSection,
    view: ViewSection,
    stop_drawing: Callable[[], None],
) -> dict[Command, Callable[[], None]]:
    """Return the actions of the panel's keys, each of which waits until its widget is enabled."""
    actions: dict[Command, tuple[qt.QWidget, Callable[[], None]]] = {
        Command.NARROW: (ui.gapControls, partial(gap.step_gap, -FEW)),
        Command.WIDEN: (ui.gapControls, partial(gap.step_gap, FEW)),
        Command.NARROW_MUCH: (ui.gapControls, partial(gap.step_gap, -MANY)),
        Command.WIDEN_MUCH: (ui.gapControls, partial(gap.step_gap, MANY)),
        Command.PREVIOUS_JOINT: (ui.jointTable, partial(joints.step_selection, -1)),
        Command.NEXT_JOINT: (ui.jointTable, partial(joints.step_selection, 1)),
        Command.FIRST_VIEW: (ui.filmButton, view.show_film_alone),
        Command.SECOND_VIEW: (ui.sideBySideButton, view.show_side_by_side),
        Command.THIRD_VIEW: (ui.layersButton, view.show_layers),
        Command.FOURTH_VIEW: (ui.wholeFilmButton, view.show_whole_film),
        Command.FILM: (ui.holdFilmButton, gap.flip_film),
        Command.PLACE: (ui.placeJointButton, joints.toggle_placing),
        Command.UNDO: (ui.undoButton, gap.undo),
        Command.REDO: (ui.redoButton, gap.redo),
        Command.STOP_DRAWING: (ui.jointTable, stop_drawing),
    }
    return {
        command: partial(_act_if_enabled, widget, action) for command, (widget, action) in actions.items()
    }


def _act_if_enabled(widget: qt.QWidget, action: Callable[[], None]) -> None:
    if widget.enabled:
        action()
