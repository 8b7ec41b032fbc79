"""The mark of a joint on a figure of a hand: brackets beside it, so that the joint space stays in sight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..joints import CANONICAL_SIZE_PX, JointCrop
from ..joints.affine import map_points
from ..measurement import JointSpaceWidth, Quality
from .canvas import BACKGROUND, SPACE_COLOUR
from .hand_frame import HandFrame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Dashes = tuple[float, tuple[float, ...]]
STYLES: dict[Quality, Dashes] = {
    Quality.MEASURED: (0, ()),
    Quality.CHECK: (0, (1.6, 0.9)),
    Quality.NOT_MEASURABLE: (0, (0.8, 0.9)),
}
"""Lines of brackets, as matplotlib takes them: offset, then lengths of strokes and gaps."""
MARGIN_WIDTH = 0.55
"""Of the lines of the margins, in points: thinner than the joint space of a coarse film."""
_HALF_HEIGHT_PX, _FOOT_PX, _BESIDE_PX = 24.0, 9.0, 10.0
"""Of a bracket, and its distance from the bones' ends, in canonical pixels of 0.08 mm."""
_USUAL_HALF_WIDTH_PX = 85.0
"""Of the bones' ends, where nobody knows: 7 mm."""


def draw_mark(
    axes: Axes, frame: HandFrame, crop: JointCrop, jsw: JointSpaceWidth, colour: str, width: float
) -> NDArray[np.float64]:
    """Draw a joint's brackets, and its margins where it has a width.

    Returns
    -------
    ndarray
        (2, 2): where lines to a label may begin, left and right of the joint, in inches.
    """
    from matplotlib.patheffects import Normal, Stroke

    outlined = [Stroke(linewidth=width + 1.4, foreground=BACKGROUND), Normal()]
    brackets = [frame.to_inches(map_points(crop.canonical_to_film, one)) for one in _brackets(jsw)]
    for bracket in brackets:
        axes.plot(
            *bracket.T,
            color=colour,
            linewidth=width,
            linestyle=STYLES[jsw.quality],
            path_effects=outlined,
            solid_capstyle="butt",
            solid_joinstyle="miter",
        )
    if jsw.mean is not None and jsw.margins is not None:
        measured = jsw.margins.widths()[0]
        for rows in jsw.margins.rows_at(measured):
            line = map_points(crop.canonical_to_film, np.column_stack([measured, rows]))
            axes.plot(*frame.to_inches(line).T, color=SPACE_COLOUR, linewidth=MARGIN_WIDTH)
    middles = np.array([bracket[1:3].mean(axis=0) for bracket in brackets])
    return middles[np.argsort(middles[:, 0])]


def _brackets(jsw: JointSpaceWidth) -> list[NDArray[np.float64]]:
    """Return the corners of both brackets, (4, 2) each, on the canonical crop."""
    middle = (CANONICAL_SIZE_PX - 1) / 2
    left, right, y = middle - _USUAL_HALF_WIDTH_PX, middle + _USUAL_HALF_WIDTH_PX, middle
    if jsw.margins is not None:
        margins = jsw.margins
        left = min(margins.upper_extent[0], margins.lower_extent[0])
        right = max(margins.upper_extent[1], margins.lower_extent[1])
        y = float((margins.upper[:, 1].mean() + margins.lower[:, 1].mean()) / 2)
    rows = y + _HALF_HEIGHT_PX * np.array([-1, -1, 1, 1])
    return [
        np.column_stack([end + way * (_BESIDE_PX + _FOOT_PX * np.array([0, 1, 1, 0])), rows])
        for end, way in ((left, -1), (right, 1))
    ]
