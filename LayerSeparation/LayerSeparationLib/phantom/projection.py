"""The line integral of a bone's attenuation: what one bone adds to a radiograph."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..radiograph import NOWHERE, Rectangle
from .bone_shape import BaseEnd, BoneShape, Core
from .cross_section import Real, superellipse_height
from .frame import Frame
from .grid_sampling import sample_bilinear
from .texture import smooth_field, trabecular_texture

CORTEX_PER_MM = 0.125
"""Attenuation of cortical bone per mm, on the scale of a finished film; spongiosa has about a quarter."""

_EDGE_POWER = 2.6
"""Cross-sections are superellipses: fuller than an ellipse, so that contours are as sharp as on films."""

_FINEST_TEXTURE_STEP_MM = 0.1

_SLOW_ELONGATION = 2.5
"""How far the slow unevenness of cortex and spongiosa is drawn out along the axis."""

_STRUTS_PER_MM = 0.0026
"""Contrast of the struts that line the marrow canal even where there is hardly any spongiosa."""


@dataclass(frozen=True, eq=False)
class BoneProjection:
    """A bone on the film: attenuation and silhouette within a region of the pixel grid."""

    region: Rectangle
    """Of the film."""
    attenuation: NDArray[np.float32]
    """At least 0, shape of the region."""
    silhouette: NDArray[np.bool_]
    """Pixel centres within the outline, shape of the region."""

    def add_to(self, film: NDArray[np.float32]) -> None:
        """Add the attenuation to a whole film, in place."""
        film[self.region.slices] += self.attenuation

    def within(self, region: Rectangle) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return attenuation and silhouette on a region of the film, empty beyond the bone's own."""
        attenuation, silhouette = np.zeros(region.shape, np.float32), np.zeros(region.shape, bool)
        common = self.region.intersection(region)
        if not common.is_empty:
            here, there = common.within(self.region).slices, common.within(region).slices
            attenuation[there] = self.attenuation[here]
            silhouette[there] = self.silhouette[here]
        return attenuation, silhouette


def project(
    bone: BoneShape, frame: Frame, shape: tuple[int, int], rng: np.random.Generator
) -> BoneProjection:
    """Project a bone that lies in `frame` onto a film of `shape` pixels."""
    region = frame.region_around(bone.outline.bounds_mm, shape)
    if region.is_empty:
        empty = np.zeros((0, 0), np.float32)
        return BoneProjection(NOWHERE, empty, empty.astype(bool))
    u_all, v_all = frame.local(region)
    distance_all = bone.outline.distance(u_all, v_all)
    silhouette = distance_all > 0.0
    u, v, distance = u_all[silhouette], v_all[silhouette], distance_all[silhouette]
    attenuation = np.zeros(silhouette.shape, np.float32)
    if len(u):
        attenuation[silhouette] = _line_integral(
            bone, u, v, distance, max(_FINEST_TEXTURE_STEP_MM, 0.6 * frame.spacing_mm), rng
        )
    return BoneProjection(region, attenuation, silhouette)


