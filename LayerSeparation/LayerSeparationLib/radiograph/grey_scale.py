"""From the grey values of any film to the one scale of intensity that the networks know.

The scale is fixed by what films of hands and joints have in common: the grey values below which 30, 55, 80
and 95 % of the tissue lie, and the air beside it, come to the same intensities on every film. These are
where they lie on the usual 8-bit film on its display range, v / 255, so that such a film hardly changes.
Nothing is decided in steps: films that differ a little get maps that differ a little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from .air import darkest_class_share, presence_of_air
from .grey_order import shrink
from .plateaus import without_plateaus

SCALE_EDGE_PX = 256
"""The scale is chosen on a film brought down to this many pixels along its longer edge."""
# Shares of the tissue, and the intensities where they go, in 1/255. Medians of 210 joint crops, of which all
# is tissue, are 84, 116, 147, 178; of 95 hand films on the display range 83, 107, 150, 186.
TISSUE_SHARES = (0.3, 0.55, 0.8, 0.95)
TISSUE_LEVELS = (84.0, 112.0, 148.0, 181.0)
# The darkest anchor is the middle of the air; without air the darkest 5 % of the tissue (48: median of the
# crops).
AIR_LEVEL, DARK_TISSUE_LEVEL = 10.0, 48.0
DARK_TISSUE_SHARE = 0.05
# What of a hand film is air, to begin with: more than there is, because from below the darkest class may stay
# within the air. It is looked at again so often: each time what is left of a film's gamma shrinks to a third.
LARGE_AIR_SHARE = 0.8
_ROUNDS = 4
# Neighbouring anchors are at least this share of the grey range apart, which bounds the slope where grey
# values coincide.
_LEAST_STEP = 0.02
_RANGE_SHARES = (0.01, 0.99)
_KNOTS_BETWEEN = 8
# Knots of the tails, in lengths over which the straight line would use up the intensity that is left there.
_TAIL_KNOTS = np.concatenate([np.arange(1, 16) / 8, 2.0 ** np.arange(1, 40)])


@dataclass(frozen=True, eq=False)
class GreyScale:
    """A smooth, strictly rising function from grey value to intensity, known by its anchors.

    Beyond the outer anchors it bends towards 0 and 1 and reaches neither: letters, metal and collimation
    keep their grey values apart.
    """

    grey: NDArray[np.float64]
    """(5,) grey values of air and tissue, strictly rising."""
    intensity: NDArray[np.float64]
    """(5,) their intensities."""

    @classmethod
    def of(cls, film: NDArray[np.float64]) -> GreyScale:
        """Choose the scale of a film.

        Parameters
        ----------
        film
            (rows, columns): bone bright, any unit; thinned or not.
        """
        small, weights = without_plateaus(shrink(film, SCALE_EDGE_PX))
        order = _Distribution.of(small, weights)
        # As if the darkest were air: on the film's own scale as it is known by then, so that window and gamma
        # of the film don't matter.
        share = LARGE_AIR_SHARE
        for _ in range(_ROUNDS):
            share = darkest_class_share(cls._with_air(order, 1.0, share)(small), weights)
        presence = presence_of_air(weights * small + (1 - weights) * small.min(), share)
        return cls._with_air(order, presence, presence * share)

    @classmethod
    def _with_air(cls, order: _Distribution, presence: float, air_share: float) -> GreyScale:
        dark = presence * air_share / 2 + (1 - presence) * DARK_TISSUE_SHARE
        shares = np.array([dark, *(air_share + (1 - air_share) * part for part in TISSUE_SHARES)])
        low, high = order.values_at(np.array(_RANGE_SHARES))
        least = _LEAST_STEP * max(high - low, 1e-9 * np.ptp(order.values))
        grey = order.values_at(shares)
        steps = np.hypot(np.diff(grey), least)
        grey = grey[2] + np.array([-steps[0] - steps[1], -steps[1], 0, steps[2], steps[2] + steps[3]])
        level = presence * AIR_LEVEL + (1 - presence) * DARK_TISSUE_LEVEL
        return cls(grey, np.array([level, *TISSUE_LEVELS]) / 255)

    def __call__(self, grey: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the intensity, within 0..1, of grey values of any shape."""
        first, last = self.grey[[0, -1]]
        inside = PchipInterpolator(self.grey, self.intensity)(np.clip(grey, first, last))
        below, above = (
            np.maximum(first - grey, 0) / self._reach[0],
            np.maximum(grey - last, 0) / self._reach[1],
        )
        room_below, room_above = self.intensity[0], 1 - self.intensity[-1]
        return np.asarray(inside - room_below * below / (1 + below) + room_above * above / (1 + above))

    @property
    def _reach(self) -> tuple[float, float]:
        """Grey values over which the straight lines through the outer anchors would come to 0 and to 1."""
        steps = np.diff(self.grey) / np.diff(self.intensity)
        return float(self.intensity[0] * steps[0]), float((1 - self.intensity[-1]) * steps[-1])

    def knots(self, lowest: float, highest: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Return knots between which the scale is straight to within 1/255: grey values and intensities.

        Parameters
        ----------
        lowest, highest
            First and last knot.
        """
        parts = np.arange(_KNOTS_BETWEEN) / _KNOTS_BETWEEN
        core = (self.grey[:-1, None] + np.diff(self.grey)[:, None] * parts).ravel()
        dark, bright = self._reach
        tails = self.grey[0] - dark * _TAIL_KNOTS, self.grey[-1] + bright * _TAIL_KNOTS
        every = np.sort(np.concatenate([tails[0], core, self.grey[-1:], tails[1]]))
        span = highest - lowest
        inside = every[(every > lowest + 1e-6 * span) & (every < highest - 1e-6 * span)]
        grey = np.concatenate([[lowest], inside, [highest]])
        intensity = self(grey)
        rising = np.concatenate([[True], np.diff(np.maximum.accumulate(intensity)) > 0])
        return tuple(grey[rising].tolist()), tuple(intensity[rising].tolist())


@dataclass(frozen=True, eq=False)
class _Distribution:
    """Grey values and the share of the film below each, continuous where values repeat."""

    values: NDArray[np.float64]
    shares: NDArray[np.float64]

    @classmethod
    def of(cls, film: NDArray[np.float64], weights: NDArray[np.float64]) -> _Distribution:
        values, which = np.unique(film, return_inverse=True)
        mass = np.bincount(which.ravel(), weights.ravel())
        return cls(values, (np.cumsum(mass) - mass / 2) / mass.sum())

    def values_at(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.interp(shares, self.shares, self.values))
