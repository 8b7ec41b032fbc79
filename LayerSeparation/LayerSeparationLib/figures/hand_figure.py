"""A hand at a glance: the film, the JSW of all its joints, coloured by how far each is from its reference."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..files.visible_text import visible
from ..joints import JointCrop, JointPose, anatomical_name
from ..measurement import JointSpaceWidth
from ..measurement.shared_findings import shared_findings
from ..radiograph import Radiograph, is_synthetic_file
from .canvas import FAINT, INK, dark_figure, save_figure
from .deviation_colours import deviation_colour, full_colour_length
from .hand_frame import EDGE_INCHES, HEAD_INCHES, WIDTH_INCHES, HandFrame, lay_out
from .hand_legend import HandLegend
from .joint_label import JointLabel, label_joint
from .joint_mark import draw_mark
from .label_places import LabelColumns, LabelPlace, body_height, place_labels
from .reference import Deviation, Reference, other_hand
from .verdict_words import sum_up

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MeasuredCrop = tuple[JointCrop, JointSpaceWidth]
_DPI = 150
_LONGEST_NAME = 40
_NAME_POINTS, _DETAIL_POINTS = 10.5, 8.5
_LINE = 1.3
"""Height of a line over the size of its letters."""
_BESIDE_POINTS = 7
"""Between a joint's width and its interval."""
_POINTS_PER_INCH = 72.0
_BETWEEN_LABELS_INCHES = 0.1
_MARK_WIDTH, _REAL_MARK_WIDTH = 1.3, 2.4
"""Of a joint's brackets in points; those of what is real stand out."""
_SHOWN_PERCENTILES = (0.5, 99.8)
"""Of the intensities, from black to white."""


