"""One list of formats, any number of which can be ticked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import qt

_UNTICKED, _TICKED = 0, 2  # Qt::CheckState


class FormatList:
    """The ticks of a list that unfolds.

    Parameters
    ----------
    box
        The list, a ``ctkCheckableComboBox``.
    on_change
        Called when the user ticked or unticked a format.
    """

    def __init__(self, box: Any, on_change: Callable[[], None]) -> None:
        self._box, self._on_change = box, on_change
        self._names: list[str] = []
        self._is_filling = False
        box.connect("checkedIndexesChanged()", self._follow)

    @property
    def names(self) -> list[str]:
        """Names of all formats that are offered."""
        return list(self._names)

    @property
    def ticked(self) -> list[str]:
        """Names of the formats that are ticked."""
        # A script may set a tick as an enum, others as a number.
        return [name for row, name in enumerate(self._names) if int(self._state(row) or 0) == _TICKED]

    def fill(self, formats: Sequence[tuple[str, str]], ticked: Iterable[str]) -> None:
        """Offer formats, each with its name and what people read."""
        chosen = set(ticked)
        self._is_filling = True
        try:
            self._names = [name for name, _text in formats]
            self._box.clear()
            for row, (name, text) in enumerate(formats):
                self._box.addItem(text)
                self._set_state(row, name in chosen)
        finally:
            self._is_filling = False
        self._show_tip()

    def tick(self, names: Iterable[str]) -> None:
        """Tick these formats and no others."""
        chosen = set(names)
        for row, name in enumerate(self._names):
            self._set_state(row, name in chosen)

    def _state(self, row: int) -> Any:
        return self._box.itemData(row, qt.Qt.CheckStateRole)

    def _set_state(self, row: int, is_ticked: bool) -> None:
        self._box.setItemData(row, _TICKED if is_ticked else _UNTICKED, qt.Qt.CheckStateRole)

    def _follow(self) -> None:
        if not self._is_filling:
            self._show_tip()
            self._on_change()

    def _show_tip(self) -> None:
        ticked = set(self.ticked)
        self._box.toolTip = "\n".join(
            self._box.itemText(row) for row, name in enumerate(self._names) if name in ticked
        )
