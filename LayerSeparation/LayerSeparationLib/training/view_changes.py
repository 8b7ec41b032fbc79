"""What films may bring: exposure, polarity, letters, shutters, lost fingers; and mere shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..joints.anatomy import FINGERS
from ..joints.finder_sizes import VIEW_PX
from ..joints.pose import JOINT_NAMES


def change_film(image: NDArray[np.floating[Any]], rng: np.random.Generator) -> NDArray[np.float32]:
    """Change exposure, look-up table, sharpness, noise and polarity; put letters on it."""
    image = np.clip(image, 0, 1)
    for _ in range(rng.integers(0, 4) if rng.random() < 0.4 else 0):
        image = _add_letter(image, rng)
    if rng.random() < 0.8:
        image = image ** np.exp(rng.normal(0, 0.35))
    if rng.random() < 0.3:
        low, high = rng.uniform(0, 0.25), rng.uniform(0.6, 1.0)
        image = np.clip((image - low) / (high - low), 0, 1)
    if rng.random() < 0.2:
        y, x = np.mgrid[-1 : 1 : VIEW_PX * 1j, -1 : 1 : VIEW_PX * 1j]
        image = image * (1 + rng.uniform(-0.4, 0.4) * x + rng.uniform(-0.4, 0.4) * y)
    if rng.random() < 0.3:
        image = ndimage.gaussian_filter(image, rng.uniform(0.4, 1.4))
    elif rng.random() < 0.2:
        image = image + rng.uniform(0.5, 2.0) * (image - ndimage.gaussian_filter(image, rng.uniform(1, 4)))
    spread = max(float(image.std()), 1e-3)
    image = image + rng.normal(0, spread * rng.uniform(0, 0.15), image.shape)
    sign = -1 if rng.random() < 0.04 else 1
    return (sign * image).astype(np.float32)


def add_shutters(
    image: NDArray[np.float32], rng: np.random.Generator
) -> tuple[NDArray[np.floating[Any]], NDArray[np.bool_]]:
    """Cover what lies beyond four shutters; return the film and where it is still seen."""
    angle = rng.normal(0, 0.12)
    y, x = np.mgrid[:VIEW_PX, :VIEW_PX] - (VIEW_PX - 1) / 2
    along, across = np.cos(angle) * x + np.sin(angle) * y, -np.sin(angle) * x + np.cos(angle) * y
    left, right, top, bottom = rng.uniform(0.28, 0.56, 4) * VIEW_PX
    inside = (along > -left) & (along < right) & (across > -top) & (across < bottom)
    grey = rng.choice([0.0, 1.0, rng.uniform(0, 0.4)])
    soft = ndimage.gaussian_filter(inside.astype(np.float32), rng.uniform(0.3, 2.0))
    return image * soft + grey * (1 - soft), inside


def erase_fingers(
    image: NDArray[np.float32],
    in_hand: NDArray[np.float64],
    joints: NDArray[np.float64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Take away one or two fingers from some joint on.

    Parameters
    ----------
    image
        (256, 256).
    in_hand
        (33, 33, 2): where every 8th pixel lies in the hand's frame.
    joints
        (14, 2): where the joints lie there.
    rng
        Of what is drawn.

    Returns
    -------
    The film, and which of the joints went (14,).
    """
    lost = np.zeros(len(JOINT_NAMES), bool)
    covered = np.zeros(in_hand.shape[:2], np.float32)
    for finger in rng.choice(5, rng.integers(1, 3), replace=False):
        chain = list(FINGERS[finger])
        first = int(rng.integers(0, len(chain)))
        lost[chain[first:]] = True
        before = max(first - 1, 0)
        segment = joints[chain[before + 1]] - joints[chain[before]]
        start = joints[chain[first]] - rng.uniform(0.15, 0.5) * segment * (first > 0)
        tip = joints[chain[-1]] + 0.9 * (joints[chain[-1]] - joints[chain[-2]])
        for a, b in ((start, joints[chain[-1]]), (joints[chain[-1]], tip)):
            share = np.clip(((in_hand - a) @ (b - a)) / max((b - a) @ (b - a), 1e-9), 0, 1)
            distance = np.linalg.norm(in_hand - a - share[..., None] * (b - a), axis=-1)
            covered = np.maximum(covered, (distance < 0.058).astype(np.float32))
    zoom = ndimage.zoom(covered, VIEW_PX / len(covered), order=1, grid_mode=True, mode="nearest")
    soft = ndimage.gaussian_filter(zoom, 1.5)
    background = ndimage.gaussian_filter(ndimage.percentile_filter(image[::8, ::8], 10, size=7), 1.5)
    background = ndimage.zoom(background, 8, order=1, grid_mode=True, mode="nearest")
    erased: NDArray[np.float32] = image * (1 - soft) + background * soft
    return erased, lost


def draw_distractor(rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw a film without a hand: bars like long bones, discs, gradients, texture."""
    image = np.full((VIEW_PX, VIEW_PX), rng.uniform(0, 0.3))
    y, x = np.mgrid[:VIEW_PX, :VIEW_PX]
    texture = ndimage.gaussian_filter(rng.normal(size=image.shape), rng.uniform(0.5, 12))
    image += rng.uniform(0, 0.15) * texture / max(float(texture.std()), 1e-6)
    for _ in range(rng.integers(0, 7)):
        a = rng.uniform(-20, VIEW_PX + 20, 2)
        b = a + rng.normal(0, 90, 2)
        (u, v), length2 = b - a, max((b - a) @ (b - a), 1.0)
        share = np.clip(((x - a[0]) * u + (y - a[1]) * v) / length2, 0, 1)
        distance = np.hypot(x - a[0] - share * u, y - a[1] - share * v)
        radius = rng.uniform(4, 45)
        depth = np.sqrt(np.clip(1 - (distance / radius) ** 2, 0, None))
        shell = depth - 0.8 * np.sqrt(np.clip(1 - (distance / (0.75 * radius)) ** 2, 0, None))
        image += rng.uniform(0.2, 0.8) * (shell if rng.random() < 0.6 else depth)
    return image.astype(np.float32)


def draw_distractor_film(rng: np.random.Generator) -> NDArray[np.float32]:
    """Draw a film without a hand whose intensities fill the range 0..1."""
    image = draw_distractor(rng)
    low, high = np.percentile(image, [0.5, 99.5])
    film: NDArray[np.float32] = np.clip((image - low) / max(high - low, 1e-6), 0, 1).astype(np.float32)
    return film


def _add_letter(image: NDArray[np.floating[Any]], rng: np.random.Generator) -> NDArray[np.floating[Any]]:
    """Put a letter-like sign of a few strokes on the film, bright or dark."""
    image = image.copy()
    size = int(rng.uniform(5, 26))
    row, column = rng.integers(0, VIEW_PX - size, 2)
    sign = rng.random((5, 4)) < 0.45
    grown = np.kron(sign, np.ones((max(1, size // 5), max(1, size // 6)), bool))
    patch = image[row : row + grown.shape[0], column : column + grown.shape[1]]
    grown = grown[: patch.shape[0], : patch.shape[1]]
    if rng.random() < 0.3:
        patch[:] = rng.uniform(0.0, 0.5)
    patch[grown] = rng.uniform(0.6, 1.0) if rng.random() < 0.85 else 0.0
    return image
