"""What a procedural bone is made of, in its own frame: u across, v along the axis, in mm.

The centre of the proximal joint surface is at v = 0, the apex of the distal head at v = length.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from .articular_surface import ArticularSurface
from .outline import Outline


@dataclass(frozen=True, eq=False)
class AxialProfile:
    """A quantity that varies along the axis of a bone, smooth between its knots.

    Parameters
    ----------
    positions_mm, values
        Arrays (n,); positions rise.
    """

    positions_mm: NDArray[np.float64]
    values: NDArray[np.float64]

    @staticmethod
    def through(knots: list[tuple[float, float]]) -> "AxialProfile":
        """Lay a monotone cubic through (position in mm, value) knots, tabulated every 0.25 mm."""
        ordered = sorted(knots)
        positions = np.array([knot[0] for knot in ordered])
        values = np.array([knot[1] for knot in ordered])
        keep = np.concatenate([[True], np.diff(positions) > 0.05])
        table = np.arange(positions[0], positions[-1] + 0.25, 0.25)
        smooth = PchipInterpolator(positions[keep], values[keep], extrapolate=False)(table)
        return AxialProfile(table, np.nan_to_num(smooth, nan=float(values[keep][-1])))

    def at(self, v_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values at v; beyond the ends the last value goes on."""
        return np.interp(v_mm, self.positions_mm, self.values).astype(np.float32)


@dataclass(frozen=True)
class BaseEnd:
    """The proximal end: a subchondral plate, and the dorsal and palmar rims that project beyond it.

    Parameters
    ----------
    plate
        The subchondral plate.
    half_chord_mm
        Lateral extent of the plate to the left and to the right.
    dorsal_rim_mm, palmar_rim_mm
        How far each rim projects beyond the centre of the plate.
    plate_width_mm, plate_density
        Thickness of the bright plate along the axis, and its attenuation.
    sclerosis
        Attenuation of the condensed trabeculae behind the plate.
    rim_wall
        Attenuation of the cortex of each rim where it projects beyond the plate.
    arcs
        Further thin plates behind the first one: distance in mm and attenuation of each.
    """

    plate: ArticularSurface
    half_chord_mm: tuple[float, float]
    dorsal_rim_mm: float
    palmar_rim_mm: float
    plate_width_mm: float
    plate_density: float
    sclerosis: float
    rim_wall: float
    arcs: tuple[tuple[float, float], ...]

    def rim(self, u_mm: NDArray[np.float64], rim_mm: float) -> NDArray[np.float64]:
        """Return v of a rim: beyond the plate in the middle, at one with it at its corners."""
        chord = np.where(u_mm < 0, self.half_chord_mm[0], self.half_chord_mm[1])
        return self.plate.height(u_mm) - rim_mm * np.clip(1.0 - (u_mm / chord) ** 2, 0.0, 1.0) ** 0.8


@dataclass(frozen=True, eq=False)
class Core:
    """The tubular cortex of the shaft where it runs on into the head, seen as two bright lines within it.

    Parameters
    ----------
    left_mm, right_mm
        Half widths of the tube along the axis.
    left_density, right_density
        Attenuation of the two lines along the axis.
    fill
        Attenuation between the lines, beyond that of the head around them.
    """

    left_mm: AxialProfile
    right_mm: AxialProfile
    left_density: AxialProfile
    right_density: AxialProfile
    fill: AxialProfile


@dataclass(frozen=True, eq=False)
class BoneShape:
    """A bone: its outline, its extent towards the tube, and what it is filled with.

    Parameters
    ----------
    length_mm
        Distance from the centre of the base to the apex of the head.
    outline
        Contour in the plane of the film.
    head
        Distal articular surface, in a frame with its apex at (0, 0); None for the tuft of a distal phalanx.
    base
        Proximal end; None where it is not shown as a joint surface (metacarpals).
    depth_mm
        Thickness along the beam.
    cortex_mm
        Thickness of the cortical shell.
    rounding_mm
        Distance from the outline over which the bone reaches its full thickness.
    spongiosa
        Attenuation of trabecular bone per mm.
    cores
        Inner tubes of shaft cortex.
    """

    length_mm: float
    outline: Outline
    head: ArticularSurface | None
    base: BaseEnd | None
    depth_mm: AxialProfile
    cortex_mm: AxialProfile
    rounding_mm: AxialProfile
    spongiosa: AxialProfile
    cores: tuple[Core, ...]
