"""How much of a film is air (direct exposure), continuously in its content."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .grey_order import order_features
from .plateaus import smooth_step

# Whether a film shows air: logistic regression on `order_features`. Learnt on 523 joint crops (no air), 164
# hand films and 480 squares cut out of them, 40 phantom hands and 96 phantom joints (air known), with
# shutters, letters, clipped air and noise; differences between copies that were cropped by 3 px or had noise
# added were penalised.
_BIAS = -52.033
_WEIGHTS = np.concatenate(
    [
        # slope of the ranks, by rank, at the finer scale
        [1.03, 0.374, 0.017, -3.708, -2.233, -0.562, -1.074, 0.412],
        # and at the coarser one
        [0.537, 0.105, 1.719, 4.351, 0.988, 0.288, 1.381, -5.149],
        # variance of the ranks by scale, mean at the border, in the corners
        [-13.631, -5.583, -0.043, -16.345, 14.927],
    ]
)
# A large darkest class speaks for air: 0.6 to 0.83 of hand films, 0.2 to 0.5 of crops.
_SHARE_WEIGHT, _NEUTRAL_SHARE = 8.0, 0.5
# There is none at all below the first of these probabilities, nothing but air in the darkest class from the
# second on.
_SURE = (0.25, 0.8)
_BINS = 128
# How much better the best thresholds have to be than others to count alone: 1 % of the variance is a factor
# of 50.
_SHARPNESS = 400.0


def presence_of_air(film: NDArray[np.float64], darkest_share: float) -> float:
    """Return how surely the darkest part of a film is air, 0..1.

    Parameters
    ----------
    film
        (rows, columns): bone bright. Only the order of its grey values matters.
    darkest_share
        Share of the film that its darkest class takes, see `darkest_class_share`.
    """
    score = _BIAS + float(_WEIGHTS @ order_features(film)) + _SHARE_WEIGHT * (darkest_share - _NEUTRAL_SHARE)
    return smooth_step(float(1 / (1 + np.exp(-np.clip(score, -60, 60)))), *_SURE)


def darkest_class_share(intensity: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """Return the share of the darkest of three classes of intensity, 0..1.

    The classes are those of Otsu, IEEE Trans. Syst. Man Cybern. 9 (1979) 62-66; but in place of the best
    pair of thresholds all pairs are averaged by how much of the variance they explain, so that the share
    never jumps.
    """
    density, edges = np.histogram(intensity, _BINS, (0, 1), weights=weights)
    share = density / density.sum()
    centre = (edges[1:] + edges[:-1]) / 2
    mass, moment = np.append(0.0, np.cumsum(share)), np.append(0.0, np.cumsum(share * centre))
    variance = float(share @ (centre - moment[-1]) ** 2)
    if variance == 0:
        return 1.0
    first, second = np.meshgrid(np.arange(1, _BINS), np.arange(1, _BINS), indexing="ij")

    def between(lower: Any, upper: Any) -> Any:
        return (moment[upper] - moment[lower]) ** 2 / np.maximum(mass[upper] - mass[lower], 1e-12)

    explained = (
        between(0, first) + between(first, second) + between(second, _BINS) - moment[-1] ** 2
    ) / variance
    explained[first >= second] = -np.inf
    odds = np.exp(_SHARPNESS * (explained - explained.max()))
    return float((odds * mass[first]).sum() / odds.sum())
