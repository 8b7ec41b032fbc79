"""Layers of many joints, worked out once by all cores and kept on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..files import output_file
from . import layer_truth as rules
from .joint_set import DrawnJoint
from .layer_truth import LayerTruth, split_into_layers


def load_layer_truths(joints: Sequence[DrawnJoint], folder: Path, workers: int = 2) -> list[LayerTruth]:
    """Return the layers of each joint, from ``folder`` if they were worked out before by the same rules."""
    path = folder / f"layers-{_fingerprint(joints)}.npz"
    if not path.is_file():
        with ProcessPoolExecutor(workers) as pool:
            truths = list(pool.map(split_into_layers, joints, chunksize=8))
        with output_file(path, overwrite=True) as beside, beside.open("wb") as file:
            np.savez_compressed(
                file, *(np.stack([_compact(getattr(t, f.name)) for t in truths]) for f in fields(LayerTruth))
            )
    with np.load(path) as stored:
        arrays = [stored[f"arr_{number}"] for number in range(len(fields(LayerTruth)))]
    return [LayerTruth(*images) for images in zip(*arrays, strict=True)]


def _compact(image: NDArray[Any]) -> NDArray[Any]:
    return image if image.dtype == bool else image.astype(np.float16)


def _fingerprint(joints: Sequence[DrawnJoint]) -> str:
    constants = (rules.SOFT_TISSUE_MARGIN_PX, rules.OVERLAP_MARGIN_PX, rules.BOUNDARY_SMOOTHING_PX)
    digest = hashlib.sha256(repr(constants).encode())
    for joint in joints:
        digest.update(joint.name.encode())
        digest.update(joint.intensity.tobytes())
        digest.update(np.packbits(joint.upper_silhouette).tobytes())
        digest.update(np.packbits(joint.lower_silhouette).tobytes())
    return digest.hexdigest()[:16]
