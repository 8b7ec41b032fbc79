"""Proximal ends of tubular bones: cup (MCP joint), double cup (PIP, DIP, IP), flat carpal base."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .articular_surface import ArticularSurface
from .bone_shape import BaseEnd
from .bone_size import BoneSize

BaseKind = Literal["cup", "double cup", "carpal"]
Knots = list[tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Base:
    """A proximal end before it is joined to a shaft; frame and units as in `BoneShape`."""

    end: BaseEnd | None
    """Plate and rims; None for a carpal base."""
    contour: NDArray[np.float64]
    """(n, 2): the lower contour, from left to right."""
    side_knots: tuple[Knots, Knots]
    """Of the left and the right side: (half width, v) from the lower corner to the shaft."""
    depth_mm: Knots
    """Of `BoneShape.depth_mm`, as the next three are of its other axial profiles."""
    cortex_mm: Knots
    rounding_mm: Knots
    spongiosa: Knots


def make_base(kind: BaseKind, size: BoneSize, rng: np.random.Generator) -> Base:
    """Make a seeded base of the given kind for a bone of that size."""
    half = size.base_mm / 2.0
    scale = min(1.0, size.base_mm / 14.0) if kind == "cup" else size.base_mm / 13.0
    if kind == "carpal":
        return _carpal(half, size, rng)
    if kind == "cup":
        chord = half * rng.uniform(0.7, 0.8)
        plate = ArticularSurface(
            half_width_mm=half * rng.uniform(1.15, 1.4),
            height_mm=half * rng.uniform(0.85, 1.2),
            power=2.0,
            slope=rng.normal(0.0, 0.05),
        )
        second = rng.uniform(0.0, 0.08) if rng.random() < 0.5 else rng.uniform(0.35, 0.65)
        rims = rng.uniform(0.6, 1.4), second
        flare = ((0.87, 0.5), (0.97, 1.6), (1.0, 3.0), (0.98, 4.4), (0.91, 5.9), (0.81, 7.7))
        toe = 11.5
    else:
        chord = half * 0.86
        groove = size.base_mm * rng.uniform(0.035, 0.07)
        plate = ArticularSurface(
            half_width_mm=half * rng.uniform(1.0, 1.08),
            height_mm=half * rng.uniform(0.3, 0.42),
            power=rng.uniform(2.4, 3.0),
            groove_mm=groove,
            groove_width_mm=half * rng.uniform(0.22, 0.32),
            slope=rng.normal(0.0, 0.04),
        )
        rims = rng.uniform(0.4, 0.8), rng.uniform(0.0, 0.05)
        flare = ((0.95, 0.7), (1.0, 1.7), (0.985, 2.7), (0.92, 4.0), (0.82, 5.4), (0.73, 6.9))
        toe = 9.0
    palmar, dorsal = rims if rng.random() < 0.7 else rims[::-1]
    chords = (chord * float(rng.uniform(0.95, 1.03)), chord * float(rng.uniform(0.95, 1.03)))
    end = BaseEnd(
        plate=plate,
        half_chord_mm=chords,
        dorsal_rim_mm=float(dorsal * scale),
        palmar_rim_mm=float(palmar * scale),
        plate_width_mm=float(rng.uniform(0.35, 0.75) * scale)
        if kind == "cup"
        else float(rng.uniform(0.2, 0.4)),
        plate_density=float(rng.uniform(0.2, 0.5)) if kind == "cup" else float(rng.uniform(0.2, 0.38)),
        sclerosis=float(rng.uniform(0.08, 0.24)) if kind == "cup" else float(rng.uniform(0.04, 0.14)),
        rim_wall=float(rng.uniform(0.13, 0.27)),
        arcs=_arcs(kind, rng),
    )
    across = np.linspace(-chords[0], chords[1], 120)
    contour = np.stack(
        [across, np.minimum(end.rim(across, end.dorsal_rim_mm), end.rim(across, end.palmar_rim_mm))], axis=1
    )
    half_shaft = size.shaft_mm / 2.0
    sides = []
    for corner in (contour[0], contour[-1]):
        stretch = rng.uniform(0.92, 1.1)
        width = half * rng.uniform(0.97, 1.04)
        knots = [(width * u, float(corner[1]) + v * scale * stretch) for u, v in flare]
        blend = half_shaft + 0.3 * (knots[-1][0] - half_shaft)
        sides.append([*knots, (blend, float(corner[1]) + toe * scale * stretch)])
    depth = 0.74 * size.base_mm
    return Base(
        end=end,
        contour=contour,
        side_knots=(sides[0], sides[1]),
        depth_mm=[
            (-3.0, 0.9 * depth),
            (2.0, depth),
            (5.0 * scale, 0.9 * depth),
            (11.0 * scale, 0.95 * size.shaft_mm),
        ],
        cortex_mm=[
            (-3.0, 0.2),
            (3.5 * scale, 0.24),
            (5.5 * scale, 0.45),
            (8.0 * scale, 0.09 * size.shaft_mm),
            (12.0 * scale, 0.135 * size.shaft_mm),
        ],
        rounding_mm=[(-3.0, 2.2), (3.0, 3.2 * scale), (10.0 * scale, 0.45 * size.shaft_mm)],
        spongiosa=[(-3.0, 0.034), (1.0, 0.031), (5.0 * scale, 0.018), (11.0 * scale, 0.007)],
    )


def _arcs(kind: BaseKind, rng: np.random.Generator) -> tuple[tuple[float, float], ...]:
    """Draw thin plates that lie behind the subchondral one, as a deep cup seen obliquely shows them."""
    count = int(rng.integers(0, 3)) + (1 if kind == "cup" else -1)
    distance, arcs = 0.2, []
    for _ in range(count):
        distance += float(rng.uniform(0.45, 0.8))
        arcs.append((distance, float(rng.uniform(0.03, 0.14))))
    return tuple(arcs)


def _carpal(half: float, size: BoneSize, rng: np.random.Generator) -> Base:
    """Make a metacarpal's base: an uneven facet towards the carpus."""
    scale = half / 7.5
    across = np.linspace(-0.85 * half, 0.85 * half, 80)
    tilt, hollow = rng.normal(0.0, 0.1), rng.uniform(-0.6, 0.9)
    contour = np.stack([across, tilt * across - hollow * (1.0 - (across / (0.85 * half)) ** 2)], axis=1)
    sides = []
    for corner in (contour[0], contour[-1]):
        low = float(corner[1])
        sides.append(
            [
                (0.95 * half, low + 0.8 * scale),
                (half, low + 3.0 * scale),
                (0.95 * half, low + 6.0 * scale),
                (0.5 * (half + 0.5 * size.shaft_mm), low + 11.0 * scale),
                (0.52 * size.shaft_mm, low + 18.0 * scale),
            ]
        )
    depth = 0.95 * min(size.base_mm, 16.0)
    return Base(
        end=None,
        contour=contour,
        side_knots=(sides[0], sides[1]),
        depth_mm=[(-3.0, depth), (5.0, 0.9 * depth), (16.0, 1.0 * size.shaft_mm)],
        cortex_mm=[(-3.0, 0.35), (5.0, 0.4), (16.0, 0.11 * size.shaft_mm)],
        rounding_mm=[(-3.0, 2.5), (5.0, 3.5), (16.0, 0.47 * size.shaft_mm)],
        spongiosa=[(-3.0, 0.034), (5.0, 0.028), (16.0, 0.012)],
    )
