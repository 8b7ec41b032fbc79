"""How the gap of one joint changed between two films."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..joints import CANONICAL_MM_PER_PX, CANONICAL_SIZE_PX, JointCrop
from ..joints.affine import map_points, pixel_grid
from ..measurement import JointSpaceWidth, Margins, Quality, measure_jsw
from ..measurement.length_text import signed_text
from ..radiograph import LengthUnit
from ..separation import JointLayers
from .coarse_search import BoneNotRegisteredError
from .film_scales import GreyScale, compare_scales
from .magnification import describe_magnification
from .registration import JointRegistration, register_joint
from .verdict import (
    GREATEST_ASYMMETRY_MM,
    GREATEST_DISAGREEMENT_MM,
    GREATEST_DISAGREEMENT_SD,
    GREATEST_MAGNIFICATION,
    LEAST_CORRELATION,
    LEAST_CORRELATION_WITHOUT_JSW,
    LEAST_DISAGREEMENT_MM,
    Verdict,
    detectable_change,
    judge,
)

_Z90 = 1.645
"""Standard deviations on either side that hold 90 % of a normal distribution."""
_NOISE_FACTOR = 7.0
"""Neighbouring pixels share noise and texture: real errors are so many times those of independent pixels.
Fitted on pairs made from joints of the training set, and right for real visits of them: what the changes
between three visits lack to add up is 1.0 of what it foretells (root mean square, 18 series)."""
_ASYMMETRY_FACTOR = 0.5
"""Part of half the difference between forward and backward registration that counts as error: a choice."""
_COARSE_PX = 12.0
"""Differences of exposure are wider than this, 1 mm."""
FILM_SD_MM = 0.015
"""Standard deviation that every change has, however well its bones fit: two films are two poses, exposures
and projections. With it the 90 % intervals hold 89 % of what the changes between three visits of training
joints lack to add up (18 series)."""


@dataclass(frozen=True, eq=False)
class JointChange:
    """The change of one joint's gap from a baseline to a follow-up.

    Lengths are in ``unit``, on the scale of the baseline; a negative change is a narrowing.
    """

    name: str
    """Of the joint, such as MCP2."""
    side: str | None
    """'L' or 'R' where it is known."""
    unit: LengthUnit
    """'mm', or 'px' of the baseline where no film has a pixel spacing."""
    change: float | None
    """By registration of both bones; None where they can't be registered."""
    interval: tuple[float, float] | None
    """90 % interval of the change; None where that is."""
    verdict: Verdict
    """Against the smallest detectable change."""
    reason: str
    """Why there is no verdict; '' where there is one."""
    own_note: str
    """What else has to be known, but for how large the bones appear; '' where nothing."""
    baseline: JointSpaceWidth | None
    """JSW on the baseline; None where the joint was not found."""
    follow_up: JointSpaceWidth | None
    """JSW on the follow-up; None where the joint was not found."""
    correlation: float | None = None
    """Of the bone that is recognised less, 0..1."""
    scale: float | None = None
    """How many times larger the bones appear on the follow-up, in the lengths that both films state."""
    registration: JointRegistration | None = None
    """Baseline onto follow-up."""
    crops: tuple[JointCrop, JointCrop] | None = None
    """Where the joint lies on baseline and follow-up; None where it is not on both."""
    weights_sha256: tuple[str, str] | None = None
    """Of the network's weights that separated it on baseline and follow-up; None where it is not on both."""
    follow_up_crop: JointCrop | None = None
    """Where the joint lies on the follow-up; None where it was not found."""
    fits: bool | None = None
    """Whether the bones of both films fit on each other; None where nobody tried, or the scene was closed."""

    @property
    def note(self) -> str:
        """All that has to be known besides: how the films' scales compare, how large the bones appear."""
        size = "" if self.scale is None else describe_magnification(self.scale)
        return "; ".join(filter(None, (self.own_note, size)))

    @property
    def measured_difference(self) -> float | None:
        """Difference of the two JSW, in ``unit`` on the baseline's scale; None where one is missing."""
        if self.baseline is None or self.follow_up is None or self.scale is None:
            return None
        if self.baseline.mean is None or self.follow_up.mean is None:
            return None
        return self.follow_up.mean / self.scale - self.baseline.mean

    @property
    def grey_scale(self) -> GreyScale | None:
        """Whether both films are on one grey scale, or each is on its own; None where one is missing."""
        if self.crops is None:
            return None
        maps = [crop.radiograph.intensity_map for crop in self.crops]
        return "common" if maps[0] == maps[1] else "own"

    @property
    def detectable_change(self) -> float | None:
        """The smallest detectable change in mm (`verdict.detectable_change`); None without mm or a change."""
        if self.interval is None or self.unit != "mm":
            return None
        return detectable_change(self.interval)

    def registered_images(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the canonical crops (256, 256) of the baseline, and of the follow-up moved onto it.

        The lower bones lie on each other: what is left of the upper bone is the change.

        Raises
        ------
        ValueError
            If the joint is not registered.
        """
        if self.crops is None or self.registration is None:
            raise ValueError(f"{self.name} is not registered")
        baseline, follow_up = self.crops
        grid = pixel_grid((CANONICAL_SIZE_PX, CANONICAL_SIZE_PX))
        on_film = map_points(follow_up.canonical_to_film, map_points(self.registration.lower, grid))
        moved = ndimage.map_coordinates(
            follow_up.radiograph.intensity, [on_film[..., 1], on_film[..., 0]], order=1, mode="nearest"
        )
        return baseline.canonical_image(), moved.astype(np.float32)

    def difference_image(self) -> NDArray[np.float32]:
        """Return what of the registered images (256, 256) is brighter (above 0) or darker on the follow-up.

        Differences that are wider than a joint space are of the exposure, and taken out.

        Raises
        ------
        ValueError
            If the joint is not registered.
        """
        baseline, moved = self.registered_images()
        difference = moved - baseline
        fine: NDArray[np.float32] = difference - ndimage.gaussian_filter(difference, _COARSE_PX)
        return fine


def measure_change(baseline: JointLayers, follow_up: JointLayers) -> JointChange:
    """Measure how the gap of a joint changed from one film to the other.

    Each bone is registered to the same bone of the other film, in both directions; the change follows from
    the two motions, along the joint's axis, over the central half of the joint.

    Parameters
    ----------
    baseline, follow_up
        The same joint, separated on two films.

    Examples
    --------
    >>> from LayerSeparationLib import GapEdit, Radiograph, Separator, make_joint, synthesize
    >>> phantom, separator = make_joint("MCP", seed=3, jsw_mm=1.6), Separator("cpu")
    >>> before = separator.separate(phantom.radiograph, phantom.pose)
    >>> film = synthesize(before, GapEdit(change=-0.4)).film
    >>> after = separator.separate(Radiograph.from_array(film, spacing_mm=0.082), phantom.pose)
    >>> change = measure_change(before, after)
    >>> round(change.change, 1), change.unit, change.verdict.value
    (-0.4, 'mm', 'progressed')
    """
    widths = measure_jsw(baseline), measure_jsw(follow_up)
    return change_of_measured(baseline, follow_up, *widths)


def change_of_measured(
    baseline: JointLayers,
    follow_up: JointLayers,
    baseline_jsw: JointSpaceWidth,
    follow_up_jsw: JointSpaceWidth,
) -> JointChange:
    """Measure the change of a joint whose JSW was measured on both films; see `measure_change`."""
    start = JointChange(
        name=baseline.pose.name,
        side=baseline.pose.side,
        unit=baseline.crop.unit,
        change=None,
        interval=None,
        verdict=Verdict.UNKNOWN,
        reason="",
        own_note="",
        baseline=baseline_jsw,
        follow_up=follow_up_jsw,
        crops=(baseline.crop, follow_up.crop),
        weights_sha256=(baseline.weights_sha256, follow_up.weights_sha256),
        follow_up_crop=follow_up.crop,
    )
    scales = compare_scales(baseline.radiograph.spacing, follow_up.radiograph.spacing)
    if scales.reason:
        return replace(start, reason=scales.reason)
    if baseline_jsw.margins is None and follow_up_jsw.margins is None:
        return replace(start, reason=f"not measurable on either film: {baseline_jsw.reason}")
    try:
        forward, backward = register_joint(baseline, follow_up), register_joint(follow_up, baseline)
    except (BoneNotRegisteredError, np.linalg.LinAlgError) as error:
        return replace(start, reason=f"not registered: {error}", fits=False)
    scale = forward.scale * follow_up.crop.unit_per_px / baseline.crop.unit_per_px
    registered = replace(
        start,
        own_note=scales.note,
        correlation=min(*forward.correlation, *backward.correlation),
        scale=scale,
        registration=forward,
    )
    gap = _join_directions(forward, backward, baseline_jsw.margins, follow_up_jsw.margins)
    change, sd = (length * baseline.crop.unit_per_px for length in (gap.change_px, gap.sd_px))
    interval = change - _Z90 * sd, change + _Z90 * sd
    registered = replace(registered, change=change, interval=interval)
    reason = _find_doubt(registered, gap.asymmetry_px * baseline.crop.unit_per_px)
    if reason:
        return replace(registered, reason=reason, fits=None if registered.unit == "px" else False)
    verdict, reason = judge(change, interval)
    return replace(registered, verdict=verdict, reason=reason, fits=True)


class _Gap(NamedTuple):
    """Change of the gap, canonical pixels of the baseline."""

    change_px: float
    sd_px: float
    asymmetry_px: float
    """Forward minus backward."""


def _join_directions(
    forward: JointRegistration,
    backward: JointRegistration,
    baseline: Margins | None,
    follow_up: Margins | None,
) -> _Gap:
    """Return the mean of both directions, each along the margin of the film that it starts from.

    Where that film shows no margin, the other's is brought onto it: both directions have to agree.
    """
    if baseline is not None:
        before = _upper_margin(baseline)
        after = _upper_margin(follow_up) if follow_up is not None else map_points(forward.upper, before)
    else:
        assert follow_up is not None
        after = _upper_margin(follow_up)
        before = map_points(backward.upper, after)
    change_px, sd_px = backward.gap_change_px(after)
    found = [forward.gap_change_px(before), (-change_px / forward.scale, sd_px / forward.scale)]
    changes, deviations = np.array(found).T
    asymmetry = float(changes[0] - changes[-1])
    film_px = FILM_SD_MM / CANONICAL_MM_PER_PX
    sd = math.hypot(film_px, _NOISE_FACTOR * float(deviations.mean()), _ASYMMETRY_FACTOR * asymmetry / 2)
    return _Gap(float(changes.mean()), sd, asymmetry)


def _upper_margin(margins: Margins) -> NDArray[np.float64]:
    """(n, 2): the upper bone's margin in the columns where JSW is measured."""
    columns, _ = margins.widths()
    return np.column_stack([columns, np.interp(columns, *margins.upper.T)])


def _find_doubt(change: JointChange, asymmetry: float) -> str:
    """Return why a registered change is no verdict; '' where it is one."""
    assert change.scale is not None
    assert change.correlation is not None
    assert change.change is not None
    if change.unit == "px":
        return "the pixel spacing of the films is unknown"
    if not 1 / GREATEST_MAGNIFICATION < change.scale < GREATEST_MAGNIFICATION:
        percent = 100 * abs(change.scale - 1)
        return f"the bones differ in size by {percent:.0f} % (pixel spacing, or another hand)"
    if change.correlation < LEAST_CORRELATION:
        return f"the bones are not recognised (correlation {change.correlation:.2f})"
    if abs(asymmetry) > GREATEST_ASYMMETRY_MM:
        return f"inconsistent (forward and backward registration differ by {abs(asymmetry):.2f} mm)"
    if change.measured_difference is None and change.correlation < LEAST_CORRELATION_WITHOUT_JSW:
        return (
            "JSW is not measurable on both films, and the bones are recognised too little to tell without it "
            f"(correlation {change.correlation:.2f})"
        )
    return _find_contradiction(change)


def _find_contradiction(change: JointChange) -> str:
    """Return how the registered change contradicts the JSW of both films; '' where it does not."""
    difference = change.measured_difference
    if difference is None:
        return ""
    assert change.change is not None
    apart = abs(difference - change.change)
    is_beyond = apart > GREATEST_DISAGREEMENT_MM
    widths = [change.baseline, change.follow_up]
    if all(width is not None and width.quality is Quality.MEASURED for width in widths):
        intervals = [change.interval, *(width.interval for width in widths if width is not None)]
        sd = math.hypot(*((high - low) / 2 / _Z90 for low, high in filter(None, intervals)))
        is_beyond |= apart > max(LEAST_DISAGREEMENT_MM, GREATEST_DISAGREEMENT_SD * sd)
    if not is_beyond:
        return ""
    registered, measured = (signed_text(length, "mm") for length in (change.change, difference))
    return f"inconsistent (registered {registered} mm, JSW {measured} mm)"
