"""Slicer's widgets around slice views, as far as the application has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import slicer


def slice_widgets() -> dict[str, Any]:
    """Return the widget of every slice view, by the name of its view; none without an application."""
    manager = slicer.app.layoutManager() if hasattr(slicer.app, "layoutManager") else None
    if manager is None:
        return {}
    widgets = {name: manager.sliceWidget(name) for name in manager.sliceViewNames()}
    return {name: widget for name, widget in widgets.items() if hasattr(widget, "sliceView")}


def hide_sliders(names: Iterable[str]) -> None:
    """Hide the sliders that step through slices in the views of these names: a film has one slice."""
    widgets = slice_widgets()
    for name in names:
        widget = widgets.get(name)
        for controller in ("sliceController", "sliceVerticalController"):
            if hasattr(widget, controller):
                _hide_slider(getattr(widget, controller)())


def _hide_slider(controller: Any) -> None:
    # Slicer shows the slider again when it likes unless it was told not to; older ones can't be told.
    if hasattr(controller, "setShowSliceOffsetSlider"):
        controller.setShowSliceOffsetSlider(False)
    elif hasattr(controller, "sliceOffsetSlider"):
        controller.sliceOffsetSlider().setVisible(False)
