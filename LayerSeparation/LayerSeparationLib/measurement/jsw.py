"""Joint space width (JSW): the articular margins' distance along the joint's axis, over its central half."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..joints import JointCrop, joint_kind
from ..joints.affine import map_points, pixel_grid
from ..joints.crop import CANONICAL_SIZE_PX
from ..radiograph import LengthUnit
from ..separation import JointLayers, MarginRows
from .interval import (
    CERTAIN_PX,
    MEASURABLE_PX,
    half_mean_interval,
    mean_interval,
    minimum_interval,
    profile_interval,
)
from .jsw_check import check_width
from .margin_check import check_margins
from .margins import TRACED_PART, Margins, MarginsNotFoundError, find_margins
from .pixel_check import check_pixels
from .quality import Quality
from .silhouette_check import check_silhouettes

_CLOSED_PART = 0.25
"""The space counts as closed when the margins touch or cross in more than this part of the columns."""
_TOUCHING_PX = 1.0
"""Margins closer than one canonical pixel (0.08 mm) touch: films of 0.15 mm/px can't show less."""
_UNCERTAIN = "the margins can hardly be told (faint or blurred, or another edge beside: look at both lines)"
_MINIMUM_UNCERTAIN = "the least width can't be told (a margin is uncertain where the space is narrowest)"
_CLOSED = "closed: margins touch (narrowing, ankylosis or an oblique view)"


@dataclass(frozen=True, eq=False)
class JointSpaceWidth:
    """JSW of one joint.

    Lengths are in ``unit``: 'mm', or 'px' of the film where its pixel spacing is unknown.

    Examples
    --------
    >>> from LayerSeparationLib import Separator, make_joint
    >>> joint = make_joint("MCP", 3, jsw_mm=1.6)
    >>> jsw = measure_jsw(Separator("cpu").separate(joint.radiograph, joint.pose))
    >>> jsw.status, jsw.unit, round(jsw.mean, 1)
    ('measured', 'mm', 1.6)
    """

    unit: LengthUnit
    """Of all lengths here."""
    mean: float | None
    """None where the margins can't be told; ``findings`` say why."""
    interval: tuple[float, float] | None
    """90 % interval of the mean; None where ``mean`` is."""
    minimum: float | None
    """None where ``mean`` is."""
    minimum_interval: tuple[float, float] | None
    """90 % interval of the minimum; None where ``mean`` is."""
    quality: Quality
    """How far the lengths can be trusted."""
    findings: tuple[str, ...]
    """What to look at, or why there is no JSW: each in short, mostly more in brackets; empty if measured."""
    position: NDArray[np.float64]
    """(n,) position of every width across the joint, 0 at the joint's centre; empty where there is no JSW."""
    profile: NDArray[np.float64]
    """(n,) width at every position."""
    profile_interval: NDArray[np.float64]
    """(n, 2) 90 % interval of every width."""
    upper_margin_px: NDArray[np.float64]
    """(m, 2) points (x, y) of the subchondral plate of the upper bone, in pixels of the film."""
    lower_margin_px: NDArray[np.float64]
    """(m, 2) points (x, y) of the contour of the lower bone's head, in pixels of the film."""
    margins: Margins | None
    """The margins on the canonical crop."""

    @property
    def status(self) -> str:
        """'measured'; or 'check' or 'not measurable', and the findings."""
        return f"{self.quality}: {'; '.join(self.findings)}" if self.findings else str(self.quality)

    @property
    def reason(self) -> str | None:
        """Why there is no JSW; None where there is one."""
        return "; ".join(self.findings) if self.quality is Quality.NOT_MEASURABLE else None

    @property
    def short_findings(self) -> str:
        """The findings without what stands in brackets, for a column of a table; '' if measured."""
        return "; ".join(finding.partition(" (")[0] for finding in self.findings)

    @property
    def doubts(self) -> tuple[str, ...]:
        """The findings that stay when the bones move: all but that the space is closed."""
        return tuple(finding for finding in self.findings if finding != _CLOSED)

    def with_findings(self, *findings: str) -> JointSpaceWidth:
        """Return this JSW with more findings: what was 'measured' is to be checked.

        Examples
        --------
        >>> from LayerSeparationLib import JointPose, Radiograph
        >>> radiograph = Radiograph.from_array(np.full((256, 256), 0.3), spacing_mm=0.082)
        >>> nothing = without_jsw(JointCrop(radiograph, JointPose.whole_crop(radiograph)), "not a joint")
        >>> nothing.with_findings("cut by the film's edge").status
        "not measurable: not a joint; cut by the film's edge"
        """
        new = tuple(finding for finding in findings if finding not in self.findings)
        quality = Quality.CHECK if new and self.quality is Quality.MEASURED else self.quality
        return replace(self, quality=quality, findings=(*self.findings, *new))

    def with_lines_of(self, other: JointSpaceWidth) -> JointSpaceWidth:
        """Return this JSW with the margins and the profile of another; its own numbers and findings stay.

        Examples
        --------
        >>> from LayerSeparationLib import JointPose, Radiograph
        >>> radiograph = Radiograph.from_array(np.full((256, 256), 0.3), spacing_mm=0.082)
        >>> nothing = without_jsw(JointCrop(radiograph, JointPose.whole_crop(radiograph)), "not a joint")
        >>> nothing.with_lines_of(nothing).status
        'not measurable: not a joint'
        """
        return replace(
            self,
            position=other.position,
            profile=other.profile,
            profile_interval=other.profile_interval,
            upper_margin_px=other.upper_margin_px,
            lower_margin_px=other.lower_margin_px,
            margins=other.margins,
        )

    def without_findings(self, *findings: str) -> JointSpaceWidth:
        """Return this JSW without some findings: where none is left, what was to be checked is 'measured'."""
        left = tuple(finding for finding in self.findings if finding not in findings)
        quality = Quality.MEASURED if not left and self.quality is Quality.CHECK else self.quality
        return replace(self, quality=quality, findings=left)


