"""A hand at a glance: the film, the JSW of all its joints, coloured by how far each is from its reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files.visible_text import visible
from ..joints import CANONICAL_SIZE_PX, JointCrop
from ..joints.affine import map_points
from ..measurement import JointSpaceWidth, Quality
from ..radiograph import Radiograph, is_synthetic_file
from .canvas import BACKGROUND, FAINT, INK, NARROWER_COLOUR, WIDER_COLOUR, dark_figure, save_figure
from .hand_frame import HEAD_INCHES, WIDTH_INCHES, HandFrame, lay_out
from .joint_label import JointLabel, label_joint
from .label_places import LabelPlace, place_labels
from .reference import Reference, other_hand

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import LinearSegmentedColormap

MeasuredCrop = tuple[JointCrop, JointSpaceWidth]
_DPI = 150
_EDGE_INCHES = 0.15
_LONGEST_NAME = 48
_Dashes = tuple[float, Sequence[float]]
_SOLID: _Dashes = (0, ())
_DASHES: _Dashes = (0, (3, 2))
"""As matplotlib takes them: offset, then lengths of strokes and gaps."""
_NAME_POINTS, _DETAIL_POINTS = 10.5, 8.5
_LINE = 1.3
"""Height of a line over the size of its letters."""
_POINTS_PER_INCH = 72.0
_BETWEEN_LABELS_INCHES = 0.08
_RING_PX = 38.0
"""Radius of a joint's ring in canonical pixels: 3 mm."""
_SHOWN_PERCENTILES = (0.5, 99.8)
"""Of the intensities, from black to white."""
_FULL_COLOUR_PX = 6.0
"""Deviation of the full colour in canonical pixels: half a millimetre. A choice of display, no norm."""


def draw_hand(
    path: str | Path,
    joints: Sequence[MeasuredCrop],
    reference: Reference | None = None,
    *,
    synthetic: bool | None = None,
) -> None:
    """Write a figure of a film with the JSW of all its joints, to be read at a glance.

    Every joint has a ring, the two margins, and a label beside the film: its mean JSW, the 90 % interval,
    and its deviation from the reference, which is also its colour. What is to be checked is dashed and says
    what to look at; what can't be measured is grey, without a number. Colours are never those of norms.

    Parameters
    ----------
    path
        File to write: PNG, PDF or SVG, by its suffix.
    joints
        Of one film, at least one: where each lies, and its JSW.
    reference
        What colours mean; by default the other hand, where both hands are on the film (`other_hand`).
        `follow_up.since_baseline` makes one of two visits. Without any the joints are not coloured.
    synthetic
        Whether the film is synthetic, which the figure then says; None: as its file says.

    Raises
    ------
    DependencyError
        If matplotlib is not installed.
    ValueError
        If there is no joint, or the joints are of several films.

    Examples
    --------
    >>> from LayerSeparationLib import Separator, make_joint
    >>> from LayerSeparationLib.measurement import measure_jsw
    >>> joint = make_joint("MCP", seed=3)
    >>> layers = Separator("cpu").separate(joint.radiograph, joint.pose)
    >>> draw_hand("hand.png", [(layers.crop, measure_jsw(layers))], synthetic=True)
    >>> Path("hand.png").stat().st_size > 10_000
    True
    """
    films = {id(crop.radiograph): crop.radiograph for crop, _ in joints}
    if len(films) != 1:
        raise ValueError(f"a figure is of the joints of one film, not of {len(films)}")
    (radiograph,) = films.values()
    if reference is None:
        reference = other_hand(joints)
    if synthetic is None:
        synthetic = radiograph.origin.path is not None and is_synthetic_file(radiograph.origin.path)
    hands = _by_hand(joints)
    labels = [
        [
            label_joint(
                crop.pose, jsw, reference.deviation_of(crop.pose) if reference else None, len(hands) > 1
            )
            for crop, jsw in hand
        ]
        for hand in hands
    ]
    label_inches = max(_height(label) for hand in labels for label in hand) + _BETWEEN_LABELS_INCHES
    frames, height = lay_out([[crop for crop, _ in hand] for hand in hands], label_inches)
    figure = dark_figure((WIDTH_INCHES, height))
    axes = figure.add_axes((0, 0, 1, 1))
    for hand, words, frame in zip(hands, labels, frames, strict=True):
        _draw_part(axes, frame, radiograph)
        _draw_hand(axes, frame, hand, words, label_inches)
    axes.set(xlim=(0, WIDTH_INCHES), ylim=(0, height), aspect="auto")
    axes.set_axis_off()
    _write_title(axes, height, radiograph, joints, synthetic)
    _draw_foot(axes, joints, reference)
    comment = "Drawn of a SYNTHETIC film" if synthetic else "Drawn of a radiograph"
    save_figure(figure, Path(path), comment=comment, dpi=_DPI)


