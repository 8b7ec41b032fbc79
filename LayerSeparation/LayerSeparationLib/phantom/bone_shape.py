"""What a procedural bone is made of, in its own frame: u across, v along the axis, in mm.

The centre of the proximal joint surface is at v = 0, the apex of the distal head at v = length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from .articular_surface import ArticularSurface
from .outline import Outline


@dataclass(frozen=True, eq=False)
class AxialProfile:
    """A quantity that varies along the axis of a bone, smooth between its knots."""

    positions_mm: NDArray[np.float64]
    """(n,), v in rising order."""
    values: NDArray[np.float64]
    """(n,), linear in between."""

    @staticmethod
    def through(knots: list[tuple[float, float]]) -> AxialProfile:
        """Lay a monotone cubic through (position in mm, value) knots, tabulated every 0.25 mm."""
        ordered = sorted(knots)
        positions = np.array([knot[0] for knot in ordered])
        values = np.array([knot[1] for knot in ordered])
        keep = np.concatenate([[True], np.diff(positions) > 0.05])
        table = np.arange(positions[0], positions[-1] + 0.25, 0.25)
        smooth = PchipInterpolator(positions[keep], values[keep], extrapolate=False)(table)
        return AxialProfile(table, np.nan_to_num(smooth, nan=float(values[keep][-1])))

    def at(self, v_mm: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """Return the values at v; beyond the ends the last value goes on."""
        values: NDArray[np.float32] = np.interp(v_mm, self.positions_mm, self.values).astype(np.float32)
        return values


@dataclass(frozen=True)
class BaseEnd:
    """The proximal end: a subchondral plate, and the dorsal and palmar rims that project beyond it."""

    plate: ArticularSurface
    """The subchondral plate."""
    half_chord_mm: tuple[float, float]
    """Lateral extent of the plate to the left and to the right."""
    dorsal_rim_mm: float
    """How far the dorsal rim projects beyond the centre of the plate."""
    palmar_rim_mm: float
    """How far the palmar rim projects beyond the centre of the plate."""
    plate_width_mm: float
    """Thickness of the bright plate along the axis."""
    plate_density: float
    """Attenuation of the bright plate."""
    sclerosis: float
    """Attenuation of the condensed trabeculae behind the plate."""
    rim_wall: float
    """Attenuation of the cortex of each rim where it projects beyond the plate."""
    arcs: tuple[tuple[float, float], ...]
    """Further thin plates behind the first one: distance in mm and attenuation of each."""

    def rim(self, u_mm: NDArray[np.floating[Any]], rim_mm: float) -> NDArray[np.float64]:
        """Return v of a rim: beyond the plate in the middle, at one with it at its corners."""
        chord = np.where(u_mm < 0, self.half_chord_mm[0], self.half_chord_mm[1])
        beyond: NDArray[np.float64] = rim_mm * np.clip(1.0 - (u_mm / chord) ** 2, 0.0, 1.0) ** 0.8
        return self.plate.height(u_mm) - beyond


@dataclass(frozen=True, eq=False)
class Core:
    """The tubular cortex of the shaft where it runs on into the head, seen as two bright lines within it."""

    left_mm: AxialProfile
    """Half width of the tube to the left."""
    right_mm: AxialProfile
    """Half width of the tube to the right."""
    left_density: AxialProfile
    """Attenuation of the left line."""
    right_density: AxialProfile
    """Attenuation of the right line."""
    fill: AxialProfile
    """Attenuation between the lines, beyond that of the head around them."""


@dataclass(frozen=True, eq=False)
class BoneShape:
    """A bone: its outline, its extent towards the tube, and what it is filled with."""

    length_mm: float
    """Distance from the centre of the base to the apex of the head."""
    outline: Outline
    """Contour in the plane of the film."""
    head: ArticularSurface | None
    """Distal articular surface, in a frame with its apex at (0, 0); None for the tuft of a distal phalanx."""
    base: BaseEnd | None
    """Proximal end; None where it is not shown as a joint surface (metacarpals)."""
    depth_mm: AxialProfile
    """Thickness along the beam."""
    cortex_mm: AxialProfile
    """Thickness of the cortical shell."""
    rounding_mm: AxialProfile
    """Distance from the outline over which the bone reaches its full thickness."""
    spongiosa: AxialProfile
    """Attenuation of trabecular bone per mm."""
    cores: tuple[Core, ...]
    """Inner tubes of shaft cortex."""