def draw_hand(
    path: str | Path,
    joints: Sequence[MeasuredCrop],
    reference: Reference | None = None,
    *,
    synthetic: bool | None = None,
) -> None:
    """Write a figure of a film with the JSW of all its joints, to be read at a glance.

    Every joint has brackets beside it, the two margins, and a label beside the film: its mean JSW, its
    deviation from the reference, and the 90 % interval. A deviation that is more than two measurements would
    differ by is coloured, the more so the larger it is, and named in the title. What is to be checked is
    dashed and says what to look at; what can't be measured is dotted, without a number. What holds for most
    joints is said once, below. Colours are never those of norms.

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
    shared = shared_findings([jsw.findings for _, jsw in joints])
    hands = _by_hand(joints)
    parts = [_HandPart(hand, reference, len(hands) > 1, shared) for hand in hands]
    notes = [f"most joints: {finding}" for finding in shared]
    if reference is not None and reference.note:
        notes.append(reference.note)
    legend = HandLegend(joints, reference, notes)
    frames, height = lay_out(
        [[crop for crop, _ in part.joints] for part in parts],
        [part.label_inches for part in parts],
        legend.height,
    )
    figure = dark_figure((WIDTH_INCHES, height))
    axes = figure.add_axes((0, 0, 1, 1))
    for part, frame in zip(parts, frames, strict=True):
        _draw_film(axes, frame, radiograph)
        part.draw(axes, frame)
    legend.draw(axes)
    axes.set(xlim=(0, WIDTH_INCHES), ylim=(0, height), aspect="auto")
    axes.set_axis_off()
    _write_title(axes, height, radiograph, joints, reference, synthetic)
    comment = "Drawn of a SYNTHETIC film" if synthetic else "Drawn of a radiograph"
    save_figure(figure, Path(path), comment=comment, dpi=_DPI)


def _by_hand(joints: Sequence[MeasuredCrop]) -> list[list[MeasuredCrop]]:
    """Return the joints of each hand, the right one first."""
    sides = sorted({crop.pose.side or "" for crop, _ in joints}, reverse=True)
    return [[joint for joint in joints if (joint[0].pose.side or "") == side] for side in sides]


class _HandPart:
    """A hand of the figure, with the words beside its joints."""

    def __init__(
        self,
        joints: Sequence[MeasuredCrop],
        reference: Reference | None,
        with_side: bool,
        said_once: Sequence[str],
    ) -> None:
        self.joints = joints
        self._deviations = [reference.deviation_of(crop.pose) if reference else None for crop, _ in joints]
        self._labels = [
            label_joint(crop.pose, jsw, deviation, with_side, said_once)
            for (crop, jsw), deviation in zip(joints, self._deviations, strict=True)
        ]
        self._fingers = [_finger_of(crop) for crop, _ in joints]
        self._heights = [_height(label) + _BETWEEN_LABELS_INCHES for label in self._labels]

    @property
    def label_inches(self) -> float:
        """How high the columns of labels have to be."""
        return body_height(self._fingers, self._heights)

    def draw(self, axes: Axes, frame: HandFrame) -> None:
        """Draw marks, labels and the lines between them."""
        sites = frame.to_inches(np.array([crop.pose.centre_px for crop, _ in self.joints]))
        head = (_NAME_POINTS * _LINE / _POINTS_PER_INCH + _BETWEEN_LABELS_INCHES) / 2
        columns = LabelColumns(*frame.label_ends, frame.label_top, frame.label_bottom, head)
        places = place_labels(sites, self._fingers, np.array(self._heights), columns)
        for (crop, jsw), deviation, label, place in zip(
            self.joints, self._deviations, self._labels, places, strict=True
        ):
            colour = _colour(crop, jsw, deviation)
            is_real = deviation is not None and deviation.is_real
            width = _REAL_MARK_WIDTH if is_real else _MARK_WIDTH
            left, right = draw_mark(axes, frame, crop, jsw, colour, width)
            start = left if place.is_left else right
            axes.plot(
                [start[0], place.x],
                [start[1], place.y],
                color=colour,
                linewidth=0.7,
                alpha=0.9 if is_real else 0.55,
            )
            _write_label(axes, label, colour, place)


def _finger_of(crop: JointCrop) -> str:
    """Return what the joints of one finger have in common; a joint with a name of its own stands alone."""
    name = anatomical_name(crop.pose.name)
    return name[-1] if name[-1:].isdigit() else f"{name} {crop.pose.centre_px}"


def _draw_film(axes: Axes, frame: HandFrame, radiograph: Radiograph) -> None:
    part = radiograph.intensity[frame.part.slices]
    low, high = np.percentile(part, _SHOWN_PERCENTILES)
    extent = (frame.left, frame.right, frame.bottom, frame.top)
    axes.imshow(part, cmap="gray", vmin=low, vmax=high, extent=extent)


def _height(label: JointLabel) -> float:
    lines = len(label.deviation) + len(label.details)
    return (_NAME_POINTS + _DETAIL_POINTS * lines) * _LINE / _POINTS_PER_INCH


def _colour(crop: JointCrop, jsw: JointSpaceWidth, deviation: Deviation | None) -> str:
    if deviation is not None and deviation.length is not None and deviation.is_real:
        full = full_colour_length(deviation.unit, crop.unit_per_px)
        return deviation_colour(deviation.length, deviation.limit, full)
    return FAINT if jsw.mean is None else INK


def _write_label(axes: Axes, label: JointLabel, colour: str, place: LabelPlace) -> None:
    step, side = (-0.06, "right") if place.is_left else (0.06, "left")
    style: dict[str, Any] = {"ha": side, "va": "center"}
    head: dict[str, Any] = {"color": colour, "fontsize": _NAME_POINTS, "fontweight": "bold"}
    beside: dict[str, Any] = {"color": INK, "fontsize": _DETAIL_POINTS}
    x, y = place.x + step, place.y
    # Whichever is nearer to the film is set first, and the other beside it.
    texts = [(label.head, head), (label.interval, beside)]
    (first, look), (second, other) = texts[::-1] if place.is_left and label.interval else texts
    anchor = axes.text(x, y, first, **look, **style)
    axes.annotate(
        second,
        xy=(0.0 if place.is_left else 1.0, 0.5),
        xycoords=anchor,
        xytext=(-_BESIDE_POINTS if place.is_left else _BESIDE_POINTS, 0),
        textcoords="offset points",
        annotation_clip=False,
        **other,
        **style,
    )
    y -= (_NAME_POINTS + _DETAIL_POINTS) * _LINE / 2 / _POINTS_PER_INCH
    is_real = colour not in (INK, FAINT)
    shown = (colour, "bold") if is_real else (FAINT, "normal")
    lines = [(line, *shown) for line in label.deviation] + [(line, INK, "normal") for line in label.details]
    for line, ink, weight in lines:
        axes.text(x, y, line, color=ink, fontsize=_DETAIL_POINTS, fontweight=weight, **style)
        y -= _DETAIL_POINTS * _LINE / _POINTS_PER_INCH


def _write_title(
    axes: Axes,
    height: float,
    radiograph: Radiograph,
    joints: Sequence[MeasuredCrop],
    reference: Reference | None,
    synthetic: bool,
) -> None:
    y = height - HEAD_INCHES / 2
    sides = sorted({{"L": "left", "R": "right"}.get(crop.pose.side or "", "") for crop, _ in joints} - {""})
    hands = f"{' and '.join(sides)} hand{'s' * (len(sides) > 1)}" if sides else "side unknown"
    named = [(_short_name(crop.pose, len(sides) > 1), crop.pose) for crop, _ in joints]
    found = sum_up((name, reference.deviation_of(pose)) for name, pose in named) if reference else []
    told = " · ".join([hands, *found])
    middle: dict[str, Any] = {"color": INK, "va": "center", "parse_math": False}
    name = visible(radiograph.name)[:_LONGEST_NAME]
    axes.text(EDGE_INCHES, y, name, fontsize=13, weight="bold", **middle)
    axes.text(WIDTH_INCHES / 2, y, told, fontsize=11.5, weight="bold", ha="center", **middle)
    if synthetic:
        x = WIDTH_INCHES - EDGE_INCHES
        axes.text(x, y, "SYNTHETIC", fontsize=13, weight="bold", ha="right", **middle)


def _short_name(pose: JointPose, with_side: bool) -> str:
    name = anatomical_name(pose.name)
    return f"{pose.side} {name}" if with_side and pose.side else name
