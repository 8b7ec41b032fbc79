"""What stands below a hand on a figure: colours, lines, unit, spacing, and what holds for all joints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..files.visible_text import visible
from ..joints import JointCrop
from ..measurement import JointSpaceWidth, Quality
from .canvas import FAINT, INK
from .deviation_colours import draw_colour_scale, full_colour_length
from .hand_frame import EDGE_INCHES, WIDTH_INCHES
from .joint_mark import STYLES
from .reference import Reference

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SCALE_INCHES = 2.6
_LINE_INCHES = 0.2
_LETTERS_A_LINE = 165
_LEGEND_INCHES = 0.95
"""Height of the legend without what holds for all joints."""


class HandLegend:
    """The foot of a figure.

    Parameters
    ----------
    joints
        Of the figure's film.
    reference
        What they are coloured by.
    notes
        What holds for all joints or most of them.
    """

    def __init__(
        self,
        joints: Sequence[tuple[JointCrop, JointSpaceWidth]],
        reference: Reference | None,
        notes: Sequence[str],
    ) -> None:
        self._joints, self._reference = joints, reference
        self._notes = [line for note in notes for line in wrap(visible(note), _LETTERS_A_LINE)]

    @property
    def height(self) -> float:
        """Inches that it takes."""
        return _LEGEND_INCHES + _LINE_INCHES * len(self._notes)

    def draw(self, axes: Axes) -> None:
        """Draw it at the lower edge."""
        middle: dict[str, Any] = {"va": "center", "parse_math": False}
        y = 0.17
        axes.text(EDGE_INCHES, y, self._describe_lengths(), color=FAINT, fontsize=9, **middle)
        for note in reversed(self._notes):
            y += _LINE_INCHES
            axes.text(EDGE_INCHES, y, note, color=INK, fontsize=9.5, **middle)
        y += 0.45
        self._draw_colours(axes, y)
        self._draw_lines(axes, y)

    def _draw_colours(self, axes: Axes, y: float) -> None:
        reference, (crop, jsw) = self._reference, self._joints[0]
        middle: dict[str, Any] = {"color": INK, "va": "center", "fontsize": 9.5, "parse_math": False}
        if reference is None:
            told = "no other hand and no earlier film to compare with: joints are not coloured"
            axes.text(EDGE_INCHES, y, told, **{**middle, "color": FAINT})
            return
        deviations = [one for crop, _ in self._joints if (one := reference.deviation_of(crop.pose))]
        name = visible(reference.name)
        if not any(one.is_real for one in deviations):
            judged = any(one.length is not None and one.limit < float("inf") for one in deviations)
            told = f"no joint differs from the {name} {reference.limit_told}" if judged else ""
            axes.text(EDGE_INCHES, y, told or f"compared with the {name}, without a verdict", **middle)
            return
        full = full_colour_length(jsw.unit, crop.unit_per_px)
        limit = min(one.limit for one in deviations)
        left = EDGE_INCHES + 0.15
        draw_colour_scale(axes, (left, left + _SCALE_INCHES, y - 0.06, y + 0.06), limit, full, jsw.unit)
        x = left + _SCALE_INCHES + 0.45
        axes.text(x, y + 0.06, f"narrower (-) or wider (+) than on the {name}", **middle)
        axes.text(x, y - 0.13, reference.limit_told, **{**middle, "color": FAINT, "fontsize": 8.5})

    def _draw_lines(self, axes: Axes, y: float) -> None:
        from matplotlib.lines import Line2D

        count = Counter(jsw.quality for _, jsw in self._joints)
        handles = [
            Line2D(
                [],
                [],
                color=INK,
                linestyle=STYLES[quality],
                linewidth=1.6,
                label=f"{count[quality]} {quality}",
            )
            for quality in Quality
            if count[quality]
        ]
        axes.legend(
            handles=handles,
            loc="center right",
            bbox_to_anchor=(WIDTH_INCHES - EDGE_INCHES, y),
            bbox_transform=axes.transData,
            ncols=3,
            frameon=False,
            labelcolor=INK,
            fontsize=9,
            borderpad=0,
            borderaxespad=0,
        )

    def _describe_lengths(self) -> str:
        """Say what the numbers are, and where the pixel spacing comes from."""
        crop = self._joints[0][0]
        spacing = crop.radiograph.spacing
        scale = (
            f"pixel spacing {spacing.row_mm:.3g} mm ({spacing.source.value})"
            if spacing.row_mm
            else "pixel spacing unknown: lengths in px of the film"
        )
        told = f"JSW in {crop.unit}, mean over the central half, with its 90 % interval"
        return f"{told} · green: margins · {scale} · research only"
