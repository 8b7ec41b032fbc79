"""Joint space width (JSW): the articular margins' distance along the joint's axis, over its central half."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..joints import JointCrop
from ..joints.affine import map_points, pixel_grid
from ..joints.crop import CANONICAL_SIZE_PX
from ..radiograph import LengthUnit
from ..radiograph.attenuation import attenuation_from_intensity
from ..separation import JointLayers
from ..separation.layers import bone_attenuation
from .margins import TRACED_PART, Margins, MarginsNotFoundError, find_margins

_CLOSED_PART = 0.25
"""The space counts as closed when the margins touch or cross in more than this part of the columns."""
_TOUCHING_PX = 1.0
"""Margins closer than one canonical pixel (0.08 mm) touch: films of 0.15 mm/px can't show less."""


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
    """None where the margins can't be told; ``reason`` says why."""
    minimum: float | None
    """None where ``mean`` is."""
    reason: str | None
    """Why there is no JSW, in short, and mostly more in brackets; None where there is one."""
    position: NDArray[np.float64]
    """(n,) position of every width across the joint, 0 at the joint's centre; empty where there is no JSW."""
    profile: NDArray[np.float64]
    """(n,) width at every position."""
    upper_margin_px: NDArray[np.float64]
    """(m, 2) points (x, y) of the subchondral plate of the upper bone, in pixels of the film."""
    lower_margin_px: NDArray[np.float64]
    """(m, 2) points (x, y) of the contour of the lower bone's head, in pixels of the film."""
    margins: Margins | None
    """The margins on the canonical crop."""

    @property
    def status(self) -> str:
        """'measured', or the reason why there is no JSW."""
        return self.reason or "measured"

    @property
    def short_reason(self) -> str:
        """The reason without what stands in brackets, for a column of a table; '' where there is a JSW."""
        return (self.reason or "").partition(" (")[0]


def measure_jsw(layers: JointLayers) -> JointSpaceWidth:
    """Measure the JSW of separated layers.

    Where the margins can't be told, the result has no lengths, and says why.

    Examples
    --------
    >>> from LayerSeparationLib import JointPose, Radiograph, Separator
    >>> radiograph = Radiograph.from_array(np.full((256, 256), 0.3), spacing_mm=0.082)
    >>> layers = Separator("cpu").separate(radiograph, JointPose.whole_crop(radiograph))
    >>> measure_jsw(layers).status
    'no ... bone found in the crop'
    """
    canonical = layers.canonical
    attenuation = attenuation_from_intensity(canonical.image)
    bones = bone_attenuation(canonical.shares[1:], attenuation)
    try:
        margins = find_margins(bones[0], bones[1], canonical.silhouettes)
    except MarginsNotFoundError as error:
        return without_jsw(layers.crop, error.reason)
    return jsw_of_margins(layers.crop, margins)


def jsw_of_margins(crop: JointCrop, margins: Margins) -> JointSpaceWidth:
    """Measure between known margins (canonical pixels).

    Examples
    --------
    >>> from LayerSeparationLib import JointPose, Radiograph
    >>> radiograph = Radiograph.from_array(np.full((256, 256), 0.3), spacing_mm=0.082)
    >>> x = np.arange(60.0, 201.0)
    >>> upper, lower = (np.column_stack([x, np.full(x.size, y)]) for y in (100, 112))
    >>> crop = JointCrop(radiograph, JointPose.whole_crop(radiograph))
    >>> jsw = jsw_of_margins(crop, Margins(upper, lower, (60, 200), (60, 200)))
    >>> round(jsw.mean, 3)  # 12 px of 0.082 mm
    0.984
    """
    columns, widths_px = margins.widths()
    if not columns.size:
        return without_jsw(crop, "the bones do not face each other")
    closed = bool(np.mean(widths_px < _TOUCHING_PX) > _CLOSED_PART)
    reason = "closed: margins touch (narrowing, ankylosis or an oblique view)"
    scale = crop.unit_per_px
    widths = np.maximum(widths_px, 0) * scale
    return JointSpaceWidth(
        unit=crop.unit,
        mean=None if closed else float(widths.mean()),
        minimum=None if closed else float(widths.min()),
        reason=reason if closed else None,
        position=(columns - columns.mean()) * scale,
        profile=widths,
        upper_margin_px=map_points(crop.canonical_to_film, margins.upper),
        lower_margin_px=map_points(crop.canonical_to_film, margins.lower),
        margins=margins,
    )


def joint_space(crop: JointCrop, margins: Margins) -> NDArray[np.bool_]:
    """Return the joint space between two margins (canonical pixels): bool mask on the crop's region.

    Examples
    --------
    >>> from LayerSeparationLib import JointPose, Radiograph
    >>> radiograph = Radiograph.from_array(np.full((256, 256), 0.3), spacing_mm=0.082)
    >>> x = np.arange(60.0, 201.0)
    >>> upper, lower = (np.column_stack([x, np.full(x.size, y)]) for y in (100, 112))
    >>> crop = JointCrop(radiograph, JointPose.whole_crop(radiograph))
    >>> mask = joint_space(crop, Margins(upper, lower, (60, 200), (60, 200)))
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
    upper, lower = (np.interp(x, line[:, 0], line[:, 1]) for line in (margins.upper, margins.lower))
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
    'not a joint'
    """
    nothing = np.empty(0)
    points = np.empty((0, 2))
    return JointSpaceWidth(crop.unit, None, None, reason, nothing, nothing, points, points, None)
