"""The module's keys: one table for what they do, for tooltips and for the documentation. No Qt."""

from __future__ import annotations

from enum import Enum

from ..translation import tr as _

FEW, MANY = 1, 10
"""Steps of the gap that an arrow makes, alone and with Shift."""


class Command(Enum):
    """What a key does."""

    NARROW = "narrow"
    WIDEN = "widen"
    NARROW_MUCH = "narrow much"
    WIDEN_MUCH = "widen much"
    PREVIOUS_JOINT = "previous joint"
    NEXT_JOINT = "next joint"
    FIRST_VIEW = "first view"
    SECOND_VIEW = "second view"
    THIRD_VIEW = "third view"
    FOURTH_VIEW = "fourth view"
    FILM = "film"
    PLACE = "place"
    UNDO = "undo"
    REDO = "redo"
    STOP_DRAWING = "stop drawing"


KEYS: dict[Command, tuple[str, ...]] = {
    Command.NARROW: ("Left",),
    Command.WIDEN: ("Right",),
    Command.NARROW_MUCH: ("Shift+Left",),
    Command.WIDEN_MUCH: ("Shift+Right",),
    Command.PREVIOUS_JOINT: ("Up",),
    Command.NEXT_JOINT: ("Down",),
    Command.FIRST_VIEW: ("1",),
    Command.SECOND_VIEW: ("2",),
    Command.THIRD_VIEW: ("3",),
    Command.FOURTH_VIEW: ("4",),
    Command.FILM: ("F",),
    Command.PLACE: ("J",),
    # An extension may give the first ones to an action of Slicer's main window; the second ones stay free.
    Command.UNDO: ("Ctrl+Z", "Ctrl+Alt+Z"),
    Command.REDO: ("Ctrl+Y", "Ctrl+Alt+Y"),
    Command.STOP_DRAWING: ("Esc",),
}
"""Every key of the module, named as Qt names it; the first one of a command is the one that is shown."""


def with_key(text: str, command: Command) -> str:
    """Return a tooltip with the key in brackets: 'The film (F)'."""
    return _("{what} ({key})").format(what=text, key=KEYS[command][0])


def key_table() -> list[tuple[str, str]]:
    """Return the keys and what they do, row by row, as the documentation shows them."""
    does = {
        Command.NARROW: _("Narrow the gap by 0.01 mm (0.1 px)"),
        Command.WIDEN: _("Widen the gap by 0.01 mm (0.1 px)"),
        Command.NARROW_MUCH: _("Narrow the gap by 0.1 mm (1 px)"),
        Command.WIDEN_MUCH: _("Widen the gap by 0.1 mm (1 px)"),
        Command.PREVIOUS_JOINT: _("The joint before, in the list"),
        Command.NEXT_JOINT: _("The next joint in the list"),
        Command.FIRST_VIEW: _("The film alone"),
        Command.SECOND_VIEW: _("The film, and the edited film beside it"),
        Command.THIRD_VIEW: _("The film and the three layers, 2 x 2; once more: the film's layers"),
        Command.FOURTH_VIEW: _("All of the film, and the selected joint again"),
        Command.FILM: _("The film in place of the edit, and back"),
        Command.PLACE: _("Place a joint, or stop placing"),
        Command.UNDO: _("Undo the joint's last edit"),
        Command.REDO: _("Do the edit again"),
        Command.STOP_DRAWING: _("Stop placing a joint or calibrating"),
    }
    return [(_(" or ").join(KEYS[command]), text) for command, text in does.items()]
