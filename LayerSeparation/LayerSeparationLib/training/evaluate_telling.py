"""Whether a network can tell edited joints from unedited ones: whoever trains on them may learn that instead.

A small classifier is taught on joints of the training split, each once as it is and once edited, and asked
about joints of other series. What it goes by is not known; so it is also taught on silhouettes alone. There
nothing is left but anatomy: a gap that does not suit its joint tells an edit, however well the film is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from ..errors import InputError
from ..separation import Separator
from ..synthesis import GapEdit, SyntheticJoint, synthesize
from ..synthesis.gap_edit import MOVING_BONES
from .evaluate import Progress
from .evaluate_closure import separate_crops
from .joint_set import DrawnJoint, read_joint_set

CHANGES_MM = (0.3, 0.9)
"""Edits narrow or widen the gap by so much."""
GREATEST_SHIFT_MM, GREATEST_TILT_DEG = 0.4, 4.0
TAUGHT = 700
"""Joints that the classifier is taught on, at most."""
EPOCHS = 8
_LAYERS = ((16, 1), (24, 2), (32, 2), (48, 2), (64, 2), (64, 1), (64, 1))
"""Channels and stride of its convolutions."""
_BATCH = 32
_RATE = 4e-3
_SEED = 7
_JOINTS_AT_ONCE = 16
_TISSUE, _BONE = 60, 75
"""Grey values of the images of silhouettes; bones that overlap add up."""


@dataclass(frozen=True, eq=False)
class TwinImages:
    """n joints, each unedited and edited."""

    unedited: NDArray[np.uint8]
    """(n, rows, columns)."""
    edited: NDArray[np.uint8]
    """(n, rows, columns)."""

    def at_half_resolution(self) -> TwinImages:
        """Return means over 2 x 2 px."""
        return TwinImages(_halve(self.unedited), _halve(self.edited))


def evaluate_telling(
    data: Path, split: str, separator: Separator, progress: Progress | None = None
) -> dict[str, Any]:
    """Teach classifiers on the training split of a joint set, and ask them about another.

    Each joint is edited once: gap narrower or wider by 0.3 to 0.9 mm, shifted by up to 0.4 mm, tilted by
    up to 4 degrees, either bone or both. Films are compared as 8-bit images.

    Parameters
    ----------
    data, split
        Joint set, see `read_joint_set`, and the split that is asked about.
    separator
        With the weights.
    progress
        Called with what is done, how much of it, and of how much.

    Returns
    -------
    The figures: plain numbers by name. Areas under the curve (AUC) are 0.5 where nothing can be told, 1 where
    everything can.

    Raises
    ------
    InputError
        If the joint set can't be read.
    """
    rng = np.random.default_rng(_SEED)
    taught = read_joint_set(data, "train")
    taught = [taught[i] for i in rng.permutation(len(taught))[:TAUGHT]]
    sets = [
        _edit_all(joints, separator, rng, progress, what)
        for joints, what in ((taught, "joints to teach"), (read_joint_set(data, split), "joints to ask"))
    ]
    (taught_films, taught_outlines), (films, outlines) = sets
    half, asked_half = taught_films.at_half_resolution(), films.at_half_resolution()
    pairs = {
        "films": (taught_films, films),
        "films_at_half_resolution": (half, asked_half),
        "silhouettes_at_half_resolution": (
            taught_outlines.at_half_resolution(),
            outlines.at_half_resolution(),
        ),
    }
    figures: dict[str, Any] = {}
    for number, (name, (teach, ask)) in enumerate(pairs.items()):
        if progress:
            progress("classifiers", number, len(pairs))
        figures[name] = {"auc": tell_apart(teach, ask)}
    return {
        "split": split,
        "joints_taught": len(taught_films.edited),
        "joints_asked": len(films.edited),
        "weights_sha256": separator.weights.sha256,
        **figures,
    }


def tell_apart(taught: TwinImages, asked: TwinImages, epochs: int = EPOCHS) -> float:
    """Teach a small classifier to tell edited from unedited images; return its AUC on others.

    Parameters
    ----------
    taught, asked
        Joints to teach, at least two, and to ask about: images of one size.
    epochs
        Passes over what is taught.
    """
    torch.manual_seed(_SEED)
    rng = np.random.default_rng(_SEED)
    classifier = _make_classifier()
    images, edited = _tensors(taught)
    batch = min(_BATCH, len(images))
    steps = epochs * (len(images) // batch)
    optimizer = torch.optim.AdamW(classifier.parameters(), _RATE / 2, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps)
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for first in range(0, len(images) - batch + 1, batch):
            chosen = order[first : first + batch]
            seen = images[chosen].flip(3) if rng.random() < 0.5 else images[chosen]
            found = classifier(seen.contiguous(memory_format=torch.channels_last))[:, 0]
            loss = functional.binary_cross_entropy_with_logits(found, edited[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    classifier.eval()
    images, edited = _tensors(asked)
    with torch.inference_mode():
        parts = [images[first : first + _BATCH] for first in range(0, len(images), _BATCH)]
        scores = torch.cat([classifier(part)[:, 0] for part in parts])
    return area_under_curve(scores.double().numpy(), edited.numpy() > 0.5)


def area_under_curve(scores: NDArray[np.float64], positive: NDArray[np.bool_]) -> float:
    """Return how often a positive scores above a negative; a tie counts half (Hanley and McNeil 1982).

    Examples
    --------
    >>> area_under_curve(np.array([0.1, 0.4, 0.4, 0.9]), np.array([False, True, False, True]))
    0.875
    """
    difference = scores[positive][:, None] - scores[~positive][None, :]
    return float(np.mean((np.sign(difference) + 1) / 2))


def _edit_all(
    joints: Sequence[DrawnJoint],
    separator: Separator,
    rng: np.random.Generator,
    progress: Progress | None,
    what: str,
) -> tuple[TwinImages, TwinImages]:
    """Edit each joint once; return the films and the silhouettes, before and after."""
    films: list[tuple[NDArray[np.uint8], NDArray[np.uint8]]] = []
    outlines: list[tuple[NDArray[np.uint8], NDArray[np.uint8]]] = []
    for start in range(0, len(joints), _JOINTS_AT_ONCE):
        images = [joint.intensity for joint in joints[start : start + _JOINTS_AT_ONCE]]
        for layers in separate_crops(images, separator):
            unedited = synthesize(layers, GapEdit())
            try:
                edited = synthesize(layers, _draw_edit(rng))
            except InputError:
                continue  # the bone would leave the crop
            films.append((_grey(unedited), _grey(edited)))
            outlines.append((_outline(unedited), _outline(edited)))
        if progress:
            progress(what, min(start + _JOINTS_AT_ONCE, len(joints)), len(joints))
    return _twins(films), _twins(outlines)


def _draw_edit(rng: np.random.Generator) -> GapEdit:
    return GapEdit(
        change=float(rng.uniform(*CHANGES_MM) * rng.choice([-1, 1])),
        shift=float(rng.uniform(-GREATEST_SHIFT_MM, GREATEST_SHIFT_MM)),
        tilt_deg=float(rng.uniform(-GREATEST_TILT_DEG, GREATEST_TILT_DEG)),
        moves=MOVING_BONES[rng.integers(len(MOVING_BONES))],
    )


def _grey(joint: SyntheticJoint) -> NDArray[np.uint8]:
    return np.rint(255 * joint.image).astype(np.uint8)


def _outline(joint: SyntheticJoint) -> NDArray[np.uint8]:
    upper, lower = (mask.astype(np.uint8) for mask in (joint.masks.upper_bone, joint.masks.lower_bone))
    return np.asarray(_TISSUE + _BONE * (upper + lower), np.uint8)


def _twins(pairs: Sequence[tuple[NDArray[np.uint8], NDArray[np.uint8]]]) -> TwinImages:
    unedited, edited = zip(*pairs, strict=True)
    return TwinImages(np.stack(unedited), np.stack(edited))


def _halve(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    n, rows, columns = images.shape
    means = images.reshape(n, rows // 2, 2, columns // 2, 2).mean(axis=(2, 4))
    return np.asarray(np.rint(means), np.uint8)


def _tensors(twins: TwinImages) -> tuple[torch.Tensor, torch.Tensor]:
    images = np.concatenate([twins.unedited, twins.edited]).astype(np.float32) / 255
    edited = torch.cat([torch.zeros(len(twins.unedited)), torch.ones(len(twins.edited))])
    return torch.from_numpy(images)[:, None], edited


def _make_classifier() -> nn.Module:
    parts: list[nn.Module] = []
    channels = 1
    for outputs, stride in _LAYERS:
        parts += [
            nn.Conv2d(channels, outputs, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
        ]
        channels = outputs
    head = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1)]
    return nn.Sequential(*parts, *head).to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]
