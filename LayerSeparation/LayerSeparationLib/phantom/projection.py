"""The line integral of a bone's attenuation: what one bone adds to a radiograph."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import map_coordinates

from LayerSeparationLib.phantom.bone_shape import BaseEnd, BoneShape, Core
from LayerSeparationLib.phantom.frame import Frame
from LayerSeparationLib.phantom.texture import smooth_field, trabecular_texture

CORTEX_PER_MM = 0.125
"""Attenuation of cortical bone per mm on the scale of a finished film (about three times as steep as spongiosa)."""

_EDGE_POWER = 2.6
"""Cross-sections are superellipses: fuller than an ellipse, so that contours are as sharp as on films."""

_TEXTURE_STEP_MM = 0.1

_SLOW_ELONGATION = 2.5
"""How far the slow unevenness of cortex and spongiosa is drawn out along the axis."""

_STRUTS_PER_MM = 0.0022
"""Contrast of the struts that line the marrow canal even where there is hardly any spongiosa."""


@dataclass(frozen=True, eq=False)
class BoneProjection:
    """A bone on the film: attenuation and silhouette within a window of the pixel grid.

    Parameters
    ----------
    window
        Slices (rows, columns) into the film.
    attenuation
        float32, at least 0, shape of the window.
    silhouette
        bool, shape of the window: pixel centres within the outline.
    """

    window: tuple[slice, slice]
    attenuation: np.ndarray
    silhouette: np.ndarray

    def added_to(self, film: np.ndarray) -> None:
        """Add the attenuation to a whole film, in place."""
        film[self.window] += self.attenuation

    def whole(self, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """Attenuation and silhouette on a film of that shape, empty beyond the window."""
        return self.within((slice(0, shape[0]), slice(0, shape[1])))

    def within(self, part: tuple[slice, slice]) -> tuple[np.ndarray, np.ndarray]:
        """Attenuation and silhouette on a part of the film, empty beyond the window."""
        shape = tuple(side.stop - side.start for side in part)
        attenuation, silhouette = np.zeros(shape, np.float32), np.zeros(shape, bool)
        own, target = [], []
        for mine, wanted in zip(self.window, part, strict=True):
            first, last = max(mine.start, wanted.start), min(mine.stop, wanted.stop)
            last = max(first, last)
            own.append(slice(first - mine.start, last - mine.start))
            target.append(slice(first - wanted.start, last - wanted.start))
        attenuation[target[0], target[1]] = self.attenuation[own[0], own[1]]
        silhouette[target[0], target[1]] = self.silhouette[own[0], own[1]]
        return attenuation, silhouette


def project(bone: BoneShape, frame: Frame, shape: tuple[int, int], rng: np.random.Generator) -> BoneProjection:
    """Project a bone that lies in `frame` onto a film of `shape` pixels."""
    window = frame.window(bone.outline.bounds_mm, shape)
    if window[0].start >= window[0].stop or window[1].start >= window[1].stop:
        empty = np.zeros((0, 0), np.float32)
        return BoneProjection((slice(0, 0), slice(0, 0)), empty, empty.astype(bool))
    u_all, v_all = frame.local(window)
    distance_all = bone.outline.distance(u_all, v_all)
    silhouette = distance_all > 0.0
    u, v, distance = u_all[silhouette], v_all[silhouette], distance_all[silhouette]
    attenuation = np.zeros(silhouette.shape, np.float32)
    if len(u):
        attenuation[silhouette] = _line_integral(bone, u, v, distance, rng)
    return BoneProjection(window, attenuation, silhouette)


def _line_integral(
    bone: BoneShape, u: np.ndarray, v: np.ndarray, distance: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Attenuation at points within the outline (arrays (n,))."""
    texture, unevenness = _fields(u, v, rng)
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
    net = inner * np.maximum(spongiosa + (0.44 * spongiosa + _STRUTS_PER_MM) * texture, 0.1 * spongiosa)
    total = solid * (1.0 + 0.06 * texture) + net
    grain = np.maximum(1.0 + 0.2 * texture + 0.15 * unevenness, 0.2)
    if bone.base is not None:
        total += _plate(bone.base, u, v, unevenness, texture)
    for core in bone.cores:
        total += _core(core, u, v) * grain * _steep(distance / 1.5)
    return total.astype(np.float32)


