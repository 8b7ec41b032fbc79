"""Distal ends of tubular bones: ball (metacarpal), two condyles (phalanx), tuft (distal phalanx)."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .articular_surface import ArticularSurface
from .bone_shape import AxialProfile, Core
from .bone_size import BoneSize
from .texture import wavy_line

HeadKind = Literal["ball", "condyles", "tuft"]
Knots = list[tuple[float, float]]


@dataclass(frozen=True, eq=False)
class Head:
    """A distal end before it is joined to a shaft; v = 0 at its apex, negative towards the shaft."""

    kind: HeadKind
    surface: ArticularSurface | None
    """None for a tuft."""
    contour: NDArray[np.float64]
    """(n, 2): the upper contour, from right to left."""
    side_knots: tuple[Knots, Knots]
    """Of the left and the right side: (half width, v) from the shaft to the contour."""
    depth_mm: Knots
    """Of `BoneShape.depth_mm`, v relative to the apex, as the next three are of its other axial profiles."""
    cortex_mm: Knots
    rounding_mm: Knots
    spongiosa: Knots

    def cores(self, length_mm: float, half_shaft_mm: float, rng: np.random.Generator) -> tuple[Core, ...]:
        """Make seeded tubes of shaft cortex that run on into the head, in the frame of the bone."""
        if self.kind == "tuft":
            return ()
        half_head = abs(float(self.contour[0, 0]))
        lines = []
        for _ in range(2):
            if self.kind == "ball":
                start, reach = -rng.uniform(2.5, 4.5), 14.0
                widths = [
                    (start - 9.0, 1.0 * half_shaft_mm),
                    (start - 4.5, half_head * rng.uniform(0.55, 0.85)),
                ]
                widths.append((start, half_head * rng.uniform(0.5, 0.8)))
                peak = rng.uniform(0.35, 0.8) if rng.random() < 0.6 else rng.uniform(0.08, 0.25)
            else:
                start, reach = -rng.uniform(0.8, 2.0), 9.0
                widths = [(start - 7.0, half_shaft_mm), (start - 3.0, half_head * rng.uniform(0.75, 0.85))]
                widths.append((start, half_head * rng.uniform(0.65, 0.8)))
                peak = rng.uniform(0.12, 0.3)
            where = np.arange(start - reach, start + 1.0, 0.25)
            wander = 0.22 * wavy_line(rng, len(where), 5.0)
            strength = np.clip(1.0 + 0.45 * wavy_line(rng, len(where), 4.0), 0.15, 2.0)
            fade = np.clip((start - where) / 2.5, 0.0, 1.0) * np.clip((where - start + reach) / 6.0, 0.0, 1.0)
            half_width = AxialProfile.through([(v + length_mm, width) for v, width in widths]).at(
                where + length_mm
            )
            lines.append(
                (
                    AxialProfile(where + length_mm, half_width + wander),
                    AxialProfile(where + length_mm, peak * fade * strength),
                )
            )
        top = float(lines[0][0].positions_mm[-1])
        filled = rng.uniform(0.04, 0.16)
        fill = AxialProfile.through(
            [(top - 18.0, 0.0), (top - 9.0, filled), (top - 5.0, filled), (top - 1.0, 0.0)]
        )
        (left, left_density), (right, right_density) = lines
        return (Core(left, right, left_density, right_density, fill),)


def make_head(kind: HeadKind, size: BoneSize, rng: np.random.Generator) -> Head:
    """Make a seeded head of the given kind for a bone of that size."""
    half = size.head_mm / 2.0
    if kind == "ball":
        return _ball(half, size, rng)
    if kind == "condyles":
        return _condyles(half, size, rng)
    return _tuft(half, size, rng)


def _ball(half: float, size: BoneSize, rng: np.random.Generator) -> Head:
    scale = size.head_mm / 13.5
    surface = ArticularSurface(
        half_width_mm=half,
        height_mm=half * rng.uniform(1.0, 1.25),
        power=rng.uniform(1.95, 2.2),
        slope=rng.normal(0.0, 0.04),
    )
    across = np.linspace(0.93, -0.93, 160) * half
    contour = np.stack([across, surface.height(across)], axis=1)
    sides = []
    for corner in (contour[-1], contour[0]):
        low = float(corner[1]) - 0.6 * half
        flare = half * rng.choice([rng.uniform(0.96, 1.04), rng.uniform(1.04, 1.2)])
        at = low - rng.uniform(3.4, 5.5) * scale
        sides.append(
            [
                (0.55 * size.shaft_mm, at - 10.5 * scale),
                (0.5 * (flare + 0.5 * size.shaft_mm), at - 4.5 * scale),
                (0.96 * flare, at - 2.0 * scale),
                (flare, at),
                (0.5 * (half * rng.uniform(0.9, 0.98) + flare), at + 1.6 * scale),
                (half * rng.uniform(0.95, 1.0), 0.5 * (low + at) + 1.0 * scale),
                (half, low),
            ]
        )
    depth = 0.95 * size.head_mm
    return Head(
        kind="ball",
        surface=surface,
        contour=contour,
        side_knots=(sides[0], sides[1]),
        depth_mm=[(-24.0, size.shaft_mm), (-13.0 * scale, 0.72 * depth), (-4.0, depth), (0.0, 0.92 * depth)],
        cortex_mm=[(-24.0, 0.12 * size.shaft_mm), (-13.0 * scale, 0.5), (-8.0 * scale, 0.18), (0.0, 0.11)],
        rounding_mm=[(-24.0, 0.47 * size.shaft_mm), (-10.0 * scale, 4.5 * scale), (0.0, 4.0 * scale)],
        spongiosa=[(-24.0, 0.012), (-13.0 * scale, 0.028), (-6.0, 0.034), (0.0, 0.037)],
    )


def _condyles(half: float, size: BoneSize, rng: np.random.Generator) -> Head:
    scale = size.head_mm / 10.5
    groove = size.head_mm * rng.uniform(0.035, 0.065)
    surface = ArticularSurface(
        half_width_mm=half,
        height_mm=half * rng.uniform(0.5, 0.7),
        power=rng.uniform(2.3, 3.0),
        groove_mm=groove,
        groove_width_mm=half * rng.uniform(0.24, 0.32),
        slope=rng.normal(0.0, 0.03),
    )
    across = np.linspace(0.96, -0.96, 140) * half
    contour = np.stack([across, surface.height(across)], axis=1)
    sides = []
    for corner in (contour[-1], contour[0]):
        low = float(corner[1]) - 0.25 * half
        flare = half * rng.uniform(1.02, 1.14)
        sides.append(
            [
                (0.52 * size.shaft_mm, low - 13.0 * scale),
                (0.5 * (flare + 0.5 * size.shaft_mm), low - 7.5 * scale),
                (flare, low - rng.uniform(3.4, 4.6) * scale),
                (half * rng.uniform(0.95, 1.02), low - 1.8 * scale),
                (half, low),
            ]
        )
    depth = 0.78 * size.head_mm
    return Head(
        kind="condyles",
        surface=surface,
        contour=contour,
        side_knots=(sides[0], sides[1]),
        depth_mm=[
            (-16.0 * scale, 0.85 * size.shaft_mm),
            (-8.0 * scale, 0.85 * depth),
            (-2.0, depth),
            (0.0, depth),
        ],
        cortex_mm=[
            (-16.0 * scale, 0.13 * size.shaft_mm),
            (-9.0 * scale, 0.6),
            (-5.0 * scale, 0.3),
            (0.0, 0.2),
        ],
        rounding_mm=[(-16.0 * scale, 0.47 * size.shaft_mm), (-6.0 * scale, 3.5 * scale), (0.0, 2.4 * scale)],
        spongiosa=[(-16.0 * scale, 0.012), (-9.0 * scale, 0.025), (-4.0, 0.036), (0.0, 0.036)],
    )


def _tuft(half: float, size: BoneSize, rng: np.random.Generator) -> Head:
    across = np.linspace(0.95, -0.95, 80) * half
    rough = 0.15 * wavy_line(rng, len(across), 3.0)
    contour = np.stack([across, -half * (1.0 - np.sqrt(1.0 - (across / (1.02 * half)) ** 2)) + rough], axis=1)
    waist = 0.45 * size.shaft_mm
    sides = []
    for corner in (contour[-1], contour[0]):
        low = float(corner[1]) - 0.5
        sides.append([(waist, low - 1.9 * half), (0.9 * half, low - 0.9 * half), (half, low)])
    depth = 0.75 * size.head_mm
    return Head(
        kind="tuft",
        surface=None,
        contour=contour,
        side_knots=(sides[0], sides[1]),
        depth_mm=[(-2.2 * half, 0.8 * size.shaft_mm), (-half, 0.8 * depth), (0.0, 0.6 * depth)],
        cortex_mm=[(-2.2 * half, 0.13 * size.shaft_mm), (0.0, 0.2)],
        rounding_mm=[(-2.2 * half, 0.47 * size.shaft_mm), (0.0, 1.8)],
        spongiosa=[(-2.2 * half, 0.014), (0.0, 0.03)],
    )
