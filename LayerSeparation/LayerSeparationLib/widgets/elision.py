"""Names that may be long, in titles: these widen the panel, unlike labels that wrap."""

from __future__ import annotations

import qt

from .plain_text import as_plain

_NAME_WIDTH_PX = 180


def elided(widget: qt.QWidget, text: str, width_px: int = _NAME_WIDTH_PX) -> str:
    """Return a text with its middle left out where it would be wider; the widget's tooltip has it whole."""
    shown = str(widget.fontMetrics().elidedText(text, qt.Qt.ElideMiddle, width_px))
    widget.toolTip = as_plain(text) if shown != text else ""
    return shown
