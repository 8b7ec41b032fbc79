"""Whether a network can tell edited joints from unedited ones: whoever trains on them may learn that instead.

A classifier is taught on joints of the training split, each once real and once edited, and asked about
joints of other series. Three pairs are told apart: edits of any width from the films as they were taken; the
same edits from matched real samples, the same joints moved as one, which have gone the way of an edit and
kept their gaps; and edits whose widths are those of other joints of the set from the films. Widths that
joints do not have tell an edit however well the film is made: what the width alone tells is among the
figures, and the classifier is also taught on silhouettes, where nothing but anatomy is left.

An edit moves the joint within its picture, and how films were cut tells where joints lie: a film that is
shifted by 8 px, and nothing else, is told from others with certainty. So every joint is seen in a window
about its own centre, laid anew each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import stats
from torch import nn
from torch.nn import functional

from ..errors import DependencyError, InputError
from ..measurement import Quality, measure_jsw
from ..separation import JointLayers, Separator
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
_WINDOW_PX = 224
"""About the joint's own centre: its edge is that of no edit."""
_SEEN_PART = 6 / 7
"""Edge of what is seen at a time, of a window's: it lies up to 16 px off the middle."""
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
    """n joints in windows about their own centres, each in some ways; all (n, rows, columns)."""

    unedited: NDArray[np.uint8]
    edited: NDArray[np.uint8]
    moved_as_one: NDArray[np.uint8]
    """Matched real: both bones went the same way."""
    unedited_of_widths: NDArray[np.uint8]
    """(m, rows, columns): those of the joints whose width another joint can have."""
    edited_to_widths: NDArray[np.uint8]
    """(m, rows, columns): the same joints, each with the width of another one."""

    def at_half_resolution(self) -> JointImages:
        """Return means over 2 x 2 px.

        Examples
        --------
        >>> images = np.arange(8, dtype=np.uint8).reshape(1, 2, 4)
        >>> JointImages(*[images] * 5).at_half_resolution().edited.tolist()
        [[[2, 4]]]
        """
        return JointImages(*(_halve(getattr(self, field.name)) for field in fields(self)))

    @property
    def pairs(self) -> dict[str, TwinImages]:
        """What is told from what, by the name of the figure."""
        return {
            "auc_against_real": TwinImages(self.unedited, self.edited),
            "auc_against_matched_real": TwinImages(self.moved_as_one, self.edited),
            "auc_with_widths_of_joints": TwinImages(self.unedited_of_widths, self.edited_to_widths),
        }