def _line_integral(
    bone: BoneShape,
    u: NDArray[np.float32],
    v: NDArray[np.float32],
    distance: NDArray[np.float32],
    step_mm: float,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Return attenuation at points within the outline (arrays (n,))."""
    texture, unevenness = _fields(u, v, step_mm, rng)
    depth, cortex = bone.depth_mm.at(v), bone.cortex_mm.at(v) * np.clip(1.0 + 0.25 * unevenness, 0.5, 1.5)
    rounding = np.maximum(bone.rounding_mm.at(v), 1.2 * cortex + 0.3)
    outer = depth * _steep(distance / rounding)
    inner = np.maximum(depth - 2.0 * cortex, 0.0) * _steep((distance - cortex) / (rounding - cortex))
    spongiosa = bone.spongiosa.at(v) * (1.0 + 0.08 * unevenness)
    if bone.base is not None:
        share = _base_share(bone.base, u, v)
        outer *= share
        inner *= share
    solid = CORTEX_PER_MM * np.maximum(outer - inner, 0.0)
    net = inner * np.maximum(spongiosa + (0.4 * spongiosa + _STRUTS_PER_MM) * texture, 0.1 * spongiosa)
    total = solid * (1.0 + 0.06 * texture) + net
    grain = np.maximum(1.0 + 0.14 * texture + 0.15 * unevenness, 0.2)
    if bone.base is not None:
        total += _plate(bone.base, u, v, unevenness, texture)
    for core in bone.cores:
        total += _core(core, u, v) * grain * _steep(distance / 1.5)
    attenuation: NDArray[np.float32] = total.astype(np.float32)
    return attenuation


def _steep(ratio: NDArray[Real]) -> NDArray[Real]:
    return superellipse_height(ratio, _EDGE_POWER)


def _fields(
    u: NDArray[np.float32], v: NDArray[np.float32], step_mm: float, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Draw trabecular texture and slow unevenness, both of unit variance, at points of the frame."""
    first_u, first_v = float(u.min()), float(v.min())
    rows = int((float(v.max()) - first_v) / step_mm) + 3
    columns = int((float(u.max()) - first_u) / step_mm) + 3
    where = [(v - first_v) / step_mm, (u - first_u) / step_mm]
    net = trabecular_texture(
        rng,
        (rows, columns),
        step_mm,
        grain_mm=float(rng.uniform(0.12, 0.16)),
        elongation=float(rng.uniform(2.0, 3.0)),
    )
    slow = smooth_field(rng, (int(rows / _SLOW_ELONGATION) + 3, columns), 1.2 / step_mm)
    slow_where = [where[0] / _SLOW_ELONGATION, where[1]]
    return sample_bilinear(net, *where), sample_bilinear(slow, *slow_where)


def _height_above(
    surface_v: NDArray[np.float64], slope: NDArray[np.float64], v: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Return the distance of points above a curve, from the vertical distance and the slope of the curve."""
    above: NDArray[np.float64] = (v - surface_v) / np.sqrt(1.0 + slope**2)
    return above


def _base_share(base: BaseEnd, u: NDArray[np.float32], v: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the share of the full depth that is bone: first one rim, then both, then the body."""
    slope = base.plate.gradient(u)
    share = np.zeros_like(v)
    for fraction, rim_mm in ((0.28, base.palmar_rim_mm), (0.27, base.dorsal_rim_mm), (0.45, 0.0)):
        share += fraction * _steep(_height_above(base.rim(u, rim_mm), slope, v) / 1.2)
    return share


def _plate(
    base: BaseEnd,
    u: NDArray[np.float32],
    v: NDArray[np.float32],
    unevenness: NDArray[np.float32],
    texture: NDArray[np.float32],
) -> NDArray[np.float64]:
    """Add up the subchondral plate, condensed trabeculae behind it, and the thin contours of the rims."""
    slope = base.plate.gradient(u)
    chord = np.where(u < 0, base.half_chord_mm[0], base.half_chord_mm[1])
    within = np.clip(1.0 - np.abs(u / (1.1 * chord)) ** 3, 0.0, 1.0)
    above = _height_above(base.plate.height(u), slope, v)
    width = base.plate_width_mm * np.clip(1.0 + 0.3 * unevenness, 0.4, 1.8)
    band = _steep(above / 0.15) * np.exp(-np.maximum(above - width, 0.0) / 0.35)
    behind = np.where(above > 0.0, np.exp(-np.maximum(above, 0.0) / 2.6), 0.0)
    grain = np.maximum(1.0 + 0.2 * texture, 0.1)
    total: NDArray[np.float64] = within * (
        base.plate_density * band * (1.0 + 0.15 * unevenness) + base.sclerosis * behind * grain
    )
    for distance, strength in base.arcs:
        total += (
            strength * within * (1.0 + 0.4 * unevenness) * np.exp(-0.5 * ((above - distance) / 0.13) ** 2)
        )
    for rim_mm in (base.palmar_rim_mm, base.dorsal_rim_mm):
        beyond = _height_above(base.rim(u, rim_mm), slope, v)
        edge = np.where(beyond > 0.0, np.exp(-np.maximum(beyond, 0.0) / 0.3), 0.0)
        wall = _steep(beyond / 0.3) * np.exp(-np.maximum(above, 0.0) / 1.5)
        total += within * (0.05 * edge + base.rim_wall * wall * grain)
    return total


def _core(core: Core, u: NDArray[np.float32], v: NDArray[np.float32]) -> NDArray[np.float32]:
    """Add two lines of cortex within the head, sharp outside and fading inwards."""
    right, left = core.right_mm.at(v) - u, core.left_mm.at(v) + u
    total: NDArray[np.float32] = core.fill.at(v) * np.clip((np.minimum(right, left) + 0.3) / 0.9, 0.0, 1.0)
    for inside, density in ((right, core.right_density), (left, core.left_density)):
        rise = np.clip((inside + 0.15) / 0.3, 0.0, 1.0)
        total += density.at(v) * rise * np.exp(-np.maximum(inside, 0.0) / 0.6)
    return total
