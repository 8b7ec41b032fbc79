"""Buttons as the rules of `states` have them."""

from __future__ import annotations

from typing import Any

from .plain_text import as_plain
from .states import Facts, controls, defaults, separate_text


def show_controls(ui: Any, facts: Facts) -> None:
    """Bring what can be pressed, and what tooltips and buttons say, to the facts.

    Parameters
    ----------
    ui
        Holds the panel's widgets as attributes.
    facts
        All that they depend on.
    """
    ui.separateButton.text = separate_text(facts)
    for name, control in controls(facts).items():
        widget = getattr(ui, name)
        widget.enabled = control.enabled
        if control.tooltip:
            widget.toolTip = as_plain(control.tooltip)
    for label in (ui.jointsOfferLabel, ui.gapOfferLabel):
        label.visible = facts.joints > 0 and not facts.spacing_known and not facts.calibrating
    for name, is_next in defaults(facts).items():
        getattr(ui, name).default = is_next
