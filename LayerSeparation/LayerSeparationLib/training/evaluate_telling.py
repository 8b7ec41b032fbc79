"""Whether a network can tell edited joints from unedited ones: whoever trains on them may learn that instead.

A classifier is taught on joints of the training split, each once real and once edited, and asked about
joints of other series. Real is the film as it was taken, or matched real: the same joint moved as one, which
has gone the way of an edit and kept its gap. What the classifier goes by is not known; so it is also taught
on silhouettes alone. There nothing is left but anatomy: a gap that does not suit its joint tells an edit,
however well the film is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import stats
from torch import nn
from torch.nn import functional

from ..errors import DependencyError, InputError
from ..separation import Separator
from ..synthesis import GapEdit, MovableJoint, SyntheticJoint, synthesize
from ..synthesis.gap_edit import MOVING_BONES
from .evaluate import Progress
from .evaluate_closure import separate_crops
from .joint_set import DrawnJoint, read_joint_set

Classifier = Literal["small", "densenet121"]
"""Seven convolutions, or MONAI's DenseNet121 (7 M parameters)."""
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
    """n joints, each real and edited."""

    real: NDArray[np.uint8]
    """(n, rows, columns)."""
    edited: NDArray[np.uint8]
    """(n, rows, columns)."""


@dataclass(frozen=True, eq=False)
class JointImages:
    """n joints, each in three ways; all (n, rows, columns)."""

    unedited: NDArray[np.uint8]
    edited: NDArray[np.uint8]
    moved_as_one: NDArray[np.uint8]
    """Matched real: both bones went the same way."""

    def at_half_resolution(self) -> JointImages:
        """Return means over 2 x 2 px.

        Examples
        --------
        >>> images = np.arange(8, dtype=np.uint8).reshape(1, 2, 4)
        >>> JointImages(images, images, images).at_half_resolution().edited.tolist()
        [[[2, 4]]]
        """
        return JointImages(*(_halve(images) for images in (self.unedited, self.edited, self.moved_as_one)))


def evaluate_telling(
    data: Path,
    split: str,
    separator: Separator,
    progress: Progress | None = None,
    classifier: Classifier = "small",
) -> dict[str, Any]:
    """Teach classifiers on the training split of a joint set, and ask them about another.

    Each joint is edited once: gap narrower or wider by 0.3 to 0.9 mm, shifted by up to 0.4 mm, tilted by
    up to 4 degrees, either bone or both; and once shifted and tilted as one. Films are compared as 8-bit
    images.

    Parameters
    ----------
    data, split
        Joint set, see `read_joint_set`, and the split that is asked about.
    separator
        With the weights.
    progress
        Called with what is done, how much of it, and of how much.
    classifier
        The network that is taught.

    Returns
    -------
    The figures: plain numbers by name. Areas under the curve (AUC) are 0.5 where nothing can be told, 1 where
    everything can.

    Raises
    ------
    InputError
        If the joint set can't be read.
    DependencyError
        If the classifier is MONAI's, and that is not installed.
    """
    _make_classifier(classifier)
    rng = np.random.default_rng(_SEED)
    taught = read_joint_set(data, "train")
    taught = [taught[i] for i in rng.permutation(len(taught))[:TAUGHT]]
    sets = [
        _edit_all(joints, separator, rng, progress, what)
        for joints, what in ((taught, "joints to teach"), (read_joint_set(data, split), "joints to ask"))
    ]
    (taught_films, taught_outlines), (films, outlines) = sets
    images = {
        "films": (taught_films, films),
        "films_at_half_resolution": (taught_films.at_half_resolution(), films.at_half_resolution()),
        "silhouettes_at_half_resolution": (
            taught_outlines.at_half_resolution(),
            outlines.at_half_resolution(),
        ),
    }
    figures: dict[str, Any] = {name: {} for name in images}
    tasks = [(name, real) for name in images for real in ("unedited", "moved_as_one")]
    for number, (name, real) in enumerate(tasks):
        if progress:
            progress("classifiers", number, len(tasks))
        teach, ask = (TwinImages(getattr(one, real), one.edited) for one in images[name])
        against = "auc_against_real" if real == "unedited" else "auc_against_matched_real"
        figures[name][against] = tell_apart(teach, ask, classifier=classifier)
    return {
        "split": split,
        "classifier": classifier,
        "joints_taught": len(taught_films.edited),
        "joints_asked": len(films.edited),
        "weights_sha256": separator.weights.sha256,
        **figures,
    }