def _by_hand(joints: Sequence[MeasuredCrop]) -> list[list[MeasuredCrop]]:
    """Return the joints of each hand, the right one first."""
    sides = sorted({crop.pose.side or "" for crop, _ in joints}, reverse=True)
    return [[joint for joint in joints if (joint[0].pose.side or "") == side] for side in sides]


def _draw_part(axes: Axes, frame: HandFrame, radiograph: Radiograph) -> None:
    part = radiograph.intensity[frame.part.slices]
    low, high = np.percentile(part, _SHOWN_PERCENTILES)
    extent = (frame.left, frame.right, frame.bottom, frame.top)
    axes.imshow(part, cmap="gray", vmin=low, vmax=high, extent=extent)


def _draw_hand(
    axes: Axes,
    frame: HandFrame,
    joints: Sequence[MeasuredCrop],
    labels: Sequence[JointLabel],
    label_inches: float,
) -> None:
    sites = frame.to_inches(np.array([crop.pose.centre_px for crop, _ in joints]))
    places = place_labels(sites, *frame.label_ends, frame.label_top, frame.label_bottom, label_inches)
    colours = _colours(joints, labels)
    for (crop, jsw), label, colour, place in zip(joints, labels, colours, places, strict=True):
        _draw_joint(axes, frame, crop, jsw, colour, place)
        _write_label(axes, label, colour, place)


def _height(label: JointLabel) -> float:
    return (_NAME_POINTS + _DETAIL_POINTS * len(label.details)) * _LINE / _POINTS_PER_INCH


def _colours(joints: Sequence[MeasuredCrop], labels: Sequence[JointLabel]) -> list[str]:
    from matplotlib.colors import to_hex

    scale = _scale()
    found = []
    for (crop, jsw), label in zip(joints, labels, strict=True):
        if jsw.mean is None:
            found.append(FAINT)
        elif label.deviation is None:
            found.append(INK)
        else:
            part = label.deviation / (2 * _full_colour(crop)) + 0.5
            found.append(to_hex(scale(float(np.clip(part, 0, 1)))))
    return found


def _scale() -> LinearSegmentedColormap:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("deviation", [NARROWER_COLOUR, INK, WIDER_COLOUR], N=257)


def _full_colour(crop: JointCrop) -> float:
    """Return the deviation of the full colour in the unit of the joint's JSW, to two digits."""
    length = _FULL_COLOUR_PX * crop.unit_per_px
    return 0.5 if crop.unit == "mm" else float(f"{length:.2g}")


def _draw_joint(
    axes: Axes, frame: HandFrame, crop: JointCrop, jsw: JointSpaceWidth, colour: str, place: LabelPlace
) -> None:
    from matplotlib.patheffects import Normal, Stroke

    outlined = [Stroke(linewidth=3.5, foreground=BACKGROUND), Normal()]
    angle = np.linspace(0, 2 * np.pi, 61)
    middle = (CANONICAL_SIZE_PX - 1) / 2
    circle = middle + _RING_PX * np.column_stack([np.cos(angle), np.sin(angle)])
    ring = frame.to_inches(map_points(crop.canonical_to_film, circle))
    style = _DASHES if jsw.quality is Quality.CHECK else _SOLID
    axes.plot(*ring.T, color=colour, linewidth=1.5, linestyle=style, path_effects=outlined)
    if jsw.quality is Quality.NOT_MEASURABLE:
        dash = middle + _RING_PX * np.array([[-0.6, 0], [0.6, 0]])
        axes.plot(*frame.to_inches(map_points(crop.canonical_to_film, dash)).T, color=colour, linewidth=1.5)
    elif jsw.mean is not None:
        for margin in (jsw.upper_margin_px, jsw.lower_margin_px):
            axes.plot(*frame.to_inches(margin).T, color=colour, linewidth=0.8)
    end = np.array([place.x, place.y])
    nearest = ring[np.argmin(np.hypot(*(ring - end).T))]
    axes.plot(*np.column_stack([nearest, end]), color=colour, linewidth=0.7, alpha=0.65)


