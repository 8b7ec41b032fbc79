"""A folder of joint radiographs with hand-drawn silhouettes, as training and evaluation read it.

Layout: ``index.csv`` with the columns name, series, side, finger, split, overlap_px; for every name
``<name>.jpg`` (256 x 256, 8 bit, distal up, 0.0820 mm/px) and ``<name>_mask.png`` (bit 0: upper bone,
bit 1: lower bone).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from ..errors import InputError

UPPER_BIT, LOWER_BIT = 1, 2


@dataclass(frozen=True, eq=False)
class DrawnJoint:
    """One joint radiograph and the silhouettes that were drawn on it."""

    name: str
    series: str
    intensity: NDArray[np.float32]
    """(rows, columns), 0..1, bone bright."""
    upper_silhouette: NDArray[np.bool_]
    """(rows, columns)."""
    lower_silhouette: NDArray[np.bool_]
    """(rows, columns)."""

    @property
    def overlaps(self) -> bool:
        """Whether the two silhouettes share a pixel."""
        return bool(np.any(self.upper_silhouette & self.lower_silhouette))


def read_joint_set(folder: Path, split: str) -> list[DrawnJoint]:
    """Read one split ('train', 'val', ...) of a joint set, in the order of its index.

    Raises
    ------
    InputError
        If the folder has no index, the index lacks a column or the split, or an image or mask can't be read.
    """
    index = folder / "index.csv"
    if not index.is_file():
        raise InputError(
            f"{folder} has no index.csv. A joint set is a folder with index.csv (columns name, series, "
            "split) and, for every name, <name>.jpg and <name>_mask.png (1: upper bone, 2: lower, 3: both)."
        )
    with index.open(newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"name", "series", "split"} <= rows[0].keys():
        raise InputError(f"{index} needs the columns name, series and split, and at least one row.")
    chosen = [row for row in rows if row["split"] == split]
    if not chosen:
        raise InputError(
            f"{index} has no joint in split '{split}'; it has {sorted({r['split'] for r in rows})}."
        )
    return [_read_joint(folder, row["name"], row["series"]) for row in chosen]


def _read_joint(folder: Path, name: str, series: str) -> DrawnJoint:
    pixels = _read_pixels(folder / f"{name}.jpg")
    bits = _read_pixels(folder / f"{name}_mask.png")
    if pixels.shape != bits.shape:
        raise InputError(f"{name}: the image is {pixels.shape}, its mask {bits.shape}; they must agree.")
    return DrawnJoint(
        name=name,
        series=series,
        intensity=pixels.astype(np.float32) / np.float32(255),
        upper_silhouette=(bits & UPPER_BIT) > 0,
        lower_silhouette=(bits & LOWER_BIT) > 0,
    )


def _read_pixels(path: Path) -> NDArray[np.integer[Any]]:
    try:
        pixels: NDArray[np.integer[Any]] = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
    except RuntimeError as error:
        raise InputError(f"{path} can't be read as an image; is the joint set complete?") from error
    return pixels[..., 0] if pixels.ndim == 3 else pixels
