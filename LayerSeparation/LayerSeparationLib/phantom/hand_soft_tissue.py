"""Soft tissue of a whole hand: fingers, webs, palm, thenar, wrist."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from .cross_section import superellipse_height
from .frame import Frame
from .grid_sampling import upsample_bilinear
from .skeleton import Skeleton
from .soft_tissue import AIR
from .texture import smooth_field

_GRID_MM = 0.8
_WEB_MM = 2.2
"""How far two fingers' contours melt into each other where they meet."""


@dataclass(frozen=True)
class _Limb:
    """A tapered stretch of tissue between two points."""

    start_px: tuple[float, float]
    end_px: tuple[float, float]
    radii_mm: tuple[float, float]
    """At the start and at the end."""
    depth: float
    """Attenuation at full depth."""


def hand_soft_tissue(
    skeleton: Skeleton,
    hand: Frame,
    mirror: float,
    factor: float,
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Return attenuation of air and soft tissue around a skeleton, float32, shape of the film.

    A contour is found from all limbs together on a grid of 0.8 mm (union with soft webs); depth and roundness
    follow the limbs that lie there.
    """
    tissues = [
        *_fingers(skeleton, factor, rng),
        *([limb] for limb in _palm(skeleton, hand, mirror, factor, rng)),
    ]
    spacing = hand.spacing_mm
    step = _GRID_MM / spacing
    rows = np.arange(int(shape[0] / step) + 3, dtype=np.float64) * step
    columns = np.arange(int(shape[1] / step) + 3, dtype=np.float64) * step
    crowd = np.zeros((len(rows), len(columns)))
    weights, depths, reaches = np.zeros_like(crowd), np.zeros_like(crowd), np.zeros_like(crowd)
    for limbs in tissues:
        deepest = np.full(crowd.shape, -np.inf)
        for limb in limbs:
            inside, radius = _inside_mm(limb, columns[None, :], rows[:, None], spacing)
            deepest = np.maximum(deepest, inside)
            weight = np.exp(np.clip(2.5 * inside / radius, -30.0, 2.5))
            weights += weight
            depths += weight * limb.depth
            reaches += weight * radius
        crowd += np.exp(np.clip(deepest / _WEB_MM, -60.0, 60.0))
    inside = _WEB_MM * np.log(np.maximum(crowd, 1e-12))
    depth = gaussian_filter(depths / np.maximum(weights, 1e-12), 2.0 / _GRID_MM)
    reach = gaussian_filter(reaches / np.maximum(weights, 1e-12), 2.0 / _GRID_MM)
    inside += 0.12 * smooth_field(rng, inside.shape, 2.5 / _GRID_MM)
    fine_inside, fine_depth, fine_reach = (
        upsample_bilinear(field.astype(np.float32), shape, step) for field in (inside, depth, reach)
    )
    slow = smooth_field(rng, shape, 4.0 / spacing)
    thickness = superellipse_height(fine_inside / fine_reach, 2.4)
    skin = 0.01 * np.clip(fine_inside / 0.3, 0.0, 1.0)
    tissue = fine_depth * thickness * (1.0 + 0.035 * slow) + skin
    attenuation: NDArray[np.float32] = (AIR + tissue).astype(np.float32)
    return attenuation


def _fingers(skeleton: Skeleton, factor: float, rng: np.random.Generator) -> list[list[_Limb]]:
    fingers = []
    depth = rng.uniform(0.2, 0.26)
    for digit in range(1, 6):
        stout = factor * rng.uniform(0.96, 1.04) * (0.9 if digit == 5 else 1.0)
        joints = [joint for joint in skeleton.joints if joint.digit == digit]
        stations = [joint.articulation.joint_frame.origin_px for joint in joints]
        stations.append(skeleton.tip(digit).move(0.0, -3.0 * factor).origin_px)
        radii = (13.0, 11.2, 8.6) if digit == 1 else (12.0, 10.6, 9.3, 7.6)
        limbs = []
        for index in range(len(stations) - 1):
            near, far = radii[index] * stout, radii[index + 1] * stout
            limbs.append(_Limb(stations[index], stations[index + 1], (near, far), depth))
        fingers.append(limbs)
    return fingers


def _palm(
    skeleton: Skeleton, hand: Frame, mirror: float, factor: float, rng: np.random.Generator
) -> list[_Limb]:
    depth = rng.uniform(0.36, 0.44)

    def at(u: float, v: float) -> tuple[float, float]:
        return hand.move(mirror * u * factor, v * factor).origin_px

    heads = {joint.digit: joint.articulation.joint_frame for joint in skeleton.joints if joint.kind == "MCP"}
    wrist = at(-2.0, -32.0)
    limbs = [
        _Limb(at(*base), heads[digit].origin_px, (near * factor, far * factor), depth)
        for digit, base, near, far in (
            (1, (14.0, -14.0), 17.0, 13.5),
            (2, (8.0, -8.0), 17.0, 12.5),
            (3, (0.0, -8.0), 17.0, 13.0),
            (4, (-8.0, -10.0), 15.0, 11.5),
            (5, (-13.0, -12.0), 15.0, 11.5),
        )
    ]
    for digit in (2, 3, 4, 5):
        root = heads[digit].move(0.0, 15.0 * factor).origin_px
        limbs.append(_Limb(heads[digit].origin_px, root, (11.8 * factor, 10.4 * factor), 0.8 * depth))
    web = heads[2].move(0.0, -16.0 * factor).origin_px
    limbs.append(
        _Limb(web, heads[1].move(0.0, -8.0 * factor).origin_px, (10.0 * factor, 10.0 * factor), 0.8 * depth)
    )
    thenar = heads[1].move(0.0, -14.0 * factor).origin_px
    limbs.append(_Limb(at(12.0, 20.0), thenar, (15.0 * factor, 14.0 * factor), depth))
    limbs.extend(
        _Limb(at(u, -10.0), at(u - 1.0, -34.0), (18.0 * factor, 18.5 * factor), 1.05 * depth)
        for u in (-9.0, 4.0)
    )
    limbs.extend(
        _Limb(at(u, -34.0), at(1.15 * u, -140.0), (18.5 * factor, 23.0 * factor), depth) for u in (-9.0, 5.0)
    )
    limbs.append(_Limb(at(-9.0, -12.0), wrist, (19.0 * factor, 19.0 * factor), depth))
    return limbs


def _inside_mm(
    limb: _Limb, x: NDArray[np.float64], y: NDArray[np.float64], spacing_mm: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the distance to a limb's skin (mm, positive inside) and the limb's radius at each point."""
    dx, dy = limb.end_px[0] - limb.start_px[0], limb.end_px[1] - limb.start_px[1]
    along = ((x - limb.start_px[0]) * dx + (y - limb.start_px[1]) * dy) / max(dx * dx + dy * dy, 1e-9)
    along = np.clip(along, 0.0, 1.0)
    radius = limb.radii_mm[0] + along * (limb.radii_mm[1] - limb.radii_mm[0])
    distance = np.hypot(x - limb.start_px[0] - along * dx, y - limb.start_px[1] - along * dy) * spacing_mm
    return radius - distance, radius