def measure_jsw(layers: JointLayers) -> JointSpaceWidth:
    """Measure the JSW of separated layers.

    Where the margins can't be told, the result has no lengths, and says why.

    Examples
    --------
    >>> from LayerSeparationLib import JointPose, Radiograph, Separator
    >>> radiograph = Radiograph.from_array(np.full((256, 256), 0.3), spacing_mm=0.082)
    >>> layers = Separator("cpu").separate(radiograph, JointPose.whole_crop(radiograph))
    >>> measure_jsw(layers).status
    'not measurable: no joint found in the crop (...)'
    """
    jsw = measure_margins(layers.crop, layers.canonical.margins)
    if jsw.margins is None:
        return jsw
    return jsw.with_findings(*_check(layers, jsw.margins, jsw))


def measure_margins(crop: JointCrop, found: MarginRows) -> JointSpaceWidth:
    """Measure the JSW between margins that the network found on a joint's crop; see `measure_jsw`.

    Examples
    --------
    >>> from LayerSeparationLib import JointPose, Radiograph
    >>> from LayerSeparationLib.separation import MarginRows
    >>> radiograph = Radiograph.from_array(np.full((256, 256), 0.3), spacing_mm=0.082)
    >>> nothing = MarginRows.from_array(np.zeros((5, 256), np.float32))
    >>> measure_margins(JointCrop(radiograph, JointPose.whole_crop(radiograph)), nothing).status
    'not measurable: no joint found in the crop (...)'
    """
    try:
        margins = find_margins(found)
    except MarginsNotFoundError as error:
        return without_jsw(crop, error.reason)
    half_px = half_mean_interval(margins)
    if half_px > MEASURABLE_PX:
        return without_jsw(crop, "the margins can't be told (faint, blurred, cut off, or several edges)")
    doubts = [_UNCERTAIN] if half_px > CERTAIN_PX else []
    low, high = minimum_interval(margins)
    if not doubts and (high - low) / 2 > MEASURABLE_PX:
        doubts.append(_MINIMUM_UNCERTAIN)
    return jsw_of_margins(crop, margins, tuple(doubts))


def _check(layers: JointLayers, margins: Margins, jsw: JointSpaceWidth) -> tuple[str, ...]:
    """Return what speaks against the silhouettes, the margins and the width of a joint by itself."""
    crop, silhouettes = layers.crop, layers.canonical.silhouettes
    kind = joint_kind(layers.pose.name)
    found = (
        *check_silhouettes(silhouettes, _on_film(crop)),
        *check_margins(margins, silhouettes, kind),
        *check_pixels(crop, margins),
    )
    if jsw.mean is None:
        return found
    ends = (*margins.upper_extent, *margins.lower_extent)
    bone_px = max((ends[1] - ends[0] + ends[3] - ends[2]) / 2, 1.0)
    part = jsw.mean / crop.unit_per_px / bone_px
    return (*found, *check_width(kind, jsw.mean, jsw.unit, part))


def _on_film(crop: JointCrop) -> NDArray[np.bool_] | None:
    """Return where the canonical crop lies on the film; None: everywhere."""
    rows, columns = crop.radiograph.shape
    last = CANONICAL_SIZE_PX - 1.0
    corners = map_points(crop.canonical_to_film, [[0.0, 0.0], [last, 0.0], [0.0, last], [last, last]])
    if np.all(corners >= -1) and np.all(corners <= [columns, rows]):
        return None
    x, y = np.moveaxis(
        map_points(crop.canonical_to_film, pixel_grid((CANONICAL_SIZE_PX, CANONICAL_SIZE_PX))), -1, 0
    )
    inside: NDArray[np.bool_] = (x >= -0.5) & (y >= -0.5) & (x <= columns - 0.5) & (y <= rows - 0.5)
    return inside


