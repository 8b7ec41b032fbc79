"""Both bones of a joint, each brought onto the same bone of the other film: rigid, to a fraction of a pixel.

Gauss-Newton on the band-passed attenuation, from coarse to fine. Both bones share one scale, since they lie
in one plane: what differs between the films by magnification or a wrong spacing is seen in the bones.
Exposure and grey scale may differ: gain, a gain that depends on the density of the film (which is what a
gamma does, to first order), and an offset are fitted anew in every step, and outliers count less (Huber).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..errors import InputError
from ..joints.affine import invert, map_points
from ..separation import JointLayers
from .bone_image import BONES, BoneImage
from .coarse_search import CENTRE_PX, BoneNotRegisteredError, Motion, find_motion


class _Level(NamedTuple):
    fine_px: float
    coarse_px: float
    step_px: int
    iterations: int


# Scales in canonical pixels of 0.08 mm. The finest is that of the films: 0.15 mm a pixel, blurred by 0.1 mm.
_LEVELS = (_Level(3.0, 12.0, 3, 8), _Level(1.5, 10.0, 2, 8), _Level(1.0, 10.0, 1, 10))
_SCALE_SD = 0.05
"""Films of one hand are expected to be magnified alike, within 5 %; what the bones say outweighs that."""
_LEAST_WEIGHT = 0.02
_FEWEST_POINTS = 200
_HUBER = 1.5
_MAD_TO_SD = 1.4826
_CONVERGED = 1e-4
"""Radians, pixels: a step that is smaller changes no result."""
_UNKNOWNS = 7
"""Turn, x and y of either bone, and the logarithm of their scale."""


@dataclass(frozen=True, eq=False)
class JointRegistration:
    """How both bones lie on another film of the same joint.

    Examples
    --------
    >>> from LayerSeparationLib import GapEdit, Separator, make_joint, synthesize
    >>> phantom, separator = make_joint("MCP", seed=3, jsw_mm=1.6), Separator("cpu")
    >>> before = separator.separate(phantom.radiograph, phantom.pose)
    >>> film = synthesize(before, GapEdit(change=-0.41)).film  # by 5 px of 0.082 mm
    >>> after = separator.separate(Radiograph.from_array(film, spacing_mm=0.082), phantom.pose)
    >>> registration = register_joint(before, after)
    >>> round(float(registration.displacement_px(np.array([[127.5, 120.0]]))[0, 1]))
    5
    """

    upper: NDArray[np.float64]
    """(2, 3): canonical (x, y, 1) of the upper bone on the baseline to canonical (x, y) on the follow-up."""
    lower: NDArray[np.float64]
    """(2, 3): the same of the lower bone."""
    scale: float
    """How many times larger the bones are on the canonical crop of the follow-up."""
    correlation: tuple[float, float]
    """Of upper and lower bone with the same bone on the other film, -1..1."""
    _motions: tuple[Motion, Motion]
    _covariance: NDArray[np.float64]

    def as_json(self) -> dict[str, Any]:
        """Return the registration in JSON's own types, every number as it is."""
        return {
            "motions": [list(map(float, motion)) for motion in self._motions],
            "scale": self.scale,
            "correlation": list(self.correlation),
            "covariance": self._covariance.tolist(),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> JointRegistration:
        """Return the registration of `as_json`.

        Raises
        ------
        InputError
            If it is none.
        """
        try:
            first, second = (Motion(*map(float, motion)) for motion in values["motions"])
            scale = float(values["scale"])
            upper, lower = values["correlation"]
            covariance = np.asarray(values["covariance"], np.float64).reshape(_UNKNOWNS, _UNKNOWNS)
        except (KeyError, OverflowError, TypeError, ValueError) as error:
            raise InputError(f"This is no registration of a joint: {error}.") from error
        return cls(
            upper=first.matrix(scale),
            lower=second.matrix(scale),
            scale=scale,
            correlation=(float(upper), float(lower)),
            _motions=(first, second),
            _covariance=covariance,
        )

    @property
    def relative_motion(self) -> NDArray[np.float64]:
        """(2, 3): the upper bone's motion as the lower bone sees it, in canonical pixels of the baseline."""
        return _compose(invert(self.lower), self.upper)

    def displacement_px(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Displacement of the upper bone against the lower at canonical points (n, 2) of the baseline."""
        return map_points(self.relative_motion, points) - points

    def gap_change_px(self, margin: NDArray[np.float64]) -> tuple[float, float]:
        """Return how much wider the gap has become along the joint's axis, and the standard deviation.

        Parameters
        ----------
        margin
            (n, 2) points of the upper bone's margin on the baseline, canonical pixels; the mean over them is
            returned.

        Returns
        -------
        Both in canonical pixels of the baseline. The standard deviation is that of independent noise in
        every pixel, so a lower bound.
        """
        change = -float(self.displacement_px(margin)[:, 1].mean())
        unknowns = np.array([*self._motions[0], *self._motions[1], np.log(self.scale)])
        derivative = np.empty(_UNKNOWNS)
        for index in range(_UNKNOWNS):
            moved = [unknowns.copy(), unknowns.copy()]
            moved[0][index] += _CONVERGED
            moved[1][index] -= _CONVERGED
            ahead, back = (_gap_change(one, margin) for one in moved)
            derivative[index] = (ahead - back) / (2 * _CONVERGED)
        return change, float(np.sqrt(derivative @ self._covariance @ derivative))


def register_joint(baseline: JointLayers, follow_up: JointLayers) -> JointRegistration:
    """Register each bone of a joint to the same bone on another film.

    Parameters
    ----------
    baseline, follow_up
        The same joint, separated on two films.

    Raises
    ------
    BoneNotRegisteredError
        If too little of a bone is seen on one of the films.

    Examples
    --------
    >>> from LayerSeparationLib import Separator, make_joint
    >>> phantom = make_joint("MCP", seed=3)
    >>> layers = Separator("cpu").separate(phantom.radiograph, phantom.pose)
    >>> same = register_joint(layers, layers)  # the same film: nothing has moved
    >>> bool(np.allclose(same.lower, [[1, 0, 0], [0, 1, 0]], atol=1e-3))
    True
    """
    nominal = baseline.crop.unit_per_px / follow_up.crop.unit_per_px
    pairs = [(BoneImage(baseline, bone), BoneImage(follow_up, bone)) for bone in BONES]
    unknowns = np.empty(_UNKNOWNS)
    unknowns[6] = np.log(nominal)
    for index, (fixed, moving) in enumerate(pairs):
        unknowns[3 * index : 3 * index + 3] = find_motion(fixed, moving, nominal)
    for level in _LEVELS:
        for _ in range(level.iterations):
            fits = [
                _fit(fixed, moving, Motion(*unknowns[3 * index : 3 * index + 3]), unknowns[6], level)
                for index, (fixed, moving) in enumerate(pairs)
            ]
            curvature, slope = _join(fits)
            curvature[6, 6] += 1 / _SCALE_SD**2
            slope[6] -= (unknowns[6] - np.log(nominal)) / _SCALE_SD**2
            step = np.linalg.solve(curvature, slope)
            unknowns += step
            if np.abs(step).max() < _CONVERGED:
                break
    motions = Motion(*unknowns[:3]), Motion(*unknowns[3:6])
    scale = float(np.exp(unknowns[6]))
    return JointRegistration(
        upper=motions[0].matrix(scale),
        lower=motions[1].matrix(scale),
        scale=scale,
        correlation=(fits[0].correlation, fits[1].correlation),
        _motions=motions,
        _covariance=np.asarray(np.linalg.inv(curvature), np.float64),
    )


class _Fit(NamedTuple):
    """Normal equations of one bone: turn, x, y, logarithm of the scale."""

    curvature: NDArray[np.float64]
    slope: NDArray[np.float64]
    correlation: float


def _fit(fixed: BoneImage, moving: BoneImage, motion: Motion, log_scale: float, level: _Level) -> _Fit:
    """Linearize one bone's residuals about a motion; gains and offset are projected out."""
    weights = fixed.weight[:: level.step_px, :: level.step_px]
    rows, columns = np.nonzero(weights > _LEAST_WEIGHT)
    points = level.step_px * np.column_stack([columns, rows]).astype(np.float64)
    moved = map_points(motion.matrix(float(np.exp(log_scale))), points)
    on_both = np.minimum(
        weights[rows, columns],
        ndimage.map_coordinates(moving.weight, [moved[:, 1], moved[:, 0]], order=1, mode="constant"),
    )
    counted = on_both > _LEAST_WEIGHT
    if counted.sum() * level.step_px**2 < _FEWEST_POINTS:
        raise BoneNotRegisteredError("the bone is not found on the other film")
    points, moved, on_both = points[counted], moved[counted], on_both[counted]
    target = fixed.value(points, level.fine_px, level.coarse_px)
    seen = moving.sample(moved, level.fine_px, level.coarse_px)
    density = seen.background - seen.background.mean()
    exposure = np.column_stack([seen.value, seen.value * density, np.ones_like(density)])
    factors, robust = _fit_exposure(exposure, target, on_both)
    gain = factors[0] + factors[1] * density
    from_centre = moved - (np.array([CENTRE_PX, CENTRE_PX]) + motion[1:])
    gradient = gain[:, None] * seen.gradient
    jacobian = np.column_stack(
        [
            gradient[:, 1] * from_centre[:, 0] - gradient[:, 0] * from_centre[:, 1],
            gradient,
            (gradient * from_centre).sum(axis=1),
        ]
    )
    root = np.sqrt(robust)[:, None]
    basis, _ = np.linalg.qr(exposure * root)
    weighted = jacobian * root
    weighted -= basis @ (basis.T @ weighted)
    predicted = exposure @ factors
    residual = (target - predicted) * root[:, 0]
    variance = max(float(residual @ residual / robust.sum()), 1e-12)
    return _Fit(
        weighted.T @ weighted / variance,
        weighted.T @ residual / variance,
        _correlation(target, predicted, on_both),
    )


def _fit_exposure(
    terms: NDArray[np.float64], target: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the factors of gain, gain by density and offset, and weights by which outliers count less."""
    robust = weight
    factors: NDArray[np.float64] = np.zeros(terms.shape[1])
    for _ in range(2):
        root = np.sqrt(robust)
        solved = np.linalg.lstsq(terms * root[:, None], target * root, rcond=None)[0]
        factors = np.asarray(solved, np.float64)
        residual = np.abs(target - terms @ factors)
        limit = _HUBER * _MAD_TO_SD * float(np.median(residual)) + 1e-9
        robust = weight * np.minimum(1, limit / np.maximum(residual, 1e-12))
    return factors, robust


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64], weight: NDArray[np.float64]) -> float:
    a, b = (one - np.average(one, weights=weight) for one in (a, b))
    product = float((weight * a * b).sum())
    return product / max(float(np.sqrt((weight * a * a).sum() * (weight * b * b).sum())), 1e-12)


def _join(fits: list[_Fit]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Put the normal equations of both bones together: their scale is one unknown."""
    curvature, slope = np.zeros((_UNKNOWNS, _UNKNOWNS)), np.zeros(_UNKNOWNS)
    for index, fit in enumerate(fits):
        own = np.r_[3 * index : 3 * index + 3, 6]
        curvature[np.ix_(own, own)] += fit.curvature
        slope[own] += fit.slope
    return curvature, slope


def _gap_change(unknowns: NDArray[np.float64], margin: NDArray[np.float64]) -> float:
    scale = float(np.exp(unknowns[6]))
    upper, lower = (Motion(*one).matrix(scale) for one in (unknowns[:3], unknowns[3:6]))
    relative = _compose(invert(lower), upper)
    return -float((map_points(relative, margin) - margin)[:, 1].mean())


def _compose(second: NDArray[np.float64], first: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (2, 3) map that does ``first``, then ``second``."""
    linear = second[:, :2] @ first[:, :2]
    return np.column_stack([linear, map_points(second, first[:, 2])])
