"""A line of text in the panel that takes no room while it is empty."""

from __future__ import annotations

import qt


def show_message(label: qt.QLabel, text: str) -> None:
    """Show a text; hide the label without one."""
    label.text = text
    label.visible = bool(text)