def evaluate_telling(
    data: Path,
    split: str,
    separator: Separator,
    progress: Progress | None = None,
    classifier: Classifier = "small",
) -> dict[str, Any]:
    """Teach classifiers on the training split of a joint set, and ask them about another.

    Each joint is edited once: gap narrower or wider by 0.3 to 0.9 mm, shifted by up to 0.4 mm, tilted by
    up to 4 degrees, either bone or both; once shifted and tilted as one; and once, if its width is measured
    and another joint's differs by as much, given that other joint's width. Films are compared as 8-bit
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
    asked = read_joint_set(data, split)
    (taught_films, taught_outlines, _), (films, outlines, by_width) = (
        _edit_all(joints, separator, rng, progress, what)
        for joints, what in ((taught, "joints to teach"), (asked, "joints to ask"))
    )
    images = {
        "films": (taught_films, films),
        "films_at_half_resolution": (taught_films.at_half_resolution(), films.at_half_resolution()),
        "silhouettes_at_half_resolution": (
            taught_outlines.at_half_resolution(),
            outlines.at_half_resolution(),
        ),
    }
    figures: dict[str, Any] = {name: {} for name in images}
    tasks = [(name, pair) for name, (teach, _) in images.items() for pair in teach.pairs]
    for number, (name, pair) in enumerate(tasks):
        if progress:
            progress("classifiers", number, len(tasks))
        teach, ask = (one.pairs[pair] for one in images[name])
        enough = min(len(teach.real), len(ask.real)) > 1
        figures[name][pair] = tell_apart(teach, ask, classifier=classifier) if enough else None
    return {
        "split": split,
        "classifier": classifier,
        "joints_taught": len(taught_films.edited),
        "joints_asked": len(films.edited),
        "joints_asked_with_widths_of_joints": len(films.edited_to_widths),
        "auc_by_width_alone": by_width,
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
        Joints to teach, at least two, and to ask about: images of one size, of which parts are seen.
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
            seen = _look(images[chosen], rng)
            found = network(seen.contiguous(memory_format=torch.channels_last))[:, 0]
            loss = functional.binary_cross_entropy_with_logits(found, edited[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    network.eval()
    images, edited = _tensors(asked)
    with torch.inference_mode():
        parts = [_look(images[first : first + _BATCH]) for first in range(0, len(images), _BATCH)]
        scores = torch.cat([network(part)[:, 0] for part in parts])
    found, is_edited = scores.double().numpy(), edited.numpy() > 0.5
    return _area_under_curve(found[is_edited], found[~is_edited])


def _look(images: torch.Tensor, rng: np.random.Generator | None = None) -> torch.Tensor:
    """Return the part of every image that is seen: its middle, or somewhere, mirrored or not."""
    size = round(images.shape[-1] * _SEEN_PART)
    room = images.shape[-1] - size
    if rng is None:
        return images[..., room // 2 : room // 2 + size, room // 2 : room // 2 + size]
    corners = rng.integers(room + 1, size=(len(images), 2))
    seen = torch.stack(
        [image[:, y : y + size, x : x + size] for image, (y, x) in zip(images, corners.tolist(), strict=True)]
    )
    return seen.flip(3) if rng.random() < 0.5 else seen


def _area_under_curve(edited: NDArray[np.float64], real: NDArray[np.float64]) -> float:
    return float(stats.mannwhitneyu(edited, real).statistic) / (len(edited) * len(real))


def _edit_all(
    joints: Sequence[DrawnJoint],
    separator: Separator,
    rng: np.random.Generator,
    progress: Progress | None,
    what: str,
) -> tuple[JointImages, JointImages, float | None]:
    """Edit the joints; return the films, the silhouettes, and what the width alone tells."""
    films: dict[str, list[NDArray[np.uint8]]] = {field.name: [] for field in fields(JointImages)}
    outlines: dict[str, list[NDArray[np.uint8]]] = {field.name: [] for field in fields(JointImages)}
    before: list[float] = []
    after: list[float] = []
    targets = exchange_widths(_widths(joints, separator), rng)
    for number, (layers, target) in enumerate(zip(_separate(joints, separator), targets, strict=True)):
        movable, edit = MovableJoint(layers), _draw_edit(rng)
        edits = {
            "unedited": GapEdit(),
            "edited": edit,
            "moved_as_one": replace(_draw_edit(rng), change=None, moves="joint"),
        }
        if np.isfinite(target):
            edits["unedited_of_widths"] = GapEdit()
            edits["edited_to_widths"] = _draw_edit(rng).with_target(float(target))
        try:
            ways = {name: synthesize(movable, one) for name, one in edits.items()}
        except InputError:
            continue  # the bone would leave the crop
        for name, way in ways.items():
            films[name].append(_window(_grey(way), way))
            outlines[name].append(_window(_outline(way), way))
        if ways["unedited"].jsw_before.mean is not None:
            before.append(ways["unedited"].jsw_before.mean)
            after.append(ways["edited"].jsw_after.mean or 0.0)
        if progress:
            progress(what, number + 1, len(joints))
    return _stacked(films), _stacked(outlines), _told_by_width(np.array(before), np.array(after))


def _widths(joints: Sequence[DrawnJoint], separator: Separator) -> NDArray[np.float64]:
    """Return the mean JSW of joints in mm; nan where it is not measured."""
    found = (measure_jsw(layers) for layers in _separate(joints, separator))
    return np.array([jsw.mean if jsw.quality is Quality.MEASURED else np.nan for jsw in found], np.float64)


def _separate(joints: Sequence[DrawnJoint], separator: Separator) -> Iterator[JointLayers]:
    """Separate joints some at a time: the layers of all of a set would not fit into memory."""
    for start in range(0, len(joints), _JOINTS_AT_ONCE):
        yield from separate_crops(
            [joint.intensity for joint in joints[start : start + _JOINTS_AT_ONCE]], separator
        )


def exchange_widths(widths: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Let pairs of joints exchange their widths, which differ by as much as edits change them.

    All widths together stay what they were: nothing is told by them.

    Parameters
    ----------
    widths
        (n,) JSW in mm; nan where it is not known.
    rng
        Draws the pairs.

    Returns
    -------
    (n,) JSW in mm; nan where a joint finds no other.

    Examples
    --------
    >>> exchange_widths(np.array([1.0, 1.5, np.nan]), np.random.default_rng(0))
    array([1.5, 1. , nan])
    """
    given = np.full(widths.size, np.nan)
    known = np.flatnonzero(np.isfinite(widths))
    # The most unusual ones first: fewest suit them.
    for joint in known[np.argsort(-np.abs(widths[known] - np.median(widths[known])))]:
        change = np.abs(widths - widths[joint])
        free = np.isnan(given) & (change >= CHANGES_MM[0]) & (change <= CHANGES_MM[1])
        if np.isnan(given[joint]) and free.any():
            other = rng.choice(np.flatnonzero(free))
            given[[joint, other]] = widths[[other, joint]]
    return given


def _told_by_width(before: NDArray[np.float64], after: NDArray[np.float64]) -> float | None:
    """Return the AUC of how far a joint's width is from that of the others."""
    if not before.size:
        return None
    usual = np.median(before)
    return _area_under_curve(np.abs(after - usual), np.abs(before - usual))


def _window(image: NDArray[np.uint8], joint: SyntheticJoint) -> NDArray[np.uint8]:
    """Cut an image about the joint's centre, which an edit moves by half of what its bones move together."""
    upper, lower = joint.motion.upper, joint.motion.lower
    own = np.array([upper.y_px + lower.y_px, upper.x_px + lower.x_px]) / 2
    room = np.array(image.shape) - _WINDOW_PX
    top, left = np.clip(np.rint(room / 2 + own).astype(int), 0, room)
    return image[top : top + _WINDOW_PX, left : left + _WINDOW_PX]


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


def _stacked(ways: dict[str, list[NDArray[np.uint8]]]) -> JointImages:
    none = np.zeros((0, _WINDOW_PX, _WINDOW_PX), np.uint8)
    return JointImages(**{name: np.stack(images) if images else none for name, images in ways.items()})


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
            from monai.networks.nets.densenet import DenseNet121
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
