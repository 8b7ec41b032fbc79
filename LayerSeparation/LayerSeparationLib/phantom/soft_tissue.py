"""Soft tissue around a single joint: finger or palm, skin, tendon, web, neighbouring bones, sesamoids."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..radiograph import Rectangle
from .cross_section import superellipse_height
from .frame import Frame
from .texture import smooth_field, wavy_line

AIR = 0.085
"""Attenuation of the empty film, 21 of 255 in brightness."""


def finger(
    frame: Frame, shape: tuple[int, int], base_mm: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Model a finger with air on both sides, around a joint frame; attenuation, float32."""
    u, v = frame.local(Rectangle.whole(shape))
    depth = rng.uniform(0.2, 0.26)
    edges = []
    for _ in range(2):
        half = 0.5 * base_mm + rng.uniform(2.4, 3.8)
        bulge = rng.uniform(-0.3, 0.6) * np.exp(-0.5 * ((v - rng.normal(0.0, 2.0)) / 5.0) ** 2)
        edges.append(half + bulge - rng.uniform(-0.02, 0.07) * v + _creases(v, rng))
    left, right = edges
    inside = np.where(u < 0, left + u, right - u)
    reach = np.where(u < 0, left, right)
    thickness = superellipse_height(inside / reach, 2.3)
    slow = smooth_field(rng, shape, 3.5 / frame.spacing_mm)
    tendon = 0.05 * np.exp(-0.5 * ((u - rng.normal(0.0, 0.6)) / (0.17 * base_mm)) ** 2)
    tissue = depth * thickness * (0.97 + tendon + 0.025 * slow) + 0.012 * (inside > 0.0)
    attenuation: NDArray[np.float32] = (AIR + tissue).astype(np.float32)
    return attenuation


def _creases(v: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw unevenness of the skin along the finger, mm."""
    where = np.arange(-40.0, 40.0, 0.5)
    return np.interp(v, where, 0.12 * wavy_line(rng, len(where), 3.0)).astype(np.float32)


def palm(
    frame: Frame,
    shape: tuple[int, int],
    base_mm: float,
    open_sides: tuple[bool, bool],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Model the hand around an MCP joint: free skin at the open sides (left, right), else a web."""
    u, v = frame.local(Rectangle.whole(shape))
    depth = rng.uniform(0.26, 0.32) * (1.0 - 0.008 * v)
    slow = smooth_field(rng, shape, 4.0 / frame.spacing_mm)
    tissue = depth * (1.0 + 0.04 * slow)
    tissue += 0.012 * np.exp(-0.5 * ((u - rng.normal(0.0, 1.0)) / 2.6) ** 2)
    for side, free in zip((-1.0, 1.0), open_sides, strict=True):
        if free:
            edge = 0.5 * base_mm + rng.uniform(2.8, 6.5) - rng.uniform(0.08, 0.3) * v + _creases(v, rng)
            tissue *= superellipse_height((edge - side * u) / rng.uniform(6.5, 9.5), 2.4)
        else:
            between = rng.uniform(9.5, 12.0)
            distal = 1.0 / (1.0 + np.exp(-(v - rng.uniform(4.0, 12.0)) / 2.5))
            valley = np.exp(-0.5 * ((side * u - between) / rng.uniform(1.8, 3.0)) ** 2)
            tissue *= 1.0 - rng.uniform(0.1, 0.5) * distal * valley
    if rng.random() < 0.1:
        tissue += _overlying_fold(u, v, rng)
    return (AIR + tissue).astype(np.float32)


def _overlying_fold(
    u: NDArray[np.float32], v: NDArray[np.float32], rng: np.random.Generator
) -> NDArray[np.floating[Any]]:
    """Model a fold of skin or the thumb's web: one side a little brighter, with a soft straight border."""
    angle, side = rng.uniform(-0.7, 0.7), rng.choice([-1.0, 1.0])
    beyond = side * (u * np.cos(angle) + v * np.sin(angle)) - rng.uniform(5.0, 9.0)
    fold: NDArray[np.floating[Any]] = rng.uniform(0.04, 0.13) * np.clip(beyond / 0.8, 0.0, 1.0)
    return fold


def sesamoid(frame: Frame, shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """Model a small round bone beside a metacarpal's head, centred on the frame; attenuation, float32."""
    u, v = frame.local(Rectangle.whole(shape))
    size, phases = rng.uniform(1.8, 2.7), rng.uniform(0.0, 2.0 * np.pi, 3)
    angle = np.arctan2(v, u)
    waves = sum(
        amplitude * np.cos(order * angle + phase)
        for order, amplitude, phase in zip((2, 3, 5), (0.12, 0.05, 0.025), phases, strict=True)
    )
    inside = size * (1.0 + waves) - np.hypot(u, v)
    near = inside > 0.0
    depth, rim = rng.uniform(0.16, 0.3), rng.uniform(0.04, 0.12)
    if not near.any():
        return np.zeros(shape, np.float32)
    grain = smooth_field(rng, shape, 0.2 / frame.spacing_mm) + smooth_field(
        rng, shape, 0.6 / frame.spacing_mm
    )
    body = depth * superellipse_height(inside / size, 2.1) * (1.0 + 0.12 * grain)
    return np.where(near, body + rim * np.exp(-np.maximum(inside, 0.0) / 0.35), 0.0).astype(np.float32)
