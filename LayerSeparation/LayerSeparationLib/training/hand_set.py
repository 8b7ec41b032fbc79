"""Whole-hand films with the positions of their joints: reading, split, phantoms of the same form."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ..errors import InputError
from ..joints.hand_frame import HandFrame, fit_frame, visible_joints
from ..phantom import make_hand
from ..radiograph import Radiograph, read_radiograph

LONGEST_EDGE_PX = 720
"""Films are kept no larger than this: the networks see a hand at about 300 px."""
SPLITS = {"val": range(0, 41), "tune": range(41, 57)}
"""Ranks of the images, ordered by the sha256 of their names, in the split to report and in the one for
choices made while training; all others are for training."""
_PHANTOM_SPACING_MM = 0.4


@dataclass(frozen=True, eq=False)
class DrawnHand:
    """A film of one hand and where its joints are."""

    name: str
    intensity: NDArray[np.float32]
    """(rows, columns), 0..1, bone bright."""
    joints_px: NDArray[np.float64]
    """(14, 2): (x, y) of `JOINT_NAMES`; only those that are visible count."""
    visible: NDArray[np.bool_]
    """(14,)."""
    frame: HandFrame

    @classmethod
    def of(
        cls, name: str, intensity: NDArray[np.float32], points: dict[str, tuple[float, float]]
    ) -> DrawnHand:
        """Make one from joints in pixels of ``intensity``, which is brought down to `LONGEST_EDGE_PX`."""
        joints, weights = visible_joints(points)
        factor = min(1.0, LONGEST_EDGE_PX / max(intensity.shape))
        if factor < 1:
            smooth = ndimage.gaussian_filter(intensity, 0.5 * np.sqrt(factor**-2 - 1))
            shape = tuple(round(edge * factor) for edge in intensity.shape)
            offset = (1 / factor - 1) / 2
            intensity = ndimage.affine_transform(
                smooth, [1 / factor] * 2, offset, output_shape=shape, order=1, mode="nearest"
            )
            joints = (joints + 0.5) * factor - 0.5
        fits = [fit_frame(joints, weights, mirrored) for mirrored in (False, True)]
        frame = min(fits, key=lambda fit: fit[1])[0]
        return cls(name, intensity.astype(np.float32), joints, weights > 0, frame)


def read_hand_set(folder: Path, split: str) -> list[DrawnHand]:
    """Read the films of a split: 'train', 'tune' or 'val'.

    Parameters
    ----------
    folder
        With ``joints.csv`` (columns image, joint, x, y, visible) and ``images/``.

    Raises
    ------
    InputError
        If there is no such table, split or image.
    """
    points = read_joint_table(folder)
    names = list(list_images(points, split))
    with ProcessPoolExecutor(2) as pool:
        return list(
            pool.map(partial(_read_hand, folder), names, (points[name] for name in names), chunksize=4)
        )


def read_joint_table(folder: Path) -> dict[str, dict[str, tuple[float, float]]]:
    """Return the visible joints of each image: ``{image: {joint: (x, y)}}``, in pixels.

    Raises
    ------
    InputError
        If the folder has no such table.
    """
    table = folder / "joints.csv"
    if not table.is_file():
        raise InputError(f"{folder} has no joints.csv: name a folder with joints.csv and images/.")
    points: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    with table.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            hand = points[row["image"]]
            if row["visible"] == "1":
                hand[row["joint"]] = (float(row["x"]), float(row["y"]))
    return dict(points)


def list_images(points: dict[str, dict[str, tuple[float, float]]], split: str) -> Iterator[str]:
    """Yield the images of a split, or all for 'all', in the order of the sha256 of their names.

    Raises
    ------
    InputError
        If there is no such split.
    """
    if split not in {*SPLITS, "train", "all"}:
        raise InputError(f"There is no split '{split}' of a hand set: use train, tune, val or all.")
    for rank, name in enumerate(sorted(points, key=lambda n: hashlib.sha256(n.encode()).hexdigest())):
        own = next((split for split, ranks in SPLITS.items() if rank in ranks), "train")
        if split in {own, "all"}:
            yield name


def make_phantom_hands(count: int, first_seed: int = 50_000) -> list[DrawnHand]:
    """Make films of procedural hands, left and right in turn."""
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(_make_phantom, range(first_seed, first_seed + count), chunksize=4))


def _read_hand(folder: Path, name: str, points: dict[str, tuple[float, float]]) -> DrawnHand:
    film: Radiograph = read_radiograph(folder / "images" / name)
    return DrawnHand.of(name, film.intensity, points)


def _make_phantom(seed: int) -> DrawnHand:
    hand = make_hand(seed, spacing_mm=_PHANTOM_SPACING_MM, side="L" if seed % 2 else "R")
    points = {name: truth.pose.centre_px for name, truth in hand.joints.items()}
    return DrawnHand.of(hand.radiograph.name, hand.radiograph.intensity, points)