def tell_apart(
    taught: TwinImages, asked: TwinImages, epochs: int = EPOCHS, classifier: Classifier = "small"
) -> float:
    """Teach a classifier to tell edited from real images; return its AUC on others.

    Parameters
    ----------
    taught, asked
        Joints to teach, at least two, and to ask about: images of one size.
    epochs
        Passes over what is taught.
    classifier
        The network that is taught.
    """
    torch.manual_seed(_SEED)
    rng = np.random.default_rng(_SEED)
    network = _make_classifier(classifier)
    images, edited = _tensors(taught)
    batch = min(_BATCH, len(images))
    steps = epochs * (len(images) // batch)
    optimizer = torch.optim.AdamW(network.parameters(), _RATE / 2, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, _RATE, total_steps=steps)
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for first in range(0, len(images) - batch + 1, batch):
            chosen = order[first : first + batch]
            seen = images[chosen].flip(3) if rng.random() < 0.5 else images[chosen]
            found = network(seen.contiguous(memory_format=torch.channels_last))[:, 0]
            loss = functional.binary_cross_entropy_with_logits(found, edited[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    network.eval()
    images, edited = _tensors(asked)
    with torch.inference_mode():
        parts = [images[first : first + _BATCH] for first in range(0, len(images), _BATCH)]
        scores = torch.cat([network(part)[:, 0] for part in parts])
    found, is_edited = scores.double().numpy(), edited.numpy() > 0.5
    above = stats.mannwhitneyu(found[is_edited], found[~is_edited]).statistic
    return float(above) / (int(is_edited.sum()) * int((~is_edited).sum()))


def _edit_all(
    joints: Sequence[DrawnJoint],
    separator: Separator,
    rng: np.random.Generator,
    progress: Progress | None,
    what: str,
) -> tuple[JointImages, JointImages]:
    """Edit each joint once, move it as one once; return the films and the silhouettes of all three."""
    films: list[list[NDArray[np.uint8]]] = []
    outlines: list[list[NDArray[np.uint8]]] = []
    for start in range(0, len(joints), _JOINTS_AT_ONCE):
        images = [joint.intensity for joint in joints[start : start + _JOINTS_AT_ONCE]]
        for layers in separate_crops(images, separator):
            movable, edit = MovableJoint(layers), _draw_edit(rng)
            as_one = replace(_draw_edit(rng), change=None, moves="joint")
            try:
                ways = [synthesize(movable, one) for one in (GapEdit(), edit, as_one)]
            except InputError:
                continue  # the bone would leave the crop
            films.append([_grey(joint) for joint in ways])
            outlines.append([_outline(joint) for joint in ways])
        if progress:
            progress(what, min(start + _JOINTS_AT_ONCE, len(joints)), len(joints))
    return _stacked(films), _stacked(outlines)


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


def _stacked(ways: Sequence[Sequence[NDArray[np.uint8]]]) -> JointImages:
    return JointImages(*(np.stack(images) for images in zip(*ways, strict=True)))


def _halve(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    n, rows, columns = images.shape
    means = images.reshape(n, rows // 2, 2, columns // 2, 2).mean(axis=(2, 4))
    return np.asarray(np.rint(means), np.uint8)


def _tensors(twins: TwinImages) -> tuple[torch.Tensor, torch.Tensor]:
    images = np.concatenate([twins.real, twins.edited]).astype(np.float32) / 255
    edited = torch.cat([torch.zeros(len(twins.real)), torch.ones(len(twins.edited))])
    return torch.from_numpy(images)[:, None], edited


def _make_classifier(classifier: Classifier) -> nn.Module:
    if classifier == "densenet121":
        try:
            from monai.networks.nets import DenseNet121
        except ImportError as error:
            raise DependencyError("The classifier densenet121 is MONAI's: pip install monai.") from error
        densenet: nn.Module = DenseNet121(spatial_dims=2, in_channels=1, out_channels=1)
        return densenet.to(memory_format=torch.channels_last)  # type: ignore[call-overload, no-any-return]
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