def jsw_of_margins(crop: JointCrop, margins: Margins, findings: tuple[str, ...] = ()) -> JointSpaceWidth:
    """Measure between known margins (canonical pixels); ``findings`` speak against them.

    Examples
    --------
    >>> from LayerSeparationLib import JointPose, Radiograph
    >>> radiograph = Radiograph.from_array(np.full((256, 256), 0.3), spacing_mm=0.082)
    >>> x = np.arange(60.0, 201.0)
    >>> upper, lower = (np.column_stack([x, np.full(x.size, y)]) for y in (100, 112))
    >>> crop = JointCrop(radiograph, JointPose.whole_crop(radiograph))
    >>> sd = np.full(x.size, 0.5)
    >>> jsw = jsw_of_margins(crop, Margins(upper, lower, (60, 200), (60, 200), sd, sd))
    >>> round(jsw.mean, 3)  # 12 px of 0.082 mm
    0.984
    >>> low, high = jsw.interval
    >>> 0.9 < low < jsw.mean < high < 1.1
    True
    """
    columns, widths_px = margins.widths()
    if not columns.size:
        return without_jsw(crop, "the bones do not face each other")
    closed = bool(np.mean(widths_px < _TOUCHING_PX) > _CLOSED_PART)
    scale = crop.unit_per_px
    widths = np.maximum(widths_px, 0) * scale
    jsw = JointSpaceWidth(
        unit=crop.unit,
        mean=None if closed else float(widths.mean()),
        interval=None if closed else _scaled(mean_interval(margins), scale),
        minimum=None if closed else float(widths.min()),
        minimum_interval=None if closed else _scaled(minimum_interval(margins), scale),
        quality=Quality.NOT_MEASURABLE if closed else Quality.MEASURED,
        findings=(_CLOSED,) if closed else (),
        position=(columns - columns.mean()) * scale,
        profile=widths,
        profile_interval=profile_interval(margins) * scale,
        upper_margin_px=map_points(crop.canonical_to_film, margins.upper),
        lower_margin_px=map_points(crop.canonical_to_film, margins.lower),
        margins=margins,
    )
    return jsw.with_findings(*findings)


def joint_space(crop: JointCrop, margins: Margins) -> NDArray[np.bool_]:
    """Return the joint space between two margins (canonical pixels): bool mask on the crop's region.

    Examples
    --------
    >>> from LayerSeparationLib import JointPose, Radiograph
    >>> radiograph = Radiograph.from_array(np.full((256, 256), 0.3), spacing_mm=0.082)
    >>> x = np.arange(60.0, 201.0)
    >>> upper, lower = (np.column_stack([x, np.full(x.size, y)]) for y in (100, 112))
    >>> crop = JointCrop(radiograph, JointPose.whole_crop(radiograph))
    >>> sd = np.full(x.size, 0.5)
    >>> mask = joint_space(crop, Margins(upper, lower, (60, 200), (60, 200), sd, sd))
    >>> int(mask.any(axis=1).sum())  # rows between 100 and 112
    11
    """
    mask = np.zeros(crop.region.shape, bool)
    columns, _ = margins.widths(TRACED_PART)
    lines = np.concatenate([margins.upper, margins.lower])
    left, right = columns[0] - 0.5, columns[-1] + 0.5
    corners = np.array([[x, y] for x in (left, right) for y in (lines[:, 1].min(), lines[:, 1].max())])
    film = map_points(crop.canonical_to_film, corners) - [crop.region.left, crop.region.top]
    size = np.array(mask.shape[::-1])
    first = np.clip(np.floor(film.min(axis=0)), 0, size).astype(int)
    past = np.clip(np.ceil(film.max(axis=0)) + 1, first, size).astype(int)
    part = slice(first[1], past[1]), slice(first[0], past[0])
    grid = pixel_grid((past[1] - first[1], past[0] - first[0])) + first
    x, y = np.moveaxis(map_points(crop.region_to_canonical, grid), -1, 0)
    upper, lower = margins.rows_at(x)
    on_crop = (x >= -0.5) & (x < CANONICAL_SIZE_PX - 0.5)
    mask[part] = (y > upper) & (y < lower) & (x >= left) & (x < right) & on_crop
    return mask


def without_jsw(crop: JointCrop, reason: str) -> JointSpaceWidth:
    """Say that there is no JSW, and why.

    Examples
    --------
    >>> from LayerSeparationLib import JointPose, Radiograph
    >>> radiograph = Radiograph.from_array(np.full((256, 256), 0.3), spacing_mm=0.082)
    >>> without_jsw(JointCrop(radiograph, JointPose.whole_crop(radiograph)), "not a joint").status
    'not measurable: not a joint'
    """
    return JointSpaceWidth(
        unit=crop.unit,
        mean=None,
        interval=None,
        minimum=None,
        minimum_interval=None,
        quality=Quality.NOT_MEASURABLE,
        findings=(reason,),
        position=np.empty(0),
        profile=np.empty(0),
        profile_interval=np.empty((0, 2)),
        upper_margin_px=np.empty((0, 2)),
        lower_margin_px=np.empty((0, 2)),
        margins=None,
    )


def _scaled(interval: tuple[float, float], scale: float) -> tuple[float, float]:
    return interval[0] * scale, interval[1] * scale
