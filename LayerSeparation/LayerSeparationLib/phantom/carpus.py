"""Carpal bones and the ends of the forearm: surroundings of a whole hand, without joints of their own."""

from math import pi

import numpy as np

from .bone_assembly import make_bone
from .bone_shape import AxialProfile, BoneShape
from .bone_size import BoneSize
from .frame import Frame
from .outline import closed_outline

_CARPALS = (
    (0.5, -11.0, 7.0, 11.5, -0.1),
    (-10.5, -12.5, 7.4, 9.8, 0.3),
    (11.0, -7.5, 6.0, 6.8, -0.2),
    (20.5, -14.0, 7.4, 7.2, -0.6),
    (14.0, -21.5, 6.0, 10.2, 0.75),
    (1.0, -26.5, 8.0, 7.0, 0.0),
    (-12.5, -22.5, 7.2, 7.0, -0.5),
    (-15.5, -20.0, 4.6, 5.4, 0.0),
)
"""Capitate, hamate, trapezoid, trapezium, scaphoid, lunate, triquetrum, pisiform of a left hand in PA view.

Centre (u, v) and half widths in mm, turn in rad; the frame of the hand starts at the third metacarpal's base.
"""

_RADIUS = BoneSize(120.0, 30.0, 14.5, 14.0)
_ULNA = BoneSize(120.0, 17.0, 11.5, 11.0)


def carpus(
    hand: Frame, mirror: float, factor: float, rng: np.random.Generator
) -> list[tuple[BoneShape, Frame]]:
    """Make carpal bones, radius and ulna in their frames; `mirror` is 1 for a left, -1 for a right hand."""
    bones = []
    for usual_u, usual_v, half_u, half_v, turn in _CARPALS:
        u, v = usual_u + rng.normal(0.0, 0.4), usual_v + rng.normal(0.0, 0.4)
        shape = _pebble(half_u * factor, half_v * factor, rng)
        bones.append(
            (shape, hand.move(mirror * u * factor, v * factor, mirror * (turn + rng.normal(0.0, 0.08))))
        )
    for size, u, v, lean in ((_RADIUS, 7.0, -34.5, 0.03), (_ULNA, -15.5, -36.5, -0.02)):
        shape = make_bone(size.scale(factor), "carpal", "tuft", rng)
        bones.append((shape, hand.move(mirror * u * factor, v * factor, pi + mirror * lean)))
    return bones


def _pebble(half_u: float, half_v: float, rng: np.random.Generator) -> BoneShape:
    """Make a short bone with an uneven round outline, centred on its frame."""
    angle = np.linspace(0.0, 2.0 * pi, 240, endpoint=False)
    waves = np.ones_like(angle)
    for order, amplitude in ((2, 0.05), (3, 0.07), (4, 0.05), (5, 0.02)):
        waves += amplitude * np.cos(order * angle + rng.uniform(0.0, 2.0 * pi))
    points = np.stack([half_u * waves * np.cos(angle), half_v * waves * np.sin(angle)], axis=1)

    def constant(value: float) -> AxialProfile:
        return AxialProfile.through([(-half_v, value), (half_v, value)])

    return BoneShape(
        length_mm=half_v,
        outline=closed_outline([points], 0.4),
        head=None,
        base=None,
        depth_mm=constant(13.0),
        cortex_mm=constant(float(rng.uniform(0.25, 0.4))),
        rounding_mm=constant(5.5),
        spongiosa=constant(float(rng.uniform(0.024, 0.032))),
        cores=(),
    )
