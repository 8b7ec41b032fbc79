"""Which sections are folded: what is settled makes room for what comes next, unless the user has a wish."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from .preferences import read_preference, write_preference

_PREFERENCE = "unfolded"


class Folding:
    """Folds and unfolds sections.

    A section that the user folded or unfolded stays as it is, in later sessions too.

    Parameters
    ----------
    sections
        Collapsible buttons by their names.
    """

    def __init__(self, sections: Mapping[str, Any]) -> None:
        self._sections = sections
        kept = read_preference(_PREFERENCE)
        self._wishes = {name: bool(kept[name]) for name in sections if name in kept}
        self._is_folding = False
        for name, section in sections.items():
            section.connect("contentsCollapsed(bool)", partial(self._follow, name))

    def refresh(self, unfolded: Mapping[str, bool]) -> None:
        """Unfold these sections and fold the others, but those of which the user has a wish."""
        for name in self._sections:
            self._set(name, self._wishes.get(name, unfolded[name]))

    def unfold(self, name: str) -> None:
        """Show a section now, whatever the user wished before."""
        self._wishes.pop(name, None)
        self._set(name, True)

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