def _write_label(axes: Axes, label: JointLabel, colour: str, place: LabelPlace) -> None:
    step = -0.06 if place.is_left else 0.06
    side = "right" if place.is_left else "left"
    y = place.y + _height(label) / 2 - _NAME_POINTS * _LINE / 2 / _POINTS_PER_INCH
    head = axes.text(place.x + step, y, label.head, color=colour, fontsize=_NAME_POINTS, ha=side, va="center")
    head.set_fontweight("bold")
    y -= (_NAME_POINTS + _DETAIL_POINTS) * _LINE / 2 / _POINTS_PER_INCH
    for detail in label.details:
        axes.text(place.x + step, y, detail, color=INK, fontsize=_DETAIL_POINTS, ha=side, va="center")
        y -= _DETAIL_POINTS * _LINE / _POINTS_PER_INCH


def _write_title(
    axes: Axes, height: float, radiograph: Radiograph, joints: Sequence[MeasuredCrop], synthetic: bool
) -> None:
    y = height - HEAD_INCHES / 2
    sides = sorted({{"L": "left", "R": "right"}.get(crop.pose.side or "", "") for crop, _ in joints} - {""})
    count = Counter(jsw.quality for _, jsw in joints)
    told = ", ".join(f"{count[quality]} {quality}" for quality in Quality if count[quality])
    hands = f"{' and '.join(sides)} hand{'s' * (len(sides) > 1)}" if sides else "side unknown"
    middle: dict[str, Any] = {"color": INK, "va": "center", "parse_math": False}
    name = visible(radiograph.name)[:_LONGEST_NAME]
    axes.text(_EDGE_INCHES, y, name, fontsize=13, weight="bold", **middle)
    axes.text(WIDTH_INCHES / 2, y, f"{hands} · joints: {told}", fontsize=10.5, ha="center", **middle)
    if synthetic:
        x = WIDTH_INCHES - _EDGE_INCHES
        axes.text(x, y, "SYNTHETIC", fontsize=13, weight="bold", ha="right", **middle)


def _draw_foot(axes: Axes, joints: Sequence[MeasuredCrop], reference: Reference | None) -> None:
    """Explain colours and lines, the unit, the interval and where the pixel spacing comes from."""
    from matplotlib.lines import Line2D

    crop = joints[0][0]
    if reference is not None and reference.deviations:
        _draw_scale(axes, crop, reference.name)
    else:
        axes.text(_EDGE_INCHES, 0.57, "no reference: joints are not coloured", color=FAINT, fontsize=9)
    lines = ((INK, _SOLID, "measured"), (INK, _DASHES, "check"), (FAINT, _SOLID, "not measurable"))
    handles = [
        Line2D([], [], color=colour, linestyle=style, linewidth=1.5, label=label)
        for colour, style, label in lines
    ]
    axes.legend(
        handles=handles,
        loc="center right",
        bbox_to_anchor=(WIDTH_INCHES - _EDGE_INCHES, 0.62),
        bbox_transform=axes.transData,
        ncols=3,
        frameon=False,
        labelcolor=INK,
        fontsize=9,
        borderpad=0,
        borderaxespad=0,
    )
    spacing = crop.radiograph.spacing
    scale = (
        f"pixel spacing {spacing.row_mm:.3g} mm ({spacing.source.value})"
        if spacing.row_mm
        else "pixel spacing unknown: lengths in px of the film"
    )
    told = f"JSW in {crop.unit}, mean over the central half, with its 90 % interval"
    axes.text(_EDGE_INCHES, 0.17, f"{told} · {scale} · research only", color=FAINT, fontsize=9, va="center")


def _draw_scale(axes: Axes, crop: JointCrop, name: str) -> None:
    left, right, bottom, top = _EDGE_INCHES, _EDGE_INCHES + 2.6, 0.6, 0.72
    axes.imshow(np.linspace(0, 1, 256)[None], cmap=_scale(), extent=(left, right, bottom, top))
    limit = _full_colour(crop)
    ticks = ((left, "left", f"narrower by {limit:g}"), ((left + right) / 2, "center", "0"))
    for x, side, text in (*ticks, (right, "right", f"wider by {limit:g} {crop.unit}")):
        axes.text(x, bottom - 0.04, text, color=INK, fontsize=8.5, ha=side, va="top")
    than = f"than: {visible(name)}"
    axes.text(right + 0.15, (bottom + top) / 2, than, color=INK, fontsize=9.5, va="center", parse_math=False)
