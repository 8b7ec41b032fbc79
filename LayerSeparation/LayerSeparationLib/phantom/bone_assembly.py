"""How one seeded tubular bone of the hand is put together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .base_end import BaseKind, make_base
from .bone_shape import AxialProfile, BoneShape
from .bone_size import BoneSize
from .head_end import HeadKind, make_head
from .outline import VERTEX_SPACING_MM, closed_outline, side_curve
from .texture import wavy_line

CORNER_MM = 0.45
"""Smoothing of outlines: the rims of a base are about that sharp."""


@dataclass(frozen=True)
class Disease:
    """Changes of rheumatoid arthritis or osteoarthritis at a joint's margins."""

    erosion_mm: float = 0.0
    """Depth of marginal erosions, 0 for none."""
    spur_mm: float = 0.0
    """Height of marginal osteophytes, 0 for none."""


def make_bone(
    size: BoneSize,
    base_kind: BaseKind,
    head_kind: HeadKind,
    rng: np.random.Generator,
    disease: Disease | None = None,
) -> BoneShape:
    """Put a bone together from its two ends and a shaft, with seeded individual variation.

    Left and right sides differ, the contour is slightly uneven, and `disease` adds marginal dents and spurs.
    """
    base = make_base(base_kind, size, rng)
    head = make_head(head_kind, size, rng)
    half_shaft = size.shaft_mm / 2.0
    sides = []
    for side in (0, 1):
        shaft_side = half_shaft * rng.uniform(0.93, 1.07)
        middle = (shaft_side, size.length_mm * rng.uniform(0.48, 0.6))
        base_knots = base.side_knots[side]
        head_knots = [(u, size.length_mm + v) for u, v in head.side_knots[side]]
        low, high = base_knots[-1][1], head_knots[0][1]
        if low + 1.0 < middle[1] < high - 1.0:
            between = [middle]
        else:
            between = []
            head_knots = [knot for knot in head_knots if knot[1] > low + 1.0]
        sides.append(np.array([*base_knots, *between, *head_knots]))
    right = side_curve(sides[1])
    left = side_curve(sides[0] * (-1.0, 1.0))[::-1]
    outline = closed_outline(
        [base.contour, right, head.contour + np.array([0.0, size.length_mm]), left], CORNER_MM
    )
    bumps = 0.035 * wavy_line(rng, len(outline.vertices_mm), 0.8 / VERTEX_SPACING_MM)
    bumps += _marginal_changes(outline.vertices_mm, size, head_kind, disease or Disease(), rng)
    length = size.length_mm
    profiles = {
        name: AxialProfile.through(
            [
                *getattr(base, name),
                (0.55 * length, shaft),
                *((v + length, value) for v, value in getattr(head, name)),
            ]
        )
        for name, shaft in (
            ("depth_mm", 0.82 * size.shaft_mm),
            ("cortex_mm", 0.14 * size.shaft_mm),
            ("rounding_mm", 0.47 * size.shaft_mm),
            ("spongiosa", 0.006),
        )
    }
    return BoneShape(
        length_mm=length,
        outline=outline.displace(bumps),
        head=head.surface,
        base=base.end,
        cores=head.cores(length, half_shaft, rng),
        **profiles,
    )


def _marginal_changes(
    vertices_mm: NDArray[np.float64],
    size: BoneSize,
    head_kind: HeadKind,
    disease: Disease,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Displacement of the outline's vertices by erosions and osteophytes at the margins of both ends."""
    change = np.zeros(len(vertices_mm))
    if disease.erosion_mm == 0.0 and disease.spur_mm == 0.0:
        return change
    below_apex = 4.5 if head_kind == "ball" else 1.5
    sites = [
        (side * half, v)
        for side in (-1, 1)
        for half, v in ((size.head_mm / 2, size.length_mm - below_apex), (size.base_mm / 2, 0.0))
    ]
    for site in sites:
        where = np.asarray(site) + rng.normal(0.0, 0.5, 2)
        distance = np.hypot(*(vertices_mm - where).T)
        nearest = distance.min()
        if rng.random() < 0.6:
            width = rng.uniform(0.5, 1.1)
            change -= (
                disease.erosion_mm
                * rng.uniform(0.4, 1.0)
                * np.exp(-0.5 * ((distance - nearest) / width) ** 2)
            )
        elif rng.random() < 0.7:
            width = rng.uniform(0.35, 0.6)
            change += (
                disease.spur_mm * rng.uniform(0.4, 1.0) * np.exp(-0.5 * ((distance - nearest) / width) ** 2)
            )
    return change
