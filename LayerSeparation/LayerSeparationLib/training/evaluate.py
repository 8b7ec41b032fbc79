"""Figures of the layer separation network, on joints with drawn silhouettes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..inference.arrays import as_array
from ..joints import CANONICAL_MM_PER_PX, JointPose
from ..measurement import measure_jsw
from ..radiograph import Radiograph
from ..separation import JointLayers, Separator
from ..separation.layers import bone_attenuation
from ..synthesis import GapEdit, MovableJoint, synthesize
from .dice import dice_coefficient, mean_dice
from .joint_set import DrawnJoint, read_joint_set
from .layer_truth import split_into_layers
from .pseudo_pairs import UNCHANGED_FILM, PairMaker, PairSettings

PSEUDO_OVERLAPS = replace(UNCHANGED_FILM, push_px=(2.0, 24.0), sideways_px=6.0, bone_tilt_deg=5.0)
"""Each bone moves 2-24 px of 256 towards the other, up to 6 px sideways and 5 degrees; the film stays as
it is."""
CHANGED_FILMS = replace(
    PairSettings(),
    push_px=(2.0, 24.0),
    sideways_px=6.0,
    bone_tilt_deg=5.0,
    unmoved=0.0,
    film_change=1.0,
    scale=(0.9, 1.1),
)
"""The same on films that are rotated, scaled, gamma-changed, blurred and noisy."""
GAP_CHANGES_MM = (-0.8, -0.4, 0.3, 0.6, 1.0)
"""Changes of the JSW that are asked for, and measured on the synthetic images."""
_DRAWS = 3
"""So many pairs are drawn from each joint."""
_SEED = 20

Progress = Callable[[str, int, int], None]
"""Step, how much of it is done, of how much."""


def evaluate(
    data: Path, split: str, separator: Separator, progress: Progress | None = None
) -> dict[str, Any]:
    """Measure a separator's weights.

    Parameters
    ----------
    data
        Joint set, see `read_joint_set`.
    split
        Which of its splits.
    separator
        With the weights.
    progress
        Called with what is done, how much of it, and of how much.

    Returns
    -------
    The figures: plain numbers by name, in groups.

    Raises
    ------
    InputError
        If the joint set can't be read.
    """
    tell = progress or (lambda _step, _done, _total: None)
    joints = read_joint_set(data, split)
    layers = _separate_all([joint.intensity for joint in joints], separator, "silhouettes", tell)
    apart = [joint for joint in joints if not joint.overlaps]
    truths = []
    for number, joint in enumerate(apart):
        truths.append(split_into_layers(joint))
        tell("layer truth", number + 1, len(apart))
    return {
        "split": split,
        "joints": len(joints),
        "joints_with_overlap": len(joints) - len(apart),
        "weights_sha256": separator.weights.sha256,
        "dice_without_overlap": _dice(joints, layers, overlap=False),
        "dice_with_overlap": _dice(joints, layers, overlap=True),
        "pseudo_overlaps": _psnr(PairMaker(truths, PSEUDO_OVERLAPS), separator, "pseudo overlaps", tell),
        "pseudo_overlaps_changed_films": _psnr(
            PairMaker(truths, CHANGED_FILMS), separator, "changed films", tell
        ),
        "zero_edit_greatest_difference": max(
            float(np.abs(synthesize(one, GapEdit()).image - one.image).max()) for one in layers
        ),
        "gap": _gap_errors(layers, separator, tell),
    }


def _separate_all(
    images: Sequence[NDArray[np.float32]], separator: Separator, step: str, tell: Progress
) -> list[JointLayers]:
    films = [Radiograph.from_array(image, spacing_mm=CANONICAL_MM_PER_PX) for image in images]
    poses = [JointPose.whole_crop(film) for film in films]
    return separator.separate_many(
        list(zip(films, poses, strict=True)), lambda done, total: tell(step, done, total)
    )


def _dice(joints: Sequence[DrawnJoint], layers: Sequence[JointLayers], overlap: bool) -> dict[str, float]:
    """Return the mean Dice coefficient of either silhouette, over joints with or without overlap."""
    scores = [
        (
            dice_coefficient(found.upper_silhouette > 0.5, joint.upper_silhouette),
            dice_coefficient(found.lower_silhouette > 0.5, joint.lower_silhouette),
        )
        for joint, found in zip(joints, layers, strict=True)
        if joint.overlaps == overlap
    ]
    return mean_dice(scores)


def _psnr(pairs: PairMaker, separator: Separator, step: str, tell: Progress) -> dict[str, float]:
    """Return the PSNR of bone-with-soft-tissue, 1 - exp(-(A_soft + A_bone)), against the truth.

    'pooled' takes the mean square error over all pixels of all joints and both bones, 'mean' averages the
    joints' own.
    """
    generator = torch.Generator().manual_seed(_SEED)
    regions: dict[str, list[tuple[float, int]]] = {"overlap": [], "whole_bone": []}
    for draw in range(_DRAWS):
        batch = pairs.make_batch(torch.arange(len(pairs)), generator)
        images = as_array(batch.image[:, 0])
        truth, masks = as_array(batch.layers), as_array(batch.silhouettes) > 0.5
        found = _separate_all(list(images), separator, f"{step} {draw + 1}/{_DRAWS}", tell)
        for layers, true_layers, silhouettes in zip(found, truth, masks, strict=True):
            errors = np.stack(
                [
                    np.exp(-(true_layers[0] + true_layers[1 + k])) - np.exp(-_with_soft_tissue(layers, k))
                    for k in range(2)
                ]
            )
            overlap = silhouettes.all(axis=0)
            if overlap.any():
                in_overlap = errors[:, overlap]
                regions["overlap"].append((float(np.square(in_overlap).sum()), in_overlap.size))
            on_bone = errors[silhouettes]
            regions["whole_bone"].append((float(np.square(on_bone).sum()), on_bone.size))
    figures: dict[str, float] = {"pairs": _DRAWS * len(pairs)}
    for region, sums in regions.items():
        squares, counts = np.array(sums).T
        figures[f"psnr_{region}_pooled_db"] = float(-10 * np.log10(squares.sum() / counts.sum()))
        figures[f"psnr_{region}_mean_db"] = float(np.mean(-10 * np.log10(squares / counts)))
    return figures


def _with_soft_tissue(layers: JointLayers, bone: int) -> NDArray[np.float32]:
    """Return the attenuation of a bone with soft tissue as the network shares the film, noise and all."""
    attenuation = layers.attenuation
    other = bone_attenuation(layers.canonical.shares[1:], attenuation)[1 - bone]
    return np.asarray(attenuation - other, np.float32)


def _gap_errors(layers: Sequence[JointLayers], separator: Separator, tell: Progress) -> dict[str, Any]:
    """Ask for a JSW, then measure it from scratch on the synthetic image, separation included."""
    asked: list[float] = []
    images: list[NDArray[np.float32]] = []
    widths = [measure_jsw(one).mean for one in layers]
    for one, before in zip(layers, widths, strict=True):
        movable = MovableJoint(one)
        for change in GAP_CHANGES_MM:
            if before is not None and before + change > 0:
                images.append(synthesize(movable, GapEdit(target_jsw=before + change)).image)
                asked.append(before + change)
    found = _separate_all(images, separator, "gap", tell)
    measured = [measure_jsw(one) for one in found]
    errors = np.array(
        [got.mean - want for got, want in zip(measured, asked, strict=True) if got.mean is not None]
    )
    covered = [
        got.interval[0] <= want <= got.interval[1]
        for got, want in zip(measured, asked, strict=True)
        if got.interval is not None
    ]
    return {
        "changes_mm": list(GAP_CHANGES_MM),
        "joints_measured": sum(width is not None for width in widths),
        "edits": len(asked),
        "edits_measured": int(errors.size),
        "mean_absolute_error_mm": float(np.abs(errors).mean()) if errors.size else None,
        "median_absolute_error_mm": float(np.median(np.abs(errors))) if errors.size else None,
        "bias_mm": float(errors.mean()) if errors.size else None,
        "intervals_that_cover": float(np.mean(covered)) if covered else None,
    }
