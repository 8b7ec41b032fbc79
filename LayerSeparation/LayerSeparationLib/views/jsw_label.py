"""The JSW in words beside the gap, inside of every view that shows the gap."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import vtk
from numpy.typing import NDArray

from ..measurement import JointSpaceWidth
from ..scene.film_geometry import to_numpy
from ..scene.jsw_format import format_uncertain
from ..translation import tr as _
from .view_windows import ViewWindow, windows_in_sight

_FONT_SIZE_PT = 13
_DISTANCE_PX = 10
"""Between gap and label, at 100 % scaling of the display."""
_BORDER_PX = 4
_COLOR, _BACKGROUND, _BACKGROUND_OPACITY = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), 0.5


class JswLabel:
    """Writes one line of text into the views; it keeps its size and its place when they are zoomed."""

    def __init__(self) -> None:
        self._text = ""
        self._box_ras: NDArray[np.float64] = np.empty((0, 3))
        self._outlines_ras: NDArray[np.float64] = np.empty((0, 3))
        self._view_ids: list[str] = []
        self._is_visible = False
        self._actors: dict[vtk.vtkObject, tuple[ViewWindow, vtk.vtkTextActor, int]] = {}

    def write(self, text: str, box_ras: NDArray[np.float64], outlines_ras: NDArray[np.float64]) -> None:
        """Write a text beside the box (n, 3) that it must not cover, off outlines (m, 3) if it can; RAS."""
        self._text, self._box_ras, self._outlines_ras = text, box_ras, outlines_ras
        self._update()

    def show(self, visible: bool) -> None:
        """Show or hide the text."""
        self._is_visible = visible
        self._update()

    def show_in(self, view_ids: Sequence[str]) -> None:
        """Show the text in these views only; in all where the list is empty."""
        self._view_ids = list(view_ids)
        self._update()

    def close(self) -> None:
        """Take the text off every view."""
        for window, actor, tag in self._actors.values():
            window.node.RemoveObserver(tag)
            window.renderer.RemoveViewProp(actor)
            window.render()
        self._actors.clear()

    def _update(self) -> None:
        is_wanted = self._is_visible and bool(self._text) and len(self._box_ras) > 0
        for window in windows_in_sight() if is_wanted else ():
            if window.node not in self._actors and self._is_in(window):
                self._actors[window.node] = self._add(window)
        for window, actor, _tag in self._actors.values():
            if is_wanted and self._is_in(window):
                actor.SetInput(self._text)
                self._place(window, actor)
            elif actor.GetVisibility():
                actor.SetVisibility(False)
                window.render()

    def _is_in(self, window: ViewWindow) -> bool:
        return not self._view_ids or window.node.GetID() in self._view_ids

    def _add(self, window: ViewWindow) -> tuple[ViewWindow, vtk.vtkTextActor, int]:
        actor = vtk.vtkTextActor()
        style = actor.GetTextProperty()
        style.SetFontFamilyToArial()
        style.SetColor(*_COLOR)
        style.SetBackgroundColor(*_BACKGROUND)
        style.SetBackgroundOpacity(_BACKGROUND_OPACITY)
        actor.SetVisibility(False)
        actor.SetPickable(False)
        window.renderer.AddViewProp(actor)

        def follow_view(*_: Any) -> None:
            if actor.GetVisibility():
                self._place(window, actor)

        return window, actor, window.node.AddObserver(vtk.vtkCommand.ModifiedEvent, follow_view)

    def _place(self, window: ViewWindow, actor: vtk.vtkTextActor) -> None:
        # A window may have been moved to another display.
        actor.GetTextProperty().SetFontSize(round(_FONT_SIZE_PT * window.pixel_ratio))
        size = [0.0, 0.0]
        actor.GetSize(window.renderer, size)
        columns, rows, _slices = window.node.GetDimensions()
        place = place_beside(
            _to_view(window.node, self._box_ras),
            (size[0], size[1]),
            (float(columns), float(rows)),
            _DISTANCE_PX * window.pixel_ratio,
            _to_view(window.node, self._outlines_ras),
        )
        actor.SetVisibility(place is not None)
        if place is not None:
            actor.SetPosition(*place)
        window.render()


def jsw_text(jsw: JointSpaceWidth) -> str:
    """Return the JSW with its interval and unit, for people."""
    if jsw.mean is None:
        return _("JSW: closed")
    text = _("JSW {width}").format(width=format_uncertain(jsw.mean, jsw.interval, jsw.unit))
    return _("{width}, check").format(width=text) if jsw.findings else text


def place_beside(
    box: NDArray[np.float64],
    size: tuple[float, float],
    view: tuple[float, float],
    distance: float,
    outlines: NDArray[np.float64],
) -> tuple[float, float] | None:
    """Return the lower left corner of a label beside a box, inside the view; None if the box is out of view.

    Right of the box, else left, below, above, or right or left of the outlines: at the first place that
    covers nothing of an outline, else where it covers least. Where the box fills the view, in the corner that
    is farthest from the box's middle.

    Parameters
    ----------
    box
        (n, 2) points (x, y), y up, that the label must not cover; pixels of the view.
    size
        Width and height of the label.
    view
        Width and height of the view.
    distance
        Between box and label.
    outlines
        (m, 2) points (x, y) of the bones' outlines, as the box.
    """
    low, high = box.min(axis=0), box.max(axis=0)
    if np.any(high < 0) or np.any(low > view):
        return None
    width, height = size
    most = np.maximum(np.array(view) - size - _BORDER_PX, _BORDER_PX)
    middle = np.clip((low + high) / 2 - np.array(size) / 2, _BORDER_PX, most)
    level = outlines[np.abs(outlines[:, 1] - middle[1] - height / 2) <= height]
    left = min(low[0], level[:, 0].min(initial=low[0]))
    right = max(high[0], level[:, 0].max(initial=high[0]))
    places = [
        (high[0] + distance, middle[1]),
        (low[0] - distance - width, middle[1]),
        (middle[0], low[1] - distance - height),
        (middle[0], high[1] + distance),
        (right + distance, middle[1]),
        (left - distance - width, middle[1]),
    ]
    inside = [place for place in places if np.all(np.array(place) >= _BORDER_PX) and np.all(place <= most)]
    if inside:
        best = min(inside, key=lambda place: _covered(outlines, place, size))
        return float(best[0]), float(best[1])
    corners = [(x, y) for x in (_BORDER_PX, most[0]) for y in (_BORDER_PX, most[1])]
    centre = (low + high) / 2 - np.array(size) / 2
    far = max(corners, key=lambda corner: float(np.hypot(*(np.array(corner) - centre))))
    return float(far[0]), float(far[1])


def _covered(outlines: NDArray[np.float64], place: tuple[float, float], size: tuple[float, float]) -> int:
    """Return how many of an outline's points (m, 2) a label at a place covers."""
    low = np.array(place) - _BORDER_PX
    return int(np.all((outlines >= low) & (outlines <= low + size + 2 * _BORDER_PX), axis=1).sum())


def _to_view(view: vtk.vtkObject, points_ras: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map points (n, 3) in RAS to pixels (n, 2) of a view, y up."""
    inverse = vtk.vtkMatrix4x4()
    vtk.vtkMatrix4x4.Invert(view.GetXYToRAS(), inverse)
    matrix = to_numpy(inverse)
    return points_ras @ matrix[:2, :3].T + matrix[:2, 3]
