"""Which sections are folded: what is settled makes room for what comes next, unless the user has a wish."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import qt

from .preferences import read_preference, write_preference
from .timers import single_shot_timer

_PREFERENCE = "unfolded"
_ASIDE = {
    "exportSection": ("viewSection", "gapSection"),
    "compareSection": ("viewSection", "gapSection"),
}
"""What steps aside, in this order, while a section that the user unfolded would not fit beside it."""


class Folding:
    """Folds and unfolds sections.

    A section that the user folded or unfolded stays as it is, in later sessions too.

    Parameters
    ----------
    sections
        Collapsible buttons by their names.
    area
        Scrolls them: a section that the user unfolds comes into sight.
    """

    def __init__(self, sections: Mapping[str, Any], area: qt.QScrollArea) -> None:
        self._sections, self._area = sections, area
        self._opened = ""
        self._aside: set[str] = set()
        # Layouts settle in between.
        self._makes_room = single_shot_timer(self._make_room, area)
        self._scrolls = single_shot_timer(self._scroll, area)
        kept = read_preference(_PREFERENCE)
        self._wishes = {name: bool(kept[name]) for name in sections if name in kept}
        self._is_folding = False
        for name, section in sections.items():
            section.connect("contentsCollapsed(bool)", partial(self._follow, name))

    def refresh(self, unfolded: Mapping[str, bool]) -> None:
        """Unfold these sections and fold the others, but those of which the user has a wish."""
        for name in self._sections.keys() - self._aside:
            self._set(name, self._wishes.get(name, unfolded[name]))

    def unfold(self, name: str) -> None:
        """Show a section now, whatever the user wished before."""
        self._wishes.pop(name, None)
        self._set(name, True)

    def make_room_for(self, name: str) -> None:
        """Bring a section that has become larger into sight as a whole."""
        if not self._sections[name].collapsed:
            self._opened = name
            self._makes_room.start(0)

    def _set(self, name: str, is_unfolded: bool) -> None:
        section = self._sections[name]
        if section.collapsed is is_unfolded:
            self._is_folding = True
            try:
                section.collapsed = not is_unfolded
            finally:
                self._is_folding = False

    def _follow(self, name: str, is_folded: bool) -> None:
        if not self._is_folding:
            self._wishes[name] = not is_folded
            write_preference(_PREFERENCE, self._wishes)
            self._aside.discard(name)
            if is_folded:
                self._bring_back(name)
            else:
                self._opened = name
                self._makes_room.start(0)

    def _make_room(self) -> None:
        sections, viewport = self._area.widget(), self._area.viewport()
        for name in _ASIDE.get(self._opened, ()):
            is_free = name not in self._wishes and not self._sections[name].collapsed
            if is_free and sections.minimumSizeHint().height() > viewport.height:
                self._aside.add(name)
                self._set(name, False)
        self._scrolls.start(0)

    def _bring_back(self, name: str) -> None:
        for other in self._aside.intersection(_ASIDE.get(name, ())):
            self._aside.discard(other)
            self._set(other, True)

    def _scroll(self) -> None:
        self._area.ensureWidgetVisible(self._sections[self._opened], 0, 0)
