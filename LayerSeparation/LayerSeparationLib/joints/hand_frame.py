"""A hand's own frame: upright, fingertips up, thumb to the right, the hand's length as unit.

In this frame all hands look alike, left and right, whatever their size and rotation on the film.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .affine import invert
from .pose import JOINT_NAMES

MEAN_JOINTS = np.array(
    [
        *((0.290, 0.297), (0.137, 0.103), (0.006, 0.101), (-0.101, 0.147), (-0.199, 0.207)),
        (0.384, 0.163),
        *((0.176, -0.107), (0.009, -0.137), (-0.141, -0.071), (-0.279, 0.053)),
        *((0.195, -0.228), (0.006, -0.285), (-0.164, -0.210), (-0.321, -0.035)),
    ]
)
"""(14, 2): mean (x, y) of the joints of `JOINT_NAMES` about their own centre, y down, in lengths of the hand.

Procrustes mean of the 204 complete hands of the training set. The length of a hand is taken as 4.2 times the
proximal phalanx (MCP to PIP) of its middle finger.
"""
_ROBUST_ROUNDS = 4


@dataclass(frozen=True)
class HandFrame:
    """Where a hand lies on the film."""

    centre_px: tuple[float, float]
    """(x, y) on the film of the middle of the 14 joints of a mean hand, pixels."""
    distal_px: tuple[float, float]
    """(dx, dy) on the film from wrist to fingertips, as long as the hand, pixels."""
    mirrored: bool
    """Whether the thumb lies to the left when the fingers point up: a right hand in PA view."""

    @property
    def length_px(self) -> float:
        """Length of the hand on the film, pixels."""
        return float(np.hypot(*self.distal_px))

    @property
    def to_film(self) -> NDArray[np.float64]:
        """(2, 3) matrix that maps the hand's (x, y, 1) to the film's (x, y) in pixels."""
        down = -np.array(self.distal_px)
        right = np.array([down[1], -down[0]]) * (-1 if self.mirrored else 1)
        return np.column_stack([right, down, self.centre_px])

    @property
    def from_film(self) -> NDArray[np.float64]:
        """(2, 3) matrix of the way back."""
        return invert(self.to_film)

    def turn_over(self) -> HandFrame:
        """Return the same place seen as a hand of the other side."""
        return HandFrame(self.centre_px, self.distal_px, not self.mirrored)


def fit_frame(
    joints_px: NDArray[np.float64], weights: NDArray[np.float64], mirrored: bool
) -> tuple[HandFrame, float]:
    """Fit the mean hand to joints by a similarity, with little heed to joints that do not fit.

    Parameters
    ----------
    joints_px
        (14, 2) positions (x, y) on the film, pixels; those of weight 0 are ignored, whatever they hold.
    weights
        (14,) at least 0; at least two above 0.
    mirrored
        Whether it is to be a right hand in PA view.

    Returns
    -------
    frame, residual
        The residual is the median distance of the joints of weight above 0, in lengths of the hand.
    """
    used = weights > 0
    model = MEAN_JOINTS[used] * ([-1, 1] if mirrored else [1, 1]) @ [1, 1j]
    found = joints_px[used] @ [1, 1j]
    weight = weights[used].astype(float)
    for _ in range(_ROBUST_ROUNDS):
        model_centre = weight @ model / weight.sum()
        found_centre = weight @ found / weight.sum()
        spread = weight @ np.abs(model - model_centre) ** 2
        scale = weight @ (np.conj(model - model_centre) * (found - found_centre)) / max(spread, 1e-12)
        distance = np.abs(found - found_centre - scale * (model - model_centre)) / max(abs(scale), 1e-9)
        # Cauchy weights; hands differ from the mean hand by about 0.02 of their length.
        weight = weights[used] / (1 + (distance / 0.04) ** 2)
    centre = found_centre - scale * model_centre
    distal = scale * -1j
    frame = HandFrame((centre.real, centre.imag), (distal.real, distal.imag), mirrored)
    return frame, float(np.median(distance))


def visible_joints(points: dict[str, tuple[float, float]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return positions (14, 2) and weights (14,), 1 where the joint is named in ``points``, else 0."""
    joints = np.array([points.get(name, (0.0, 0.0)) for name in JOINT_NAMES], dtype=float)
    return joints, np.array([float(name in points) for name in JOINT_NAMES])