def _steep(ratio: np.ndarray) -> np.ndarray:
    """Relative thickness of a solid at a relative distance from its edge (0 at the edge, 1 from 1 on)."""
    rest = 1.0 - np.clip(ratio, 0.0, 1.0)
    return (1.0 - rest**_EDGE_POWER) ** (1.0 / _EDGE_POWER)


def _fields(u: np.ndarray, v: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Trabecular texture and a slow unevenness, both of unit variance, at points of the bone's frame."""
    first_u, first_v = float(u.min()), float(v.min())
    rows = int((float(v.max()) - first_v) / _TEXTURE_STEP_MM) + 3
    columns = int((float(u.max()) - first_u) / _TEXTURE_STEP_MM) + 3
    where = [(v - first_v) / _TEXTURE_STEP_MM, (u - first_u) / _TEXTURE_STEP_MM]
    net = trabecular_texture(
        rng,
        (rows, columns),
        _TEXTURE_STEP_MM,
        grain_mm=float(rng.uniform(0.12, 0.16)),
        elongation=float(rng.uniform(1.7, 2.4)),
    )
    slow = smooth_field(rng, (int(rows / _SLOW_ELONGATION) + 3, columns), 1.2 / _TEXTURE_STEP_MM)
    slow_where = [where[0] / _SLOW_ELONGATION, where[1]]
    return map_coordinates(net, where, order=1), map_coordinates(slow, slow_where, order=1)


def _height_above(surface_v: np.ndarray, slope: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Distance of points above a curve, from the vertical distance and the slope of the curve."""
    return (v - surface_v) / np.sqrt(1.0 + slope**2)


def _base_share(base: BaseEnd, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Share of the full depth that is bone near the base: first one rim, then both, then the body."""
    slope = base.plate.gradient(u)
    share = np.zeros_like(v)
    for part, rim_mm in ((0.28, base.palmar_rim_mm), (0.27, base.dorsal_rim_mm), (0.45, 0.0)):
        share += part * _steep(_height_above(base.rim(u, rim_mm), slope, v) / 1.2)
    return share


def _plate(base: BaseEnd, u: np.ndarray, v: np.ndarray, unevenness: np.ndarray, texture: np.ndarray) -> np.ndarray:
    """The subchondral plate, condensed trabeculae behind it, and the thin contours of the rims."""
    slope = base.plate.gradient(u)
    chord = np.where(u < 0, base.half_chord_mm[0], base.half_chord_mm[1])
    within = np.clip(1.0 - np.abs(u / (1.1 * chord)) ** 3, 0.0, 1.0)
    above = _height_above(base.plate.height(u), slope, v)
    width = base.plate_width_mm * np.clip(1.0 + 0.3 * unevenness, 0.4, 1.8)
    band = _steep(above / 0.15) * np.exp(-np.maximum(above - width, 0.0) / 0.35)
    behind = np.where(above > 0.0, np.exp(-np.maximum(above, 0.0) / 2.6), 0.0)
    grain = np.maximum(1.0 + 0.3 * texture, 0.1)
    total = within * (base.plate_density * band * (1.0 + 0.15 * unevenness) + base.sclerosis * behind * grain)
    for rim_mm in (base.palmar_rim_mm, base.dorsal_rim_mm):
        beyond = _height_above(base.rim(u, rim_mm), slope, v)
        edge = np.where(beyond > 0.0, np.exp(-np.maximum(beyond, 0.0) / 0.3), 0.0)
        wall = _steep(beyond / 0.3) * np.exp(-np.maximum(above, 0.0) / 1.5)
        total += within * (0.05 * edge + base.rim_wall * wall * grain)
    return total


def _core(core: Core, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Two lines of cortex within the head, sharp outside and fading inwards."""
    total = np.zeros_like(v)
    for side, half_width, density in (
        (1.0, core.right_mm, core.right_density),
        (-1.0, core.left_mm, core.left_density),
    ):
        inside = half_width.at(v) - side * u
        rise = np.clip((inside + 0.25) / 0.5, 0.0, 1.0)
        total += density.at(v) * rise * (np.exp(-np.maximum(inside, 0.0) / 0.8) + 0.35 * np.exp(-np.maximum(inside, 0.0) / 4.0))
    return total
